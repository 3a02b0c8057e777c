/* One window of Lucas–Kanade, step by step, with the stencils, weights and threshold of reidlib.flow.window.

Arrays are flat, row by row. `difference` is frame t − 1 minus frame t; motion is x right, y down, pixels per frame. */

function lensNumbers({ step, bytes, base64 }) {
  const raw = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const kind = { 1: Uint8Array, 2: Int16Array, 4: Int32Array }[bytes];
  return Float64Array.from(new kind(raw.buffer), (whole) => whole / step);
}

/* Both frames, the gradients of their mean (central differences, one-sided at the edges) and their difference. */
function lensFields(data) {
  const [H, W] = data.size;
  const [previous, current] = [lensNumbers(data.first), lensNumbers(data.second)];
  const mean = previous.map((value, i) => (value + current[i]) / 2);
  const slope = (i, place, end, stride) => {
    const [low, high] = [place > 0 ? i - stride : i, place < end - 1 ? i + stride : i];
    return (mean[high] - mean[low]) / ((high - low) / stride);
  };
  return {
    H,
    W,
    previous,
    current,
    gx: mean.map((_, i) => slope(i, i % W, W, 1)),
    gy: mean.map((_, i) => slope(i, Math.floor(i / W), H, W)),
    difference: previous.map((value, i) => value - current[i]),
  };
}

/* A Gaussian line that sums to 1; a pixel's weight is the product of its row's and its column's. */
function lensLine(size) {
  const sigma = (size - 1) / 4.8;
  const line = Array.from({ length: size }, (_, i) => Math.exp(-0.5 * ((i - (size - 1) / 2) / sigma) ** 2));
  const sum = line.reduce((all, each) => all + each, 0);
  return line.map((each) => each / sum);
}

/* The nearest centre at which the whole window lies inside the frame. */
function lensInside({ H, W }, row, column, size) {
  const half = (size - 1) / 2;
  const clamp = (value, end) => Math.min(end - half - 1, Math.max(half, value));
  return { row: clamp(row, H), column: clamp(column, W) };
}

/* `eigenvalues` the larger first; `angle` the direction of the larger; `known` how many reach the threshold;
`flow` the shortest of the best motions, `plain` the 2×2 system solved as it is. */
function lensSolve(fields, row, column, size, threshold) {
  const half = (size - 1) / 2;
  const line = lensLine(size);
  const patch = { gx: [], gy: [], difference: [], weights: [] };
  let [a, b, c, p, q] = [0, 0, 0, 0, 0];
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j < size; j += 1) {
      const at = (row - half + i) * fields.W + column - half + j;
      const [gx, gy, d, w] = [fields.gx[at], fields.gy[at], fields.difference[at], line[i] * line[j]];
      patch.gx.push(gx);
      patch.gy.push(gy);
      patch.difference.push(d);
      patch.weights.push(w);
      a += w * gx * gx;
      b += w * gx * gy;
      c += w * gy * gy;
      p += w * gx * d;
      q += w * gy * d;
    }
  }
  const spread = Math.hypot((a - c) / 2, b);
  const eigenvalues = [(a + c) / 2 + spread, (a + c) / 2 - spread];
  const angle = Math.atan2(2 * b, a - c) / 2;
  const known = eigenvalues.filter((value) => value >= threshold).length;
  const determinant = Math.max(a * c - b * b, 1e-6);
  const plain = [(c * p - b * q) / determinant, (a * q - b * p) / determinant];
  const along = [Math.cos(angle), Math.sin(angle)];
  const across = (along[0] * p + along[1] * q) / eigenvalues[0];
  const flow = [[0, 0], along.map((part) => part * across), plain][known];
  return { row, column, size, ...patch, tensor: [a, b, c], right: [p, q], eigenvalues, angle, known, flow, plain };
}

/* Pixels, grey levels and their squares. */
function lensNumber(value) {
  return numberText(value, 2);
}

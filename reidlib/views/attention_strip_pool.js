/* The arithmetic of the attention strip: from weights to the video feature, distances and ranks. Sums run in the order
of the arrays, in float64, so a second computation from the same numbers gives the same ranks. */

/* Rows of numbers in one block of memory, with their length. */
function packRows(rows) {
  const size = rows[0].length;
  const values = new Float64Array(rows.length * size);
  rows.forEach((row, i) => values.set(row, i * size));
  return { values, size, count: rows.length };
}

/* f = Σ α_t x_t, over Σ α_t for a weighted mean, divided by its length where features have unit length.
null where all weights are 0, or where they cancel. */
function poolFrames(features, weights, { pooling, unit }) {
  const { values, size, count } = features;
  const sum = new Float64Array(size);
  let total = 0;
  for (let t = 0; t < count; t += 1) {
    const weight = weights[t];
    total += weight;
    if (weight === 0) continue;
    for (let d = 0, at = t * size; d < size; d += 1, at += 1) sum[d] += weight * values[at];
  }
  if (total === 0) return null;
  if (pooling === "weighted_mean") for (let d = 0; d < size; d += 1) sum[d] /= total;
  if (!unit) return sum;
  const length = Math.sqrt(dotOf(sum, sum));
  if (length === 0) return null;
  for (let d = 0; d < size; d += 1) sum[d] /= length;
  return sum;
}

function dotOf(a, b) {
  let sum = 0;
  for (let d = 0; d < a.length; d += 1) sum += a[d] * b[d];
  return sum;
}

/* Degrees between two vectors. */
function angleBetween(a, b) {
  const cosine = dotOf(a, b) / Math.sqrt(dotOf(a, a) * dotOf(b, b));
  return (Math.acos(Math.min(1, Math.max(-1, cosine))) * 180) / Math.PI;
}

function turnedBy(now, start) {
  return `${(start.feature ? angleBetween(now.feature, start.feature) : 0).toFixed(1)}°`;
}

/* Squared Euclidean distances to every gallery item. Ranks compare these: a square root could make two equal. */
function squaredDistances(gallery, feature) {
  const { values, size, count } = gallery;
  const squared = new Float64Array(count);
  for (let g = 0; g < count; g += 1) {
    let sum = 0;
    for (let d = 0, at = g * size; d < size; d += 1, at += 1) {
      const step = feature[d] - values[at];
      sum += step * step;
    }
    squared[g] = sum;
  }
  return squared;
}

/* Nearest first; at equal distance the smaller gallery index. */
function rankGallery(gallery, feature, matches) {
  const squared = squaredDistances(gallery, feature);
  const order = Array.from(squared.keys()).sort((a, b) => squared[a] - squared[b] || a - b);
  const place = new Int32Array(order.length);
  order.forEach((item, i) => {
    place[item] = i + 1;
  });
  const rank = matches.length ? Math.min(...matches.map((item) => place[item])) : null;
  return { order, place, rank, distance: (item) => Math.sqrt(squared[item]) };
}

/* Everything that follows from weights: { feature, ranking }, either null where there is none. */
function followWeights(model, weights) {
  const feature = model.features ? poolFrames(model.features, weights, model) : null;
  const ranking = feature && model.gallery ? rankGallery(model.gallery, feature, model.matches) : null;
  return { feature, ranking };
}

/* `shape` as weights whose sum is that of `base`, as far as the axis allows. */
function asWeights(shape, base, end) {
  const sum = (values) => values.reduce((a, b) => a + b, 0);
  const scale = Math.min(sum(base) / sum(shape), end / Math.max(...shape));
  return Float64Array.from(shape, (value) => value * scale);
}

/* Weights and distances as text: two decimals, or two digits where that would be 0.00; four digits at most. */
function shortNumber(value) {
  if (value === 0 || value >= 0.0995) return value === 0 ? "0" : numberText(value, 2);
  return value >= 0.00005 ? String(Number(value.toPrecision(2))) : value.toExponential(0);
}

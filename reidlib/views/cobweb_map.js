/* The scalar map of refinement and what can be known of it: the same arithmetic as reidlib.ran.refinement. */

const COBWEB_SETTLING = 500;
const COBWEB_POINTS = 2001;
const COBWEB_HALVINGS = 60;
const COBWEB_TINY = 2.2250738585072014e-308;
const COBWEB_SMALLEST = 1e-12; // the square of the shortest length that has a direction

/* `setting` holds frames, shift (added to u), factor (on v) and form (a key of data.forms). A tracklet that is played
over and over has each frame several times: weights that count, instead of more frames. */
function cobwebMap(data, { frames, shift, factor, form }) {
  const [kind, normalise, feedback] = data.forms[form];
  const used = Math.min(frames, data.u.length);
  const times = Array.from({ length: used }, (_, t) => Math.floor((frames - 1 - t) / data.u.length) + 1);
  const u = data.u.slice(0, used).map((value) => value + shift);
  const v = data.v.slice(0, used).map((value) => value * factor);
  const total = (of) => times.reduce((sum, n, t) => sum + n * of(t), 0);
  const top = Math.max(...u);

  function attention(c) {
    if (kind === "sigmoid") return u.map((each) => 1 / (1 + Math.exp(-each - c)));
    const powers = u.map((each) => Math.exp(each - top)); // c cancels
    const sum = total((t) => powers[t]);
    return powers.map((each) => each / sum);
  }

  function weigh(alpha) {
    if (normalise === "none") return { weights: alpha, sum: 1 };
    const sum = Math.max(total((t) => alpha[t]), COBWEB_TINY);
    return { weights: alpha.map((each) => each / sum), sum };
  }

  /* aᵀ G b; data.gram is the lower triangle. */
  function quadratic(a, b) {
    let sum = 0;
    for (let t = 0, at = 0; t < used; t += 1) {
      const [left, right] = [times[t] * a[t], times[t] * b[t]];
      for (let s = 0; s < t; s += 1, at += 1) sum += data.gram[at] * times[s] * (left * b[s] + a[s] * right);
      sum += data.gram[at] * left * right;
      at += 1;
    }
    return sum;
  }

  const shrink = (weights) => {
    if (feedback === "raw") return 1;
    return 1 / Math.sqrt(Math.max(quadratic(weights, weights), 0) + COBWEB_SMALLEST);
  };

  function step(c) {
    const { weights } = weigh(attention(c));
    return total((t) => weights[t] * v[t]) * shrink(weights);
  }

  function slope(c) {
    const alpha = attention(c);
    const { weights, sum } = weigh(alpha);
    let rise = alpha.map((each) => (kind === "sigmoid" ? each * (1 - each) : 0));
    if (normalise === "sum") {
      const all = total((t) => rise[t]);
      rise = rise.map((each, t) => (each - weights[t] * all) / sum);
    }
    const plain = total((t) => rise[t] * v[t]);
    if (feedback === "raw") return plain;
    const by = shrink(weights);
    return plain * by - total((t) => weights[t] * v[t]) * quadratic(rise, weights) * by ** 3;
  }

  /* Bounds of all values that the map can take. */
  function range() {
    if (feedback === "unit") return [-data.most * Math.abs(factor), data.most * Math.abs(factor)];
    if (kind === "softmax" || normalise === "sum") return [Math.min(0, ...v), Math.max(0, ...v)];
    return [total((t) => Math.min(v[t], 0)), total((t) => Math.max(v[t], 0))];
  }

  return { step, slope, range: range(), strength: total((t) => Math.abs(v[t])) };
}

function cobwebPath(map, c0, R) {
  const path = [c0];
  for (let k = 0; k < R; k += 1) path.push(map.step(path[k]));
  return path;
}

/* Every c with step(c) = c, ascending, and the slope there. */
function cobwebFixed(map) {
  const [low, high] = map.range;
  const room = 1e-6 * (1 + high - low);
  const above = (c) => map.step(c) >= c;
  const found = [];
  let before = low - room;
  let was = above(before);
  for (let i = 1; i < COBWEB_POINTS; i += 1) {
    const here = low - room + ((high - low + 2 * room) * i) / (COBWEB_POINTS - 1);
    const is = above(here);
    if (is !== was) {
      let [left, right] = [before, here];
      for (let k = 0; k < COBWEB_HALVINGS; k += 1) {
        const middle = (left + right) / 2;
        if (above(middle) === was) left = middle;
        else right = middle;
      }
      found.push((left + right) / 2);
    }
    [before, was] = [here, is];
  }
  return found.map((c) => ({ c, slope: map.slope(c) }));
}

/* What becomes of c after 500 steps, as `fate` of the picture judges it. */
function cobwebFate(map, start) {
  const [before, between, last] = cobwebPath(map, start, COBWEB_SETTLING).slice(-3);
  const near = 1e-4 * (1 + Math.max(Math.abs(before), Math.abs(between), Math.abs(last)));
  if (Math.abs(last - between) < near) return { kind: "settles", values: [last] };
  const both = [Math.min(between, last), Math.max(between, last)];
  // Close to slope −1 a walk that comes to rest looks like a flip for long: a flip must repeat to eight digits.
  if (Math.abs(last - before) < 1e-4 * near) return { kind: "flips", values: both };
  return { kind: "neither", values: [] };
}

/* As many decimals as `span` can use. */
function cobwebNumber(value, span) {
  return numberText(value, decimalsFor(span));
}

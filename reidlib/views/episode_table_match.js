/* The arithmetic of the episode table: matching without context over the cards that lie there, in float64. */

const EPISODE_SMALLEST = 1e-6; // a feature shorter than this has no direction

function episodeUnit(vector) {
  const length = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0) + EPISODE_SMALLEST ** 2);
  return vector.map((x) => x / length);
}

/* l_i = cos(probe, card i) / temperature, the softmax over the cards, and its sum for each person. */
function episodeKernel(probe, cards, labels, { temperature, classes }) {
  const unit = episodeUnit(probe);
  const cosines = cards.map((card) => episodeUnit(card).reduce((sum, x, d) => sum + x * unit[d], 0));
  const top = Math.max(...cosines);
  const terms = cosines.map((cosine) => Math.exp((cosine - top) / temperature));
  const total = terms.reduce((a, b) => a + b, 0);
  const weights = terms.map((term) => term / total);
  const p = new Array(classes).fill(0);
  weights.forEach((weight, k) => {
    p[labels[k]] += weight;
  });
  return { cosines, weights, p };
}

/* Both systems for the cards `order`: plain cosines, and the mean of the cards on the table off the cards, with the
probe's own mean, or if there is none the same, off the probe. null for an empty table. */
function episodeMatch(model, order) {
  if (!order.length) return null;
  const cards = order.map((i) => model.gallery[i]);
  const labels = order.map((i) => model.labels[i]);
  const mean = model.probe.map((_, d) => cards.reduce((sum, card) => sum + card[d], 0) / cards.length);
  const off = model.probe_mean ?? mean;
  const moved = cards.map((card) => card.map((x, d) => x - mean[d]));
  return {
    cosine: episodeKernel(model.probe, cards, labels, model),
    centred: episodeKernel(model.probe.map((x, d) => x - off[d]), moved, labels, model),
  };
}

/* The largest change of a probability between this order of the cards and that of their numbers. */
function episodeOrderEffect(model, order) {
  const here = episodeMatch(model, order);
  const there = episodeMatch(model, [...order].sort((a, b) => a - b));
  const changes = ["cosine", "centred"].flatMap((key) => here[key].p.map((p, y) => Math.abs(p - there[key].p[y])));
  return Math.max(...changes);
}

/* .32, 1.00, .00: two digits are what a card has room for. */
function episodeShort(value) {
  return value.toFixed(2).replace(/^(-?)0\./, "$1.");
}

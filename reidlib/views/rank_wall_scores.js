/* The ranking of a wall, in the browser: the same rules, order and ties as reidlib.evaluation.rank.

Kinds of a gallery item for a probe: match and nonmatch count; junk (pid -1), camera (the probe's person in the probe's
own camera) and outside (not in this protocol's gallery) are ignored and take no rank. */

const WALL_JUNK = -1;

function wallKind(data, p, g, cameraRule) {
  const [probe, item] = [data.probes, data.gallery];
  const own = item.pids[g] === probe.pids[p];
  if (item.pids[g] === WALL_JUNK) return "junk";
  if (cameraRule && data.pair) {
    const [from, to] = data.pair;
    if (probe.camids[p] !== from || item.camids[g] !== to) return "outside";
  } else if (cameraRule && own && item.camids[g] === probe.camids[p]) {
    return "camera";
  }
  return own ? "match" : "nonmatch";
}

const wallCounts = (kind) => kind === "match" || kind === "nonmatch";

/* One probe's gallery, nearest first: [{ item, distance, kind, rank }], rank 0 where ignored. */
function wallOrder(data, p, cameraRule, ties) {
  const before = { stable: [], pessimistic: ["nonmatch"], optimistic: ["match"] }[ties];
  const after = { stable: [], pessimistic: ["match"], optimistic: ["nonmatch"] }[ties];
  const place = (kind) => (before.includes(kind) ? 0 : after.includes(kind) ? 2 : 1);
  const kind = (item) => wallKind(data, p, item, cameraRule);
  const row = data.distances[p].map((distance, item) => ({ item, distance, kind: kind(item) }));
  row.sort((a, b) => a.distance - b.distance || place(a.kind) - place(b.kind) || a.item - b.item);
  let rank = 0;
  return row.map((each) => ({ ...each, rank: wallCounts(each.kind) ? (rank += 1) : 0 }));
}

/* Rank of the first match (0: none), AP (null: none), and how many items match, count and are ignored. */
function wallProbe(data, order) {
  const ranks = order.filter(({ kind }) => kind === "match").map(({ rank }) => rank);
  const precision = (r, i) => {
    const here = (i + 1) / r;
    // The trapezoid takes the precision just before the hit, too; before the first item it is 1.
    return data.ap === "trapezoid" ? (here + (r > 1 ? i / (r - 1) : 1)) / 2 : here;
  };
  const total = ranks.reduce((sum, r, i) => sum + precision(r, i), 0);
  return {
    first: ranks[0] ?? 0,
    ap: ranks.length ? total / ranks.length : null,
    matches: ranks.length,
    counted: order.filter(({ kind }) => wallCounts(kind)).length,
  };
}

/* Everything about one setting: the probes, the CMC up to `depth`, and the means over probes that have a match. */
function wallScores(data, { cameraRule, ties }, depth) {
  const probes = data.distances.map((_, p) => {
    const order = wallOrder(data, p, cameraRule, ties);
    return { p, order, ...wallProbe(data, order) };
  });
  const valid = probes.filter(({ first }) => first > 0);
  const share = (k) => valid.filter(({ first }) => first <= k).length / valid.length;
  const cmc = Array.from({ length: depth }, (_, i) => share(i + 1));
  return { probes, cmc, queries: valid.length, mAP: valid.reduce((sum, { ap }) => sum + ap, 0) / valid.length };
}

/* Found early first, probes without a match last; among equal first ranks the higher AP first. */
function wallSorted(probes) {
  const key = ({ first }) => (first > 0 ? first : Infinity);
  const difference = (a, b) => (key(a) === key(b) ? 0 : key(a) - key(b));
  return [...probes].sort((a, b) => difference(a, b) || (b.ap ?? 0) - (a.ap ?? 0) || a.p - b.p);
}

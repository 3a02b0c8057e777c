/* What a wall is made of: thumbnails from two sheets, gallery cells, entries of the list, the table of numbers. */

const WALL_MARK = { match: "✓", nonmatch: "✗" };
const WALL_REASON = { junk: "junk", camera: "own camera", outside: "left out" };
// Below a thumbnail there is room for eight letters or so.
const WALL_SHORT = { ...WALL_REASON, camera: "own cam." };
const WALL_WHY = {
  junk: "junk, its pid is -1",
  camera: "the probe's person in the probe's own camera",
  outside: "not in this protocol's gallery",
};
// Missed means: no match among so many.
const WALL_MISSED = 10;

/* The sheets go into one style element: hundreds of elements then share one decoded picture. */
function wallThumbs(host, data) {
  const names = { probes: host.id("probes"), gallery: host.id("gallery") };
  const rules = Object.entries(names).map(([side, name]) => {
    const { src, width, height, columns, rows, cell_width, cell_height } = data[side].sheet;
    const sheet = { sw: columns * cell_width, sh: rows * cell_height };
    const sizes = { w: width, h: height, cw: cell_width, ch: cell_height, ...sheet };
    const variables = Object.entries(sizes).map(([key, value]) => `--${key}:${value}`);
    return `.${name}{background-image:url(${src});${variables.join(";")}}`;
  });
  const style = host.html("style", {}, rules.join("\n"));
  const thumb = (side, index, attributes = {}) => {
    const { columns } = data[side].sheet;
    const place = `--x:${index % columns};--y:${Math.floor(index / columns)}`;
    return host.html("span", { class: `reid-thumb reid-wall-thumb ${names[side]}`, style: place, ...attributes });
  };
  return { style, thumb };
}

/* Distances, with the decimals that those of `shown` need. */
function wallDistances(shown) {
  const decimals = decimalsFor(Math.max(...shown.map(({ distance }) => Math.abs(distance))), 3);
  return (value) => numberText(value, decimals);
}

function wallName(side, index) {
  return side.names ? side.names[index] : `person ${side.pids[index]}`;
}

/* One gallery item: place and mark, picture, distance, who, and where or why it is ignored. */
function wallCell(host, data, thumb, people, said, { item, distance, kind, rank }) {
  const counted = wallCounts(kind);
  const { pids, camids } = data.gallery;
  const stranger = kind === "nonmatch" && !people.has(pids[item]);
  const who = kind === "junk" && !data.gallery.names ? "pid -1" : wallName(data.gallery, item);
  const other = stranger ? "no match, a distractor" : "no match, somebody else";
  const is = { match: "match, the same person", nonmatch: other };
  const label =
    `${counted ? `Rank ${rank}: ${is[kind]}` : `Ignored: ${WALL_WHY[kind]}`}; ` +
    `${who}, camera ${camids[item]}, distance ${said(distance)}`;
  const mark = counted ? `${WALL_MARK[kind]} ${rank}` : "ignored";
  const where = !counted ? WALL_SHORT[kind] : stranger ? "distractor" : `camera ${camids[item]}`;
  return host.html(
    "li",
    { class: "reid-wall-cell", "data-kind": kind, "data-item": item, title: label },
    host.html("span", { class: "reid-wall-rank", "aria-hidden": "true" }, mark),
    host.html("span", { class: "reid-wall-frame" }, thumb("gallery", item, { role: "img", "aria-label": label })),
    host.html("span", { class: "reid-wall-distance", "aria-hidden": "true" }, said(distance)),
    host.html("span", { class: "reid-wall-who", "aria-hidden": "true" }, who),
    host.html("span", { class: "reid-wall-who", "aria-hidden": "true" }, where),
  );
}

function wallFound({ first }) {
  return first === 0 ? "none" : first === 1 ? "first" : first <= WALL_MISSED ? "near" : "far";
}

/* One entry of the list of probes: its picture and the rank of its first match. */
function wallOption(host, data, thumb, probe) {
  const { p, first, ap } = probe;
  const found = wallFound(probe);
  const mark = { first: "✓ 1", near: String(first), far: `✗ ${first}`, none: "–" }[found];
  const said = first ? `first match at rank ${first}, AP ${numberText(ap, 3)}` : "no match in the gallery, not counted";
  return host.html(
    "div",
    {
      role: "option",
      class: "reid-wall-option",
      "data-found": found,
      "data-probe": p,
      "data-first": first,
      "data-ap": ap,
      "aria-label": `Probe ${p + 1}, ${wallName(data.probes, p)}, camera ${data.probes.camids[p]}: ${said}`,
    },
    thumb("probes", p),
    host.html("span", { class: "reid-wall-badge" }, mark),
  );
}

/* How many gallery items are ignored, and why, in words. */
function wallIgnored(order) {
  const counts = Object.keys(WALL_REASON).map((kind) => [kind, order.filter((each) => each.kind === kind).length]);
  const some = counts.filter(([, count]) => count);
  return some.map(([kind, count]) => `${count} ${WALL_REASON[kind]}`).join(", ");
}

/* The chosen probe beside all probes, and beside what was given where a control was moved. */
function wallTable(host, probe, scores, given) {
  const head = ["", "this probe", `all ${scores.queries}`, given && "as given"];
  const hit = (k) => (probe.first ? (probe.first <= k ? "✓ yes" : "✗ no") : "–");
  const ranks = [1, 5, 10].filter((k) => k <= scores.cmc.length);
  const rows = ranks.map((k) => [
    k === 1 ? "found at rank 1" : `among the first ${k}`,
    hit(k),
    wallPercent(scores.cmc[k - 1]),
    given && wallPercent(given.cmc[k - 1]),
  ]);
  rows.push([
    "average precision",
    probe.ap === null ? "–" : wallPercent(probe.ap),
    `mAP ${wallPercent(scores.mAP)}`,
    given && wallPercent(given.mAP),
  ]);
  const cells = (row, first, rest, scope) => [
    host.html(first, first === "th" ? { scope: "row" } : {}, row[0]),
    row.slice(1).filter(Boolean).map((text) => host.html(rest, { scope }, text)),
  ];
  const header = host.html("thead", {}, host.html("tr", {}, cells(head, "td", "th", "col")));
  const body = host.html("tbody", {}, rows.map((row) => host.html("tr", {}, cells(row, "th", "td"))));
  return host.html("table", { class: "reid-table reid-wall-table" }, header, body);
}

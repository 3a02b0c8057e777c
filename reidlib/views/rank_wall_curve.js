/* The CMC beside a wall: the curve, the chosen probe's dot on it, and the share of the curve that is this probe. */

const CURVE = { left: 44, right: 14, top: 28, bottom: 40, height: 250 };

const wallPercent = (value) => `${(100 * value).toFixed(1)} %`;

/* Ranks to label: 1 and round numbers, as many as fit. */
function curveTicks(depth) {
  const step = [1, 2, 5, 10].find((each) => depth / each <= 7) ?? 10;
  const round = Array.from({ length: Math.floor(depth / step) }, (_, i) => (i + 1) * step);
  return round[0] === 1 ? round : [1, ...round];
}

/* The value at rank k is drawn from k - 1/2 to k + 1/2: a CMC is a staircase. */
function curvePath(values, x, y, from = 1) {
  const piece = (value, rank) => `${x(rank - 0.5)} ${y(value)}L${x(rank + 0.5)} ${y(value)}`;
  return values.map((value, i) => `${i ? "L" : "M"}${piece(value, from + i)}`).join("");
}

/* The piece that one probe of `queries` adds: from the rank of its first match on, 1/queries high. */
function curveShare(cmc, first, queries, x, y) {
  const values = cmc.slice(first - 1);
  if (!values.length) return null;
  const upper = values.map((value, i) => [first + i, value]);
  const corners = (points) => points.flatMap(([rank, value]) => [[rank - 0.5, value], [rank + 0.5, value]]);
  const lower = corners(upper.map(([rank, value]) => [rank, value - 1 / queries])).reverse();
  return [...corners(upper), ...lower].map(([rank, value]) => `${x(rank)},${y(value)}`).join(" ");
}

function curveSentence(scores, given, probe) {
  const at = [1, 5, 10, 20].filter((k) => k <= scores.cmc.length);
  const values = at.map((k) => `${wallPercent(scores.cmc[k - 1])} at rank ${k}`).join(", ");
  const before = given ? ` As given, ${wallPercent(given.cmc[0])} at rank 1.` : "";
  const found = probe.first ? `is found at rank ${probe.first}` : "has no match and is not counted";
  return `CMC of ${scores.queries} probes: ${values}.${before} The chosen probe ${found}.`;
}

/* An element of its own: draw(scores, given, probe), where `given` is the scores as Python gave them, or null. */
function wallCurve(host) {
  const svg = host.svg("svg", { class: "reid-plot reid-wall-curve", role: "img" });
  let width = 440;
  let last = null;

  function draw(scores, given, probe) {
    last = [scores, given, probe];
    const depth = scores.cmc.length;
    const inner = width - CURVE.left - CURVE.right;
    const round = (value) => Math.round(value * 10) / 10;
    const x = (rank) => round(CURVE.left + ((rank - 0.5) / depth) * inner);
    const y = (value) => round(CURVE.top + (1 - value) * (CURVE.height - CURVE.top - CURVE.bottom));
    const line = (from, to, name) =>
      host.svg("path", { class: `reid-wall-${name}`, d: `M${from.join(" ")}L${to.join(" ")}` });
    const words = (at, anchor, text, name = "tick") =>
      host.svg("text", { x: at[0], y: at[1], class: `reid-wall-${name}`, "text-anchor": anchor }, text);
    const grid = [0, 0.25, 0.5, 0.75, 1].flatMap((value) => [
      line([CURVE.left, y(value)], [width - CURVE.right, y(value)], "grid"),
      words([CURVE.left - 6, y(value) + 4], "end", `${100 * value} %`),
    ]);
    const ranks = curveTicks(depth).map((rank) => words([x(rank), y(0) + 16], "middle", String(rank)));
    const axes = [
      words([2, 11], "start", "CMC: probes with a match"),
      given && words([width - CURVE.right, 11], "end", "dashed: as given"),
      words([CURVE.left + inner / 2, CURVE.height - 4], "middle", "among the first … gallery items"),
    ];
    const share = probe.first > 0 && curveShare(scores.cmc, probe.first, scores.queries, x, y);
    svg.setAttribute("viewBox", `0 0 ${width} ${CURVE.height}`);
    svg.setAttribute("aria-label", curveSentence(scores, given, probe));
    svg.replaceChildren(
      ...[
        ...grid,
        ...ranks,
        ...axes,
        share && host.svg("polygon", { class: "reid-wall-share", points: share }),
        given && host.svg("path", { class: "reid-wall-given", d: curvePath(given.cmc, x, y) }),
        host.svg("path", { class: "reid-wall-cmc", d: curvePath(scores.cmc, x, y) }),
        ...curveMark(host, probe, scores.cmc, { x, y, words, line, right: width - CURVE.right }),
      ].filter(Boolean),
    );
  }

  return {
    svg,
    draw,
    resize(room) {
      width = room;
      if (last) draw(...last);
    },
  };
}

/* The dot: on the curve at the rank of the first match, or an arrow where that lies beyond the drawing. */
function curveMark(host, probe, cmc, { x, y, words, line, right }) {
  if (!probe.first) return [];
  const label = `◆ this probe: rank ${probe.first}`;
  if (probe.first > cmc.length) return [words([right, y(0) - 8], "end", `${label} ▸`, "label")];
  const value = cmc[probe.first - 1];
  const late = x(probe.first) > right - 130;
  const below = value > 0.25 ? y(value) + 30 : y(value) - 12;
  return [
    line([x(probe.first), y(value)], [x(probe.first), y(0)], "drop"),
    host.svg("circle", { class: "reid-wall-dot", cx: x(probe.first), cy: y(value), r: 6 }),
    words([x(probe.first) + (late ? -9 : 9), below], late ? "end" : "start", label, "label"),
  ];
}

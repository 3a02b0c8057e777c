/* The rank wall: controls, the list of probes sorted by their first match, the chosen probe's row, and the CMC. */

const WALL_FILTERS = [
  ["all", () => "all probes", () => true],
  ["first", () => "found at rank 1", ({ first }) => first === 1],
  ["missed", () => `no match among the first ${WALL_MISSED}`, ({ first }) => first > WALL_MISSED],
];
const WALL_TIES = {
  stable: "smaller gallery index first (stable)",
  pessimistic: "somebody else first (pessimistic)",
  optimistic: "the match first (optimistic)",
};
// Widths of thumbnails in CSS pixels.
const WALL_SIZE = { option: 30, least: 52, wrapped: 62, most: 84, tallest: 190 };

function wallControls(host, data, state, changed) {
  const radios = WALL_FILTERS.map(([key, title]) => {
    const about = { type: "radio", name: host.id("show"), value: key, checked: key === state.filter };
    const input = host.html("input", about);
    const count = host.html("span", { class: "reid-wall-count" });
    host.on(input, "change", () => changed({ filter: key }));
    return { key, count, label: host.html("label", {}, input, ` ${title()} `, count) };
  });
  const rule = data.pair
    ? `Camera rule: probes of camera ${data.pair[0]}, gallery of camera ${data.pair[1]}`
    : "Camera rule: ignore the probe’s person in its own camera";
  const box = host.html("input", { type: "checkbox", checked: state.cameraRule, class: "reid-wall-camera" });
  host.on(box, "change", () => changed({ cameraRule: box.checked }));
  const options = Object.entries(WALL_TIES).map(([key, text]) =>
    host.html("option", { value: key, selected: key === state.ties }, text),
  );
  const ties = host.html("select", { class: "reid-wall-ties" }, options);
  host.on(ties, "change", () => changed({ ties: ties.value }));
  const legend = host.html("legend", {}, "Show");
  const element = host.html(
    "div",
    { class: "reid-wall-controls" },
    host.html("fieldset", { class: "reid-choices" }, legend, radios.map(({ label }) => label)),
    host.html("div", {}, host.html("label", {}, box, ` ${rule}`)),
    host.html("div", {}, host.html("label", {}, "At equal distance: ", ties)),
  );
  const count = (probes) => {
    for (const [key, , keep] of WALL_FILTERS) {
      radios.find((each) => each.key === key).count.textContent = `(${probes.filter(keep).length})`;
    }
  };
  return { element, count };
}

/* What ties do here: nothing, or how far the three ways of breaking them lie apart. */
function wallTieNote(data, state) {
  const all = Object.keys(WALL_TIES).map((ties) => [ties, wallScores(data, { ...state, ties }, data.depth)]);
  const [[, stable]] = all;
  const same = ({ first, ap, p }) => first === stable.probes[p].first && ap === stable.probes[p].ap;
  if (all.every(([, { probes }]) => probes.every(same))) {
    return "Ties: none that touches a match; the three ways give the same numbers.";
  }
  const numbers = all.map(([ties, { cmc, mAP }]) => `${ties} ${wallPercent(cmc[0])} (mAP ${wallPercent(mAP)})`);
  return `Ties matter here, so distances collapse. Rank 1: ${numbers.join(", ")}.`;
}

/* The sentence about the chosen probe, and what it weighs in the means. */
function wallFacts(data, probe, scores) {
  const ignored = wallIgnored(probe.order);
  const out = ignored ? ` Ignored: ${ignored}.` : " Nothing is ignored.";
  if (!probe.first) {
    const why = probe.counted ? "No match in the gallery" : "This protocol does not ask this probe";
    return `${why}: it counts in no mean.${out}`;
  }
  const matches = `${probe.matches} match${probe.matches > 1 ? "es" : ""} among ${probe.counted} gallery items.`;
  const points = (value) => `${((100 * value) / scores.queries).toFixed(2)} points`;
  const lift = `From rank ${probe.first} on it lifts the curve by 1/${scores.queries} = ${points(1)} (shaded)`;
  return `${matches}${out} ${lift} and adds ${points(probe.ap)} to mAP.`;
}

function wallRow(host, data, thumb, people, probe) {
  const shown = probe.order.slice(0, data.top);
  const said = wallDistances(shown);
  const cells = shown.map((each) => wallCell(host, data, thumb, people, said, each));
  if (probe.first && !shown.some(({ kind }) => kind === "match")) {
    const match = probe.order.find(({ kind }) => kind === "match");
    const cell = wallCell(host, data, thumb, people, said, match);
    cell.classList.add("reid-wall-later");
    cells.push(cell);
  }
  return cells;
}

export function mount(root, data, host) {
  const state = { cameraRule: true, ties: data.ties, filter: "all" };
  const people = new Set(data.probes.pids);
  const given = wallScores(data, state, data.depth);
  const { style, thumb } = wallThumbs(host, data);
  const controls = wallControls(host, data, state, (change) => {
    Object.assign(state, change);
    refresh();
  });
  const hint = host.html("p", { class: "reid-hint reid-wall-hint", id: host.id("hint") });
  const list = host.html("div", { role: "listbox", class: "reid-wall-list", "aria-describedby": host.id("hint") });
  list.setAttribute("aria-label", "Probes, sorted by the rank of their first match");
  const empty = host.html("p", { class: "reid-wall-empty", role: "status", hidden: true });
  const name = host.html("span", { class: "reid-wall-name" });
  const lock = host.html("span", { class: "reid-state reid-wall-state" });
  const probeCell = host.html("div", { class: "reid-wall-chosen" });
  const row = host.html("ol", { class: "reid-row reid-wall-row", "aria-label": "Gallery, nearest first" });
  const curve = wallCurve(host);
  const facts = host.html("p", { class: "reid-wall-facts", "aria-live": "polite" });
  const table = host.html("div");
  const ties = host.html("p", { class: "reid-hint reid-wall-hint" });
  const title = host.html("p", { class: "reid-wall-title" }, name, lock);
  const wall = host.html("div", { class: "reid-wall-both" }, probeCell, row);
  const plot = host.html("div", { class: "reid-wall-plot" }, curve.svg);
  const below = host.html("div", { class: "reid-wall-below" }, plot, host.html("div", {}, facts, table, ties));
  const chosen = host.html("section", { "aria-label": "The chosen probe" }, title, wall, below);
  const how = [`Protocol ${data.protocol}, AP by ${data.ap}. `, data.note && `Note: ${data.note}`];
  const rule = host.html("p", { class: "reid-hint reid-wall-hint" }, how);
  root.append(style, host.html("div", { class: "reid-wall" }, controls.element, hint, list, empty, chosen, rule));
  const marks = { first: "✓ at once", near: `2 to ${WALL_MISSED}`, far: `✗ beyond ${WALL_MISSED}` };
  const key = ([found, text]) => host.html("span", { class: "reid-wall-key", "data-found": found }, text);
  hint.append(
    "Probes, found early first; below each the rank of its first match: ",
    ...Object.entries(marks).flatMap((mark) => [key(mark), " "]),
    "Hover or use the arrow keys; click or Enter locks, Escape frees.",
  );

  let scores = given;
  let picker = null;
  let place = 0;
  let locked = false;
  let current = null;

  function show(probe) {
    current = probe.p;
    const { p } = probe;
    const found = probe.first ? `first match at rank ${probe.first}` : "no match";
    name.textContent = `◆ Probe ${p + 1}: ${wallName(data.probes, p)}, camera ${data.probes.camids[p]} · ${found}`;
    lock.textContent = locked ? "locked" : "";
    const image = thumb("probes", p, { role: "img", "aria-label": `Probe ${p + 1}` });
    probeCell.replaceChildren(
      host.html("span", { class: "reid-wall-rank", "aria-hidden": "true" }, "◆ probe"),
      host.html("span", { class: "reid-wall-frame" }, image),
      host.html("span", { class: "reid-wall-who" }, wallName(data.probes, p)),
      host.html("span", { class: "reid-wall-who" }, `camera ${data.probes.camids[p]}`),
    );
    row.replaceChildren(...wallRow(host, data, thumb, people, probe));
    facts.textContent = wallFacts(data, probe, scores);
    const moved = state.cameraRule !== true || state.ties !== data.ties ? given : null;
    table.replaceChildren(wallTable(host, probe, scores, moved));
    curve.draw(scores, moved, probe);
  }

  function refresh() {
    scores = wallScores(data, state, data.depth);
    controls.count(scores.probes);
    ties.textContent = wallTieNote(data, state);
    const keep = WALL_FILTERS.find(([key]) => key === state.filter)[2];
    const entries = wallSorted(scores.probes).filter(keep);
    const options = entries.map((probe) => wallOption(host, data, thumb, probe));
    list.replaceChildren(...options);
    list.hidden = chosen.hidden = !entries.length;
    empty.hidden = entries.length > 0;
    empty.textContent = entries.length ? "" : "No probe here: choose another set above.";
    if (!entries.length) return;
    // The same probe stays chosen where it is still listed; at first it is one that was not found at once.
    const start = entries.findIndex((probe) => (current === null ? probe.first !== 1 : probe.p === current));
    const keepLock = locked && start >= 0;
    place = Math.max(0, start);
    picker = select(host, options, {
      first: place,
      show(index, isLocked) {
        place = index;
        locked = isLocked;
        show(entries[index]);
      },
      move: (index, key) => wallNeighbour(options, index, key),
    });
    if (keepLock) picker.choose(place, true);
  }

  host.on(chosen.parentElement, "keydown", (event) => {
    if (event.key === "Escape" && locked) picker.choose(place, false);
  });
  host.onResize((width) => {
    const { sheet } = data.gallery;
    // One line where it fits: the probe, the items, and a first match behind them with its dots.
    const cells = data.top + 2;
    const room = (width - 30 - 8 * cells) / cells;
    const limit = Math.min(WALL_SIZE.most, (WALL_SIZE.tallest * sheet.width) / sheet.height);
    const fit = Math.min(limit, room < WALL_SIZE.least ? WALL_SIZE.wrapped : room);
    wall.style.setProperty("--fit", String(Math.floor(fit)));
    curve.resize(Math.round(plot.getBoundingClientRect().width) || width);
  });
  list.style.setProperty("--fit", String(WALL_SIZE.option));
  refresh();
}

/* Up and down: the nearest entry of the line above or below; where there is none, the entry before or after. */
function wallNeighbour(options, index, key) {
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 }[key];
  if (key === "ArrowLeft" || key === "ArrowRight") return index + step;
  const { offsetTop: top, offsetLeft: left } = options[index];
  const far = (option) => ({ down: (option.offsetTop - top) * step, aside: Math.abs(option.offsetLeft - left) });
  const other = options
    .map((option, i) => ({ i, ...far(option) }))
    .filter(({ down }) => down > 0)
    .sort((a, b) => a.down - b.down || a.aside - b.aside);
  return other.length ? other[0].i : index + step;
}

/* Cards of the episode table: a picture, whose it is, its weights; and how a card is dragged. */

const EPISODE_GLYPH = { match: "✓", nonmatch: "✗", plain: "" };

function episodeKind(data, label) {
  if (data.probe_label === null) return "plain";
  return label === data.probe_label ? "match" : "nonmatch";
}

/* The sheets go into one style element: all cards then share one decoded picture. */
function episodeThumbs(host, data) {
  const names = { sheet: host.id("cards"), probe_sheet: host.id("probe") };
  const rules = Object.entries(names).map(([key, name]) => {
    const { src, width, height, columns, rows, cell_width, cell_height } = data[key];
    const sizes = { w: width, h: height, cw: cell_width, ch: cell_height };
    const sheet = { sw: columns * cell_width, sh: rows * cell_height };
    const variables = Object.entries({ ...sizes, ...sheet }).map(([variable, value]) => `--${variable}:${value}`);
    return `.${name}{background-image:url(${src});${variables.join(";")}}`;
  });
  const thumb = (key, index) => {
    const { columns } = data[key];
    const place = `--x:${index % columns};--y:${Math.floor(index / columns)}`;
    return host.html("span", { class: `reid-thumb reid-ep-thumb ${names[key]}`, style: place, "aria-hidden": "true" });
  };
  return { style: host.html("style", {}, rules.join("\n")), thumb };
}

/* One card. `show(onTable, rows)` draws rows of [name, short name, weight, share of the largest, out of date]. */
function episodeCard(host, data, thumb, i) {
  const label = data.labels[i];
  const kind = episodeKind(data, label);
  const name = host.html("span", { class: "reid-ep-name" }, `${EPISODE_GLYPH[kind]} ${data.names[label]}`.trim());
  const number = host.html("span", { class: "reid-ep-number" }, `card ${i + 1}`);
  const cells = host.html("span", { class: "reid-ep-cells" });
  const frame = host.html("span", { class: "reid-ep-frame" }, thumb("sheet", i));
  const about = { type: "button", class: "reid-ep-card", "data-card": i, tabindex: "-1", "aria-pressed": "false" };
  // One text says it all, in one order; what is seen would be read a second time.
  const said = host.html("span", { class: "reid-unseen reid-ep-said" });
  const seen = host.html("span", { class: "reid-ep-seen", "aria-hidden": "true" }, number, frame, name, cells);
  const card = host.html("button", about, said, seen);
  const title = `Take card ${i + 1} off the table`;
  const cross = { type: "button", class: "reid-ep-cross", tabindex: "-1", "aria-label": title, title };
  const remove = host.html("button", cross, "✕");
  const element = host.html("li", { class: "reid-ep-item", "data-kind": kind }, card, remove);
  const who = { match: ", the probe’s person", nonmatch: ", somebody else", plain: "" }[kind];
  function show(onTable, rows) {
    remove.hidden = !onTable;
    element.toggleAttribute("data-off", !onTable);
    const cell = ([, short, weight, share, old]) => {
      const look = { class: "reid-ep-cell", style: `--share:${share.toFixed(4)}`, "data-old": old };
      return host.html("span", look, host.html("span", {}, short), host.html("b", {}, episodeShort(weight)));
    };
    cells.replaceChildren(...(onTable ? rows.map(cell) : [host.html("span", { class: "reid-ep-back" }, "put back")]));
    const spoken = rows.map(([long, , weight, , old], k) => {
      return `${k ? long : "weight"} ${episodeShort(weight)}${old ? " (another table)" : ""}`;
    });
    const state = onTable ? ["on the table", ...spoken].join(", ") : "off the table";
    said.textContent = `card ${i + 1}, ${data.names[label]}${who}, ${state}`;
  }
  return { element, card, remove, show };
}

/* Drag a card of `list` to another place: `move(card, place)` while it goes on, `drop()` at its end.
`busy()` tells a click that a drag has just ended here. */
function episodeDrag(host, list, { order, items, move, drop }) {
  let held = null;
  let ended = false;
  host.on(list, "pointerdown", (event) => {
    ended = false;
    const card = event.target.closest(".reid-ep-card");
    if (event.button !== 0 || !card) return;
    held = { i: Number(card.dataset.card), x: event.clientX, y: event.clientY, on: false };
  });
  host.on(list, "pointermove", (event) => {
    if (!held) return;
    if (!held.on && Math.hypot(event.clientX - held.x, event.clientY - held.y) < 8) return;
    if (!held.on) list.setPointerCapture(event.pointerId);
    held.on = true;
    items[held.i].element.toggleAttribute("data-held", true);
    const far = (i) => {
      const box = items[i].element.getBoundingClientRect();
      return Math.hypot(event.clientX - box.x - box.width / 2, event.clientY - box.y - box.height / 2);
    };
    const places = order().map((i, place) => ({ place, far: far(i) }));
    const nearest = places.reduce((best, each) => (each.far < best.far ? each : best));
    if (order()[nearest.place] !== held.i) move(held.i, nearest.place);
  });
  const end = () => {
    if (held?.on) {
      items[held.i].element.toggleAttribute("data-held", false);
      ended = true;
      drop();
    }
    held = null;
  };
  for (const type of ["pointerup", "pointercancel"]) host.on(list, type, end);
  return { busy: () => ended };
}

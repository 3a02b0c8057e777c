/* The pipeline map: boxes in lanes, arrows between them, and a panel that tells about the chosen box. */

const GAP = { x: 24, y: 30, lane: 42, head: 46 };
const BOX_HEIGHT = 104;

/* Text with _x, _{…} and ^x, ^{…} as elements; inside braces the same holds once more. */
function mathText(host, source) {
  return source.split(/([_^](?:\{[^}]*\}|.))/u).map((piece) => {
    if (!/^[_^]./u.test(piece)) return piece;
    return host.html(piece[0] === "_" ? "sub" : "sup", {}, mathText(host, piece.slice(1).replace(/^\{|\}$/g, "")));
  });
}

/* A title in one line where it fits, else in two, broken at the blank nearest its middle. */
function fitLines(title, boxWidth) {
  const blanks = [...title].flatMap((letter, i) => (letter === " " ? [i] : []));
  if (title.length * 8.2 <= boxWidth - 12 || blanks.length === 0) return [title];
  const middle = title.length / 2;
  const at = blanks.reduce((best, i) => (Math.abs(i - middle) < Math.abs(best - middle) ? i : best));
  return [title.slice(0, at), title.slice(at + 1)];
}

/* Where each box stands for a given width: as many columns as fit, each lane from its own left edge. */
function layout(lanes, stages, width) {
  const wide = width >= 640;
  const columns = wide ? 5 : width >= 330 ? 3 : 2;
  const boxWidth = (width - GAP.x * (columns - 1)) / columns;
  const places = new Map();
  const heads = new Map();
  let top = 0;
  for (const lane of lanes) {
    heads.set(lane.key, top);
    top += wide ? GAP.head : GAP.head + 38;
    const members = stages.filter((stage) => stage.lane === lane.key);
    members.forEach((stage, i) => {
      const row = Math.floor(i / columns);
      places.set(stage.key, { x: (i % columns) * (boxWidth + GAP.x), y: top + row * (BOX_HEIGHT + GAP.y) });
    });
    const rows = Math.ceil(members.length / columns);
    top += rows * BOX_HEIGHT + (rows - 1) * GAP.y + GAP.lane;
  }
  return { wide, boxWidth, places, heads, height: top - GAP.lane + 18 };
}

/* An arrow from a to b: straight to the next box, below the row to a later one, round its end to the next row. */
function arrowPath(a, b, boxWidth) {
  const [fromX, toX, bottom] = [a.x + boxWidth / 2, b.x + boxWidth / 2, a.y + BOX_HEIGHT];
  const middle = bottom + GAP.y / 2;
  if (a.y === b.y && b.x - a.x < 2 * boxWidth) return `M${a.x + boxWidth + 2} ${a.y + BOX_HEIGHT / 2}H${b.x - 3}`;
  if (a.y === b.y) return `M${fromX} ${bottom + 2}v5q0 8 8 8H${toX - 8}q8 0 8 -8V${bottom + 3}`;
  if (fromX === toX) return `M${fromX} ${bottom + 2}V${b.y - 3}`;
  return `M${fromX} ${bottom + 2}V${middle - 8}q0 8 -8 8H${toX + 8}q-8 0 -8 8V${b.y - 3}`;
}

function stageBox(host, stage, position) {
  const status = stage.exists ? null : "its code comes later";
  // Begins with what is written in the box, so that voice control finds it by the words one sees.
  const label = [stage.title, stage.shape, stage.loop, `step ${position}`, status].filter(Boolean).join(", ");
  const accent = stage.accent ? `--accent:var(--reid-${stage.accent})` : "";
  return host.svg(
    "g",
    {
      class: `reid-step${stage.exists ? "" : " reid-later"}`,
      role: "option",
      style: accent,
      "data-key": stage.key,
      "aria-label": label,
    },
    host.svg("rect", { class: "reid-ring", x: -4, y: -4, height: BOX_HEIGHT + 8, rx: 13 }),
    host.svg("rect", { class: "reid-box", height: BOX_HEIGHT, rx: 10 }),
    host.svg("g", { class: "reid-icon" }, pipelineIcon(host, stage.key)),
    host.svg("text", { class: "reid-name" }),
    " ",
    host.svg("text", { class: "reid-shape", y: 93 }, stage.shape.replaceAll(" ", "\u2009")),
    stage.mark && host.svg("text", { class: "reid-mark", y: 18 }, stage.mark),
    stage.loop && host.svg("text", { class: "reid-loop", y: 18 }, `↻\u2009${stage.loop[0]}`),
  );
}

function placeBox(host, group, stage, place, boxWidth) {
  const part = (name) => group.querySelector(`.reid-${name}`);
  const lines = fitLines(stage.title, boxWidth);
  const scale = boxWidth < 108 ? 1 : 1.3;
  group.setAttribute("transform", `translate(${place.x} ${place.y})`);
  group.classList.toggle("reid-narrow", boxWidth < 108);
  part("box").setAttribute("width", boxWidth);
  part("ring").setAttribute("width", boxWidth + 8);
  part("icon").setAttribute("transform", `translate(${boxWidth / 2 - 22 * scale} ${25 - 14 * scale}) scale(${scale})`);
  part("shape").setAttribute("x", boxWidth / 2);
  part("mark")?.setAttribute("x", boxWidth - 9);
  part("loop")?.setAttribute("x", 8);
  const y = lines.length === 1 ? 67 : 60;
  // The blank between two lines is for those who read the text, not the drawing.
  const spans = lines.flatMap((line, i) => [host.svg("tspan", { x: boxWidth / 2, y: y + 15 * i }, line), " "]);
  part("name").replaceChildren(...spans.slice(0, -1));
}

/* A symbol and its name in code, either of which may be missing. */
function nameOf(host, [symbol, code], further) {
  return [
    further && ", ",
    symbol && host.html("span", { class: "reid-math" }, ...mathText(host, symbol)),
    symbol && code && " is ",
    code && host.html("code", {}, code),
  ];
}

/* The lines about one step: what, symbol, shape, equation, notebook, code. Lines without content are left out. */
function describe(host, stage) {
  const letters = Object.entries(stage.letters).map(([letter, meaning]) => `${letter} ${meaning}`);
  const line = (name, ...content) => [host.html("dt", {}, name), host.html("dd", {}, ...content)];
  const number = stage.notebook.slice(0, 2);
  const notebook = host.link(stage.notebook, stage.notebook);
  const later = (what) => host.html("span", { class: "reid-note" }, ` ${what}`);
  return [
    host.html("p", { class: "reid-what" }, stage.what),
    host.html(
      "dl",
      { class: "reid-facts" },
      stage.names.length
        ? line("Symbol and name", ...stage.names.flatMap((pair, i) => nameOf(host, pair, i > 0)))
        : null,
      line("Shape", host.html("code", {}, stage.shape), later(letters.join(", "))),
      line(
        stage.equation ? "Equation" : "Source",
        stage.equation && host.html("span", { class: "reid-math" }, ...mathText(host, stage.equation)),
        stage.equation ? later(stage.source) : stage.source,
      ),
      line("Notebook", notebook, notebook.tagName === "A" ? null : later("not in this folder yet")),
      line("Code", host.html("code", {}, `reidlib/${stage.room}`), stage.exists ? null : later("comes later")),
    ),
  ];
}

/* Every part of the drawing, not yet in its place. */
function drawMap(host, { lanes, stages, arrows }) {
  const tip = { id: host.id("tip"), orient: "auto", viewBox: "0 0 8 8", refX: 7, refY: 4 };
  const size = { markerWidth: 9, markerHeight: 9, markerUnits: "userSpaceOnUse" };
  const triangle = host.svg("path", { d: "M0 0.500L8 4L0 7.500z" });
  const marker = host.svg("marker", { ...tip, ...size }, triangle);
  const svg = host.svg("svg", { role: "none" }, host.svg("defs", {}, marker));
  const boxes = new Map();
  const heads = new Map();
  for (const lane of lanes) {
    const title = host.svg("text", { class: "reid-lane" }, lane.key, host.svg("tspan", { dx: 9 }, lane.title));
    const lines = lane.about.map((line) => host.svg("tspan", {}, line));
    const question = host.svg("text", { class: "reid-question" }, lines);
    const members = stages.filter((stage) => stage.lane === lane.key);
    members.forEach((stage, i) => {
      boxes.set(stage.key, stageBox(host, stage, `${i + 1} of ${members.length} in ${lane.key}`));
    });
    heads.set(lane.key, { title, question });
    const group = { role: "group", "aria-label": `${lane.key}, ${lane.title}` };
    svg.append(host.svg("g", group, title, question, members.map((stage) => boxes.get(stage.key))));
  }
  const lines = arrows.map(([from, to]) => {
    const path = host.svg("path", { class: "reid-arrow", "marker-end": `url(#${host.id("tip")})` });
    return { path, from, to };
  });
  svg.append(host.svg("g", { "aria-hidden": "true" }, lines.map(({ path }) => path)));
  return { svg, boxes, heads, lines };
}

/* A lane's question: at the right of its title where there is room, else in two lines below it. */
function placeHead({ title, question }, top, wide, width) {
  title.setAttribute("y", top + 24);
  question.setAttribute("y", top + (wide ? 24 : 44));
  question.setAttribute("x", wide ? width : 0);
  question.setAttribute("text-anchor", wide ? "end" : "start");
  const [, second] = question.children;
  for (const name of ["x", "dx", "dy"]) second.removeAttribute(name);
  for (const [name, value] of Object.entries(wide ? { dx: 5 } : { x: 0, dy: 17 })) second.setAttribute(name, value);
}

/* What the marks mean, and how to walk. */
function hintLine(host, stages) {
  const used = new Map(stages.filter((stage) => stage.accent).map((stage) => [stage.accent, stage.mark]));
  const marks = [...used].flatMap(([name, mark]) => {
    const coloured = host.html("span", { style: `color:var(--reid-${name})` }, mark);
    return [host.html("span", { class: "reid-key" }, coloured, ` ${name}`), " "];
  });
  const walk = "Hover or use the arrow keys; click or Enter locks, Escape frees. Dashed: code comes later. ";
  return host.html("p", { id: host.id("hint"), class: "reid-hint" }, walk, marks);
}

export function mount(root, data, host) {
  const { lanes, stages } = data;
  const { svg, boxes, heads, lines } = drawMap(host, data);
  const about = { "aria-label": "Steps of the pipeline", "aria-describedby": host.id("hint") };
  const map = host.html("div", { role: "listbox", class: "reid-map", ...about }, svg);
  const heading = host.html("div", { class: "reid-title" });
  const state = host.html("span", { class: "reid-state" });
  const body = host.html("div");
  const panel = { class: "reid-result reid-panel", "aria-live": "polite", "aria-label": "About the chosen step" };
  const head = host.html("div", { class: "reid-panel-head" }, heading, state);
  root.append(map, hintLine(host, stages), host.html("section", panel, head, body));

  let places = new Map();
  host.onResize((width) => {
    const plan = layout(lanes, stages, width);
    places = plan.places;
    svg.setAttribute("viewBox", `-5 0 ${width + 10} ${plan.height}`);
    for (const stage of stages) placeBox(host, boxes.get(stage.key), stage, places.get(stage.key), plan.boxWidth);
    for (const { path, from, to } of lines) {
      path.setAttribute("d", arrowPath(places.get(from), places.get(to), plan.boxWidth));
    }
    for (const [key, each] of heads) placeHead(each, plan.heads.get(key), plan.wide, width);
  });

  const keys = stages.map((stage) => stage.key);
  const elements = keys.map((key) => boxes.get(key));
  select(host, elements, {
    show(index, locked) {
      const stage = stages[index];
      heading.textContent = stage.title;
      state.textContent = locked ? "locked" : "";
      body.replaceChildren(...describe(host, stage));
      for (const { path, from, to } of lines) path.toggleAttribute("data-near", from === stage.key || to === stage.key);
    },
    move(index, key) {
      if (key === "ArrowLeft" || key === "ArrowRight") return index + (key === "ArrowRight" ? 1 : -1);
      // Up and down: the nearest box of the row above or below.
      const here = places.get(keys[index]);
      const isAhead = (each) => (key === "ArrowUp" ? places.get(each).y < here.y : places.get(each).y > here.y);
      const cost = (each) => Math.abs(places.get(each).y - here.y) * 10 + Math.abs(places.get(each).x - here.x);
      const ahead = keys.filter(isAhead).sort((a, b) => cost(a) - cost(b));
      return ahead.length ? keys.indexOf(ahead[0]) : index;
    },
  });
}

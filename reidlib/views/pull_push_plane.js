/* The plane of PullPush: two points to drag, the margin's circle around f₁, an arrow to where a step would lead. */

const PAIR_SYMBOLS = ["f₁", "f₂"];
const PAIR_REACH = 26; // pixels around a point, wide enough for a finger

/* What both points and the circle need, as a square window. */
function pairWindow([first, second], margin) {
  const apart = Math.hypot(first[0] - second[0], first[1] - second[1]);
  const half = 1.08 * Math.max(0.7 * apart, margin + apart / 2);
  return { centre: [(first[0] + second[0]) / 2, (first[1] + second[1]) / 2], half };
}

function pairPlane(host, data, { grab, drag, letGo }) {
  const shape = (tag, name) => host.svg(tag, { class: `reid-pair-${name}` });
  const grid = shape("path", "grid");
  const circle = shape("circle", "margin");
  const radius = shape("text", "label");
  const line = shape("line", "line");
  const trail = shape("path", "trail");
  const ruler = shape("text", "ruler");
  const arrows = [0, 1].map(() => ({ path: shape("path", "arrow"), label: shape("text", "force") }));
  const short = (text) => (text.length > 18 ? `${text.slice(0, 17)}…` : text);
  const handles = PAIR_SYMBOLS.map((symbol, i) => {
    const name = data.names[i] ?? "";
    const about = { class: "reid-pair-point", role: "slider", tabindex: 0, "aria-valuemin": 0 };
    const dot = host.svg("circle", { class: "reid-pair-dot", r: 8 });
    const label = host.svg("text", { class: "reid-pair-name" }, name ? `${symbol} ${short(name)}` : symbol);
    const ring = host.svg("circle", { class: "reid-pair-ring", r: 15 });
    const text = { "aria-label": name ? `${symbol}, ${name}` : symbol, "aria-describedby": host.id("hint") };
    const element = host.svg("g", { ...about, ...text }, ring, dot);
    return { element, label };
  });
  const svg = host.svg("svg", { class: "reid-plot reid-pair-plane" }, grid, ruler, circle, line, trail);
  svg.append(...arrows.map(({ path }) => path), radius, ...handles.map(({ element }) => element));
  svg.append(...handles.map(({ label }) => label), ...arrows.map(({ label }) => label));
  let size = 400;
  let view = null;
  let drawn = null;
  let held = null;

  const scale = () => size / 2 / view.half;
  const seen = ([x, y]) => [size / 2 + (x - view.centre[0]) * scale(), size / 2 - (y - view.centre[1]) * scale()];
  const meant = ([x, y]) => [view.centre[0] + (x - size / 2) / scale(), view.centre[1] - (y - size / 2) / scale()];
  const set = (element, attributes) => {
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  };
  const pixels = (spot) => spot.map((v) => v.toFixed(1)).join(" ");
  const unit = () => roundBelow(view.half / 2);

  function drawGrid() {
    const step = unit();
    let path = "";
    for (const axis of [0, 1]) {
      const low = Math.ceil((view.centre[axis] - view.half) / step);
      const high = Math.floor((view.centre[axis] + view.half) / step);
      for (let k = low; k <= high; k += 1) {
        const at = seen([k * step, k * step])[axis].toFixed(1);
        path += axis ? `M0 ${at}H${size}` : `M${at} 0V${size}`;
      }
    }
    grid.setAttribute("d", path);
    ruler.textContent = `grid ${tickNumber(step)}`;
    set(ruler, { x: size - 28, y: size - 8 });
  }

  /* An arrow from a point to where a step leads; beside the line where the two would lie on each other. */
  function drawArrow(path, from, to, aside) {
    const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
    const long = Math.hypot(dx, dy);
    const visible = long > 1.5;
    const [ux, uy] = visible ? [dx / long, dy / long] : [0, 0];
    const head = Math.min(11, long);
    const at = (back, by) => pixels([to[0] - back * ux - (by + aside) * uy, to[1] - back * uy + (by + aside) * ux]);
    const tip = `M${at(1, 0)}L${at(head, head * 0.5)}L${at(head, -head * 0.5)}z`;
    path.setAttribute("d", visible ? `M${at(long, 0)}L${at(head * 0.8, 0)}${tip}` : "");
  }

  /* Name and force of f₁ on one side of the line, of f₂ on the other: nothing lies on an arrow. */
  function drawTexts(i, [x, y], [nx, ny], text) {
    const anchor = nx > 0.35 ? "start" : nx < -0.35 ? "end" : "middle";
    const wide = 7.4 * Math.max(handles[i].label.textContent.length, text.length);
    const share = { start: 0, middle: 0.5, end: 1 }[anchor] * wide;
    const left = Math.max(6 + share, Math.min(size - 6 - wide + share, x + 16 * nx));
    const low = Math.max(14, Math.min(size - 24, y + 34 * ny - 3));
    set(handles[i].label, { x: left, y: low, "text-anchor": anchor });
    set(arrows[i].label, { x: left, y: low + 16, "text-anchor": anchor });
    arrows[i].label.textContent = text;
  }

  function draw() {
    if (!drawn) return;
    const { points, found, same, margin, rate, past } = drawn;
    drawGrid();
    const spots = points.map(seen);
    const [first, second] = spots;
    set(circle, { cx: first[0], cy: first[1], r: margin * scale() });
    // The radius is named below the circle, above it, or inside, where that is in the window.
    const low = first[1] + margin * scale();
    const high = first[1] - margin * scale();
    const places = [low + 16, high - 7, low - 7, high + 16];
    const down = places.find((at) => at > 16 && at < size - 8);
    const part = same ? ": plays no part in the pull" : "";
    radius.textContent = down === undefined ? "" : `margin m = ${tickNumber(margin)}${part}`;
    const wide = same ? 130 : 60;
    set(radius, { x: Math.max(wide, Math.min(size - wide, first[0])), y: down ?? 0 });
    set(line, { x1: first[0], y1: first[1], x2: second[0], y2: second[1] });
    const path = (i) => past.map((pair, k) => `${k ? "L" : "M"}${pixels(seen(pair[i]))}`);
    trail.setAttribute("d", [...path(0), ...path(1)].join(""));
    const next = pairStep(points, found, rate).map(seen);
    const [dx, dy] = [second[0] - first[0], second[1] - first[1]];
    const apart = Math.hypot(dx, dy);
    const normal = apart > 1e-6 ? [dy / apart, -dx / apart] : [0, -1];
    const sign = normal[1] > 0.2 ? -1 : 1; // f₁ is named above where the line allows it
    const crossing = same && 2 * rate * found.strength > found.distance ? 7 : 0;
    spots.forEach((spot, i) => {
      drawArrow(arrows[i].path, spot, next[i], crossing);
      const side = normal.map((v) => (i ? -1 : 1) * sign * v);
      drawTexts(i, spot, side, `force ${pairNumber(found.strength)}`);
      set(handles[i].element, { transform: `translate(${spot[0].toFixed(2)} ${spot[1].toFixed(2)})` });
    });
    svg.setAttribute("data-same", same);
  }

  const place = (event) => {
    const box = svg.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * size, ((event.clientY - box.top) / box.height) * size];
  };
  /* The point below a pointer, or -1. */
  const below = (event) => {
    const [x, y] = place(event);
    const far = drawn.points.map(seen).map(([px, py]) => Math.hypot(px - x, py - y));
    const nearest = far[0] < far[1] ? 0 : 1;
    return far[nearest] < PAIR_REACH ? nearest : -1;
  };
  host.on(svg, "pointerdown", (event) => {
    const i = event.button === 0 ? below(event) : -1;
    if (i < 0) return;
    event.preventDefault();
    handles[i].element.focus({ preventScroll: true });
    svg.setPointerCapture(event.pointerId);
    const [x, y] = place(event);
    const [px, py] = seen(drawn.points[i]);
    held = { i, offset: [px - x, py - y], pointer: event.pointerId };
    grab();
  });
  host.on(svg, "pointermove", (event) => {
    if (held) {
      const inside = place(event).map((v, k) => Math.max(10, Math.min(size - 10, v + held.offset[k])));
      drag(held.i, meant(inside));
      return;
    }
    const i = event.pointerType === "touch" ? -1 : below(event);
    handles.forEach(({ element }, k) => element.toggleAttribute("data-hover", k === i));
  });
  host.keepPage(svg, () => held !== null);
  const release = () => {
    if (!held) return;
    held = null;
    letGo();
  };
  host.on(svg, "pointerup", release);
  host.on(svg, "pointercancel", release);
  host.on(svg, "pointerleave", () => handles.forEach(({ element }) => element.removeAttribute("data-hover")));

  return {
    element: svg,
    handles: handles.map(({ element }) => element),
    /* How far an arrow key moves a point. */
    key: () => unit() / 5,
    drop() {
      const had = held !== null;
      if (had && svg.hasPointerCapture(held.pointer)) svg.releasePointerCapture(held.pointer);
      held = null;
      return had;
    },
    resize(width) {
      size = Math.min(width, 430);
      set(svg, { viewBox: `0 0 ${size} ${size}`, width: size, height: size });
      if (view) draw();
    },
    /* The window follows when a point leaves it or the margin outgrows it, never under a pointer. */
    fit(state, fresh = false) {
      const wanted = pairWindow(state.points, state.margin);
      const out = (point) => point.some((v, k) => Math.abs(v - view.centre[k]) > 0.97 * view.half);
      const fits = !fresh && view && wanted.half <= 1.02 * view.half && wanted.half >= view.half / 3;
      if (!fits || state.points.some(out)) view = wanted;
    },
    show(state) {
      drawn = state;
      const now = Number(state.found.distance.toPrecision(6));
      const most = Math.max(now, Number((2 * view.half).toPrecision(3)));
      state.points.forEach(([x, y], i) => {
        const place = `x ${pairNumber(x)}, y ${pairNumber(y)}; distance ${pairNumber(state.found.distance)}`;
        const spoken = { "aria-valuenow": now, "aria-valuemax": most, "aria-valuetext": `${place}; ${state.words}` };
        set(handles[i].element, spoken);
      });
      draw();
    },
  };
}

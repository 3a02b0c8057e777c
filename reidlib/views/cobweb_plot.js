/* The square of Cobweb: the curve, the diagonal, the staircase, the fixed points, and the start that is dragged. */

const COBWEB_EDGE = { left: 62, right: 14, top: 14, bottom: 42 };
const COBWEB_CURVE = 401;

/* Round numbers in [low, high], three to seven of them. */
function cobwebTicks(low, high) {
  const raw = (high - low) / 6;
  const unit = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find((each) => each * unit >= raw) * unit;
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step) - first + 1;
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return Array.from({ length: count }, (_, i) => {
    const value = (first + i) * step;
    return { value, text: numberText(value, decimals) };
  });
}

function cobwebPlot(host) {
  const part = (tag, name, more) => host.svg(tag, { class: `reid-cob-${name}`, ...more });
  const clip = host.id("cob-clip");
  const inside = host.svg("rect", {});
  const ground = part("rect", "ground");
  const [diagonal, curve, faint, steps, drop] = ["diagonal", "curve", "faint", "steps", "drop"].map((name) =>
    part("path", name),
  );
  const drawn = host.svg("g", { "clip-path": `url(#${clip})` }, diagonal, curve, faint, steps, drop);
  const texts = host.svg("g", {});
  const points = host.svg("g", {});
  const marks = host.svg("g", {});
  const svg = part("svg", "plot reid-plot", { "aria-hidden": "true" });
  svg.append(host.svg("defs", {}, host.svg("clipPath", { id: clip }, inside)), ground, drawn, texts, points, marks);
  const about = { class: "reid-cob-stage", role: "slider", tabindex: 0, "aria-label": "Start c₀" };
  const element = host.html("div", { ...about, "aria-describedby": host.id("cob-hint") }, svg);
  let size = 0;
  let shown = null;

  const x = (c) => COBWEB_EDGE.left + ((c - shown.low) / (shown.high - shown.low)) * side();
  const y = (c) => COBWEB_EDGE.top + side() - ((c - shown.low) / (shown.high - shown.low)) * side();
  const side = () => size - COBWEB_EDGE.left - COBWEB_EDGE.right;
  const at = (a, b) => `${x(a).toFixed(2)} ${y(b).toFixed(2)}`;
  const label = (name, px, py, text) => host.svg("text", { class: `reid-cob-${name}`, x: px, y: py }, text);

  /* Corners from step `from` to step `to`: up or down to the curve, across to the diagonal. */
  function stairs(path, from, to) {
    let line = `M${at(path[from], path[from])}`;
    for (let k = from; k < to; k += 1) line += `L${at(path[k], path[k + 1])}L${at(path[k + 1], path[k + 1])}`;
    return line;
  }

  function axes() {
    const [left, base] = [COBWEB_EDGE.left, COBWEB_EDGE.top + side()];
    const grid = cobwebTicks(shown.low, shown.high).flatMap(({ value, text }) => [
      part("path", "grid", { d: `M${x(value)} ${COBWEB_EDGE.top}V${base}M${left} ${y(value)}H${left + side()}` }),
      label("tick reid-tick", x(value), base + 16, text),
      label("ytick reid-tick", left - 6, y(value) + 4, text),
    ]);
    const turned = label("name", 0, 0, "next c");
    turned.setAttribute("transform", `translate(12 ${COBWEB_EDGE.top + side() / 2}) rotate(-90)`);
    return [...grid, label("name", left + side() / 2, base + 34, "c"), turned];
  }

  function diamonds() {
    const middle = (shown.low + shown.high) / 2;
    return shown.fixed.map(({ c, slope }, i) => {
      const attracts = Math.abs(slope) < 1;
      const [px, py] = [x(c), y(c)];
      const end = c > middle;
      const text = `${cobwebLetter(i)} ${attracts ? "attracts" : "repels"}`;
      const words = label("point", px + (end ? -12 : 12), py + (end ? -8 : 18), text);
      words.toggleAttribute("data-end", end);
      const d = `M${px} ${py - 8}L${px + 8} ${py}L${px} ${py + 8}L${px - 8} ${py}z`;
      return host.svg("g", {}, part("path", "diamond", { "data-attracts": attracts ? "yes" : "no", d }), words);
    });
  }

  function draw() {
    if (!shown || size < 120) return;
    const { low, high, path, step, k } = shown;
    const box = { x: COBWEB_EDGE.left, y: COBWEB_EDGE.top, width: side(), height: side() };
    for (const [name, value] of Object.entries(box)) {
      inside.setAttribute(name, value);
      ground.setAttribute(name, value);
    }
    diagonal.setAttribute("d", `M${at(low, low)}L${at(high, high)}`);
    const grid = Array.from({ length: COBWEB_CURVE }, (_, i) => low + ((high - low) * i) / (COBWEB_CURVE - 1));
    curve.setAttribute("d", `M${grid.map((c) => at(c, step(c))).join("L")}`);
    const R = path.length - 1;
    const last = k ?? R;
    faint.setAttribute("d", last < R ? stairs(path, last, R) : "");
    steps.setAttribute("d", stairs(path, 0, last));
    drop.setAttribute("d", `M${at(path[0], path[0])}V${COBWEB_EDGE.top + side()}`);
    texts.replaceChildren(...axes());
    points.replaceChildren(...diamonds());
    const [px, py] = [x(path[0]), y(path[0])];
    const start = host.svg("circle", { class: "reid-cob-start", cx: px, cy: py, r: 8 });
    const words = label("point", px + (path[0] > (low + high) / 2 ? -13 : 13), py + 5, "start");
    words.toggleAttribute("data-end", path[0] > (low + high) / 2);
    const here = path[last] >= low && path[last] <= high && last > 0;
    const end = here ? [part("circle", "here", { cx: x(path[last]), cy: y(path[last]), r: 4.5 })] : [];
    marks.replaceChildren(...end, start, words);
  }

  return {
    element,
    resize(width) {
      size = width;
      svg.setAttribute("viewBox", `0 0 ${width} ${width}`);
      svg.setAttribute("width", width);
      svg.setAttribute("height", width);
      draw();
    },
    /* c below a pointer, inside the axes. */
    at(event) {
      const share = (event.clientX - svg.getBoundingClientRect().left - COBWEB_EDGE.left) / side();
      return shown.low + Math.min(1, Math.max(0, share)) * (shown.high - shown.low);
    },
    /* {low, high, path, fixed, step, k, spoken} */
    show(next) {
      shown = next;
      const bounds = { min: next.low, max: next.high, now: next.path[0] };
      for (const [name, c] of Object.entries(bounds)) element.setAttribute(`aria-value${name}`, c.toPrecision(6));
      element.setAttribute("aria-valuetext", next.spoken);
      draw();
    },
  };
}

/* A, B, C … for fixed points. */
function cobwebLetter(i) {
  return String.fromCharCode(65 + (i % 26));
}

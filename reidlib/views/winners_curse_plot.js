/* Two distributions on one axis of scores: an outline for one method, filled for the best of m. */

const WIN = { top: 58, height: 190, axis: 40, right: 14, tail: 5e-4 };

function winPlot(host) {
  const hatch = host.id("hatch");
  const line = { x1: 0, y1: 0, x2: 0, y2: 7, class: "reid-win-hatch" };
  const about = { id: hatch, width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" };
  const pattern = host.svg("pattern", about, host.svg("line", line));
  const path = (name, more) => host.svg("path", { class: `reid-win-${name}`, ...more });
  const [best, beyond, one, base] = ["best", "beyond", "one", "base"].map((name) => path(name));
  const striped = path("striped", { fill: `url(#${hatch})` });
  const marks = host.svg("g", {});
  const svg = host.svg("svg", { class: "reid-plot", "aria-hidden": "true" }, host.svg("defs", {}, pattern));
  svg.append(best, beyond, striped, one, base, marks);
  const slider = { class: "reid-win-stage", role: "slider", tabindex: 0, "aria-label": "Score of the best" };
  const element = host.html("div", { ...slider, "aria-describedby": host.id("hint") }, svg);
  const bottom = WIN.top + WIN.height;
  let wide = 0;
  let shown = null;
  let scale = null;

  /* Where the two distributions are, with the chosen score and a little room. */
  function domain({ setting: { n, p }, chances, hits }) {
    let low = 0;
    for (let sum = chances.one[0]; low < n && sum < WIN.tail; sum += chances.one[low]) low += 1;
    let high = n;
    for (let sum = chances.best[n]; high > 0 && sum < WIN.tail; sum += chances.best[high]) high -= 1;
    const chosen = Math.min(hits, n);
    const first = Math.max(0, Math.min(low, Math.floor(n * p), chosen) - 1);
    return [first, Math.min(n, Math.max(high, Math.ceil(n * p), chosen, first + 4) + 1)];
  }

  /* Steps over hits first … last, closed at the base or open. */
  function steps(chances, first, last, closed) {
    if (last < first) return "";
    let text = `M${scale.x(first - 0.5).toFixed(1)} ${bottom}`;
    for (let k = first; k <= last; k += 1) {
      text += `V${scale.y(chances[k]).toFixed(2)}H${scale.x(k + 0.5).toFixed(1)}`;
    }
    return `${text}V${bottom}${closed ? "z" : ""}`;
  }

  /* Lines with their names above, beside each other: no line runs through the name of another. */
  function named(lines) {
    const wideText = (text) => 7.1 * text.length + 8;
    const sorted = lines.map((each) => ({ ...each, at: scale.x(each.hits) })).sort((a, b) => a.at - b.at);
    const right = sorted.every(({ at, text }) => at + wideText(text) <= wide);
    return sorted.map(({ name, text, at }, i) => {
      const y = 14 + 17 * (right ? i : sorted.length - 1 - i);
      const label = { x: at + (right ? 5 : -5), y, "text-anchor": right ? "start" : "end" };
      const line = path(`mark reid-win-${name}`, { d: `M${at.toFixed(1)} ${y - 11}V${bottom}` });
      return [line, host.svg("text", label, text)];
    });
  }

  /* Round scores, as many as fit; `end` also at the last one. */
  function ticks({ setting: { n } }, [first, last]) {
    const span = (100 * (last - first + 1)) / n;
    const room = Math.max(2, Math.floor(wide / 90));
    const step = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 25, 50, 100].find((each) => span / each <= room) ?? 100;
    const parts = [];
    for (let i = Math.ceil((100 * first) / n / step - 1e-9); i * step <= (100 * last) / n + 1e-9; i += 1) {
      const x = scale.x((i * step * n) / 100);
      const text = { class: "reid-tick", x, y: bottom + 17, "text-anchor": "middle" };
      parts.push(path("base", { d: `M${x.toFixed(1)} ${bottom}v4` }));
      parts.push(host.svg("text", text, winPoints((i * step) / 100)));
    }
    return parts;
  }

  function draw() {
    if (!shown || !wide) return;
    const { setting, chances, hits, summary } = shown;
    const [first, last] = domain(shown);
    let top = 0;
    for (let k = first; k <= last; k += 1) top = Math.max(top, chances.one[k], chances.best[k]);
    const left = 44;
    const step = (wide - left - WIN.right) / (last - first + 1);
    scale = {
      first,
      last,
      x: (k) => left + (k - first + 0.5) * step,
      y: (value) => bottom - (value / top) * (WIN.height - 6),
      at: (x) => first + Math.floor((x - left) / step),
    };
    best.setAttribute("d", steps(chances.best, first, last, true));
    const luck = steps(chances.best, Math.max(first, hits), last, true);
    for (const each of [beyond, striped]) each.setAttribute("d", luck);
    one.setAttribute("d", steps(chances.one, first, last, false));
    base.setAttribute("d", `M${left} ${bottom}H${wide - WIN.right}M${left} ${WIN.top}V${bottom}`);
    const beside = { class: "reid-tick", x: left - 5, "text-anchor": "end" };
    const middle = { class: "reid-tick", x: (left + wide) / 2, y: bottom + 35, "text-anchor": "middle" };
    const lines = [{ name: "truth", hits: setting.p * setting.n, text: `truth ${winPoints(setting.p)} %` }];
    const average = `best on average ${winPoints(summary.mean)} %`;
    if (setting.m > 1) lines.push({ name: "mean", hits: summary.mean * setting.n, text: average });
    const reached = `${winPoints(hits / setting.n)} % or more`;
    if (hits <= setting.n) lines.push({ name: "bar", hits, text: reached });
    marks.replaceChildren(
      host.svg("text", { ...beside, y: bottom + 4 }, "0"),
      host.svg("text", { ...beside, y: WIN.top + 10 }, winPercent(top).replace("under ", "<").replace(" %", "%")),
      host.svg("text", middle, `score on ${setting.n} people, in %`),
      ...ticks(shown, [first, last]),
      ...named(lines).flat(),
    );
  }

  return {
    element,
    resize(width) {
      wide = width;
      svg.setAttribute("viewBox", `0 0 ${width} ${bottom + WIN.axis}`);
      svg.setAttribute("height", bottom + WIN.axis);
      draw();
    },
    /* The number of hits below a pointer, or null. */
    at(event) {
      const place = svg.getBoundingClientRect();
      const k = scale.at(event.clientX - place.left);
      return k >= scale.first && k <= scale.last && event.clientY - place.top >= WIN.top ? k : null;
    },
    show(next) {
      shown = next;
      const { setting, hits, summary, locked } = next;
      const share = hits > setting.n ? "more than all" : `${hits} of ${setting.n}, ${winPoints(hits / setting.n)} %`;
      const words = `${share} or more: best ${winPercent(summary.reached)}, one method ${winPercent(summary.alone)}`;
      element.setAttribute("aria-valuemin", 0);
      element.setAttribute("aria-valuemax", setting.n + 1);
      element.setAttribute("aria-valuenow", hits);
      element.setAttribute("aria-valuetext", locked ? `${words}, locked` : words);
      draw();
    },
  };
}

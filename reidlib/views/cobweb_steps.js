/* Below Cobweb: c_0 … c_R as a line, where an iteration is chosen, and as a table. */

const COBWEB_LINE = { left: 70, right: 18, top: 12, height: 96, bottom: 26 };

function cobwebSub(k) {
  return [...String(k)].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]).join("");
}

function cobwebSteps(host) {
  const line = host.svg("path", { class: "reid-cob-line" });
  const rest = host.svg("path", { class: "reid-cob-rest" });
  const dots = host.svg("g", {});
  const texts = host.svg("g", {});
  const svg = host.svg("svg", { class: "reid-plot", "aria-hidden": "true" }, rest, line, dots, texts);
  const about = { class: "reid-cob-track", role: "slider", tabindex: 0, "aria-label": "Iteration k" };
  const element = host.html("div", { ...about, "aria-valuemin": 0 }, svg);
  const table = host.html("table", { class: "reid-table reid-numbers reid-cob-table" });
  const scroll = host.html("div", { class: "reid-cob-scroll", role: "region", tabindex: 0 }, table);
  scroll.setAttribute("aria-label", "Iterations as a table");
  let wide = 0;
  let shown = null;

  const room = () => wide - COBWEB_LINE.left - COBWEB_LINE.right;
  const x = (k) => COBWEB_LINE.left + (k / Math.max(1, shown.path.length - 1)) * room();

  function draw() {
    if (!shown || !wide) return;
    const { path, fixed, k, span } = shown;
    const kept = fixed.filter(({ slope }) => Math.abs(slope) < 1).map(({ c }) => c);
    const [low, high] = [Math.min(...path, ...kept), Math.max(...path, ...kept)];
    const rise = Math.max(high - low, 1e-3 * span, 1e-9);
    const y = (c) => COBWEB_LINE.top + COBWEB_LINE.height * (1 - (c - low + 0.08 * rise) / (1.16 * rise));
    line.setAttribute("d", `M${path.map((c, i) => `${x(i).toFixed(2)} ${y(c).toFixed(2)}`).join("L")}`);
    const level = (c) => `M${COBWEB_LINE.left} ${y(c).toFixed(2)}H${wide - COBWEB_LINE.right}`;
    rest.setAttribute("d", kept.map(level).join(""));
    dots.replaceChildren(
      ...path.map((c, i) => {
        const circle = host.svg("circle", { class: "reid-cob-dot", cx: x(i), cy: y(c), r: i === k ? 6.5 : 4 });
        circle.toggleAttribute("data-shown", i === k);
        return circle;
      }),
    );
    const text = (name, px, py, words) => host.svg("text", { class: `reid-cob-${name}`, x: px, y: py }, words);
    const base = COBWEB_LINE.top + COBWEB_LINE.height + 18;
    const every = Math.ceil(path.length / Math.max(2, (wide - 80) / 26));
    const numbers = path.flatMap((_, i) => (i % every ? [] : [text("tick reid-tick", x(i), base, String(i))]));
    const digits = (c) => cobwebNumber(c, rise);
    const ends = [...new Map([high, low].map((c) => [digits(c), c])).values()];
    texts.replaceChildren(
      ...numbers,
      text("name reid-cob-begin", 2, base, "k"),
      text("name reid-cob-begin", 2, COBWEB_LINE.top + COBWEB_LINE.height / 2 + 4, "cₖ"),
      ...ends.map((c) => text("ytick reid-tick", COBWEB_LINE.left - 8, y(c) + 4, digits(c))),
    );
  }

  function fill() {
    const { path, k, span } = shown;
    const cell = (tag, words, i) => {
      const made = host.html(tag, tag === "th" && i !== null ? { scope: "col" } : {}, words);
      made.toggleAttribute("data-shown", i !== null && i === k);
      return made;
    };
    const head = host.html("th", { scope: "row" }, "k");
    const name = host.html("th", { scope: "row" }, "cₖ");
    const values = path.map((c, i) => {
      const made = cell("td", cobwebNumber(c, span), i);
      made.dataset.value = c;
      return made;
    });
    table.replaceChildren(
      host.html("thead", {}, host.html("tr", {}, head, path.map((_, i) => cell("th", String(i), i)))),
      host.html("tbody", {}, host.html("tr", {}, name, values)),
    );
  }

  return {
    element,
    table: scroll,
    resize(width) {
      wide = width;
      svg.setAttribute("viewBox", `0 0 ${width} ${COBWEB_LINE.top + COBWEB_LINE.height + COBWEB_LINE.bottom}`);
      svg.setAttribute("height", COBWEB_LINE.top + COBWEB_LINE.height + COBWEB_LINE.bottom);
      draw();
    },
    /* The iteration nearest to a pointer. */
    at(event) {
      const R = shown.path.length - 1;
      const share = (event.clientX - svg.getBoundingClientRect().left - COBWEB_LINE.left) / (x(R) - x(0) || 1);
      return Math.round(Math.min(1, Math.max(0, share)) * R);
    },
    show(next) {
      shown = next;
      const { path, k, span, locked } = next;
      const at = k ?? path.length - 1;
      element.setAttribute("aria-valuemax", path.length - 1);
      element.setAttribute("aria-valuenow", at);
      const words = `iteration ${at}, c ${cobwebNumber(path[at], span)}${locked ? ", locked" : ""}`;
      element.setAttribute("aria-valuetext", words);
      element.toggleAttribute("data-locked", locked);
      draw();
      fill();
    },
  };
}

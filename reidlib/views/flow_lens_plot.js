/* What the window holds, drawn: three small images, the structure tensor as an ellipse, the lines that cross. */

const LENS_PLOT = 200; // units of a plot's side

/* The value below which most of the sizes lie: a scale that one bright edge cannot spoil. */
function lensReach(...arrays) {
  const sizes = Float64Array.from(arrays.flatMap((array) => Array.from(array, Math.abs))).sort();
  return Math.max(1, sizes[Math.floor(0.98 * (sizes.length - 1))]);
}

/* One small image: grey is zero, black negative, white positive. */
function lensPatch(host, title, what, reach) {
  const canvas = host.html("canvas", { role: "img" });
  const ends = `black −${lensNumber(reach)}, white +${lensNumber(reach)}`;
  const scale = host.html("span", { class: "reid-lens-scale" }, ends);
  const caption = host.html("figcaption", {}, host.html("b", {}, title), ` ${what} `, scale);
  const element = host.html("figure", {}, canvas, caption);
  return {
    element,
    show(values, size) {
      lensPaint(canvas, values, size, (value) => 127.5 * (1 + value / reach));
      const [low, high] = [Math.min(...values), Math.max(...values)].map(lensNumber);
      canvas.setAttribute("aria-label", `${title}, ${what}: from ${low} to ${high} grey levels`);
    },
  };
}

/* A square plot with the origin in its middle. */
function lensSquare(host, title, [right, down], names) {
  const middle = LENS_PLOT / 2;
  const paths = {};
  for (const name of names) paths[name] = host.svg("path", { class: `reid-lens-${name}` });
  const text = (x, y, anchor, content = "") => host.svg("text", { x, y, "text-anchor": anchor }, content);
  const end = text(LENS_PLOT - 3, middle + 15, "end");
  const axes = host.svg("path", { class: "reid-lens-axes", d: `M0 ${middle}H${LENS_PLOT}M${middle} 0V${LENS_PLOT}` });
  const along = text(LENS_PLOT - 3, middle - 5, "end", `${right} →`);
  const labels = [along, text(middle + 5, LENS_PLOT - 5, "start", `${down} ↓`)];
  const view = { viewBox: `0 0 ${LENS_PLOT} ${LENS_PLOT}`, role: "img", class: "reid-plot reid-lens-plot" };
  const svg = host.svg("svg", view, [axes, ...Object.values(paths), ...labels, end]);
  const note = host.html("span", { class: "reid-lens-scale" });
  const element = host.html("figure", {}, svg, host.html("figcaption", {}, host.html("b", {}, title), " ", note));
  return { element, svg, paths, end, note, middle };
}

const lensPoint = (x, y) => `${x.toFixed(1)} ${y.toFixed(1)}`;

/* All gradients as points, the threshold as a circle, and the ellipse with half axes √λ₁ and √λ₂. */
function lensTensor(host, reach, threshold) {
  const kinds = ["faint", "clear", "strong", "limit", "halo", "ellipse", "axis"];
  const square = lensSquare(host, "Structure tensor G", ["gx", "gy"], kinds);
  const { svg, paths, end, note, middle } = square;
  const unit = (0.94 * middle) / reach;
  const radius = Math.sqrt(threshold) * unit;
  const half = (width) => `a${radius} ${radius} 0 1 0 ${width} 0`;
  paths.limit.setAttribute("d", `M${middle - radius} ${middle}${half(2 * radius)}${half(-2 * radius)}z`);
  end.textContent = lensNumber(reach);
  note.textContent = "dots: gradients of the pixels; ellipse: half axes √λ₁, √λ₂; dotted circle: the threshold";
  return {
    element: square.element,
    show({ gx, gy, weights, eigenvalues, angle }) {
      const largest = Math.max(...weights);
      const dots = { faint: "", clear: "", strong: "" };
      gx.forEach((x, i) => {
        const share = weights[i] / largest;
        const kind = share > 0.5 ? "strong" : share > 0.15 ? "clear" : "faint";
        dots[kind] += `M${lensPoint(middle + x * unit, middle + gy[i] * unit)}h0`;
      });
      for (const [kind, d] of Object.entries(dots)) paths[kind].setAttribute("d", d);
      const [long, short] = eigenvalues.map((value) => Math.sqrt(Math.max(0, value)) * unit);
      const [x, y] = [Math.cos(angle), Math.sin(angle)];
      const [from, to] = [-1, 1].map((side) => lensPoint(middle + side * long * x, middle + side * long * y));
      const arc = `A${long.toFixed(2)} ${short.toFixed(2)} ${((angle * 180) / Math.PI).toFixed(2)} 1 1`;
      const ellipse = short < 0.05 || long < 0.05 ? `M${from}L${to}` : `M${from}${arc} ${to}${arc} ${from}`;
      paths.halo.setAttribute("d", ellipse);
      paths.ellipse.setAttribute("d", ellipse);
      const side = lensPoint(middle - short * y, middle + short * x);
      paths.axis.setAttribute("d", `M${middle} ${middle}L${to}M${middle} ${middle}L${side}`);
      const halves = eigenvalues.map((value) => lensNumber(Math.sqrt(Math.max(0, value)))).join(" and ");
      const turn = Math.round((angle * 180) / Math.PI);
      const words = `half axes ${halves}, the long one turned by ${turn}°`;
      svg.setAttribute("aria-label", `Ellipse of the structure tensor: ${words}`);
    },
  };
}

/* Each pixel's line gx · x + gy · y = d, the stronger the darker, and the motions as marks. */
function lensLines(host, names) {
  const kinds = ["faint-line", "clear-line", "strong-line", "open"];
  const square = lensSquare(host, "Possible motions", ["x", "y"], kinds);
  const { svg, paths, end, note, middle } = square;
  const marks = names.map((name) => host.svg("path", { class: "reid-lens-mark", "data-motion": name }));
  svg.append(...marks);
  note.textContent = "one line a pixel: the motions it allows; where they cross is the answer";
  const shapes = {
    found: "m-8 -8h16v16h-16z",
    library: "m0 6l-5.5 -9h11z",
    exact: "m0 -6l5.5 9h-11z",
  };
  return {
    element: square.element,
    show({ gx, gy, difference, weights, known, flow, angle }, motions) {
      const far = Math.max(...names.flatMap((name) => motions[name].map(Math.abs)));
      let reach = 1.5;
      while (reach < 1.2 * far) reach *= 2;
      const unit = middle / reach;
      const place = (x, y) => lensPoint(middle + x * unit, middle + y * unit);
      const strength = gx.map((x, i) => weights[i] * Math.hypot(x, gy[i]));
      const largest = Math.max(1e-9, ...strength);
      const drawn = { "faint-line": "", "clear-line": "", "strong-line": "" };
      gx.forEach((x, i) => {
        const share = strength[i] / largest;
        const [y, norm] = [gy[i], Math.hypot(x, gy[i])];
        const foot = difference[i] / norm;
        if (share < 0.04 || Math.abs(foot) > 1.5 * reach) return;
        const kind = share > 0.5 ? "strong-line" : share > 0.18 ? "clear-line" : "faint-line";
        const [u, v] = [x / norm, y / norm];
        const tip = (side) => place(u * foot - side * 3 * reach * v, v * foot + side * 3 * reach * u);
        drawn[kind] += `M${tip(-1)}L${tip(1)}`;
      });
      for (const [kind, d] of Object.entries(drawn)) paths[kind].setAttribute("d", d);
      const [u, v] = [3 * reach * Math.cos(angle), 3 * reach * Math.sin(angle)];
      const open = known === 1 ? `M${place(flow[0] + v, flow[1] - u)}L${place(flow[0] - v, flow[1] + u)}` : "";
      paths.open.setAttribute("d", open);
      marks.forEach((mark, i) => mark.setAttribute("d", `M${place(...motions[names[i]])}${shapes[names[i]]}`));
      end.textContent = `${lensNumber(reach)} px`;
      const parallel = "the lines are nearly parallel: all motions on the thick dashed line fit";
      const cross = ["too weak to say anything", parallel, "the lines cross"][known];
      svg.setAttribute("aria-label", `Lines of possible motions, to ${lensNumber(reach)} pixels: ${cross}`);
    },
  };
}

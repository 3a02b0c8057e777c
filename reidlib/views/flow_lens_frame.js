/* The frame of FlowLens with the window on it and the motions as arrows; drawn in units of the frame's pixels. */

const LENS_LONGER = 5; // times: an arrow of true length is shorter than its own head

/* A shaft and a head from (x, y) along (dx, dy). */
function lensArrow(x, y, dx, dy, head) {
  const length = Math.hypot(dx, dy);
  const tip = [x + dx, y + dy];
  const f = (value) => value.toFixed(3);
  if (length < head / 2) return { shaft: `M${f(x)} ${f(y)}L${f(tip[0])} ${f(tip[1])}`, head: "" };
  const [ux, uy] = [dx / length, dy / length];
  const wing = (side) => `${f(tip[0] - head * (ux + side * 0.6 * uy))} ${f(tip[1] - head * (uy - side * 0.6 * ux))}`;
  return {
    shaft: `M${f(x)} ${f(y)}L${f(tip[0])} ${f(tip[1])}`,
    head: `M${wing(1)}L${f(tip[0])} ${f(tip[1])}L${wing(-1)}`,
  };
}

/* Grey levels onto a canvas of one canvas pixel each; the page enlarges it without smoothing. */
function lensPaint(canvas, values, width, shade) {
  canvas.width = width;
  canvas.height = values.length / width;
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  values.forEach((value, i) => {
    image.data.fill(Math.round(Math.min(255, Math.max(0, shade(value)))), 4 * i, 4 * i + 3);
    image.data[4 * i + 3] = 255;
  });
  context.putImageData(image, 0, 0);
}

function lensFrame(host, fields, names) {
  const { H, W } = fields;
  const scale = Math.max(1, Math.min(Math.floor(Math.min(448 / H, 352 / W)), 12));
  const canvas = host.html("canvas", { "aria-hidden": "true" });
  const make = (name) => host.svg("path", { class: `reid-lens-${name}` });
  const [halo, square] = [make("halo"), make("window")];
  const arrows = names.map((name) => ({ name, halo: make("halo"), shaft: make("arrow"), head: make("arrow") }));
  for (const { name, shaft, head } of arrows) {
    shaft.setAttribute("data-motion", name);
    head.setAttribute("data-motion", name);
    head.setAttribute("data-head", "");
  }
  // All halos below all arrows, the dashed and dotted ones on top: motions that agree stay visible together.
  const lines = arrows.flatMap((each) => [each.shaft, each.head]);
  const drawn = [halo, square, ...arrows.map((each) => each.halo), ...lines];
  const svg = host.svg("svg", { viewBox: `0 0 ${W} ${H}`, "aria-hidden": "true" }, drawn);
  const about = { class: "reid-lens-stage", role: "application", tabindex: 0, "aria-describedby": host.id("hint") };
  const element = host.html("div", about, canvas, svg);
  element.style.width = `${W * scale}px`;
  let painted = null;

  return {
    element,
    /* The pixel below a pointer. */
    at(event) {
      const place = svg.getBoundingClientRect();
      const pixel = (offset, side, end) => Math.min(end - 1, Math.max(0, Math.floor((offset / side) * end)));
      return {
        row: pixel(event.clientY - place.top, place.height, H),
        column: pixel(event.clientX - place.left, place.width, W),
      };
    },
    show({ row, column, size, locked, before }, motions, words) {
      const frame = before ? "previous" : "current";
      if (painted !== frame) lensPaint(canvas, fields[frame], W, (value) => value);
      painted = frame;
      const half = (size - 1) / 2;
      const box = `M${column - half} ${row - half}h${size}v${size}h${-size}z`;
      halo.setAttribute("d", box);
      square.setAttribute("d", box);
      square.toggleAttribute("data-locked", locked);
      for (const arrow of arrows) {
        const motion = motions[arrow.name].map((part) => part * LENS_LONGER);
        const path = lensArrow(column + 0.5, row + 0.5, ...motion, (arrow.name === "found" ? 11 : 7) / scale);
        arrow.halo.setAttribute("d", path.shaft + path.head);
        arrow.shaft.setAttribute("d", path.shaft);
        arrow.head.setAttribute("d", path.head);
      }
      element.setAttribute("aria-label", words);
    },
  };
}

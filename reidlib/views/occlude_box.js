/* The enlarged frame of Occlude and the box on it. Boxes are [left, top, right, bottom] in pixels of the frame. */

const BOX_TALL = 300; // CSS pixels of the enlarged frame
const BOX_LEAST = 2; // pixels a side

/* The box between two corners, inside the frame and large enough to be seen. */
function boxBetween(a, b, [height, width]) {
  const side = (from, to, end) => {
    const low = Math.min(Math.max(Math.floor(Math.min(from, to)), 0), end - BOX_LEAST);
    return [low, Math.min(Math.max(Math.ceil(Math.max(from, to)), low + BOX_LEAST), end)];
  };
  const [left, right] = side(a.x, b.x, width);
  const [top, bottom] = side(a.y, b.y, height);
  return [left, top, right, bottom];
}

function boxInMiddle([height, width]) {
  const from = { x: Math.round(width / 4), y: Math.round(height / 4) };
  return boxBetween(from, { x: width - from.x, y: height - from.y }, [height, width]);
}

/* The box after an arrow key: moved by a sixteenth of the frame, or its lower right corner, where it grows. */
function boxAfter(key, resize, [left, top, right, bottom], [height, width]) {
  const along = { ArrowLeft: -1, ArrowRight: 1 }[key] ?? 0;
  const down = { ArrowUp: -1, ArrowDown: 1 }[key] ?? 0;
  const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
  let x = along * Math.max(1, Math.round(width / 16));
  let y = down * Math.max(1, Math.round(height / 16));
  if (resize) {
    return [left, top, clamp(right + x, left + BOX_LEAST, width), clamp(bottom + y, top + BOX_LEAST, height)];
  }
  x = clamp(x, -left, width - right);
  y = clamp(y, -top, height - bottom);
  return [left + x, top + y, right + x, bottom + y];
}

/* How much two boxes share, of what they cover together. */
function boxOverlap(a, b) {
  const area = ([left, top, right, bottom]) => Math.max(0, right - left) * Math.max(0, bottom - top);
  const both = [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])];
  const common = both[0] < both[2] && both[1] < both[3] ? area(both) : 0;
  return common / (area(a) + area(b) - common);
}

/* The box as Python paints it; noise is as rough as there, but not the same. */
function paintBox(context, data, { frame, box: [left, top, right, bottom] }, scale) {
  if (data.fill !== "noise") {
    context.fillStyle = `rgb(${data.colours[frame].join(",")})`;
    context.fillRect(left * scale, top * scale, (right - left) * scale, (bottom - top) * scale);
    return;
  }
  let seed = 1;
  for (let y = top; y < bottom; y += 1) {
    for (let x = left; x < right; x += 1) {
      seed = (seed * 48271) % 2147483647;
      context.fillStyle = `rgb(${seed & 255}, ${(seed >> 8) & 255}, ${(seed >> 16) & 255})`;
      context.fillRect(x * scale, y * scale, scale + 0.5, scale + 0.5);
    }
  }
}

function boxPicture(host, data, sprite, { change, done }) {
  const [height, width] = data.size;
  const high = Math.min(BOX_TALL, (320 * height) / width);
  const canvas = host.html("canvas", { "aria-hidden": "true" });
  const shape = ["reid-occ-halo", "reid-occ-box"].map((name) => host.svg("rect", { class: name }));
  const svg = host.svg("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }, shape);
  const about = { class: "reid-occ-frame", role: "application", tabindex: 0, "aria-describedby": host.id("hint") };
  const element = host.html("div", about, canvas, svg);
  let held = null;

  function show({ frame, box }) {
    const scale = high / height;
    const context = sizedContext(canvas, width * scale, high);
    sprite.draw(context, frame, 0, 0, width * scale, high);
    svg.style.width = `${width * scale}px`;
    svg.style.height = `${high}px`;
    svg.toggleAttribute("data-empty", !box);
    element.style.width = `${width * scale}px`;
    const [left, top, right, bottom] = box ?? [0, 0, 0, 0];
    if (box) paintBox(context, data, { frame, box }, scale);
    for (const rect of shape) {
      const sides = { x: left, y: top, width: right - left, height: bottom - top };
      for (const [name, value] of Object.entries(sides)) rect.setAttribute(name, value);
    }
    const where = box ? `box over columns ${left} to ${right - 1}, rows ${top} to ${bottom - 1}` : "no box";
    element.setAttribute("aria-label", `Frame ${frame}, enlarged, ${where}`);
  }

  const at = (event) => {
    const place = svg.getBoundingClientRect();
    const share = { x: (event.clientX - place.left) / place.width, y: (event.clientY - place.top) / place.height };
    return { x: share.x * width, y: share.y * height, seen: event };
  };
  host.on(element, "pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    element.focus({ preventScroll: true });
    element.setPointerCapture(event.pointerId);
    held = { from: at(event), moved: false };
  });
  host.on(element, "pointermove", (event) => {
    if (!held) return;
    const { clientX, clientY } = held.from.seen;
    held.moved ||= Math.hypot(event.clientX - clientX, event.clientY - clientY) > 4;
    if (held.moved) change(boxBetween(held.from, at(event), data.size));
  });
  const letGo = () => {
    const { moved } = held ?? {};
    held = null;
    if (moved) done();
  };
  host.on(element, "pointerup", letGo);
  host.on(element, "pointercancel", letGo);
  return { element, show };
}

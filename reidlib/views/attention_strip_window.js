/* The whole tracklet in one line, and which part of it is shown above: for tracklets too long for one screen. */
function windowBar(host, total, change) {
  const shape = host.svg("path", { class: "reid-strip-bars reid-strip-last" });
  const frame = host.svg("rect", { class: "reid-strip-part", y: 1, height: 32, rx: 3 });
  const svg = host.svg(
    "svg",
    { viewBox: `0 0 ${total} 34`, preserveAspectRatio: "none", "aria-hidden": "true" },
    shape,
    frame,
  );
  const slider = host.html("input", { type: "range", min: 0, step: 1, "aria-label": "First frame shown" });
  const text = host.html("span", { class: "reid-strip-extent" });
  const button = (name, label) => {
    const about = { type: "button", class: "reid-button", "aria-label": label, title: label };
    return host.html("button", about, name);
  };
  const [fewer, more] = [button("+", "Show fewer frames, wider"), button("−", "Show more frames, narrower")];
  const element = host.html(
    "div",
    { class: "reid-strip-window", role: "group", "aria-label": "Part of the tracklet that is shown" },
    svg,
    host.html("div", {}, slider, more, fewer, text),
  );
  let current = { first: 0, count: total };
  host.on(slider, "input", () => change({ ...current, first: Number(slider.value) }));
  const zoom = (factor) => {
    const count = Math.min(total, Math.max(12, Math.round(current.count * factor)));
    change({ count, first: current.first + Math.round((current.count - count) / 2) });
  };
  host.on(fewer, "click", () => zoom(0.5));
  host.on(more, "click", () => zoom(2));
  const centre = (event) => {
    const box = svg.getBoundingClientRect();
    change({ ...current, first: Math.round(((event.clientX - box.left) / box.width) * total - current.count / 2) });
  };
  host.on(svg, "pointerdown", (event) => {
    svg.setPointerCapture(event.pointerId);
    centre(event);
  });
  host.on(svg, "pointermove", (event) => {
    if (event.buttons & 1) centre(event);
  });
  return {
    element,
    show(part, weights, end) {
      current = part;
      const { first, count } = part;
      const last = first + count - 1;
      slider.max = total - count;
      slider.value = first;
      slider.setAttribute("aria-valuetext", `frames ${first} to ${last} of ${total}`);
      text.textContent = `frames ${first} to ${last} of ${total}`;
      frame.setAttribute("x", first);
      frame.setAttribute("width", count);
      const row = { y: 3, height: 28, end };
      shape.setAttribute("d", barPath(weights, { x: (t) => t, step: 1 }, { first: 0, count: total }, row));
    },
  };
}

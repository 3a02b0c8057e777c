/* FlowLens: a window of Lucas–Kanade on a frame, and everything that it computes, while it moves. */

export function mount(root, data, host) {
  const fields = lensFields(data);
  const { W } = fields;
  const fixed = { library: data.flow && lensNumbers(data.flow), exact: data.exact && lensNumbers(data.exact) };
  const names = ["found", ...["library", "exact"].filter((name) => fixed[name])];
  for (const [name, colour] of Object.entries(data.colours)) {
    root.style.setProperty(`--reid-lens-${name}`, colour);
  }

  let state = { row: data.start[0], column: data.start[1], size: data.window, locked: false, before: false };
  let shown = null;

  const frame = lensFrame(host, fields, names);
  const result = lensResult(host, names, data.eigenvalue);
  const reach = lensReach(fields.gx, fields.gy);
  const change = lensReach(fields.difference);
  const patches = {
    gx: lensPatch(host, "gx", "gradient to the right", reach),
    gy: lensPatch(host, "gy", "gradient down", reach),
    difference: lensPatch(host, "Iₜ₋₁ − Iₜ", "change", change),
  };
  const tensor = lensTensor(host, reach, data.eigenvalue);
  const lines = lensLines(host, names);

  const where = host.html("p", { class: "reid-lens-where" });
  const range = { type: "range", min: 3, max: data.largest, step: 2, value: state.size, id: host.id("size") };
  const size = host.html("input", range);
  const pixels = host.html("output", { for: host.id("size") });
  const label = host.html("label", { for: host.id("size") }, "Window");
  const about = { type: "button", class: "reid-button", "aria-pressed": "false" };
  const flip = host.html("button", about, "Show frame t − 1");
  const controls = host.html("div", { class: "reid-lens-controls" }, label, size, pixels, flip);
  const key = (name, text) =>
    host.html(
      "span",
      { class: "reid-lens-entry" },
      host.html("span", { class: "reid-lens-key", "data-motion": name, "aria-hidden": "true" }),
      text,
    );
  const entries = { found: "this window", library: "library’s flow", exact: "exact flow" };
  const legend = host.html("p", { class: "reid-legend reid-lens-legend" });
  legend.append(...names.map((name) => key(name, entries[name])), `arrows ${LENS_LONGER} times as long as the motion`);
  const left = host.html("div", { class: "reid-lens-left" }, where, frame.element, controls, legend);
  const small = Object.values(patches).map((patch) => patch.element);
  const images = host.html("div", { class: "reid-lens-row" }, small);
  const plots = host.html("div", { class: "reid-lens-row" }, tensor.element, lines.element);
  const right = host.html("div", { class: "reid-lens-right" }, result.element, images, plots);
  const hint = host.html(
    "p",
    { id: host.id("hint"), class: "reid-hint" },
    host.html("b", {}, "Move the window over the frame. "),
    "Click locks it, Escape frees it. Keys: arrows move it by a pixel, with Shift by five, + and − change its size, " +
      "Enter locks.",
  );
  root.append(host.html("div", { class: "reid-lens" }, left, right), hint);
  if (data.note) root.append(host.html("p", { class: "reid-hint reid-lens-note" }, data.note));

  /* What the reader changed; the window stays inside the frame. */
  function set(changes) {
    const next = { ...state, ...changes };
    state = { ...next, ...lensInside(fields, next.row, next.column, next.size) };
    const { row, column } = state;
    const solved = lensSolve(fields, row, column, state.size, data.eigenvalue);
    const at = row * W + column;
    const given = (flow) => [flow[at], flow[fields.H * W + at]];
    const motions = { found: solved.flow, plain: solved.plain };
    for (const name of names.slice(1)) motions[name] = given(fixed[name]);
    shown = { solved, motions };

    const place = `${state.size} × ${state.size} window around row ${row}, column ${column}`;
    where.replaceChildren(
      host.html("b", {}, state.before ? "Frame t − 1" : "Frame t"),
      `, row ${row}, column ${column}`,
      state.locked ? host.html("span", { class: "reid-lens-state" }, ", locked") : "",
    );
    const name = state.before ? "Frame t minus 1" : "Frame t";
    frame.show(state, motions, `${name}, ${place}${state.locked ? ", locked" : ""}`);
    for (const [name, patch] of Object.entries(patches)) patch.show(solved[name], state.size);
    tensor.show(solved);
    lines.show(solved, motions);
    result.show(solved, motions);
    size.value = state.size;
    size.setAttribute("aria-valuetext", `${state.size} by ${state.size} pixels`);
    pixels.textContent = `${state.size} × ${state.size}`;
  }

  const say = () => host.say(lensSpoken(shown.solved, shown.motions));
  const resize = (to) => set({ size: Math.min(data.largest, Math.max(3, to)) });

  host.on(frame.element, "pointermove", (event) => {
    const held = event.pointerType === "touch" || event.buttons === 1;
    if (!state.locked || held) set(frame.at(event));
  });
  host.on(frame.element, "pointerdown", (event) => {
    if (event.button === 0) frame.element.setPointerCapture(event.pointerId);
  });
  host.on(frame.element, "click", (event) => {
    const { row, column } = lensInside(fields, ...Object.values(frame.at(event)), state.size);
    const locked = !(state.locked && row === held.row && column === held.column);
    set({ row, column, locked });
    held = { row, column };
    host.say(locked ? "Locked. Escape frees it." : "Free.");
  });
  let held = { row: -1, column: -1 }; // where the last click was: a second one there frees

  const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  host.on(frame.element, "keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in step) {
      const [down, along] = step[event.key].map((part) => part * (event.shiftKey ? 5 : 1));
      set({ row: state.row + down, column: state.column + along });
      say();
    } else if (event.key === "+" || event.key === "=" || event.key === "-") {
      resize(state.size + (event.key === "-" ? -2 : 2));
      host.say(`${state.size} by ${state.size} pixels. ${lensSpoken(shown.solved, shown.motions)}`);
    } else if (event.key === "Enter" || event.key === " ") {
      set({ locked: !state.locked });
      held = { row: state.row, column: state.column };
      host.say(state.locked ? "Locked. Escape frees it." : "Free.");
    } else if (event.key === "Escape") {
      set({ locked: false });
      host.say("Free.");
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  });
  host.on(size, "input", () => {
    resize(Number(size.value));
    say();
  });
  host.on(flip, "click", () => {
    set({ before: !state.before });
    flip.setAttribute("aria-pressed", String(state.before));
  });
  set({});
}

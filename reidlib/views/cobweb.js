/* Cobweb: the start is dragged, the map is turned by sliders, and the staircase follows. */

export function mount(root, data, host) {
  const first = { c0: data.c0, R: data.R, frames: data.frames, shift: 0, factor: 1, form: data.form };
  let state = { ...first, k: null, locked: false };
  let map = null;
  let known = null; // what does not depend on the start: {low, high, fixed}

  const plot = cobwebPlot(host);
  const steps = cobwebSteps(host);
  const verdict = host.html("p", { class: "reid-verdict reid-cob-verdict" });
  const sentence = host.html("p", { class: "reid-cob-sentence" });
  const list = host.html("ul", { class: "reid-cob-list", "aria-label": "Fixed points" });
  const strength = host.html("p", { class: "reid-cob-strength" });

  const number = (value) => cobwebNumber(value, known.high - known.low);
  const sign = (value) => cobwebNumber(value, 1);

  function ranged(key, words, { min, max, step, says }) {
    const id = host.id(`cob-${key}`);
    const input = host.html("input", { type: "range", id, min, max, step });
    const output = host.html("output", { for: id });
    const show = () => {
      input.value = state[key];
      output.textContent = says(state[key]);
      input.setAttribute("aria-valuetext", says(state[key]));
    };
    host.on(input, "input", () => set({ [key]: Number(input.value), k: null, locked: false }));
    const label = host.html("label", { for: id }, words);
    return { show, element: host.html("div", { class: "reid-range reid-cob-range" }, label, output, input) };
  }
  const ranges = [
    ranged("R", "iterations R", { min: 0, max: data.ends.R, step: 1, says: String }),
    ranged("frames", "frames T", { min: 1, max: data.ends.frames, step: 1, says: String }),
    ranged("shift", "b′, added to every uₜ", { min: -5, max: 5, step: 0.1, says: (value) => sign(value) }),
    ranged("factor", "θ′_f times, so every vₜ", { min: 0, max: 4, step: 0.05, says: (value) => `× ${sign(value)}` }),
  ];
  const group = host.id("cob-form");
  const forms = Object.keys(data.forms).map((name) => {
    const input = host.html("input", { type: "radio", name: group, value: name });
    host.on(input, "change", () => set({ form: name, k: null, locked: false }));
    return { name, input, element: host.html("label", {}, input, ` ${name}`) };
  });
  const field = host.html("fieldset", { class: "reid-choices reid-cob-forms" }, host.html("legend", {}, "Form"));
  field.append(...forms.map((each) => each.element));
  const again = host.html("button", { type: "button", class: "reid-button" }, "First setting");
  host.on(again, "click", () => {
    set({ ...first, k: null, locked: false });
    host.say(`First setting. ${verdict.textContent}`);
  });

  const result = host.html("div", { class: "reid-result reid-cob-result" }, verdict, sentence, list, strength);
  const side = host.html("div", {}, result, ranges.map((each) => each.element), field, again);
  const keys = "Keys: ←\u00a0→ move the start (Shift: more), Escape puts it back; below, ←\u00a0→ walk.";
  const lead = host.html("b", {}, "Drag in the square to move the start. ");
  const what = "Up or down to the curve is one refinement, across to the diagonal makes its result the next input. ";
  const hint = host.html("p", { id: host.id("cob-hint"), class: "reid-hint" }, lead, what, keys);
  const key = (kind, words) => {
    const swatch = host.html("span", { class: "reid-cob-key", "data-kind": kind, "aria-hidden": "true" });
    return host.html("span", { class: "reid-cob-entry" }, swatch, words);
  };
  const legend = host.html("p", { class: "reid-legend reid-cob-legend" });
  const points = ["◆ attracts (slope between −1 and 1)", "◇ repels"].map((words) => host.html("span", {}, words));
  legend.append(key("map", "the map"), key("same", "next c = c"), key("walk", "iterations"), ...points);
  const left = host.html("div", { class: "reid-cob-left" }, plot.element, legend);
  const main = host.html("div", { class: "reid-cob-main" }, left, side);
  root.append(hint, main, steps.element, steps.table);
  if (data.note) root.append(host.html("p", { class: "reid-hint reid-cob-note" }, data.note));

  /* The axes hold all that the map can give and the start as it was when the map changed: dragging never moves them. */
  function learn() {
    map = cobwebMap(data, state);
    const [from, to] = [Math.min(map.range[0], state.c0), Math.max(map.range[1], state.c0)];
    const values = Array.from({ length: 401 }, (_, i) => map.step(from + ((to - from) * i) / 400));
    const low = Math.min(...values, data.c0, state.c0);
    const high = Math.max(...values, data.c0, state.c0);
    const room = Math.max(0.08 * (high - low), 1e-3);
    known = { low: low - room, high: high + room, fixed: cobwebFixed(map) };
  }

  function describe(path) {
    const { kind, values } = cobwebFate(map, state.c0);
    const long = {
      settles: () => `settles at ${number(values[0])}`,
      flips: () => `flips between ${number(values[0])} and ${number(values[1])} for ever`,
      neither: () => "neither rests nor flips between two values after 500 steps",
    }[kind]();
    verdict.textContent = `From ${number(path[0])} it ${long}.`;
    const k = state.k ?? state.R;
    const c = (i) => `c${cobwebSub(i)} = ${number(path[i])}`;
    sentence.textContent = k ? `k = ${k}: the map makes ${c(k)} of ${c(k - 1)}.` : `k = 0: the start, ${c(0)}.`;
    list.replaceChildren(
      ...known.fixed.map(({ c: place, slope }, i) => {
        const attracts = Math.abs(slope) < 1;
        const glyph = host.html("span", { "aria-hidden": "true" }, attracts ? "◆" : "◇");
        const fate = attracts ? "attracts" : "repels";
        const words = ` ${cobwebLetter(i)}: fixed point ${number(place)}, slope ${sign(slope)}, ${fate}`;
        const item = host.html("li", { "data-attracts": attracts ? "yes" : "no" }, glyph, words);
        item.dataset.place = place;
        item.dataset.slope = slope;
        return item;
      }),
    );
    const printed = data.forms[state.form].join() === "sigmoid,none,raw";
    const sure = map.strength < 4 ? "below 4, so it must settle" : "not below 4, so nothing is sure";
    strength.textContent = printed ? `Σ|vₜ| = ${sign(map.strength)}: ${sure}.` : "";
  }

  function set(changes) {
    const turned = ["frames", "shift", "factor", "form"].some((key) => key in changes);
    state = { ...state, ...changes };
    if (turned || !known) learn();
    const path = cobwebPath(map, state.c0, state.R);
    describe(path);
    const { k, locked } = state;
    plot.show({ ...known, path, step: map.step, k, spoken: `c₀ ${number(path[0])}. ${verdict.textContent}` });
    steps.show({ path, fixed: known.fixed, k, locked, span: known.high - known.low });
    for (const each of ranges) each.show();
    for (const { name, input } of forms) input.checked = name === state.form;
  }

  let dragging = null; // what was shown before the drag
  host.on(plot.element, "pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    dragging = { c0: state.c0, k: state.k, locked: state.locked };
    plot.element.setPointerCapture(event.pointerId);
    plot.element.focus({ preventScroll: true });
    set({ c0: plot.at(event), k: null, locked: false });
  });
  host.on(plot.element, "pointermove", (event) => {
    if (dragging) set({ c0: plot.at(event) });
  });
  // A finger that swipes the page away has moved nothing.
  host.on(plot.element, "pointercancel", () => {
    if (dragging) set(dragging);
    dragging = null;
  });
  for (const type of ["pointerup", "lostpointercapture"]) {
    host.on(plot.element, type, () => {
      if (dragging) host.say(verdict.textContent);
      dragging = null;
    });
  }

  const along = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 };
  const taken = (event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  host.on(plot.element, "keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { low, high } = known;
    if (event.key === "Escape") set({ c0: data.c0, k: null, locked: false });
    else if (event.key === "Home" || event.key === "End") set({ c0: event.key === "Home" ? low : high });
    else if (event.key in along) {
      const by = (along[event.key] * (high - low)) / (event.shiftKey ? 10 : 100);
      set({ c0: Math.min(high, Math.max(low, state.c0 + by)) });
    } else return;
    taken(event);
  });

  host.on(steps.element, "pointermove", (event) => {
    const k = steps.at(event);
    if (!state.locked && k !== state.k && event.pointerType !== "touch") set({ k });
  });
  host.on(steps.element, "pointerleave", () => {
    if (!state.locked && state.k !== null && root.ownerDocument.activeElement !== steps.element) set({ k: null });
  });
  host.on(steps.element, "click", (event) => {
    const k = steps.at(event);
    const locked = !(state.locked && k === state.k);
    set({ k, locked });
    host.say(locked ? "Locked. Escape frees it." : "Free.");
  });
  host.on(steps.element, "keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const k = state.k ?? state.R;
    if (event.key === "Escape") set({ k: null, locked: false });
    else if (event.key === "Home" || event.key === "End") set({ k: event.key === "Home" ? 0 : state.R });
    else if (event.key === "Enter" || event.key === " ") set({ k, locked: !state.locked });
    else if (event.key in along) set({ k: Math.min(state.R, Math.max(0, k + along[event.key])) });
    else return;
    taken(event);
  });

  host.onResize((width) => {
    const narrow = width < 720;
    main.toggleAttribute("data-narrow", narrow);
    plot.resize(Math.floor(narrow ? Math.min(width, 460) : Math.min(width * 0.56, 470)));
    steps.resize(width);
  });
  set({});
}

/* PullPush: two embeddings, the force on each, and what one step of learning does to them. */

export function mount(root, data, host) {
  const window = root.ownerDocument.defaultView;
  const FAR = 1e5; // points that a too large step threw out stay here
  const start = () => data.points.map((point) => [...point]);
  let state = {
    points: start(),
    same: data.same,
    margin: data.margin,
    hinge: data.hinge,
    rate: data.rate,
    epsilon: data.epsilon,
    past: [], // where the points were before each step
    preview: null, // the distance that a pointer looks at on the curve
  };
  let running = null; // the step that is being shown
  let steps = 0;

  const plane = pairPlane(host, data, { grab: finish, drag: move, letGo });
  let kept = null; // the points before a drag on the curve
  const curve = pairCurve(host, {
    look: (preview) => set({ preview }),
    grab() {
      finish();
      kept = { points: state.points, past: state.past, steps };
    },
    choose: apart,
    letGo,
    putBack() {
      steps = kept.steps;
      set({ points: kept.points, past: kept.past, preview: null });
    },
  });
  const terms = pairTerms(host);
  const verdict = host.html("div", { class: "reid-verdict reid-pair-verdict" });
  const counter = host.html("span", { class: "reid-pair-count" });
  const button = (text, action) => {
    const element = host.html("button", { type: "button", class: "reid-button reid-pair-button" }, text);
    host.on(element, "click", action);
    return element;
  };
  const scale = roundBelow(Math.max(2, 2 * data.margin));
  const step = scale / 20;
  const most = Math.ceil(Math.max(2, 2 * data.margin) / step) * step;
  const kinds = { one: "✓ same person", two: "✗ different people" };
  const rest = (changes) => {
    finish();
    set({ ...changes, past: [] }, true);
    said();
  };
  const tune = (name) => (value) => {
    finish();
    set({ [name]: value }, name === "margin");
  };
  const controls = host.html(
    "div",
    { class: "reid-pair-controls" },
    pairRadios(host, "The two are", kinds, data.same ? "one" : "two", (kind) => rest({ same: kind === "one" })),
    pairRadios(host, "Loss", data.hinges, data.hinge, (hinge) => rest({ hinge })),
    pairSlider(host, "Margin m", { min: step, max: most, step, value: data.margin }, tune("margin")),
  );
  const go = button("One step", advance);
  const buttons = host.html(
    "div",
    { class: "reid-buttons reid-pair-buttons" },
    go,
    button("Back to the start", back),
    counter,
    pairSlider(host, "Learning rate", { min: 0.05, max: data.fastest, step: 0.05, value: data.rate }, tune("rate")),
  );
  const lead = host.html("b", {}, "Drag a point, or press One step. ");
  const keys = "Keys: arrows move a point (Shift: a tenth as far), Enter one step, Escape back to the start";
  const hint = `An arrow ends where one step puts its point. ${keys}; on the curve ← → change d.`;
  const left = host.html("div", { class: "reid-pair-left" }, plane.element, buttons);
  const right = host.html("div", { class: "reid-pair-right" }, verdict, curve.element, curve.readout, terms.element);
  const main = host.html("div", { class: "reid-pair-main" }, left, right);
  root.append(controls, main, host.html("p", { id: host.id("hint"), class: "reid-hint" }, lead, hint));
  if (data.note) root.append(host.html("p", { class: "reid-hint reid-pair-note" }, data.note));

  function set(changes, fit = false) {
    state = { ...state, ...changes };
    const found = pairLoss(state.points, state);
    const shown = { ...state, found };
    shown.words = pairWords(shown);
    if (fit) plane.fit(shown);
    plane.show(shown);
    curve.show(shown);
    terms.show(shown);
    verdict.textContent = shown.words;
    verdict.dataset.same = state.same;
    counter.textContent = state.past.length ? `${steps} step${steps === 1 ? "" : "s"}` : "";
    state.words = shown.words;
    state.found = found;
  }

  function letGo() {
    said(false);
  }

  function said(fit = true) {
    set({}, fit);
    host.say(`Distance ${pairNumber(state.found.distance)}, loss ${pairNumber(state.found.loss)}. ${state.words}.`);
  }

  /* A step that is still being shown ends where it leads. */
  function finish() {
    if (!running) return;
    window.cancelAnimationFrame(running.request);
    const { goal } = running;
    running = null;
    set({ points: goal }, true);
  }

  function move(i, point, fit = false) {
    finish();
    steps = 0;
    set({ points: state.points.map((each, k) => (k === i ? point : each)), past: [] }, fit);
  }

  /* f₂ goes to a distance from f₁, along the line of the two. */
  function apart(distance) {
    const [first, second] = state.points;
    const { length } = state.found;
    const along = length ? second.map((part, k) => (part - first[k]) / length) : [1, 0];
    move(1, first.map((part, k) => part + distance * along[k]));
    set({ preview: null });
  }

  function advance() {
    finish();
    const from = state.points;
    const bound = (part) => Math.max(-FAR, Math.min(FAR, part));
    const goal = pairStep(from, state.found, state.rate).map((point) => point.map(bound));
    steps = state.past.length ? steps + 1 : 1;
    const past = [...(state.past.length ? state.past : [from]), goal].slice(-60);
    const settle = () => {
      set({ points: goal, past }, true);
      said();
      if (goal.flat().some((part) => Math.abs(part) === FAR)) host.say("The points have left. Escape puts them back.");
    };
    if (host.calm) return settle();
    let begun = null;
    state.past = past;
    const frame = host.guard((time) => {
      begun ??= time;
      const share = Math.min(1, (time - begun) / 380);
      if (share === 1) {
        running = null;
        return settle();
      }
      const eased = share * share * (3 - 2 * share);
      const between = from.map((point, i) => point.map((part, k) => part + eased * (goal[i][k] - part)));
      set({ points: between });
      running.request = window.requestAnimationFrame(frame);
    });
    running = { goal, request: window.requestAnimationFrame(frame) };
  }

  function back() {
    if (running) window.cancelAnimationFrame(running.request);
    running = null;
    plane.drop();
    steps = 0;
    state = { ...state, points: start(), past: [], preview: null };
    plane.fit(state, true);
    said();
  }

  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  host.on(root, "keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const i = plane.handles.indexOf(event.target);
    const onCurve = event.target === curve.element;
    const way = ways[event.key];
    if (event.key === "Escape") {
      back();
    } else if (i >= 0 && way) {
      finish();
      const by = plane.key() * (event.shiftKey ? 0.1 : 1);
      move(i, state.points[i].map((part, k) => Number((part + by * way[k]).toPrecision(12))), true);
      said();
    } else if (onCurve && way) {
      finish();
      const by = curve.key() * (event.shiftKey ? 0.1 : 1) * (way[0] + way[1]);
      apart(Math.max(0, Number((state.found.length + by).toPrecision(12))));
      said();
    } else if ((i >= 0 || onCurve) && (event.key === "Enter" || event.key === " ")) {
      advance();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  });

  host.onResize((width) => {
    const narrow = width < 660;
    const side = Math.min(430, narrow ? width : Math.round(width * 0.48));
    main.toggleAttribute("data-narrow", narrow);
    main.style.setProperty("--reid-pair-side", `${side}px`);
    plane.resize(side);
    curve.resize(narrow ? width : width - side - 24);
  });
  state.found = pairLoss(state.points, state);
  plane.fit(state, true);
  set({}, true);
}

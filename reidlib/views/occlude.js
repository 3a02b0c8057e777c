/* Occlude: a box over one frame and the attention of all frames with it. With Python behind, every box is asked for
while it is dragged, one question at a time; without, the nearest prepared box answers. */

export function mount(root, data, host) {
  const total = data.attention.length;
  const frame = root.closest(".reid-view");
  // `free`: the box was drawn by the reader, so that nothing but a click or Escape takes it away.
  let state = { frame: 0, box: null, answer: null, locked: false, free: false, why: "" };
  const same = (a, b) => a && b && a.every((side, i) => side === b[i]);
  const busy = () => frame.hasAttribute("aria-busy");
  let waiting = false; // an answer to the box that is shown has been asked for
  let late = false; // the box changed while Python was at work

  const sprite = spriteOf(root.ownerDocument.defaultView, data.sheet, () => {
    plot.thumbnails();
    picture.show(state);
  });
  const plot = occludePlot(host, data, sprite);
  const picture = boxPicture(host, data, sprite, { change: drag, done: ask });
  const result = occludeResult(host, data, (answer, locked) => {
    if (state.free && !locked) return;
    set({ box: answer.box, answer, locked, free: false, why: "" });
    host.say(result.spoken(answer));
  });
  const legend = host.html(
    "p",
    { class: "reid-legend reid-occ-legend" },
    host.html("span", { class: "reid-occ-key", "data-kind": "before", "aria-hidden": "true" }),
    "before ",
    host.html("span", { class: "reid-occ-key", "data-kind": "now", "aria-hidden": "true" }),
    "with the box",
  );
  const keys =
    "Keys: ← → frame, Enter box in the middle, arrows move it, Shift + arrows resize, Enter asks, Escape removes.";
  const kernel = "Without Python the nearest prepared box answers: free boxes need a running kernel.";
  const lead = host.html("b", {}, "Drag a box over the large frame. ");
  const about = { id: host.id("hint"), class: "reid-hint" };
  const hint = host.html("p", about, lead, host.live ? "" : `${kernel} `, keys);
  const below = host.html("div", { class: "reid-occ-below" }, picture.element, result.element);
  root.append(plot.element, legend, below, hint);
  if (data.note) root.append(host.html("p", { class: "reid-hint reid-occ-note" }, data.note));

  function set(changes) {
    state = { ...state, ...changes };
    plot.show(state);
    picture.show(state);
    result.show(state);
  }

  /* Another frame: its prepared box of the same name, or the first, or none. */
  function choose(t, locked) {
    const next = Math.min(total - 1, Math.max(0, t));
    const answers = data.prepared.filter((each) => each.frame === next);
    const answer = answers.find((each) => each.name === state.answer?.name) ?? answers[0] ?? null;
    const why = answer ? "" : `No box was prepared on frame ${next}.`;
    set({ frame: next, box: answer?.box ?? null, answer, locked, free: false, why: host.live ? "" : why });
  }

  function place(box) {
    const why = host.live ? "Enter asks for this box." : "Enter asks for the nearest prepared box.";
    set({ box, answer: null, locked: true, free: true, why });
  }

  function drag(box) {
    if (same(box, state.box)) return;
    // The last answer stays until the next: bars that vanish between two answers would flicker.
    const kept = host.live && state.free ? state.answer : null;
    set({ box, answer: kept, locked: true, free: true, why: host.live ? "Python computes …" : "" });
    if (host.live && !busy()) ask();
    else late = host.live;
  }

  function ask() {
    if (!state.box) return;
    if (host.live) {
      late = false;
      waiting = true;
      set({ why: "Python computes …" });
      host.send({ frame: state.frame, box: state.box });
      return;
    }
    const answers = data.prepared.filter((each) => each.frame === state.frame);
    const overlap = (each) => boxOverlap(each.box, state.box);
    const answer = answers.reduce((best, each) => (best && overlap(best) >= overlap(each) ? best : each), null);
    if (!answer) {
      const why = `No box was prepared on frame ${state.frame}: free boxes need a running kernel.`;
      set({ answer: null, why });
      host.say(why);
      return;
    }
    const why = `Nearest prepared box: ${answer.name}. Free boxes need a running kernel.`;
    set({ box: answer.box, answer, locked: true, free: false, why });
    host.say(`${why} ${result.spoken(answer)}`);
  }

  function remove() {
    const had = state.box !== null;
    set({ box: null, answer: null, locked: false, free: false, why: "" });
    host.say(had ? "Box removed." : "Free.");
  }

  host.on(plot.element, "pointermove", (event) => {
    const t = plot.at(event);
    if (t !== null && t !== state.frame && !state.locked && event.pointerType !== "touch") choose(t, false);
  });
  host.on(plot.element, "click", (event) => {
    const t = plot.at(event);
    if (t === null) return;
    const lock = t !== state.frame || !state.locked;
    if (t !== state.frame || !state.free) choose(t, lock);
    host.say(lock ? "Locked. Escape frees it." : "Free.");
  });

  const step = { ArrowLeft: -1, ArrowRight: 1 };
  host.on(root, "keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const onPicture = event.target === picture.element;
    if (!onPicture && event.target !== plot.element) return;
    const confirm = event.key === "Enter" || event.key === " ";
    if (confirm && onPicture && state.free) {
      ask();
    } else if (confirm) {
      place(boxInMiddle(data.size));
      picture.element.focus({ preventScroll: true });
      host.say("Box in the middle. Arrows move it, Shift and arrows resize it, Enter asks.");
    } else if (event.key === "Escape") {
      remove();
    } else if (onPicture && state.box && event.key.startsWith("Arrow")) {
      place(boxAfter(event.key, event.shiftKey, state.box, data.size));
      host.say(picture.element.getAttribute("aria-label"));
    } else if (event.key in step) {
      choose(state.frame + step[event.key], state.locked);
    } else if (event.key === "Home" || event.key === "End") {
      choose(event.key === "Home" ? 0 : total - 1, state.locked);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  });

  host.onUpdate((_, patch) => {
    const { answer } = patch;
    // Answers to a box that is gone, or on another frame, are not drawn.
    if (!answer || !state.free || answer.frame !== state.frame) return;
    const exact = same(answer.box, state.box);
    if (!exact && !state.answer && !late) return;
    set({ answer, why: exact ? "" : "Python computes …" });
    if (exact) waiting = false;
    if (exact) host.say(result.spoken(answer));
  });

  /* Python became free: by an answer, or by an error, which the host shows. */
  const free = new (root.ownerDocument.defaultView.MutationObserver)(() => {
    if (busy()) return;
    if (late) return ask();
    if (waiting && state.free) set({ answer: null, why: "There is no answer for this box." });
    waiting = false;
  });
  if (host.live) free.observe(frame, { attributeFilter: ["aria-busy"] });

  host.onResize((width) => plot.resize(width));
  const first = data.prepared[data.first];
  set({ frame: first.frame, box: first.box, answer: first });
}

/* The loss against the distance: the chosen kind of pair, the other one faint, and where the pair is now. */

const PAIR_CURVE = { height: 190, left: 46, right: 12, top: 14, bottom: 38 };

function pairCurve(host, { look, grab, choose, letGo, putBack }) {
  const shape = (tag, name) => host.svg(tag, { class: `reid-pair-${name}` });
  const names = ["axis", "limit", "other", "curve", "tangent"];
  const [axis, margin, other, curve, tangent] = names.map((name) => shape("path", name));
  const ghost = host.svg("circle", { class: "reid-pair-ghost", r: 5 });
  const now = host.svg("circle", { class: "reid-pair-now", r: 6 });
  const texts = host.svg("g", {});
  const parts = [axis, margin, other, curve, tangent, ghost, now, texts];
  const svg = host.svg("svg", { class: "reid-plot", "aria-hidden": "true" }, parts);
  const label = "Distance, on the curve of the loss";
  const about = { class: "reid-pair-curves", role: "slider", tabindex: 0, "aria-label": label };
  const readout = host.html("p", { class: "reid-hint reid-pair-readout" });
  const element = host.html("div", { ...about, "aria-valuemin": 0, "aria-describedby": host.id("hint") }, svg);
  let wide = 320;
  let state = null;
  let end = 1;
  let top = 1;
  let held = false;

  const inner = () => wide - PAIR_CURVE.left - PAIR_CURVE.right;
  const x = (d) => PAIR_CURVE.left + (d / end) * inner();
  const low = PAIR_CURVE.height - PAIR_CURVE.bottom;
  const y = (loss) => low - (loss / top) * (low - PAIR_CURVE.top);
  const at = (d, same) => pairLoss([[d, 0], [0, 0]], { ...state, same });
  const point = (d, loss) => `${x(d).toFixed(2)} ${y(loss).toFixed(2)}`;

  function path(same) {
    const places = Array.from({ length: 81 }, (_, k) => (k / 80) * end);
    if (state.margin < end) places.push(state.margin);
    places.sort((a, b) => a - b);
    let drawn = "";
    for (const d of places) {
      const { loss } = at(d, same);
      // Above the window the faint curve would only leave the picture.
      if (loss <= top * 1.001) drawn += `${drawn ? "L" : "M"}${point(d, loss)}`;
      else if (!same) drawn = "";
    }
    return drawn;
  }

  const words = (text, left, down, name = "label", anchor = "middle") =>
    host.svg("text", { class: `reid-pair-${name}`, x: left, y: down, "text-anchor": anchor }, text);

  /* Which curve is whose: the push at its left end, the pull where it leaves the picture. */
  function owners() {
    const last = Array.from({ length: 81 }, (_, k) => (k / 80) * end).findLast((d) => at(d, true).loss <= top);
    const name = (same) => (same === state.same ? "strong" : "label");
    const left = Math.max(PAIR_CURVE.left + 96, x(last) - 40);
    const high = Math.max(PAIR_CURVE.top + 8, y(at(last, true).loss) + 2);
    const start = 0.04 * end;
    const down = Math.max(PAIR_CURVE.top + 6, y(at(start, false).loss) + 2);
    return [
      words("✗ two people", x(start) + 8, down, name(false), "start"),
      words("✓ one person", left, high, name(true), "end"),
    ];
  }

  const put = (circle, d, loss) => {
    circle.setAttribute("cx", x(d).toFixed(2));
    circle.setAttribute("cy", y(loss).toFixed(2));
  };

  function draw() {
    if (!state) return;
    const { found } = state;
    const wanted = Math.max(1.4 * state.margin, 1.15 * found.distance);
    // The axis grows at once and shrinks late, so that it rests while a point is dragged.
    if (wanted > end || wanted < end / 2.5) end = wanted * (held || wanted > end ? 1.15 : 1);
    top = 1.08 * Math.max(at(end, true).loss * (state.same ? 1 : 0), at(0, false).loss);
    axis.setAttribute("d", `M${PAIR_CURVE.left} ${PAIR_CURVE.top - 6}V${low}H${wide - PAIR_CURVE.right}`);
    margin.setAttribute("d", `M${x(state.margin).toFixed(1)} ${PAIR_CURVE.top}V${low}`);
    other.setAttribute("d", path(!state.same));
    curve.setAttribute("d", path(state.same));
    // The tangent: its slope is the force, with the sign of the gradient.
    const slope = (state.same ? 1 : -1) * found.strength;
    const reach = Math.min(0.16 * end, slope ? Math.abs((0.28 * top) / slope) : end);
    const ends = [-reach, reach].map((by) => point(found.distance + by, found.loss + slope * by));
    tangent.setAttribute("d", found.strength ? `M${ends[0]}L${ends[1]}` : "");
    put(now, found.distance, found.loss);
    const preview = state.preview === null ? null : at(state.preview, state.same);
    ghost.style.display = preview ? "" : "none";
    if (preview) put(ghost, state.preview, preview.loss);
    const step = roundBelow(end / 2.5);
    const ticks = [];
    for (let d = 0; d <= end * 0.999; d += step) {
      if (Math.abs(x(d) - x(state.margin)) > 26) ticks.push(words(tickNumber(d), x(d), low + 15));
    }
    const high = roundBelow(top / 1.05);
    texts.replaceChildren(
      ...ticks,
      ...owners(),
      words("m", x(state.margin), low + 15, "strong"),
      words("distance d", PAIR_CURVE.left + inner() / 2, PAIR_CURVE.height - 4),
      words("0", PAIR_CURVE.left - 6, low + 4, "label", "end"),
      words(tickNumber(high), PAIR_CURVE.left - 6, y(high) + 4, "label", "end"),
      words("loss", PAIR_CURVE.left - 6, (y(high) + low) / 2 + 4, "label", "end"),
    );
    element.dataset.same = state.same;
    const { distance, loss, strength } = preview ?? found;
    const numbers = `d ${pairNumber(distance)}, loss ${pairNumber(loss)}, steepness = force ${pairNumber(strength)}`;
    readout.textContent = `${preview ? "There" : "Now"}: ${numbers}`;
    const value = Number(found.distance.toPrecision(6));
    element.setAttribute("aria-valuenow", value);
    element.setAttribute("aria-valuemax", Math.max(value, Number(end.toPrecision(3))));
    const place = `distance ${pairNumber(found.distance)}, loss ${pairNumber(found.loss)}`;
    element.setAttribute("aria-valuetext", `${place}; ${state.words}`);
  }

  const below = (event) => {
    const box = svg.getBoundingClientRect();
    const share = (event.clientX - box.left - PAIR_CURVE.left) / inner();
    return Math.max(0, Math.min(end, share * end));
  };
  host.on(element, "pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    element.focus({ preventScroll: true });
    element.setPointerCapture(event.pointerId);
    held = true;
    grab();
    choose(below(event));
  });
  host.on(element, "pointermove", (event) => {
    if (held) choose(below(event));
    else if (event.pointerType !== "touch") look(below(event));
  });
  const release = () => {
    if (held) letGo();
    held = false;
  };
  host.on(element, "pointerup", release);
  // A finger that swipes the page away has chosen no distance.
  host.on(element, "pointercancel", () => {
    if (held) putBack();
    held = false;
  });
  host.on(element, "pointerleave", () => look(null));

  return {
    element,
    readout,
    key: () => roundBelow(end / 2) / 10,
    resize(width) {
      wide = width;
      svg.setAttribute("viewBox", `0 0 ${width} ${PAIR_CURVE.height}`);
      svg.setAttribute("width", width);
      svg.setAttribute("height", PAIR_CURVE.height);
      draw();
    },
    show(next) {
      state = next;
      draw();
    },
  };
}

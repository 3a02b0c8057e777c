/* The attention strip: bars that can be dragged, and what follows from them. Keys differ from select.js, because a
frame is a slider here: left and right move, up and down change the weight, Home and End take it to 0 and to the end. */

const STRIP_WHOLE = 128; // longer tracklets begin with a part of this many frames, less a quarter
const STRIP_STEPS = 20; // key presses from 0 to the end of the axis

export function mount(root, data, host) {
  const { rows, height } = planRows(data);
  const total = data.attention[0].length;
  const last = rows.find((row) => row.kind === "last");
  const free = !data.why;
  const { features, gallery } = data;
  const model = {
    features: features && packRows(features),
    gallery: gallery && packRows(gallery.features),
    matches: gallery?.match ?? [],
    pooling: data.pooling,
    unit: data.unit,
  };
  let base = Float64Array.from(last.values);
  let weights = Float64Array.from(base);
  let start = followWeights(model, base);
  let now = start;
  if (data.compare && model.gallery && model.matches.length) {
    model.compared = followWeights(model, data.compare.weights).ranking;
  }

  let part = { first: 0, count: total > STRIP_WHOLE ? STRIP_WHOLE * 0.75 : total };
  let place = null;
  let wide = 0;
  let current = base.indexOf(Math.max(...base));
  let locked = false;
  let held = null;
  if (current >= part.count) part.first = Math.min(total - part.count, Math.round(current - part.count / 2));

  const sprite = spriteOf(root.ownerDocument.defaultView, data.sheet, () => {
    if (place) drawThumbs(thumbs, sprite, place, part, wide);
    chosen.show(current, weights, locked);
  });
  const thumbs = host.html("canvas", { class: "reid-strip-thumbs", "aria-hidden": "true" });
  const cursor = host.html("div", { class: "reid-cursor reid-strip-cursor", "aria-hidden": "true" });
  const picture = host.html("div", { class: "reid-cursor reid-strip-pictured", "aria-hidden": "true" });
  const { svg, ground, sliders, numbers } = drawStrip(host, data, rows);
  svg.setAttribute("aria-describedby", host.id("hint"));
  const stage = host.html("div", { class: "reid-strip-stage" }, cursor, picture, thumbs, svg);
  const bar = total > 64 ? windowBar(host, total, showPart) : null;
  const chosen = framePanel(host, data, sprite);
  const result = free ? galleryPanel(host, data, model) : null;
  const controls = stripControls(host, data, { total, end: last.end, base: () => base, set: setAll });
  root.append(stage);
  if (bar) root.append(bar.element);
  root.append(controls.element, host.html("div", { class: "reid-strip-below" }, chosen.element, result?.element));
  if (data.note) root.append(host.html("p", { class: "reid-hint reid-strip-note" }, data.note));

  function setAll(values, name) {
    weights = values;
    now = followWeights(model, weights);
    placeAll();
    follow();
    host.say(`${name} weights. ${spoken()}`);
    tell();
  }

  /* One weight, from a drag or a key: only what depends on it is drawn again. */
  function setWeight(t, value) {
    const next = Math.min(last.end, Math.max(0, value));
    if (next === weights[t]) return;
    weights[t] = next;
    now = followWeights(model, weights);
    placeBar(sliders[t], last, place, t, next, base[t], free);
    describeSlider(t);
    follow();
  }

  function follow() {
    const changed = weights.some((value, t) => value !== base[t]);
    controls.reset.disabled = !changed;
    equalLine();
    result?.show(now, start, changed);
    chosen.show(current, weights, locked);
    bar?.show(part, weights, last.end);
  }

  /* What the weights make now: the rank, else the nearest of the gallery, else how far the video feature turned. */
  function spoken() {
    if (!now.feature) return "There is no video feature.";
    if (!now.ranking) return `Video feature turned by ${turnedBy(now, start)}.`;
    const { rank, order } = now.ranking;
    return rank === null ? `Nearest: ${gallery.names[order[0]]}.` : `Rank of the match ${rank}.`;
  }

  function tell() {
    if (host.live) host.send({ weights: Array.from(weights), frame: current });
  }

  function equalLine() {
    if (!place) return;
    for (const row of rows) {
      const values = row === last ? weights : row.values;
      const mean = values.reduce((a, b) => a + b, 0) / total;
      const y = row.y + row.height * (1 - Math.min(mean, row.end) / row.end);
      row.equal?.setAttribute("d", `M${place.left} ${y.toFixed(2)}H${place.left + place.step * part.count}`);
    }
  }

  function describeSlider(t) {
    const seen = data.visibility ? `, ${Math.round(100 * data.visibility[t])} % visible` : "";
    sliders[t].setAttribute("aria-valuenow", Number(weights[t].toPrecision(4)));
    sliders[t].setAttribute("aria-valuetext", `frame ${t}, weight ${shortNumber(weights[t])}${seen}`);
  }

  /* Everything that depends on the width and on the part that is shown. */
  function placeAll() {
    if (!wide) return;
    const left = wide < 520 ? 74 : 104;
    const step = (wide - left - 4) / part.count;
    place = { left, step, x: (t) => left + (t - part.first) * step };
    svg.setAttribute("viewBox", `0 0 ${wide} ${height}`);
    svg.setAttribute("height", height);
    for (const row of rows) {
      row.label.setAttribute("y", row.y + row.height / 2 + (row.drag ? -2 : 4));
      row.drag?.setAttribute("y", row.y + row.height / 2 + 15);
      row.ticks.forEach((tick, i) => {
        tick.setAttribute("x", left - 6);
        tick.setAttribute("y", row.y + (i ? row.height : 8));
      });
      row.base.setAttribute("d", `M${left} ${row.y + row.height + 0.5}H${wide - 4}`);
      if (row !== last) row.bars.setAttribute("d", barPath(row.values, place, part, row));
    }
    sliders.forEach((slider, t) => {
      const inside = t >= part.first && t < part.first + part.count;
      slider.classList.toggle("reid-strip-away", !inside);
      if (inside) placeBar(slider, last, place, t, weights[t], base[t], free);
      describeSlider(t);
    });
    const bottom = height - STRIP.axis;
    numbers.replaceChildren(...frameNumbers(host, place, part, bottom));
    ground.setAttribute("d", hiddenGround(bottom));
    drawThumbs(thumbs, sprite, place, part, wide);
    equalLine();
    placeCursor();
  }

  function hiddenGround(bottom) {
    let path = "";
    for (let t = part.first; data.visibility && t < part.first + part.count; t += 1) {
      if (data.visibility[t] < data.hidden)
        path += `M${place.x(t).toFixed(2)} 0h${place.step.toFixed(2)}V${bottom}h${-place.step.toFixed(2)}z`;
    }
    return path;
  }

  function placeCursor() {
    if (!place) return;
    const seen = current >= part.first && current < part.first + part.count;
    cursor.hidden = !seen;
    frameBoxes(cursor, picture, place, part, sprite.ratio, current);
    cursor.style.bottom = `${STRIP.axis + 1}px`;
    for (const box of [cursor, picture]) box.toggleAttribute("data-locked", locked);
  }

  function showPart({ first, count }) {
    const whole = Math.min(total, Math.round(count));
    part = { count: whole, first: Math.min(total - whole, Math.max(0, first)) };
    placeAll();
    bar.show(part, weights, last.end);
  }

  function choose(t, lock) {
    sliders[current].setAttribute("tabindex", "-1");
    current = Math.min(total - 1, Math.max(0, t));
    locked = lock;
    sliders[current].setAttribute("tabindex", "0");
    if (current < part.first || current >= part.first + part.count) {
      showPart({ ...part, first: current - Math.floor(part.count / 2) });
    }
    placeCursor();
    chosen.show(current, weights, locked);
  }

  function toggle(t) {
    choose(t, !(locked && t === current));
    host.say(locked ? "Locked. Escape frees it." : "Free.");
  }

  const at = (event) => {
    const box = svg.getBoundingClientRect();
    const x = event.clientX - box.left;
    const t = part.first + Math.floor((x - place.left) / place.step);
    const inside = x >= place.left && t < part.first + part.count;
    return { t: inside ? t : null, y: event.clientY - box.top };
  };

  host.on(stage, "pointermove", (event) => {
    const { t, y } = at(event);
    if (held) {
      held.dragged ||= held.row && Math.abs(y - held.y) > 3;
      if (held.dragged) setWeight(held.t, last.end * (1 - (y - last.y) / last.height));
    } else if (t !== null && t !== current && !locked && event.pointerType !== "touch") {
      choose(t, false);
    }
  });
  host.on(stage, "pointerdown", (event) => {
    const { t, y } = at(event);
    if (t === null || event.button !== 0) return;
    event.preventDefault();
    const inRow = y >= last.y - 6 && y <= last.y + last.height;
    held = { t, y, dragged: false, row: inRow && free };
    if (held.row && t !== current) choose(t, locked);
    stage.setPointerCapture(event.pointerId);
  });
  host.keepPage(stage, () => held?.row);
  const letGo = (event) => {
    if (!held) return;
    const { t, dragged } = held;
    held = null;
    // A finger that swipes the page away has chosen nothing.
    if (event.type === "pointercancel" && !dragged) return;
    sliders[t].focus({ preventScroll: true });
    if (!dragged) return toggle(t);
    host.say(spoken());
    tell();
  };
  host.on(stage, "pointerup", letGo);
  host.on(stage, "pointercancel", letGo);

  const moves = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 };
  const weightAfter = (key) =>
    ({
      ArrowUp: weights[current] + last.end / STRIP_STEPS,
      ArrowDown: weights[current] - last.end / STRIP_STEPS,
      Home: 0,
      End: last.end,
    })[key];
  host.on(svg, "keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const value = weightAfter(event.key);
    if (event.key in moves) {
      choose(current + moves[event.key], locked);
      sliders[current].focus({ preventScroll: true });
    } else if (value !== undefined) {
      if (free) {
        setWeight(current, value);
        host.say(spoken());
        tell();
      } else {
        host.say(data.why);
      }
    } else if (event.key === "Enter" || event.key === " ") {
      toggle(current);
    } else if (event.key === "Escape" && locked) {
      choose(current, false);
      host.say("Free.");
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  });
  // On the element around the drawing: an SVG that listens for focus can itself be focused.
  host.on(stage, "focusin", (event) => {
    if (event.target.matches(":focus-visible")) cursor.setAttribute("data-focus", "");
    const t = Number(event.target.dataset.frame);
    if (t !== current) choose(t, locked);
  });
  host.on(stage, "focusout", () => cursor.removeAttribute("data-focus"));

  host.onUpdate((_, patch) => {
    if (!patch.attention) return;
    patch.attention.forEach((values, r) => (rows[r].values = values));
    base = Float64Array.from(last.values);
    weights = Float64Array.from(base);
    start = now = followWeights(model, base);
    placeAll();
    follow();
  });
  host.onResize((width) => {
    wide = width;
    placeAll();
    follow();
  });
  choose(current, false);
  follow();
}

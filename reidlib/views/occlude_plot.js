/* The upper half of Occlude: thumbnails and, below each, its attention: an outline before, filled with the box. */

const OCC = { bars: 104, change: 18, seen: 30, axis: 20, top: 8 };

/* A difference with its sign (a true minus: a hyphen is read as a dash), as fine as the axis asks for. */
function signedNumber(value, end) {
  const text = numberText(Math.abs(value), decimalsFor(end));
  return Number(text) ? `${value < 0 ? "−" : "+"}${text}` : "0";
}

function occludePlot(host, data, sprite) {
  const total = data.attention.length;
  const row = { y: OCC.top, height: OCC.bars, end: data.axis };
  const seen = data.visibility && { y: OCC.top + OCC.bars + OCC.change + 6, height: OCC.seen, end: 1 };
  const bottom = seen ? seen.y + seen.height : OCC.top + OCC.bars + OCC.change;
  const height = bottom + OCC.axis;
  const thumbs = host.html("canvas", { class: "reid-occ-thumbs", "aria-hidden": "true" });
  const cursor = host.html("div", { class: "reid-cursor reid-occ-cursor", "aria-hidden": "true" });
  const path = (name) => host.svg("path", { class: `reid-occ-${name}` });
  const [now, before, base, covered] = ["now", "before", "base", "covered"].map(path);
  const visible = path("visible");
  const texts = host.svg("g", {});
  const svg = host.svg("svg", { class: "reid-plot reid-occ-plot", "aria-hidden": "true" });
  svg.append(covered, base, visible, now, before, texts);
  const about = { class: "reid-occ-stage", role: "slider", tabindex: 0, "aria-label": "Frame" };
  const range = { "aria-valuemin": 0, "aria-valuemax": total - 1, "aria-describedby": host.id("hint") };
  const element = host.html("div", { ...about, ...range }, cursor, thumbs, svg);
  let place = null;
  let wide = 0;
  let state = { frame: 0, box: null, locked: false, answer: null };

  const text = (name, x, y, content) => host.svg("text", { class: `reid-occ-${name}`, x, y }, content);

  /* Numbers where they fit; of two that would touch, the larger change is kept. */
  function changeTexts(answer) {
    const changes = answer.attention.map((value, t) => ({ t, by: value - data.attention[t] }));
    changes.sort((a, b) => Math.abs(b.by) - Math.abs(a.by));
    const kept = [];
    for (const each of changes) {
      if (Math.abs(each.by) < row.end / 200) break;
      if (kept.every(({ t }) => Math.abs(t - each.t) * place.step >= 42)) kept.push(each);
    }
    const y = row.y + row.height + 14;
    const label = text("label reid-tick", place.left - 8, y, "change");
    const x = (t) => Math.max(place.left + 18, Math.min(wide - 20, place.x(t) + place.step / 2));
    return [label, ...kept.map(({ t, by }) => text("change", x(t), y, signedNumber(by, row.end)))];
  }

  function draw() {
    if (!place) return;
    const { answer, frame } = state;
    const part = { first: 0, count: total };
    row.end = Math.max(data.axis, ...(answer?.attention ?? []).map((value) => value * 1.05));
    now.setAttribute("d", answer ? barPath(answer.attention, place, part, row) : "");
    before.setAttribute("d", barPath(data.attention, place, part, row));
    base.setAttribute("d", `M${place.left} ${row.y + row.height + 0.5}H${wide - 2}`);
    if (seen) visible.setAttribute("d", barPath(data.visibility, place, part, seen));
    const left = answer ? place.x(answer.frame).toFixed(2) : 0;
    covered.setAttribute("d", answer ? `M${left} 0h${place.step.toFixed(2)}V${bottom}h${-place.step.toFixed(2)}z` : "");
    texts.replaceChildren(
      text("name", 0, row.y + row.height / 2, "attention"),
      text("label reid-tick", place.left - 8, row.y + 9, shortNumber(row.end)),
      text("label reid-tick", place.left - 8, row.y + row.height, "0"),
      ...(seen ? [text("name", 0, seen.y + seen.height / 2 + 4, "visibility")] : []),
      ...(answer ? changeTexts(answer) : []),
      ...frameNumbers(host, place, part, bottom),
    );
    cursor.style.left = `${place.x(frame) - 1}px`;
    cursor.style.width = `${place.step + 2}px`;
    cursor.toggleAttribute("data-locked", state.locked);
  }

  function thumbnails() {
    if (!place) return;
    drawThumbs(thumbs, sprite, place, { first: 0, count: total }, wide);
    // Where every frame has its thumbnail, its box is on it as well.
    const high = Math.min(STRIP.thumb, (place.step - 2) / sprite.ratio);
    if (!state.box || thumbs.style.height !== `${high}px`) return;
    const context = thumbs.getContext("2d");
    context.translate(place.x(state.frame) + (place.step - high * sprite.ratio) / 2, 0);
    paintBox(context, data, state, high / data.size[0]);
  }

  return {
    element,
    thumbnails,
    resize(width) {
      wide = width;
      const left = width < 520 ? 70 : 96;
      const step = (width - left - 4) / total;
      place = { left, step, x: (t) => left + t * step };
      svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
      svg.setAttribute("height", height);
      svg.toggleAttribute("data-fine", step < 5);
      thumbnails();
      draw();
    },
    /* The frame below a pointer, or null. */
    at(event) {
      const t = Math.floor((event.clientX - svg.getBoundingClientRect().left - place.left) / place.step);
      return t >= 0 && t < total ? t : null;
    },
    show(next) {
      state = next;
      const { frame, answer, locked } = next;
      const then = answer ? `, now ${shortNumber(answer.attention[frame])}` : "";
      const words = `frame ${frame}, attention ${shortNumber(data.attention[frame])}${then}${locked ? ", locked" : ""}`;
      element.setAttribute("aria-valuenow", frame);
      element.setAttribute("aria-valuetext", words);
      thumbnails();
      draw();
    },
  };
}

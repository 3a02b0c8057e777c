/* The upper half of the attention strip: thumbnails, one row of bars an iteration, visibility, the axis of frames. */

const STRIP = { top: 6, gap: 13, axis: 26, thumb: 84 };

/* The sprite sheet as something that draws frame t into a canvas. */
function spriteOf(window, sheet, ready) {
  const image = new window.Image();
  image.addEventListener("load", ready);
  image.src = sheet.src;
  return {
    ratio: sheet.width / sheet.height,
    ready: () => image.complete && image.naturalWidth > 0,
    draw(context, t, x, y, width, height) {
      const left = (t % sheet.columns) * sheet.cell_width;
      const top = Math.floor(t / sheet.columns) * sheet.cell_height;
      if (this.ready()) context.drawImage(image, left, top, sheet.width, sheet.height, x, y, width, height);
    },
  };
}

/* A canvas of a size in CSS pixels, sharp on dense screens. Gives its context, cleared. */
function sizedContext(canvas, width, height) {
  const density = canvas.ownerDocument.defaultView.devicePixelRatio || 1;
  canvas.width = Math.round(width * density);
  canvas.height = Math.round(height * density);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  context.scale(density, density);
  context.imageSmoothingQuality = "high";
  return context;
}

/* Rows of the plot, top to bottom; the last iteration is the one that can be dragged. */
function planRows(data) {
  const last = data.attention.length - 1;
  const height = data.attention.length > 5 ? 40 : 58;
  const rows = data.attention.map((values, r) => ({
    kind: r === last ? "last" : "attention",
    name: data.names[r],
    values,
    end: data.axis,
    height,
  }));
  rows[last].height = Math.max(height, 72);
  // One axis: a unit is as many pixels high in every iteration.
  rows.forEach((row) => (row.height = rows[last].height));
  if (data.compare) {
    const { name, weights, axis } = data.compare;
    const shared = axis <= data.axis && axis > data.axis / 4;
    rows.push({ kind: "compare", name, values: weights, end: shared ? data.axis : axis, height });
  }
  if (data.visibility)
    rows.push({ kind: "visibility", name: "visibility", values: data.visibility, end: 1, height: 38 });
  let y = STRIP.top;
  for (const row of rows) {
    row.y = y;
    y += row.height + STRIP.gap;
  }
  return { rows, height: y + STRIP.axis - STRIP.gap + 4 };
}

/* Every bar of a row as one path. */
function barPath(values, place, { first, count }, row) {
  const { width, gap } = barWidth(place.step);
  const wide = width.toFixed(2);
  let path = "";
  for (let t = first; t < first + count; t += 1) {
    const tall = (Math.min(values[t], row.end) / row.end) * row.height;
    if (tall > 0)
      path += `M${(place.x(t) + gap).toFixed(2)} ${row.y + row.height}v${-tall.toFixed(2)}h${wide}v${tall.toFixed(2)}z`;
  }
  return path;
}

function barWidth(step) {
  const gap = step > 3 ? Math.max(0.5, step * 0.07) : 0;
  return { gap, width: Math.max(step - 2 * gap, 0.8) };
}

/* The drawing without its places: labels, paths and one slider a frame. */
function drawStrip(host, data, rows) {
  const about = { role: "group", "aria-label": "Weights of the frames" };
  const svg = host.svg("svg", { class: "reid-plot reid-strip-plot", ...about });
  const ground = host.svg("path", { class: "reid-strip-ground" });
  svg.append(ground);
  const last = rows.find((row) => row.kind === "last");
  for (const row of rows) {
    const title = row.name.length > 13 ? `${row.name.slice(0, 12)}…` : row.name;
    row.label = host.svg("text", { class: "reid-strip-name", x: 0 }, title, host.svg("title", {}, row.name));
    row.drag = row.kind === "last" && !data.why ? host.svg("text", { class: "reid-tick", x: 0 }, "↕ drag") : null;
    row.ticks = [String(Number(row.end.toPrecision(3))), "0"].map((text) =>
      host.svg("text", { class: "reid-tick", "text-anchor": "end" }, text),
    );
    row.base = host.svg("path", { class: "reid-strip-base" });
    row.bars = host.svg("path", { class: `reid-strip-bars reid-strip-${row.kind}` });
    row.equal = row.kind === "visibility" ? null : host.svg("path", { class: "reid-strip-equal" });
    svg.append(
      host.svg(
        "g",
        { "aria-hidden": "true" },
        row.label,
        row.drag,
        row.ticks,
        row.base,
        row.kind === "last" ? null : row.bars,
        row.equal,
      ),
    );
  }
  const sliders = last.values.map((_, t) => {
    const parts = [
      host.svg("rect", { class: "reid-strip-hit", y: last.y, height: last.height }),
      host.svg("rect", { class: "reid-strip-bar" }),
      host.svg("path", { class: "reid-strip-grip" }),
      host.svg("path", { class: "reid-strip-before" }),
    ];
    const about = { role: "slider", tabindex: "-1", "aria-label": `frame ${t}`, "aria-orientation": "vertical" };
    const range = { "aria-valuemin": 0, "aria-valuemax": data.axis, "aria-readonly": data.why ? "true" : null };
    return host.svg("g", { class: "reid-strip-frame", "data-frame": t, ...about, ...range }, parts);
  });
  const numbers = host.svg("g", { "aria-hidden": "true" });
  const group = host.svg("g", { class: data.why ? "" : "reid-strip-sliders" }, sliders);
  svg.append(group, last.equal, numbers);
  return { svg, ground, sliders, numbers };
}

/* One slider's bar: the weight, a grip where it can be dragged, and a line where it was before. */
function placeBar(slider, row, place, t, weight, before, free) {
  const [hit, bar, grip, was] = slider.children;
  const { width, gap } = barWidth(place.step);
  const left = place.x(t);
  const bottom = row.y + row.height;
  const level = (value) => bottom - (Math.min(value, row.end) / row.end) * row.height;
  hit.setAttribute("x", left);
  hit.setAttribute("width", place.step);
  bar.setAttribute("x", left + gap);
  bar.setAttribute("width", width);
  bar.setAttribute("y", level(weight));
  bar.setAttribute("height", bottom - level(weight));
  const line = (value) => `M${left + gap} ${level(value)}h${width}`;
  grip.setAttribute("d", free && place.step >= 6 ? line(weight) : "");
  was.setAttribute("d", weight === before ? "" : line(before));
  slider.toggleAttribute("data-changed", weight !== before);
}

/* Numbers below the frames, as many as fit. */
function frameNumbers(host, place, { first, count }, y) {
  const steps = [1, 2, 5, 10, 20, 50, 100, 200];
  const step = steps.find((each) => each * place.step >= 34) ?? 500;
  const numbers = [];
  for (let t = Math.ceil(first / step) * step; t < first + count; t += step) {
    const middle = { class: "reid-tick", "text-anchor": "middle", x: place.x(t) + place.step / 2, y: y + 13 };
    numbers.push(host.svg("text", middle, String(t)));
  }
  const name = { class: "reid-tick", "text-anchor": "end", x: place.left - 8, y: y + 13 };
  return [...numbers, host.svg("text", name, "frame")];
}

/* One picture for `per` bars: for every bar where it can still be seen at that width, else as many as fit. */
function planThumbs({ step }, { count }, ratio) {
  const enough = step >= 18 && step / ratio >= 30;
  const per = enough ? 1 : Math.ceil(Math.max(28, STRIP.thumb * ratio * 0.72) / step);
  const most = Math.max(1, Math.min(per, count));
  return { per: most, high: Math.min(STRIP.thumb, Math.max(1, (most * step - 2) / ratio)) };
}

/* Thumbnails, each as wide as the bars that it stands for or in their middle, and of the middle one of their frames;
none for a last group that is not whole. */
function drawThumbs(canvas, sprite, place, part, width) {
  const { per, high } = planThumbs(place, part, sprite.ratio);
  const context = sizedContext(canvas, width, high);
  const wide = high * sprite.ratio;
  for (let t = part.first; t + per <= part.first + part.count; t += per) {
    sprite.draw(context, t + Math.floor((per - 1) / 2), place.x(t) + (per * place.step - wide) / 2, 0, wide, high);
  }
}

/* The box around frame t: over its bars and its picture; where a picture stands for several bars, a second box. */
function frameBoxes(cursor, picture, place, part, ratio, t) {
  const { per, high } = planThumbs(place, part, ratio);
  const group = t - ((t - part.first) % per);
  const put = (box, left, width) => {
    box.style.left = `${left}px`;
    box.style.width = `${width}px`;
  };
  put(cursor, place.x(t) - 1, Math.max(place.step + 2, 5));
  cursor.style.top = per > 1 ? `${high + 1}px` : "";
  picture.hidden = cursor.hidden || per === 1 || group + per > part.first + part.count;
  put(picture, place.x(group) + (per * place.step - high * ratio) / 2 - 1, high * ratio + 2);
  picture.style.height = `${high + 2}px`;
}

/* The lower half of the attention strip: the frame that is looked at, and what the weights make of the gallery. */

const STRIP_LIST = 7;

/* The chosen frame, larger, with its numbers. */
function framePanel(host, data, sprite) {
  const canvas = host.html("canvas", { "aria-hidden": "true" });
  const heading = host.html("div", { class: "reid-strip-heading" });
  const facts = host.html("dl", { class: "reid-facts" });
  const element = host.html(
    "section",
    { class: "reid-result reid-strip-chosen", "aria-label": "The chosen frame" },
    canvas,
    host.html("div", {}, heading, facts),
  );
  const last = data.attention.length - 1;
  let drawn = null;
  const line = (name, value) => [host.html("dt", { title: name }, name), host.html("dd", {}, value)];
  return {
    element,
    show(t, weights, locked) {
      if (drawn !== t) {
        const [wide, high] = [Math.min(150, Math.round(128 * sprite.ratio)), 128];
        sprite.draw(sizedContext(canvas, wide, high), t, 0, 0, wide, wide / sprite.ratio);
        drawn = sprite.ready() ? t : null;
      }
      heading.replaceChildren(`Frame ${t}`, host.html("span", { class: "reid-state" }, locked ? " locked" : ""));
      const share = (weights[t] * weights.length) / weights.reduce((a, b) => a + b, 0);
      const rows = data.attention.map((row, r) => line(data.names[r], shortNumber(r === last ? weights[t] : row[t])));
      if (Number.isFinite(share)) rows.push(line("times the mean", shortNumber(share)));
      if (data.compare) rows.push(line(data.compare.name, shortNumber(data.compare.weights[t])));
      if (data.visibility) rows.push(line("visible", `${Math.round(100 * data.visibility[t])} %`));
      facts.replaceChildren(...rows.flat());
    },
  };
}

/* Rank, distance and the nearest of the gallery. */
function galleryPanel(host, data, model) {
  const verdict = host.html("div", { class: "reid-verdict reid-strip-verdict" });
  const sentence = host.html("p", { class: "reid-strip-sentence" });
  const list = host.html("ol", { class: "reid-strip-list", "aria-label": "Nearest of the gallery" });
  const element = host.html(
    "section",
    { class: "reid-result reid-strip-result", "aria-label": "What follows from the weights" },
    verdict,
    sentence,
    list,
  );
  const { gallery } = data;
  const pictures = gallery?.sheet && spriteOf(element.ownerDocument.defaultView, gallery.sheet, () => again());
  const slots = [];
  let again = () => {};

  /* One line of the list; made once, filled again and again. */
  function slot(i) {
    if (slots[i]) return slots[i];
    const part = (name) => host.html("span", { class: `reid-strip-${name}` });
    const parts = {
      place: part("place"),
      name: part("who"),
      distance: part("far"),
      change: host.html("span", { class: "reid-strip-change", role: "img" }),
      mark: part("mark"),
    };
    const canvas = pictures ? host.html("canvas", { "aria-hidden": "true" }) : null;
    const bar = host.html("span", { class: "reid-strip-length", "aria-hidden": "true" }, host.html("i"));
    const item = host.html("li", {}, parts.place, canvas, parts.mark, parts.name, bar, parts.distance, parts.change);
    slots[i] = { item, canvas, bar: bar.firstChild, shown: -1, ...parts };
    return slots[i];
  }

  function fill(each, item, now, start, longest, changed) {
    const match = model.matches.includes(item);
    each.item.toggleAttribute("data-match", match);
    each.place.textContent = `${now.place[item]}`;
    each.name.textContent = gallery.names[item];
    each.mark.textContent = match ? "✓" : "";
    each.mark.setAttribute("title", match ? "the same person" : "");
    each.distance.textContent = numberText(now.distance(item), 3);
    each.bar.style.width = `${(100 * now.distance(item)) / longest}%`;
    const moved = start.place[item] - now.place[item];
    const said = moved === 0 ? "place unchanged" : `${Math.abs(moved)} places ${moved > 0 ? "up" : "down"}`;
    each.change.textContent = moved === 0 ? "=" : `${moved > 0 ? "▲" : "▼"} ${Math.abs(moved)}`;
    each.change.style.visibility = changed ? "" : "hidden"; // before any change “=” would be a riddle
    each.change.setAttribute("aria-label", said);
    each.change.setAttribute("title", said);
    if (pictures && each.shown !== item) {
      const [wide, high] = [Math.round(30 * pictures.ratio), 30];
      pictures.draw(sizedContext(each.canvas, wide, high), item, 0, 0, wide, high);
      each.shown = item;
    }
  }

  function words(now, start, changed) {
    const [item] = [...model.matches].sort((a, b) => now.place[a] - now.place[b]);
    const other = now.order.find((each) => !model.matches.includes(each));
    const nearest = other === undefined ? "" : ` The nearest other is ${numberText(now.distance(other), 3)} away.`;
    const moved = changed ? ` It was ${numberText(start.distance(item), 3)} before.` : "";
    const beside = model.compared ? ` With “${data.compare.name}” its rank is ${model.compared.rank}.` : "";
    return `The same person is ${numberText(now.distance(item), 3)} away.${moved}${nearest}${beside}`;
  }

  return {
    element,
    show(now, start, changed) {
      again = () => {
        for (const each of slots) each.shown = -1;
        this.show(now, start, changed);
      };
      if (!now.feature) {
        verdict.textContent = "No video feature";
        sentence.textContent = "All weights are 0, or they cancel: there is nothing to compare.";
        list.replaceChildren();
        return;
      }
      if (!now.ranking) {
        verdict.replaceChildren("Video feature turned by ", host.html("b", {}, turnedBy(now, start)));
        sentence.textContent = "Angle between the video feature of these weights and that of the original ones.";
        return;
      }
      const { rank, order } = now.ranking;
      const origin = start.ranking ?? now.ranking; // weights that Python sent may cancel
      if (rank !== null) {
        const before = origin.rank;
        const turn = rank === before ? null : rank < before ? "better" : "worse";
        const arrow = host.html("span", { class: "reid-strip-turn", "data-turn": turn }, turn === "better" ? "▲" : "▼");
        const number = host.html("b", {}, turn ? `${before} → ${rank}` : `${rank}`);
        verdict.replaceChildren(
          "Rank of the match ",
          number,
          ` of ${order.length} `,
          ...(turn ? [arrow, ` ${turn}`] : []),
        );
      } else {
        verdict.textContent = "Nearest of the gallery";
      }
      const nobody = "Nobody said which of them is the same person.";
      const unknown = gallery.match ? "No gallery item is the same person." : nobody;
      sentence.textContent = rank === null ? unknown : words(now.ranking, origin, changed);
      const shown = order.slice(0, STRIP_LIST);
      for (const item of model.matches)
        if (!shown.includes(item) && now.ranking.place[item] === rank) shown[STRIP_LIST - 1] = item;
      const longest = Math.max(...shown.map((item) => now.ranking.distance(item)), 1e-9);
      shown.forEach((item, i) => fill(slot(i), item, now.ranking, origin, longest, changed));
      if (list.children.length !== shown.length) list.replaceChildren(...shown.map((_, i) => slot(i).item));
    },
  };
}

/* How to use it, and buttons for whole sets of weights: `set(weights, name)` takes them over. */
function stripControls(host, data, { total, end, base, set }) {
  const walk = "Hover or ← → look at a frame, click or Enter locks it, Escape frees. ";
  const pull = "Drag an orange bar of the last row, or press ↑ ↓ (Home: 0, End: top). ";
  const grey = data.visibility ? "Grey ground: less than half visible." : "";
  const text = [walk, data.why ? `${data.why} ` : pull, "Dashed line: the mean weight. ", grey];
  const reset = host.html("button", { type: "button", class: "reid-button", disabled: true }, "Reset weights");
  const row = host.html("div", { class: "reid-buttons", role: "group", "aria-label": "Weights" }, reset);
  host.on(reset, "click", () => set(Float64Array.from(base()), "Original"));
  const add = (name, shape) => {
    const button = host.html("button", { type: "button", class: "reid-button" }, name);
    host.on(button, "click", () => set(asWeights(shape, base(), end), name));
    row.append(button);
  };
  add("All equal", new Array(total).fill(1));
  if (data.visibility?.some((value) => value > 0)) add("By visibility", data.visibility);
  if (data.compare) {
    const { name, weights } = data.compare;
    add(`As “${name.length > 20 ? `${name.slice(0, 19)}…` : name}”`, weights);
  }
  const words = host.html("p", { id: host.id("hint"), class: "reid-hint" }, text);
  return { element: host.html("div", { class: "reid-strip-hint" }, words, data.why ? null : row), reset };
}

/* What the box did, in words and numbers, and the boxes whose answers are prepared. */

function occludeResult(host, data, pick) {
  const heading = host.html("div", { class: "reid-occ-heading" });
  const verdict = host.html("div", { class: "reid-verdict reid-occ-verdict" });
  const sentence = host.html("p", { class: "reid-occ-sentence" });
  const body = host.html("tbody", {});
  const cells = (kind, ...texts) => texts.map((text) => host.html(kind, kind === "th" ? { scope: "col" } : {}, text));
  const head = host.html("tr", {}, cells("th", "frame", "before", "with box", "change"));
  const caption = host.html("caption", {}, "Frames that change most");
  const table = host.html("table", { class: "reid-table reid-numbers" }, caption, host.html("thead", {}, head), body);
  const holder = host.html("div", { class: "reid-occ-table" }, table);
  const list = host.html("div", { class: "reid-buttons", role: "listbox", "aria-label": "Prepared boxes" });
  const label = host.html("p", { class: "reid-hint reid-occ-prepared" });
  const element = host.html(
    "div",
    { class: "reid-result reid-occ-result" },
    heading,
    verdict,
    sentence,
    holder,
    label,
    list,
  );
  const paint = { grey: "Grey box", noise: "Noise box", mean: "Box of the frame’s mean colour" }[data.fill];
  const frames = [...new Set(data.prepared.map((each) => each.frame))];
  let offered = null;
  let items = [];

  function offer(frame, chosen) {
    if (offered === frame) return;
    offered = frame;
    const answers = data.prepared.filter((each) => each.frame === frame);
    const about = { role: "option", class: "reid-button" };
    items = answers.map((each) => host.html("div", about, each.name));
    list.replaceChildren(...items);
    list.hidden = !answers.length;
    const others = frames.length > 12 ? `${frames.slice(0, 12).join(", ")} …` : frames.join(", ");
    const where = `Prepared boxes are on frame${frames.length > 1 ? "s" : ""} ${others}`;
    label.textContent = answers.length ? `Prepared boxes on frame ${frame}` : where;
    let ready = false; // the first call of `show` only marks what is shown already
    const first = Math.max(0, answers.indexOf(chosen));
    if (answers.length)
      select(host, items, { first, show: (index, lock) => ready && pick(answers[index], lock) });
    ready = true;
  }

  function words(answer) {
    const change = (value, t) => ({ t, old: data.attention[t], value, by: value - data.attention[t] });
    const changes = answer.attention.map(change);
    const own = changes[answer.frame];
    const end = Math.max(...data.attention, ...answer.attention);
    const percent = ({ old, value, by }) => {
      if (old === 0 || by === 0) return "";
      if (value > 3 * old) return ` (× ${Number((value / old).toPrecision(2))})`;
      return ` (${by < 0 ? "−" : "+"}${Math.round(Math.abs(100 * by) / old)} %)`;
    };
    const pair = (each) => `${shortNumber(each.old)} → ${shortNumber(each.value)}${percent(each)}`;
    const others = changes.filter(({ t }) => t !== answer.frame);
    others.sort((a, b) => Math.abs(b.by) - Math.abs(a.by));
    const most = others[0];
    const rest = !most?.by ? "No other frame changes." : `Of the others frame ${most.t} changes most: ${pair(most)}.`;
    const turned = answer.shift === null ? "" : ` The video feature turned by ${answer.shift.toFixed(1)}°.`;
    const rows = [own, ...others].slice(0, 5);
    return { verdict: `Frame ${answer.frame}: attention ${pair(own)}`, rest: rest + turned, rows, end };
  }

  return {
    element,
    show({ frame, box, answer, locked, why }) {
      const place = box && `columns ${box[0]}–${box[2] - 1}, rows ${box[1]}–${box[3] - 1}`;
      const name = answer && String(answer.box) === String(box) ? answer.name : place;
      const state = host.html("span", { class: "reid-occ-state" }, locked ? " locked" : "");
      heading.replaceChildren(box ? `${paint} over frame ${frame}: ${name}` : `Frame ${frame}, no box`, state);
      offer(frame, answer);
      const shown = data.prepared.filter((each) => each.frame === frame).indexOf(answer);
      items.forEach((item, i) => {
        item.toggleAttribute("data-shown", i === shown);
        item.setAttribute("aria-selected", String(i === shown));
      });
      holder.hidden = !answer;
      const found = answer && words(answer);
      verdict.textContent = found ? found.verdict : `Attention ${shortNumber(data.attention[frame])} before`;
      sentence.textContent = [found?.rest, why].filter(Boolean).join(" ");
      const rows = (found?.rows ?? []).map(({ t, old, value, by }) => {
        const turn = `${by < 0 ? "▼ " : by ? "▲ " : ""}${signedNumber(by, found.end)}`;
        const name = t === answer.frame ? `▣ ${t}` : `${t}`;
        return host.html("tr", {}, cells("td", name, shortNumber(old), shortNumber(value), turn));
      });
      body.replaceChildren(...rows);
    },
    spoken: (answer) => `${words(answer).verdict}. ${words(answer).rest}`,
  };
}

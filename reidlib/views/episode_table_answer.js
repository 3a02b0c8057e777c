/* The answer of the episode table: the probability of every person, side by side, and what the order did. */

const EPISODE_NO_EFFECT = 1e-4;

function episodeSystems(data) {
  const off = data.probe_mean ? "gallery’s mean off, probe’s own mean off" : "gallery’s mean off";
  const systems = [
    { key: "cosine", title: "plain cosine" },
    { key: "centred", title: off },
  ];
  if (data.network?.p) systems.push({ key: "network", title: "learned network" });
  return systems;
}

function episodeAnswer(host, data) {
  const systems = episodeSystems(data);
  const heads = systems.map(({ title }) => {
    const verdict = host.html("span", { class: "reid-ep-verdict" });
    return { verdict, element: host.html("th", { scope: "col" }, title, verdict) };
  });
  const rows = data.names.map((name, y) => {
    const kind = episodeKind(data, y);
    const cells = systems.map(({ key }) => {
      const bar = host.html("span", { class: "reid-ep-bar" });
      const number = host.html("span", { class: "reid-ep-p", "data-system": key, "data-person": y });
      const track = host.html("span", { class: "reid-ep-track", "aria-hidden": "true" }, bar);
      const cell = host.html("span", { class: "reid-ep-cellrow" }, track, number);
      return { bar, number, element: host.html("td", {}, cell) };
    });
    const text = host.html("span", { class: "reid-ep-person" }, `${EPISODE_GLYPH[kind]} ${name}`.trim());
    const count = host.html("span", { class: "reid-ep-count" });
    const header = host.html("th", { scope: "row" }, text, count);
    const element = host.html("tr", { "data-kind": kind }, header, cells.map((cell) => cell.element));
    return { cells, count, element };
  });
  const corner = host.html("td", {}, "P of each person");
  const head = host.html("thead", {}, host.html("tr", {}, corner, heads.map(({ element }) => element)));
  const body = host.html("tbody", {}, rows.map(({ element }) => element));
  const table = host.html("table", { class: "reid-table reid-ep-answer" }, head, body);
  const element = host.html("div", { class: "reid-ep-scroll", tabindex: "0", role: "region" }, table);
  element.setAttribute("aria-label", "Answers");

  /* `found` holds p by system, `counts` the cards of each person, `old` whether the network's answer is out of date. */
  function show(found, counts, old, person) {
    systems.forEach(({ key }, s) => {
      const p = found[key];
      const best = p ? p.indexOf(Math.max(...p)) : -1;
      const mark = best < 0 ? "" : EPISODE_GLYPH[episodeKind(data, best)];
      heads[s].verdict.textContent = best < 0 ? "–" : `${mark} ${data.names[best]} ${episodeShort(p[best])}`.trim();
      heads[s].element.toggleAttribute("data-old", key === "network" && old);
      rows.forEach(({ cells }, y) => {
        const { bar, number, element: cell } = cells[s];
        bar.style.width = `${p ? (100 * p[y]).toFixed(3) : 0}%`;
        number.textContent = p ? episodeShort(p[y]) : "–";
        number.dataset.value = p ? p[y] : "";
        cell.toggleAttribute("data-best", y === best);
        cell.toggleAttribute("data-old", key === "network" && old);
      });
    });
    rows.forEach(({ count, element: row }, y) => {
      count.textContent = counts[y] === 1 ? "1 card" : counts[y] ? `${counts[y]} cards` : "no card";
      row.toggleAttribute("data-shown", y === person);
    });
  }
  return { element, show };
}

/* What the order of the cards does, in a sentence: `effect` is the measured change, `network` the answer shown. */
function episodeOrderLine(effect, network, order) {
  const none = effect < 1e-9 ? "no effect" : `a P moves by ${effect.toExponential(1)}`;
  const line = `order: ${none} (plain cosine, gallery’s mean off)`;
  if (!network || network.effect === null || network.effect === undefined || order.length < 2) return `${line}.`;
  const sorted = network.order.every((i, k) => k === 0 || network.order[k - 1] < i);
  const other = sorted ? "in reverse" : "in the order of their numbers";
  if (network.effect < EPISODE_NO_EFFECT) return `${line}; learned network: no effect either (asked ${other}, too).`;
  return `${line}; learned network: with the same cards ${other} a P differs by ${episodeShort(network.effect)}.`;
}

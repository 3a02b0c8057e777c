/* The episode table: cards that are taken away, put back and moved, and the answers that follow. */

export function mount(root, data, host) {
  const all = data.labels.map((_, i) => i);
  let network = data.network;
  let order = [...all];
  let off = [];
  let current = 0;
  let locked = false;
  let sent = null;
  let found = episodeMatch(data, order);

  const { style, thumb } = episodeThumbs(host, data);
  const items = all.map((i) => episodeCard(host, data, thumb, i));
  const onList = host.html("ul", { class: "reid-row", "aria-label": "On the table" });
  const offList = host.html("ul", { class: "reid-row", "aria-label": "Off the table" });
  const empty = host.html("p", { class: "reid-ep-empty", role: "status" });
  const heading = host.html("p", { class: "reid-ep-heading" }, "Off the table");
  const away = host.html("div", { class: "reid-ep-away" }, heading, offList);
  const who = data.probe_label === null ? "who is it?" : data.names[data.probe_label];
  const probe = host.html(
    "div",
    { class: "reid-ep-probe" },
    host.html("span", { class: "reid-ep-number" }, "probe"),
    host.html("span", { class: "reid-ep-frame" }, thumb("probe_sheet", 0)),
    host.html("span", { class: "reid-ep-name" }, `◆ ${who}`),
  );
  const hint = host.html("p", { class: "reid-hint", id: host.id("hint") });
  hint.append(
    "Whose picture is the probe? Below each gallery card stands how much it weighs in the answer (stronger colour: " +
      "more). ✕ or Delete takes a card off the table, click or Enter puts it back; drag it, or press [ and ] or Ctrl " +
      "with left and right, to move it. Arrows walk; click or Enter locks, Escape frees.",
    data.network?.reads.length ? " Reads: where the learned network’s probe looks." : "",
  );
  const detail = host.html("p", { class: "reid-ep-detail" });
  const answer = episodeAnswer(host, data);
  const orderLine = host.html("p", { class: "reid-ep-order" });
  const stale = host.html("p", { class: "reid-ep-stale", role: "status" });
  const button = (text, work) => {
    const element = host.html("button", { type: "button", class: "reid-button" }, text);
    host.on(element, "click", work);
    return element;
  };
  const first = button("First table", () => set([...all], "The first table again."));
  const reverse = button("Reverse order", () => set([...order].reverse(), "Order reversed."));
  const controls = host.html("div", { class: "reid-buttons reid-ep-controls" }, first, reverse);
  const lie = host.html("div", { class: "reid-ep-lay" }, empty, onList);
  const table = host.html("div", { class: "reid-ep-table" }, probe, lie);
  const parts = [hint, table, away, controls, detail, answer.element, orderLine, stale];
  const view = host.html("div", { class: "reid-ep" }, parts);
  if (data.note) view.append(host.html("p", { class: "reid-hint reid-ep-note" }, `Note: ${data.note}`));
  root.append(style, view);

  const walk = () => [...order, ...off];
  const same = (a, b) => a.length === b.length && a.every((each, k) => each === b[k]);
  const onTable = (i) => order.includes(i);
  const fresh = () => Boolean(network) && same(network.order, order);

  /* A new table: drawn, spoken, and told to Python where it answers. */
  function set(next, spoken, focus = null) {
    order = next;
    off = all.filter((i) => !order.includes(i));
    if (focus !== null) current = focus;
    lay();
    if (focus !== null) items[focus].card.focus({ preventScroll: true });
    refresh();
    host.say(`${spoken} ${verdict()}`);
    ask();
  }

  function ask() {
    if (!host.live || !data.asks || !order.length || same(sent ?? network?.order ?? [], order)) return;
    sent = [...order];
    host.send({ order });
  }

  function verdict() {
    if (!found) return "The table is empty.";
    const best = (p) => p.indexOf(Math.max(...p));
    const said = (title, { p }) => `${title}: ${data.names[best(p)]} ${episodeShort(p[best(p)])}.`;
    return `${said("Plain cosine", found.cosine)} ${said("Mean off", found.centred)}`;
  }

  /* Elements stay the same; only their places change. */
  function lay() {
    onList.replaceChildren(...order.map((i) => items[i].element));
    offList.replaceChildren(...off.map((i) => items[i].element));
    away.hidden = !off.length;
    empty.hidden = order.length > 0;
    empty.textContent = order.length ? "" : "The table is empty: no card, so nobody to choose. Put a card back.";
    first.disabled = same(order, all);
    reverse.disabled = order.length < 2;
  }

  function weightRows() {
    if (!found) return [];
    const rows = [
      { long: "plain cosine", short: "cosine", of: (k) => found.cosine.weights[k] },
      { long: "mean off", short: "mean off", of: (k) => found.centred.weights[k] },
    ];
    network?.reads.forEach((read, m) => {
      const of = (k) => read[network.order.indexOf(order[k])];
      rows.push({ long: `read ${m + 1}`, short: `read ${m + 1}`, of, old: !fresh() });
    });
    return rows;
  }

  function refresh() {
    found = episodeMatch(data, order);
    const rows = weightRows();
    const values = rows.map(({ of }) => order.map((_, k) => of(k)));
    const largest = Math.max(1e-9, ...values.flat().filter((value) => value !== undefined));
    for (const i of all) {
      const k = order.indexOf(i);
      const own = rows.map(({ long, short, old }, r) => [long, short, values[r][k], values[r][k] / largest, old]);
      items[i].show(k >= 0, k < 0 ? [] : own.filter(([, , weight]) => weight !== undefined));
    }
    const counts = data.names.map((_, y) => order.filter((i) => data.labels[i] === y).length);
    const shown = { cosine: found?.cosine.p, centred: found?.centred.p, network: network?.p };
    if (!found && (data.asks || !network)) shown.network = null;
    const old = Boolean(network) && !fresh();
    answer.show(shown, counts, old, data.labels[current]);
    orderLine.textContent = found ? episodeOrderLine(episodeOrderEffect(data, order), old ? null : network, order) : "";
    stale.textContent = old ? staleText() : "";
    choose(current, locked);
  }

  function staleText() {
    if (!order.length) return "The learned network needs a card, too.";
    if (data.asks && host.live) return "The learned network, grey: its answer to another table, until Python answers.";
    const why = data.asks ? "This page has no Python behind it to ask again." : "It was given for that table alone.";
    return `The learned network, grey: its answer to the first table. ${why}`;
  }

  function choose(i, lock) {
    current = i;
    locked = lock;
    items.forEach(({ card, element }, k) => {
      card.setAttribute("tabindex", k === i ? "0" : "-1");
      card.setAttribute("aria-pressed", String(k === i && locked));
      element.toggleAttribute("data-shown", k === i);
      element.toggleAttribute("data-locked", k === i && locked);
    });
    const k = order.indexOf(i);
    const state = ({ cosines, weights }) => `cos ${numberText(cosines[k], 3)}, weight ${numberText(weights[k], 3)}`;
    const numbers = k < 0 ? "off the table" : `plain ${state(found.cosine)}; mean off ${state(found.centred)}`;
    detail.textContent = `Card ${i + 1}, ${data.names[data.labels[i]]}${locked ? " (locked)" : ""}: ${numbers}.`;
    view.querySelectorAll(".reid-ep-answer tbody tr").forEach((row, y) => {
      row.toggleAttribute("data-shown", y === data.labels[i]);
    });
  }

  function remove(i) {
    const place = order.indexOf(i);
    if (place < 0) return;
    const rest = order.filter((each) => each !== i);
    locked = false;
    set(rest, `Card ${i + 1} taken off.`, rest.length ? rest[Math.min(place, rest.length - 1)] : i);
  }

  function act(i) {
    if (!onTable(i)) {
      locked = false;
      const next = off[off.indexOf(i) + 1] ?? off[off.indexOf(i) - 1] ?? i;
      set([...order, i], `Card ${i + 1} put back.`, next);
      return;
    }
    choose(i, !(locked && i === current));
    host.say(locked ? "Locked. Escape frees it." : "Free.");
  }

  function placed(i, place) {
    const rest = order.filter((each) => each !== i);
    return [...rest.slice(0, place), i, ...rest.slice(place)];
  }

  function shift(i, step) {
    const place = order.indexOf(i);
    const next = Math.min(order.length - 1, Math.max(0, place + step));
    if (place >= 0 && next !== place) set(placed(i, next), `Card ${i + 1} at place ${next + 1} of ${order.length}.`, i);
  }

  /* Left and right: the card before or after. Up and down: the nearest one of the line above or below. */
  function neighbour(i, key) {
    const cards = walk();
    const at = cards.indexOf(i);
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity }[key];
    if (key === "ArrowUp" || key === "ArrowDown") {
      const box = (card) => items[card].element.getBoundingClientRect();
      const here = box(i);
      const others = cards
        .map((card) => ({ card, down: (box(card).y - here.y) * step, aside: Math.abs(box(card).x - here.x) }))
        .filter(({ down }) => down > here.height / 2)
        .sort((a, b) => a.down - b.down || a.aside - b.aside);
      return others.length ? others[0].card : i;
    }
    return cards[Math.min(cards.length - 1, Math.max(0, at + step))];
  }

  function pressed(event, i) {
    const { key } = event;
    const arrow = /^(Arrow(Left|Right|Up|Down)|Home|End)$/.test(key);
    if (event.altKey || event.metaKey) return;
    const turn = event.ctrlKey ? { ArrowLeft: -1, ArrowRight: 1 }[key] : { "[": -1, "]": 1 }[key];
    if (turn) shift(i, turn);
    else if (event.ctrlKey) return;
    else if (key === "Delete" || key === "Backspace") remove(i);
    else if (key === "Enter" || key === " ") act(i);
    else if (key === "Escape" && locked) {
      choose(i, false);
      host.say("Free.");
    } else if (arrow) {
      const next = neighbour(i, key);
      choose(next, locked);
      items[next].card.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  const drag = episodeDrag(host, onList, {
    order: () => order,
    items,
    move(i, place) {
      order = placed(i, place);
      lay();
      refresh();
    },
    drop: () => set(order, "Moved.", current),
  });
  items.forEach(({ card, element, remove: cross }, i) => {
    card.setAttribute("aria-describedby", host.id("hint"));
    host.on(card, "keydown", (event) => pressed(event, i));
    host.on(card, "click", () => {
      if (drag.busy()) return;
      card.focus({ preventScroll: true });
      act(i);
    });
    host.on(card, "focus", () => {
      if (i !== current) choose(i, false);
    });
    host.on(cross, "click", () => remove(i));
    host.on(element, "pointermove", (event) => {
      if (!locked && i !== current && event.pointerType !== "touch" && event.buttons === 0) choose(i, false);
    });
  });
  host.onUpdate((next) => {
    // An answer to an older table changes nothing.
    if (!next.network || !same(next.network.order, order)) return;
    network = next.network;
    refresh();
    const best = network.p.indexOf(Math.max(...network.p));
    host.say(`Learned network: ${data.names[best]} ${episodeShort(network.p[best])}.`);
  });
  lay();
  refresh();
}

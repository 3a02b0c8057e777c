/* The winner's curse: sliders above, two distributions below them, and in words how often the best is only luck. */

export function mount(root, data, host) {
  let setting = { ...data.given };
  let chances = winChances(setting);
  // A score looked at in the plot takes the place of the slider's lead: { hits, locked }.
  let looked = null;
  const said = {};
  const plot = winPlot(host);
  const controls = winControls(host, data, change);
  const parts = ["question", "verdict", "sentence", "facts"].map((name) => {
    said[name] = host.html("div", { class: `${name === "verdict" ? "reid-verdict " : ""}reid-win-${name}` });
    return said[name];
  });
  const result = host.html("div", { class: "reid-result" }, parts);
  const square = (kind) => host.html("span", { class: "reid-win-key", "data-kind": kind, "aria-hidden": "true" });
  const key = (kind, text) => [square(kind), text];
  const keys = ["best", "beyond"].map((kind) => host.html("span", {}));
  const legend = host.html("p", { class: "reid-legend" }, host.html("span", {}, key("one", "one method")), keys);
  const hint = host.html(
    "p",
    { id: host.id("hint"), class: "reid-hint" },
    host.html("b", {}, "Move a slider, or point at a score. "),
    "Click locks it, ← → move it, Escape goes back to the slider.",
  );
  const alike = host.html(
    "p",
    { class: "reid-hint" },
    "Methods tested on the same people stumble over the same people: their scores are alike, ",
    "and luck is then smaller. ",
    "“People on whom all methods agree” is one exact way to say how alike; ",
    "it is also the correlation of two methods’ hits.",
  );
  root.append(controls.element, controls.buttons, plot.element, legend, result, hint, alike);

  const best = () => (setting.m === 1 ? "the only one" : `the best of ${setting.m}`);

  function show() {
    const hits = looked ? looked.hits : winHits(setting);
    const summary = winSummary(setting, chances, hits);
    controls.show(setting);
    plot.show({ setting, chances, hits, summary, locked: Boolean(looked?.locked) });
    words(hits, summary);
    const over = looked ? hits / setting.n - setting.p : setting.lead / 100;
    keys[0].replaceChildren(...key("best", best()));
    keys[1].replaceChildren(...key("beyond", `… ${away(over)} or more`));
  }

  /* A distance from the truth. */
  function away(share) {
    const number = winPoints(Math.abs(share));
    const unit = `${number} ${number === "1" ? "point" : "points"}`;
    return number === "0" ? "at the truth" : `${unit} ${share > 0 ? "above" : "below"} the truth`;
  }

  function words(hits, { alone, reached, above, mean, optimism }) {
    const { n, p, m } = setting;
    const people = n === 1 ? "1 person" : `${n} people`;
    const text = (name, ...parts) => said[name].replaceChildren(...parts);
    const question = m === 1 ? "How often does one method look too good?" : `How often is ${best()} only luck?`;
    text("question", looked?.locked ? `${question} · score locked` : question);
    const often = `In ${winPercent(reached)} of comparisons: ${winPoints(hits / n)} % or more`;
    text("verdict", hits > n ? "Never: there is no such score" : often);
    const who = m === 1 ? "The only method is" : `All ${m} methods are`;
    const good = `${who} truly right for ${winPoints(p)} % of people. `;
    const score = `${winPoints(hits / n)} % or more (${hits} of ${people}), ${away(hits / n - p)}`;
    const others = m === 1 ? "." : `; one method alone in ${winPercent(alone)}.`;
    const then = hits > n ? "That far above the truth lies no score." : `Still ${best()} scores ${score}${others}`;
    text("sentence", good, then);
    const fact = (name, value) => host.html("div", {}, host.html("dt", {}, name), host.html("dd", {}, value));
    const flattery = `${optimism > 0.00005 ? "+" : ""}${winPoints(Math.abs(optimism) < 5e-5 ? 0 : optimism)} points`;
    const rows = [
      fact(`${best()}, on average`, `${winPoints(mean)} %`),
      fact("expected optimism", flattery),
      fact("better than the truth at all", winPercent(above)),
    ];
    text("facts", host.html("dl", { class: "reid-facts" }, rows));
  }

  function change(values, final) {
    const next = { ...setting, ...values };
    const moved = ["n", "p", "m", "alike"].some((name) => next[name] !== setting[name]);
    if (Object.keys(values).length) looked = null;
    setting = next;
    if (moved) chances = winChances(setting);
    show();
    if (final) host.say(`${said.verdict.textContent}. ${said.sentence.textContent}`);
  }

  function look(hits, locked) {
    looked = hits === null ? null : { hits: Math.min(setting.n, Math.max(0, hits)), locked };
    show();
  }

  host.on(plot.element, "pointermove", (event) => {
    const hits = plot.at(event);
    if (!looked?.locked && event.pointerType !== "touch" && hits !== looked?.hits) look(hits, false);
  });
  host.on(plot.element, "pointerleave", () => {
    if (looked && !looked.locked) look(null, false);
  });
  host.on(plot.element, "click", (event) => {
    const hits = plot.at(event);
    if (hits === null) return;
    const lock = !(looked?.locked && looked.hits === hits);
    look(hits, lock);
    host.say(lock ? "Locked. Escape frees it." : "Free.");
  });
  const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 };
  host.on(plot.element, "keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const hits = looked ? looked.hits : winHits(setting);
    const locked = Boolean(looked?.locked);
    if (event.key in step) look(hits + step[event.key], locked);
    else if (event.key === "Home" || event.key === "End") look(event.key === "Home" ? 0 : setting.n, locked);
    else if (event.key === "Enter" || event.key === " ") look(hits, !locked);
    else if (event.key === "Escape" && looked) look(null, false);
    else return;
    if (event.key === "Enter" || event.key === " ") host.say(locked ? "Free." : "Locked. Escape frees it.");
    event.preventDefault();
    event.stopPropagation();
  });

  host.onResize((width) => plot.resize(width));
  show();
}

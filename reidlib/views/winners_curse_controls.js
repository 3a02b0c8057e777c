/* The sliders of the winner's curse: browsers give them pointer and keys. */

function winControls(host, data, change) {
  const { given, most } = data;
  // A truth that is no half point keeps its tenth: a slider would round it away.
  const fine = Number.isInteger(Math.round(given.p * 1000) / 5) ? 0.5 : 0.1;
  const people = (n) => (n === 1 ? "1 person" : `${n} people`);
  const plain = (value) => `${winPoints(value / 100)} %`;
  const rows = [
    ["n", "people in the test", 1, 1, most.n, 1, people],
    ["p", "truth: right for", 100, 0, 100, fine, plain],
    ["m", "methods tried", 1, 1, most.m, 1, String],
    ["alike", "people on whom all methods agree", 100, 0, Math.round(100 * most.alike), 1, plain],
    ["lead", "points above the truth", 1, 0, most.lead, 0.5, (x) => winPoints(x / 100)],
  ].map(([key, name, scale, min, max, step, words]) => {
    const input = host.html("input", { type: "range", id: host.id(key), min, max, step, "data-key": key });
    const output = host.html("output", { for: host.id(key) });
    const label = host.html("label", { for: host.id(key) }, name);
    host.on(input, "input", () => change({ [key]: Number(input.value) / scale }, false));
    host.on(input, "change", () => change({}, true));
    const row = host.html("div", { class: "reid-range reid-win-range" }, label, input, output);
    return { key, scale, words, input, output, row };
  });
  const button = (name, values) => {
    const element = host.html("button", { type: "button", class: "reid-button" }, name);
    host.on(element, "click", () => change(values, true));
    return element;
  };
  const buttons = host.html(
    "div",
    { class: "reid-buttons reid-win-buttons" },
    button("As given", given),
    button("RAN, Table 4 (40 people, 6 settings)", data.ran),
  );
  const element = host.html(
    "div",
    { role: "group", "aria-label": "The comparison" },
    rows.map(({ row }) => row),
  );
  return {
    element,
    buttons,
    show(setting) {
      for (const { key, scale, words, input, output } of rows) {
        const value = Math.round(setting[key] * scale * 10) / 10;
        if (Number(input.value) !== value) input.value = value;
        output.textContent = words(value);
        input.setAttribute("aria-valuetext", words(value));
      }
    },
  };
}

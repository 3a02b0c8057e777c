/* The switches of PullPush and the table of its terms. */

function pairRadios(host, legend, options, chosen, change) {
  const name = host.id(legend.replace(/\W/g, ""));
  const inputs = Object.entries(options).map(([value, text]) => {
    const input = host.html("input", { type: "radio", name, value, checked: value === chosen });
    host.on(input, "change", () => input.checked && change(value));
    return host.html("label", {}, input, text);
  });
  return host.html("fieldset", { class: "reid-choices" }, host.html("legend", {}, legend), inputs);
}

function pairSlider(host, text, { min, max, step, value }, change) {
  const input = host.html("input", { type: "range", id: host.id(text.replace(/\W/g, "")), min, max, step, value });
  input.value = value;
  const output = host.html("output", { for: input.id });
  const show = (number) => {
    output.textContent = tickNumber(number);
    input.setAttribute("aria-valuetext", tickNumber(number));
  };
  show(value);
  host.on(input, "input", () => {
    const number = Number(input.value);
    show(number);
    change(number);
  });
  const label = host.html("label", { for: input.id }, text);
  return host.html("div", { class: "reid-range reid-pair-slider" }, label, input, output);
}

/* What happens to the pair, in one sentence. */
function pairWords({ found, same, margin }) {
  const force = pairNumber(found.strength);
  if (found.strength >= 5e-4) {
    return same ? `✓ Pulled together: force ${force} on each` : `✗ Pushed apart: force ${force} on each`;
  }
  if (same) return "✓ At rest: they have met";
  if (found.distance > margin - 5e-4) return "✗ Left alone: d has reached the margin";
  return "✗ No force: at distance 0 there is no direction to flee in";
}

function pairTerms(host) {
  const body = host.html("tbody", {});
  const table = host.html(
    "table",
    { class: "reid-table reid-pair-terms" },
    host.html("caption", {}, "The terms by number"),
    body,
  );
  return {
    element: table,
    show({ found, same, hinge }) {
      const squared = hinge === "squared";
      const d = pairNumber(found.distance);
      const slack = pairNumber(found.slack);
      const vector = (sign) => `(${found.gradient.map((part) => pairNumber(sign * part)).join(", ")})`;
      const push = squared ? `½ max(0, m − d)² = ½ · ${slack}²` : "max(0, m − d)";
      const rows = [
        ["distance d", "‖f₁ − f₂‖", d],
        ["to the margin", "max(0, m − d)", slack],
        ["✓ loss, one person", squared ? `½ d² = ½ · ${d}²` : "d", pairNumber(found.terms.one), same],
        ["✗ loss, two people", push, pairNumber(found.terms.two), !same],
        ["force on f₁", `−∂L/∂f₁ = ${vector(-1)}`, pairNumber(found.strength)],
        ["force on f₂", `−∂L/∂f₂ = ${vector(1)}`, pairNumber(found.strength)],
      ];
      body.replaceChildren(
        ...rows.map(([name, formula, value, active]) => {
          const state = active === undefined ? null : active ? "on" : "off";
          const cells = [formula, active ? `L = ${value}` : value].map((text) => host.html("td", {}, text));
          return host.html("tr", { "data-term": state }, host.html("th", { scope: "row" }, name), cells);
        }),
      );
    },
  };
}

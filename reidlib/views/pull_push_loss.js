/* The hinge losses of one pair in the plane, and what autograd gives for them: reidlib/ran/losses.py by number. */

/* `distance` carries ε inside its root as in Python, `length` does not. The gradient is that of f₁; f₂ has minus it. */
function pairLoss([first, second], { same, margin, hinge, epsilon }) {
  const away = [first[0] - second[0], first[1] - second[1]];
  const square = away[0] * away[0] + away[1] * away[1];
  const distance = Math.sqrt(square + epsilon * epsilon);
  const slack = margin - distance;
  const hinged = Math.max(0, slack);
  const squared = hinge === "squared";
  const terms = squared ? { one: square / 2, two: (hinged * hinged) / 2 } : { one: distance, two: hinged };
  // The gradient lies along f₁ − f₂, times this. Exactly at the margin nothing pushes any more.
  const times = squared
    ? { one: 1, two: -hinged / distance }
    : { one: 1 / distance, two: slack > 0 ? -1 / distance : 0 };
  const kind = same ? "one" : "two";
  const gradient = away.map((part) => part * times[kind] + 0);
  return {
    distance,
    length: Math.sqrt(square),
    slack: hinged,
    terms,
    loss: terms[kind],
    gradient,
    strength: Math.hypot(...gradient),
  };
}

/* Both points after a step against the gradient, times the learning rate. */
function pairStep([first, second], { gradient }, rate) {
  return [first.map((part, i) => part - rate * gradient[i]), second.map((part, i) => part + rate * gradient[i])];
}

/* Four digits at most, as many as can be read while they change. */
function pairNumber(value) {
  return numberText(value, 3);
}

/* The largest of 1, 2, 5 times a power of ten that is at most `value`. */
function roundBelow(value) {
  const power = 10 ** Math.floor(Math.log10(value) + 1e-9);
  return power * [5, 2, 1].find((each) => each * power <= value * (1 + 1e-9));
}

/* A multiple of such a number, without the digits that arithmetic adds. */
function tickNumber(value) {
  return Number(value.toPrecision(6)).toString().replace("-", "−");
}

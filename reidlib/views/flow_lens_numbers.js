/* What the window concluded, in words and numbers: the verdict, the 2×2 system, and the motions beside each other. */

const LENS_VERDICTS = [
  { mark: "○", name: "Flat", means: "no direction of motion is known" },
  { mark: "◐", name: "Edge (aperture)", means: "only motion across it is known" },
  { mark: "●", name: "Corner", means: "both directions of motion are known" },
];
const LENS_MOTIONS = {
  found: "■ v, this window",
  plain: "G⁻¹ r, unguarded",
  library: "▼ library’s flow",
  exact: "▲ exact flow",
};

const lensSaid = ([x, y]) => `${lensNumber(x)} right, ${lensNumber(y)} down`;

function lensResult(host, names, threshold) {
  const verdict = host.html("p", { class: "reid-verdict reid-lens-verdict" });
  const reason = host.html("p", { class: "reid-lens-reason" });
  const cell = () => host.html("span", {});
  const matrix = (columns, cells) => host.html("span", { class: "reid-lens-matrix", "data-columns": columns }, cells);
  const [tensor, motion, right] = [[4, 2], [2, 1], [2, 1]].map(([count, columns]) => {
    const cells = Array.from({ length: count }, cell);
    return { cells, element: matrix(columns, cells) };
  });
  const sign = (text) => host.html("span", {}, text);
  const answer = host.html("span", { class: "reid-lens-answer" }, sign("⇒ v ="), motion.element);
  const parts = [tensor.element, sign("v"), sign("="), right.element, answer];
  const system = host.html("p", { class: "reid-lens-system", role: "img" }, parts);
  const legend = host.html(
    "p",
    { class: "reid-lens-scale" },
    "G = Σ w ∇I ∇Iᵀ, r = Σ w ∇I (Iₜ₋₁ − Iₜ): sums over the window, weights w fall off from its centre",
  );
  const rows = ["found", "plain", ...names.filter((name) => name !== "found")].map((name) => {
    const cells = Array.from({ length: names.includes("exact") ? 3 : 2 }, () => host.html("td", {}));
    const key = host.html("span", { class: "reid-lens-key", "data-motion": name, "aria-hidden": "true" });
    const head = host.html("th", { scope: "row" }, key, LENS_MOTIONS[name]);
    return { name, cells, element: host.html("tr", {}, head, cells) };
  });
  const titles = ["motion (pixels per frame)", "right", "down", ...(names.includes("exact") ? ["off by"] : [])];
  const head = host.html("tr", {}, titles.map((title) => host.html("th", { scope: "col" }, title)));
  const body = host.html("tbody", {}, rows.map((row) => row.element));
  const table = host.html("table", { class: "reid-table reid-numbers" }, host.html("thead", {}, head), body);
  const element = host.html("div", { class: "reid-result" }, verdict, reason, system, legend, table);

  return {
    element,
    show(solved, motions) {
      const { mark, name, means } = LENS_VERDICTS[solved.known];
      const [long, short] = solved.eigenvalues.map(lensNumber);
      verdict.textContent = `${mark} ${name}: ${means}`;
      reason.textContent = `λ₁ = ${long}, λ₂ = ${short}; a direction is known from λ = ${lensNumber(threshold)} on`;
      const [a, b, c] = solved.tensor.map(lensNumber);
      [a, b, b, c].forEach((value, i) => (tensor.cells[i].textContent = value));
      solved.right.map(lensNumber).forEach((value, i) => (right.cells[i].textContent = value));
      solved.flow.map(lensNumber).forEach((value, i) => (motion.cells[i].textContent = value));
      const sums = solved.right.map(lensNumber).join(", ");
      system.setAttribute("aria-label", `G is ${a}, ${b}; ${b}, ${c}. r is ${sums}. v is ${lensSaid(solved.flow)}`);
      for (const { name: row, cells } of rows) {
        const [x, y] = motions[row];
        const off = motions.exact && Math.hypot(x - motions.exact[0], y - motions.exact[1]);
        [x, y, off].slice(0, cells.length).forEach((value, i) => (cells[i].textContent = lensNumber(value)));
      }
    },
  };
}

/* The same for a screen reader, in one breath. */
function lensSpoken(solved, motions) {
  const { name, means } = LENS_VERDICTS[solved.known];
  const exact = motions.exact ? ` Exact: ${lensSaid(motions.exact)}.` : "";
  return `Row ${solved.row}, column ${solved.column}. ${name}: ${means}. Motion ${lensSaid(solved.flow)}.${exact}`;
}

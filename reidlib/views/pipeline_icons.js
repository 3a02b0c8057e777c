/* Small drawings for the boxes of the pipeline map, each in 44 × 28 units: [class, path] pairs.
   Classes: line = stroke only, soft = pale fill, full = filled with the box's colour. */

const bar = (x, height) => `M${x} ${26 - height}h4v${height}h-4z`;
const box = (x, y, width, height) => `M${x} ${y}h${width}v${height}h${-width}z`;
const dot = (x, y, r) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
const arrow = (x, y, length) => `M${x} ${y}h${length}m-2.5 -2.5l2.5 2.5l-2.5 2.5`;

const PIPELINE_ICONS = {
  frames: [
    ["soft", box(20, 1, 16, 22)],
    ["soft", box(15, 3, 16, 22)],
    ["soft", box(10, 5, 16, 22)],
    ["full", dot(18, 11, 2.6)],
    ["full", "M14 24v-4.5a4 4 0 0 1 8 0v4.5z"],
  ],
  flow: [
    ["line", arrow(5, 6, 8) + arrow(18, 6, 12) + arrow(34, 6, 6)],
    ["line", arrow(5, 14, 5) + arrow(18, 14, 16) + arrow(37, 14, 4)],
    ["line", arrow(5, 22, 7) + arrow(18, 22, 10) + arrow(34, 22, 6)],
  ],
  input: [0, 1, 2, 3, 4].map((i) => [i < 3 ? "soft" : "full", `M${6 + 4 * i} ${17 - 3 * i}h14l4 8h-14z`]),
  cnn: [
    ["soft", box(4, 2, 8, 24)],
    ["soft", box(16, 6, 7, 16)],
    ["soft", box(27, 9, 6, 10)],
    ["full", box(37, 11, 3, 6)],
  ],
  attention: [["full", [8, 16, 22, 6, 3, 18, 12].map((height, i) => bar(2.5 + 6 * i, height)).join("")]],
  refinement: [
    ["full", [4, 18, 24, 3, 2].map((height, i) => bar(1 + 6 * i, height)).join("")],
    ["line", "M41.5 9a6 6 0 1 1 -3 -4.2m.4 -3.4l-.2 3.8l-3.8 -.2"],
  ],
  feature: [
    ["soft", [0, 2, 5].map((i) => box(4 + 6 * i, 10, 6, 8)).join("")],
    ["full", [1, 3, 4].map((i) => box(4 + 6 * i, 10, 6, 8)).join("")],
  ],
  losses: [
    ["full", dot(6, 9, 3.2) + dot(26, 9, 3.2)],
    ["line", arrow(10.5, 9, 4) + "M22 9h-4m2.5 -2.5l-2.5 2.5l2.5 2.5"],
    ["soft", dot(36, 21, 3.2)],
    ["line", "M28.5 12.5l4 4m-3.5 0h3.5v-3.5"],
  ],
  ranking: [
    ["soft", box(6, 2, 32, 6) + box(6, 20, 20, 6)],
    ["full", box(6, 11, 26, 6)],
    ["line", "M35.500 14l2.500 2.500l4.500 -5.500"],
  ],
  episode: [
    ["full", "M7 14l4.500 -5.500l4.500 5.500l-4.500 5.500z"],
    ["soft", [0, 1, 2].flatMap((i) => [box(21 + 7 * i, 4, 5.5, 9), box(21 + 7 * i, 15, 5.5, 9)]).join("")],
  ],
  backbone: [
    ["soft", box(4, 3, 13, 22)],
    ["line", arrow(19, 14, 10)],
    ["full", [0, 1, 2, 3].map((i) => box(33, 4 + 5 * i, 6, 4)).join("")],
  ],
  gallery: [
    ["line", "M10 6L34 6L34 22L10 22zL34 22M34 6L10 22"],
    ["full", dot(10, 6, 3.4) + dot(34, 6, 3.4) + dot(34, 22, 3.4) + dot(10, 22, 3.4)],
  ],
  probe: [
    ["full", "M4 14l5 -6l5 6l-5 6z"],
    ["line", arrow(17, 14, 9) + "M30 6l-12 5M30 22l-12 -5"],
    ["soft", dot(34, 5, 3.4) + dot(34, 14, 3.4) + dot(34, 23, 3.4)],
  ],
  matching: [
    ["soft", bar(6, 8) + bar(14, 13) + bar(30, 5)],
    ["full", bar(22, 24)],
    ["line", "M34 8l2.500 2.500l4.500 -5.500"],
  ],
};

function pipelineIcon(host, key) {
  const paths = PIPELINE_ICONS[key] ?? [];
  return host.svg(
    "g",
    { "aria-hidden": "true" },
    paths.map(([kind, path]) => host.svg("path", { class: `reid-icon-${kind}`, d: path })),
  );
}

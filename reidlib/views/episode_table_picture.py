"""The episode table without a hand on it: the first table's cards, the weights below them, and the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from reidlib.views.episode_cards import draw_cards, draw_weights
from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.note import noted
from reidlib.views.palette import THEMES, series

_THEME = THEMES["light"]
_LEFT = 1.4  # inches for the names of the rows


def episode_table_picture(probe: np.ndarray, gallery: np.ndarray, labels: np.ndarray,
                          weights: Mapping[str, np.ndarray], answers: Mapping[str, np.ndarray], names: Sequence[str],
                          probe_label: int | None = None, *, note: str = "") -> DescribedFigure:
    """Cards on top, under each its weight in every row of `weights`; below, the probability of every person.

    Parameters
    ----------
    probe, gallery : (H, W, 3) and (n, H, W, 3) uint8. labels : (n,), the person of each card.
    weights : {name: (n,)}. answers : {name: (classes,)}, at most three. names : of the people, (classes,).
    """
    table = np.stack(list(weights.values()))
    n, classes, aspect = len(gallery), len(names), gallery.shape[1] / gallery.shape[2]
    width = min(9.6, max(5.5, _LEFT + 0.78 * (n + 1)))
    cell = (width - _LEFT) / (n + 1.25)
    heights = [aspect * cell + 0.3, 0.3 * len(table) + 0.1, 1.7]
    picture = figure(alt=lambda: _sentence(weights, answers, labels, names, probe_label), rows=3, width=width,
                     height=sum(heights) + 0.8, grid=False, height_ratios=heights)
    top, reads, bars = picture.axes
    kinds = [None if probe_label is None else "match" if y == probe_label else "nonmatch" for y in labels]
    draw_cards(top, probe, gallery, kinds, [str(i + 1) if n <= 16 else "" for i in range(n)])
    draw_weights(reads, table, list(weights))
    for axes in (top, reads):
        axes.set(xlim=(-1.75, n - 0.5))
    wide = n <= 12  # room for names side by side
    reads.set_xticks(np.arange(n), [_cut(names[y], 12) for y in labels], fontsize=7.5, parse_math=False,
                     rotation=0 if wide else 90)
    step = 0.8 / len(answers)
    for k, (name, each) in enumerate(answers.items()):
        bars.bar(np.arange(classes) + (k - (len(answers) - 1) / 2) * step, each, width=0.92 * step, label=name,
                 color=series(k)["color"], hatch=("", "//", "..")[k], edgecolor=_THEME.background)
    marked = [f"✓ {name}" if y == probe_label else name for y, name in enumerate(names)]
    bars.set(ylim=(0, 1), xlim=(-0.5, classes - 0.5), ylabel="P of the person", yticks=(0, 0.5, 1))
    few = classes <= 10
    bars.set_xticks(np.arange(classes), [_cut(name, 14 if few else 12) for name in marked],
                    rotation=0 if classes <= 7 else 30 if few else 90, fontsize=9 if few else 7.5, parse_math=False)
    bars.legend(fontsize=9, frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=len(answers))
    return noted(picture, note) if note.strip() else picture


def _cut(name: str, length: int = 14) -> str:
    return name if len(name) <= length else f"{name[: length - 1]}…"


def _sentence(weights: Mapping[str, np.ndarray], answers: Mapping[str, np.ndarray], labels: np.ndarray,
              names: Sequence[str], probe_label: int | None) -> str:
    people = len(set(labels.tolist()))
    start = f"A probe before {len(labels)} gallery cards of {people} {'person' if people == 1 else 'people'}."
    if probe_label is None:
        said = "; ".join(f"{how} {names[int(p.argmax())]} with {p.max():.2f}" for how, p in answers.items())
        return f"{start} Most probable: {said}."
    parts = []
    for how, p in answers.items():
        best = int(p.argmax())
        first = "first" if best == probe_label else f"behind {names[best]} with {p[best]:.2f}"
        parts.append(f"{how} {p[probe_label]:.2f}, {first}")
    own = labels == probe_label
    reads = [f"{how} puts {row[own].sum():.2f} on the right cards" for how, row in weights.items() if "read" in how]
    end = f" {'; '.join(reads).capitalize()}." if reads else ""
    return f"{start} Probability of the right person, {names[probe_label]}: {'; '.join(parts)}.{end}"

"""One probe before its gallery: how it reads it, read after read, and what it answers before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from reidlib.errors import ReidError
from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.palette import THEMES, colour, role, series

_THEME = THEMES["light"]


def probe_reads(probe: ArrayLike, gallery: ArrayLike, attention: ArrayLike, answers: Mapping[str, ArrayLike],
                matches: ArrayLike) -> DescribedFigure:
    """Gallery pictures on top, under each the weight of every read, and its probability by each answer.

    Parameters
    ----------
    probe, gallery : (H, W, 3) and (n, H, W, 3) uint8.
    attention : (M, n), rows sum to 1 (or to 0).
    answers : {name: (n,)}, probability of each item; at most three.
    matches : (n,) bool, who is the probe's person.

    Items stand in the order of the last answer, the most probable first.
    """
    gallery, attention = np.asarray(gallery), np.asarray(attention, float)
    matches = np.asarray(matches)
    chances = {name: np.asarray(each, float) for name, each in answers.items()}
    n = len(gallery)
    shapes = {attention.shape[1:], matches.shape, *(each.shape for each in chances.values())}
    if shapes != {(n,)} or attention.ndim != 2 or matches.dtype != bool or not 1 <= len(chances) <= 3:
        raise ReidError(f"Found {n} gallery pictures, attention {attention.shape}, {len(chances)} answers, matches "
                        f"{matches.dtype} {matches.shape}", "(M, n), one to three answers (n,), bool (n,)",
                        "pass attention of one probe: torch.stack(matched.attention)[:, 0, 0]")
    order = np.argsort(-list(chances.values())[-1], kind="stable")
    gallery, attention, matches = gallery[order], attention[:, order], matches[order]
    chances = {name: each[order] for name, each in chances.items()}
    M, aspect = len(attention), gallery.shape[1] / gallery.shape[2]
    width = min(9.6, 1.3 + 0.72 * n)
    cell = (width - 1.3) / (n + 1)
    heights = [aspect * cell + 0.3, 0.3 * M + 0.1, 1.5]
    picture = figure(alt=lambda: _sentence(attention, chances, matches), rows=3, width=width,
                     height=sum(heights) + 0.6, grid=False, share_x=True, height_ratios=heights)
    top, reads, bars = picture.axes
    draw_cards(top, probe, gallery, ["match" if each else "nonmatch" for each in matches])
    draw_weights(reads, attention, [f"read {m + 1}" for m in range(M)])
    step = 0.8 / len(chances)
    for k, (name, each) in enumerate(chances.items()):
        bars.bar(np.arange(n) + (k - (len(chances) - 1) / 2) * step, each, width=0.92 * step, label=name,
                 color=series(k)["color"], hatch=("", "//", "..")[k], edgecolor=_THEME.background)
    bars.set(ylim=(0, 1), xlim=(-1.75, n - 0.5), ylabel="P of the item", yticks=(0, 0.5, 1), xticks=[])
    bars.legend(fontsize=9, frameon=False, loc="upper right", ncols=len(chances))
    return picture


def draw_cards(axes: Axes, probe: np.ndarray, gallery: np.ndarray, kinds: Sequence[str | None],
               names: Sequence[str] | None = None) -> None:
    """The probe at −1.25, gallery item i at i; `kinds` are "match", "nonmatch" or None; `names` stand above."""
    aspect = gallery.shape[1] / gallery.shape[2]
    for place, image in enumerate([probe, *gallery], -1):
        kind = "probe" if place < 0 else kinds[place]
        ink, glyph = (role(kind).light, role(kind).glyph) if kind else (_THEME.line, "")
        x = place - (0.25 if place < 0 else 0)
        axes.imshow(image, extent=(x - 0.42, x + 0.42, 0.84 * aspect, 0), interpolation="nearest")
        axes.add_patch(Rectangle((x - 0.42, 0), 0.84, 0.84 * aspect, fill=False, edgecolor=ink, linewidth=2,
                                 linestyle="--" if kind == "nonmatch" else "-"))
        name = names[place] if names and place >= 0 else ""
        axes.text(x, -0.08, f"{glyph} {name}".strip(), ha="center", va="bottom", fontsize=10,
                  color=ink if kind else _THEME.text, parse_math=False)
    axes.set(ylim=(0.84 * aspect + 0.04, -0.4), aspect="auto")
    axes.axis("off")


def draw_weights(axes: Axes, weights: np.ndarray, names: Sequence[str]) -> None:
    """One row of cells for each row of `weights` (M, n), the darker the larger, with its name at the left."""
    M, n = weights.shape
    largest = max(float(weights.max()), 1e-9)
    for m in range(M):
        for i in range(n):
            weight = weights[m, i]
            axes.add_patch(Rectangle((i - 0.45, m + 0.05), 0.9, 0.9, facecolor=colour("attention"),
                                     alpha=0.85 * weight / largest, edgecolor="none"))
            axes.text(i, m + 0.5, f"{weight:.2f}".removeprefix("0"), ha="center", va="center",
                      fontsize=8.5 if n <= 16 else 5.5 if n <= 32 else 4, color=_THEME.text)
    axes.set_yticks(np.arange(M) + 0.5, names)
    axes.set(ylim=(M, 0))
    axes.tick_params(bottom=False, left=False)
    axes.spines[:].set_visible(False)


def _sentence(attention: np.ndarray, chances: dict[str, np.ndarray], matches: np.ndarray) -> str:
    reads = "; ".join(f"read {m + 1} puts {row[matches].sum():.2f} on the right person and at most {row.max():.2f} on "
                      "one item" for m, row in enumerate(attention))
    said = "; ".join(f"{name} {each[matches].sum():.2f}, {'first' if matches[each.argmax()] else 'not first'}"
                     for name, each in chances.items())
    return f"A probe before {len(matches)} gallery items. {reads}. Probability of the right person: {said}."

"""Parts of a drawn episode: the probe beside the cards of its gallery, and rows of weights below them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from reidlib.views.palette import THEMES, colour, role

_THEME = THEMES["light"]


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

"""Distances of pairs under several systems on one logarithmic axis, with the margins among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from reidlib.errors import ReidError
from reidlib.views.arrays import as_array
from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.palette import THEMES, style

_THEME = THEMES["light"]
_SHARES = (0.05, 0.5, 0.95)
_KINDS = {"match": "one person", "nonmatch": "two people"}


def distance_spans(distances: Mapping[str, tuple[ArrayLike, ArrayLike]],
                   margins: Sequence[float] = (1.0, 2.0)) -> DescribedFigure:
    """One row a system: 5 %, median and 95 % of the distances of one person's pairs, and of two people's.

    `distances` maps a system to (of one person, of two people), each (n,) above 0. Pairs of two people left of a margin
    are pushed apart, those right of it feel nothing.
    """
    spans = {name: [_span(name, each) for each in kinds] for name, kinds in distances.items()}
    if not spans or not margins:
        raise ReidError(f"Found {len(spans)} systems and {len(margins)} margins", "at least one of each",
                        'pass {"corrected": (of_one_person, of_two_people)}')
    picture = figure(alt=lambda: _sentence(distances, spans, margins), height=1.2 + 0.34 * len(spans))
    axes: Axes = picture.axes
    for row, kinds in enumerate(spans.values()):
        for kind, span, shift in zip(_KINDS, kinds, (-0.16, 0.16), strict=True):
            axes.plot(span, [row + shift] * 3, linewidth=1.2, markersize=6, label="" if row else _KINDS[kind],
                      **style(kind))
    for margin in margins:
        axes.axvline(margin, color=_THEME.text, linewidth=1, linestyle=":")
        axes.annotate(f"m = {margin:g}", (margin, 1), xycoords=("data", "axes fraction"), xytext=(0, 3),
                      textcoords="offset points", ha="center", fontsize=8.5, color=_THEME.text)
    axes.set(xscale="log", xlabel="distance of a pair: 5 %, median, 95 %", yticks=range(len(spans)),
             ylim=(len(spans) - 0.5, -0.5))
    axes.set_yticklabels(spans)
    axes.legend(fontsize=9, loc="upper left", bbox_to_anchor=(1.01, 1.0), frameon=False)
    return picture


def _span(name: str, values: ArrayLike) -> np.ndarray:
    values = as_array(name, values).astype(float)
    if values.ndim != 1 or not len(values) or not (values > 0).all():
        raise ReidError(f"'{name}' has distances of shape {values.shape}, or some that are not above 0",
                        "(n,) distances above 0", "leave out pairs of a tracklet with itself")
    return np.quantile(values, _SHARES)


def _sentence(distances: Mapping, spans: Mapping[str, list], margins: Sequence[float]) -> str:
    rows = []
    for name, (one, two) in spans.items():
        apart = as_array(name, distances[name][1]).astype(float)
        pushed = ", ".join(f"{(apart < m).mean():.0%} below {m:g}" for m in margins)
        rows.append(f"{name}: one person {one[1]:.3g}, two people {two[1]:.3g}, {pushed}")
    return f"Median distances of pairs, and the share of pairs of two people below each margin. {'; '.join(rows)}."

"""A frame's feature against the visibility of the person: how far it is from the clean ones, and how long it is."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from reidlib.evaluation.vectors import finite_vector
from reidlib.views.arrays import as_array
from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.palette import THEMES, colour

_MOST_DOTS = 4000  # more only blacken the panel


def visibility_effect(visibility: ArrayLike, values: dict[str, ArrayLike], bins: int = 8,
                      seed: int = 0) -> DescribedFigure:
    """A panel for each quantity (F,) against visibility (F,): frames as dots, and the mean of each bin of visibility.

    `seed` picks the dots that are drawn where there are very many; the means use all.
    """
    visibility = finite_vector("visibility", as_array("visibility", visibility))
    columns = {name: finite_vector(name, as_array(name, each)) for name, each in values.items()}
    place = np.minimum((visibility * bins).astype(int), bins - 1)
    used = np.unique(place)
    means = {name: np.array([each[place == k].mean() for k in used]) for name, each in columns.items()}
    parts = [f"{name} {mean[0]:.2f} in the least visible bin, {mean[-1]:.2f} in the most visible"
             for name, mean in means.items()]
    picture = figure(alt=f"{len(visibility)} frames by the visibility of the person. Means: {'; '.join(parts)}.",
                     columns=len(columns), width=9, height=3.2)
    shown = np.arange(len(visibility))
    if len(shown) > _MOST_DOTS:
        shown = np.sort(np.random.default_rng(seed).choice(shown, _MOST_DOTS, replace=False))
    for axes, (name, each) in zip(np.atleast_1d(picture.axes), columns.items(), strict=True):
        _draw(axes, visibility[shown], each[shown], (used + 0.5) / bins, means[name])
        axes.set(xlabel="visibility of the person", ylabel=name, xlim=(-0.02, 1.02))
    return picture


def _draw(axes: Axes, visibility: np.ndarray, values: np.ndarray, centres: np.ndarray, means: np.ndarray) -> None:
    axes.scatter(visibility, values, s=7, color=colour("visibility"), alpha=0.3, linewidths=0, rasterized=True,
                 label="one frame")
    axes.plot(centres, means, color=THEMES["light"].text, marker="o", linewidth=2, markeredgecolor="white",
              label="mean of a bin")
    axes.set_ylim(bottom=0)
    axes.legend(fontsize=9, loc="lower left")

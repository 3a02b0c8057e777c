"""One person walks in front of another: the frames, and to whom the feature is nearer."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from reidlib.errors import ReidError
from reidlib.evaluation.vectors import finite_vector
from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.palette import series


def two_people(frames: np.ndarray, shifts: ArrayLike, to_first: ArrayLike, to_second: ArrayLike) -> DescribedFigure:
    """Above K frames (K, H, W, 3), below the distance of their features to either person, (K,) each.

    `shifts` (K,), in pixels: how far to the side the second person still is.
    """
    shifts = finite_vector("shifts", shifts)
    lines = {"to the one behind": finite_vector("to_first", to_first),
             "to the one in front": finite_vector("to_second", to_second)}
    K, counts = len(frames), [len(each) for each in lines.values()]
    if not K or {K, len(shifts), *counts} != {K}:
        raise ReidError(f"Found {K} frames, {len(shifts)} shifts and {counts} distances", "as many of each",
                        "compute them in one loop")
    nearer = lines["to the one in front"] < lines["to the one behind"]
    turn = f"nearer to the one in front from {shifts[nearer].max():.0f} pixels on" if nearer.any() else \
        "nearer to the one behind throughout"
    ends = [f"{name} goes from {each[0]:.2f} to {each[-1]:.2f}" for name, each in lines.items()]
    picture = figure(alt=f"A second person walks in front of the first in {K} steps. The distance {ends[0]}, "
                     f"{ends[1]}; the feature is {turn}.", rows=2, width=9, height=4.0, grid=False,
                     height_ratios=[1, 1.6])
    strip, axes = picture.axes
    strip.imshow(np.concatenate(list(frames), axis=1), interpolation="nearest", aspect="equal")
    strip.axis("off")
    for k, (name, each) in enumerate(lines.items()):
        axes.plot(np.arange(K), each, **series(k), label=name)
    axes.set_xticks(np.arange(K), [f"{shift:.0f}" for shift in shifts])
    axes.set(xlabel="pixels that the second person is to the side", ylabel="distance", ylim=(0, None),
             xlim=(-0.5, K - 0.5))
    axes.legend(fontsize=9)
    return picture

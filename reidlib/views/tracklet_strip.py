"""Tracklets side by side as strips of frames, each frame with a bar that says how much of the person is visible."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from reidlib.errors import ReidError
from reidlib.views.arrays import as_array, as_pictures
from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.palette import THEMES, role

_THEME = THEMES["light"]
_GAP, _BAR = 0.06, 0.22  # in widths of a frame


def tracklet_strip(
    frames: Sequence[ArrayLike],
    *,
    names: Sequence[str],
    visibility: Sequence[ArrayLike | None] | None = None,
    count: int = 10,
    width: float = 9.0,
) -> DescribedFigure:
    """One row a tracklet: `count` frames spread over it, ends included, numbered by their place in the tracklet.

    Parameters
    ----------
    frames : one (T, H, W, 3) uint8 array a row; all of one height and width.
    names : what stands above each row.
    visibility : for each row (T,) in [0, 1], or None; a grey bar below each frame, full width = wholly visible.
    count : frames a row; a shorter tracklet shows all it has.
    width : inches.
    """
    arrays = [_checked(f, n) for f, n in zip(frames, names, strict=True)]
    given = [None] * len(arrays) if visibility is None else visibility
    truths = [None if each is None else as_array("visibility", each) for each in given]
    if not arrays or len(truths) != len(arrays) or count < 1:
        raise ReidError(
            f"{len(arrays)} tracklets, {len(truths)} visibility rows and count {count}",
            "one tracklet or more, a visibility row (or None) for each, count of 1 or more",
            "pass visibility=[t.visibility for t in tracklets]",
        )
    aspect = arrays[0].shape[1] / arrays[0].shape[2]
    row = aspect + (_BAR + 0.3 if visibility is not None else 0.3) + 0.45
    unit = width / (count * (1 + _GAP))
    picture = figure(
        alt=lambda: _sentence(names, arrays, truths), width=width, height=row * len(arrays) * unit, grid=False
    )
    axes: Axes = picture.axes
    for k, (array, truth, name) in enumerate(zip(arrays, truths, names, strict=True)):
        _row(axes, k * row + 0.35, array, truth, name, aspect, count, unit)
    axes.set(xlim=(-0.02, count * (1 + _GAP)), ylim=(row * len(arrays), 0), aspect="equal")
    axes.axis("off")
    return picture


def _checked(frames: ArrayLike, name: str) -> np.ndarray:
    return as_pictures(name, frames)


def _row(axes: Axes, top: float, array: np.ndarray, truth, name: str, aspect: float, count: int, unit: float) -> None:
    shown = np.unique(np.linspace(0, len(array) - 1, min(count, len(array))).round().astype(int))
    size = max(7.0, 14 * unit)
    axes.text(0, top - 0.08, name, ha="left", va="bottom", fontsize=size + 1, color=_THEME.text, weight="bold")
    grey = role("visibility").light
    for place, t in enumerate(shown):
        left = place * (1 + _GAP)
        axes.imshow(array[t], extent=(left, left + 1, top + aspect, top), interpolation="nearest", aspect="equal")
        below = top + aspect + 0.05
        if truth is not None:
            share = float(truth[t])
            axes.add_patch(
                Rectangle((left, below), 1, _BAR, facecolor=_THEME.surface, edgecolor=_THEME.line, linewidth=0.6)
            )
            axes.add_patch(Rectangle((left, below), share, _BAR, facecolor=grey, edgecolor="none"))
            below += _BAR
        axes.text(left + 0.5, below + 0.04, f"{t}", ha="center", va="top", fontsize=size - 1, color=_THEME.muted)


def _sentence(names: Sequence[str], arrays: list[np.ndarray], truths: list) -> str:
    parts = []
    for name, array, truth in zip(names, arrays, truths, strict=True):
        part = f"{name}: {len(array)} frames"
        if truth is not None:
            hidden = np.flatnonzero(truth < 0.5)
            part += f", {len(hidden)} of them less than half visible"
            part += f", the first at frame {hidden[0]}" if len(hidden) else ""
        parts.append(part)
    return "Strips of frames with a bar for the visible share of the person. " + "; ".join(parts) + "."

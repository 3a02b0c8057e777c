"""A data set at a glance: people against cameras, lengths of tracklets, visibility of frames."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.ticker import PercentFormatter
from numpy.typing import ArrayLike

from reidlib.errors import ReidError
from reidlib.views.arrays import as_array
from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.palette import THEMES, role

_THEME = THEMES["light"]


def contact_sheet(
    tracklets: Sequence[Sequence[ArrayLike]],
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    frames: int = 6,
    width: float = 9.0,
) -> DescribedFigure:
    """People in rows, cameras in columns; `frames` frames spread over each tracklet.

    Parameters
    ----------
    tracklets : tracklets[row][column] is a (T, H, W, 3) uint8 array; all of one height and width.
    rows, columns : their names.
    width : inches.
    """
    if (
        not tracklets
        or any(len(line) != len(columns) for line in tracklets)
        or len(tracklets) != len(rows)
        or frames < 1
    ):
        raise ReidError(
            f"{len(tracklets)} rows of {[len(line) for line in tracklets]} tracklets for {len(rows)} row and "
            f"{len(columns)} column names",
            "one name for each row and column, a tracklet for each pair of them, frames of 1 or more",
            "pass one tracklet for each person and camera",
        )
    cells = [[_spread(as_array("tracklets", array), frames) for array in line] for line in tracklets]
    height_px, width_px = cells[0][0].shape[:2]
    height = width / len(columns) * height_px / width_px * len(rows) * 1.02 + 0.35
    picture = figure(
        alt=lambda: (
            f"Contact sheet of {len(rows)} people ({rows[0]} to {rows[-1]}) under {len(columns)} cameras, {frames} "
            "frames of each tracklet: the same clothes in another light and from another side."
        ),
        rows=len(rows), columns=len(columns), width=width, height=height, grid=False,
    )  # fmt: skip
    axes = np.asarray(picture.axes).reshape(len(rows), len(columns))
    for r, line in enumerate(cells):
        for c, cell in enumerate(line):
            axes[r, c].imshow(cell, interpolation="nearest")
            axes[r, c].set(xticks=[], yticks=[])
            axes[r, c].spines[:].set_visible(False)
            if r == 0:
                axes[r, c].set_title(columns[c], fontsize=11)
        axes[r, 0].set_ylabel(rows[r], fontsize=10)
    return picture


def _spread(array: np.ndarray, frames: int) -> np.ndarray:
    if array.ndim != 4 or array.shape[-1] != 3 or array.dtype != np.uint8 or not len(array):
        raise ReidError(
            f"a tracklet of {array.dtype} {array.shape}", "uint8 frames (T, H, W, 3)", "pass tracklet.frames"
        )
    # The middle of each of `frames` equal parts, so that occlusions at the ends do not dominate.
    chosen = ((2 * np.arange(frames) + 1) * len(array)) // (2 * frames)
    return np.concatenate(list(array[np.minimum(chosen, len(array) - 1)]), axis=1)


def lengths_and_visibility(lengths: ArrayLike, visibility: ArrayLike) -> DescribedFigure:
    """Two histograms: frames of each tracklet (n,), and the visible share of each frame (F,) in [0, 1]."""
    lengths, visibility = as_array("lengths", lengths), as_array("visibility", visibility).astype(float)
    if not len(lengths) or not len(visibility) or not np.all((visibility >= 0) & (visibility <= 1)):
        raise ReidError(
            f"{len(lengths)} lengths and {len(visibility)} visibilities",
            "one or more of each, visibility in [0, 1]",
            "pass store.lengths and store.column('visibility')",
        )
    hidden = float((visibility < 0.5).mean())
    picture = figure(
        alt=lambda: (
            f"Left: {len(lengths)} tracklets of {lengths.min()} to {lengths.max()} frames, mean {lengths.mean():.0f}. "
            f"Right: {(visibility > 0.95).mean():.0%} of {len(visibility):,} frames show more than 95 % of the person, "
            f"{hidden:.1%} less than half."
        ),
        columns=2,
        width=9,
        height=3,
    )
    left, right = picture.axes
    left.hist(lengths, bins=20, color=_THEME.muted)
    left.axvline(lengths.mean(), color=_THEME.text, linewidth=1.5)
    left.annotate(f"mean {lengths.mean():.0f}", (lengths.mean(), 0.94), xycoords=("data", "axes fraction"),
                  xytext=(5, 0), textcoords="offset points", fontsize=10, color=_THEME.text)  # fmt: skip
    left.set(xlabel="frames of a tracklet (T)", ylabel="tracklets")
    grey = role("visibility").light
    share = np.full(len(visibility), 1 / len(visibility))
    counts, _, bars = right.hist(visibility, bins=20, range=(0, 1), weights=share, color=grey)
    for bar in bars[:10]:
        bar.set_hatch("////")
        bar.set_edgecolor(_THEME.background)
    right.annotate(f"{hidden:.1%} of frames\nless than half visible", (0.25, counts[:10].max()), xytext=(0, 22),
                   textcoords="offset points", ha="center", fontsize=10, color=_THEME.text)  # fmt: skip
    right.set(xlabel="visibility (share of the person)", ylabel="share of all frames", xlim=(0, 1))
    right.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    return picture

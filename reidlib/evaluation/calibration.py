"""Attention against visibility, bin by bin: what does a frame show when the model gives it this much weight?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from reidlib.errors import ReidError
from reidlib.evaluation.bootstrap import resample_means
from reidlib.evaluation.ragged import Layout, flatten
from reidlib.evaluation.vectors import at_least, groups
from reidlib.evaluation.within import midranks

SCALES = ("rank", "value")


@dataclass(frozen=True, eq=False)
class Calibration:
    """One entry per bin that holds frames; all arrays (bins,)."""

    scale: str
    attention: np.ndarray  # mean of the binned quantity
    visibility: np.ndarray  # mean visible fraction
    low: np.ndarray  # interval of that mean, by bootstrap over tracklets or identities; NaN from one of them
    high: np.ndarray
    frames: np.ndarray
    tracklets: np.ndarray
    level: float
    error: float  # Σ frames/all · |attention − visibility|; NaN on the rank scale

    def as_dict(self) -> dict:
        """Plain lists for JSON; a missing number is None."""
        columns = {k: getattr(self, k) for k in ("attention", "visibility", "low", "high", "frames", "tracklets")}
        lists = {k: [None if np.isnan(x) else x for x in column.tolist()] for k, column in columns.items()}
        error = None if np.isnan(self.error) else self.error
        return {"scale": self.scale, **lists, "level": self.level, "error": error}


def calibration_curve(
    attention: ArrayLike,
    visibility: ArrayLike,
    lengths: ArrayLike | None = None,
    *,
    mask: ArrayLike | None = None,
    pids: ArrayLike | None = None,
    scale: str = "rank",
    bins: int = 10,
    level: float = 0.95,
    resamples: int = 2_000,
    seed: int = 0,
) -> Calibration:
    """Mean visibility of the frames in each of `bins` equal bins of attention.

    `scale="rank"` bins the frame's rank inside its tracklet, (midrank − ½)/T in (0, 1): fit for any head, since
    softmax weights shrink as tracklets grow. `scale="value"` bins the weight itself in [0, 1], as a reliability
    diagram does (sigmoid heads), and reports the expected calibration error. A rising curve means that more attention
    goes with more visibility; a flat one that attention says nothing. Columns as in `score_attention`.
    """
    flat, layout = flatten({"attention": attention, "visibility": visibility}, lengths, mask)
    return binned(flat["attention"], flat["visibility"], layout, pids, scale, bins, level, resamples, seed)


def binned(
    attention: np.ndarray, visibility: np.ndarray, layout: Layout, pids: ArrayLike | None,
    scale: str, bins: int, level: float, resamples: int, seed: int,
) -> Calibration:
    """The curve from arrays that are flat and checked already; see `calibration_curve`."""
    if scale not in SCALES:
        raise ReidError(f"scale={scale!r}", f"one of {', '.join(SCALES)}", "pass scale='rank'")
    bins = at_least("bins", bins, 2)
    if scale == "rank":
        position = (midranks(attention, layout) - 0.5) / layout.lengths[layout.owner]
    else:
        position = attention
        if position.min() < 0 or position.max() > 1:
            raise ReidError(
                f"attention from {position.min():g} to {position.max():g}", "weights in [0, 1] for scale='value'",
                "pass scale='rank'",
            )
    which = np.minimum((position * bins).astype(np.int64), bins - 1)
    cluster = groups("pids", pids, len(layout.lengths))[layout.owner]
    used = np.unique(which)
    rows = {k: [] for k in ("attention", "visibility", "low", "high", "frames", "tracklets")}
    for index in used:
        frames = np.flatnonzero(which == index)
        drawn = resample_means(visibility[frames], cluster[frames], resamples=resamples, seed=seed)
        low, high = drawn.bounds(level)[:, 0]
        values = (position[frames].mean(), drawn.estimate[0], low, high, len(frames),
                  len(np.unique(layout.owner[frames])))
        for key, value in zip(rows, values, strict=True):
            rows[key].append(value)
    columns = {key: np.array(values) for key, values in rows.items()}
    error = np.nan
    if scale == "value":
        error = float((columns["frames"] * abs(columns["attention"] - columns["visibility"])).sum() / layout.frames)
    return Calibration(scale, **columns, level=level, error=error)

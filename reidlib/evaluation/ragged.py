"""Tracklets of unequal length in flat arrays: all frames one after another, and where each tracklet begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from reidlib.errors import ReidError


@dataclass(frozen=True, eq=False)
class Layout:
    """Where each of n tracklets lies among ΣT frames; `lengths` (n,) are 1 or more."""

    lengths: np.ndarray

    @cached_property
    def starts(self) -> np.ndarray:
        return np.cumsum(self.lengths) - self.lengths

    @cached_property
    def owner(self) -> np.ndarray:
        """The tracklet of each frame, (ΣT,)."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)

    @property
    def frames(self) -> int:
        return int(self.lengths.sum())

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Σ over the frames of each tracklet, (n,)."""
        return np.add.reduceat(values, self.starts)

    def place(self, index: int) -> str:
        """Words for one flat index: which tracklet, which frame."""
        tracklet = int(self.owner[index])
        return f"frame {index - int(self.starts[tracklet])} of tracklet {tracklet}"


def check_lengths(lengths: ArrayLike) -> np.ndarray:
    """`lengths` (n,) as int64; a ReidError names the first tracklet without frames."""
    array = np.asarray(lengths)
    if array.ndim != 1 or array.size == 0:
        raise ReidError(f"lengths has shape {array.shape}", "one number of frames per tracklet", "pass lengths (n,)")
    if array.dtype.kind not in "iu" and not (array.dtype.kind == "f" and (array == np.floor(array)).all()):
        raise ReidError(f"lengths holds {array.dtype}", "whole numbers", "pass lengths.astype(int) if they are counts")
    array = array.astype(np.int64)
    if (array < 1).any():
        first = int(np.flatnonzero(array < 1)[0])
        raise ReidError(f"tracklet {first} has {array[first]} frames", "1 or more", "drop tracklets without frames")
    return array


def flatten(
    columns: Mapping[str, ArrayLike], lengths: ArrayLike | None = None, mask: ArrayLike | None = None
) -> tuple[dict[str, np.ndarray], Layout]:
    """Per-frame columns as flat float64 arrays (ΣT,) with their layout.

    Columns are either flat (ΣT,) with `lengths` (n,), or padded (n, T) with `lengths`, with a boolean `mask` (n, T)
    that is True on real frames, or with neither (all frames real). Padding may hold anything, NaN too. A ReidError
    names the column, tracklet and frame of the first number that is not finite.
    """
    arrays = {name: np.asarray(values) for name, values in columns.items()}
    (first, reference), *others = arrays.items()
    for name, array in others:
        if array.shape != reference.shape:
            raise ReidError(
                f"{first} has shape {reference.shape}, {name} {array.shape}", "one number of each for every frame",
                f"check that {first} and {name} come from the same tracklets in the same order",
            )
    if reference.ndim == 1:
        keep, layout = slice(None), _flat_layout(first, reference, lengths, mask)
    elif reference.ndim == 2:
        keep, layout = _padded_layout(first, reference, lengths, mask)
    else:
        raise ReidError(f"{first} has shape {reference.shape}", "(frames,) or (tracklets, frames)", f"reshape {first}")
    return {name: _real_numbers(name, array[keep], layout) for name, array in arrays.items()}, layout


def _flat_layout(name: str, values: np.ndarray, lengths: ArrayLike | None, mask: ArrayLike | None) -> Layout:
    if mask is not None or lengths is None:
        raise ReidError(
            f"{name} is flat ({values.shape[0]},) and comes without lengths", "lengths (n,) that sum to it",
            f"pass lengths=[{values.shape[0]}] if it is one tracklet, or pad to (tracklets, frames) and pass mask",
        )
    layout = Layout(check_lengths(lengths))
    if layout.frames != values.shape[0]:
        raise ReidError(
            f"the lengths of {len(layout.lengths)} tracklets sum to {layout.frames}, but {name} holds "
            f"{values.shape[0]} frames",
            "the same number", f"pass the lengths of the very tracklets that {name} was computed on",
        )
    return layout


def _padded_layout(
    name: str, values: np.ndarray, lengths: ArrayLike | None, mask: ArrayLike | None
) -> tuple[np.ndarray, Layout]:
    tracklets, frames = values.shape
    if lengths is not None and mask is not None:
        raise ReidError("both lengths and mask", "one of them", "drop lengths: the mask says it all")
    if lengths is not None:
        counts = check_lengths(lengths)
        if counts.shape != (tracklets,) or (counts > frames).any():
            raise ReidError(
                f"{len(counts)} lengths up to {counts.max()} for {name} {values.shape}",
                f"{tracklets} lengths of {frames} at most", "pass the lengths before padding",
            )
        keep = np.arange(frames) < counts[:, None]
    elif mask is not None:
        keep = np.asarray(mask)
        if keep.shape != values.shape or keep.dtype != bool:
            raise ReidError(
                f"mask is {keep.dtype} {keep.shape}", f"bool {values.shape}, True on real frames",
                "pass mask.astype(bool)",
            )
    else:
        keep = np.ones(values.shape, bool)
    return keep, Layout(check_lengths(keep.sum(axis=1)))


def _real_numbers(name: str, values: np.ndarray, layout: Layout) -> np.ndarray:
    if values.dtype.kind not in "biuf":
        raise ReidError(f"{name} holds {values.dtype}", "real numbers", f"convert {name} with .astype(float)")
    values = values.astype(np.float64)
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad):
        raise ReidError(
            f"{name} is {values[bad[0]]} at {layout.place(bad[0])} ({len(bad)} of {len(values)} frames are not finite)",
            "finite numbers", f"find what made {name} undefined there, or drop the tracklet",
        )
    return values

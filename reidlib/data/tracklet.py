"""Tracklet: the frames of one person under one camera, with what is known about each frame."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from reidlib.errors import ReidError


@dataclass(frozen=True, eq=False)
class Tracklet:
    """One person, one camera, T frames; the same type for rendered and for real data.

    Parameters
    ----------
    frames : (T, H, W, 3) uint8, RGB. Read-only when it comes from a store.
    pid : identity. Public data sets use -1 for junk and 0 for distractors.
    camid : camera, counted from 0.
    name : unique inside a store, e.g. "p0007_c1".
    columns : per-frame arrays with first axis T. Two names have a fixed meaning: "visibility" (T,) float32, the visible
        fraction of the person in [0, 1]; "mask" (T, H, W) bool, True on the person.
    info : facts about the whole tracklet, e.g. {"day": 3}.

    Raises
    ------
    ReidError : wrong dtype or shape, no frame at all, a column whose length is not T.
    """

    frames: np.ndarray
    pid: int
    camid: int
    name: str
    columns: Mapping[str, np.ndarray] = field(default_factory=dict)
    info: Mapping[str, int | float | str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_name(self.name)
        _check_frames(self.name, self.frames)
        for key in ("pid", "camid"):
            object.__setattr__(self, key, _whole(self.name, key, getattr(self, key)))
        if self.camid < 0:
            raise ReidError(f"Tracklet {self.name} has camid {self.camid}", "a camera counted from 0",
                            "number the cameras 0, 1, 2 and so on")
        object.__setattr__(self, "columns", dict(self.columns))
        object.__setattr__(self, "info", {key: _plain(self.name, key, value) for key, value in self.info.items()})
        for key, column in self.columns.items():
            _check_column(self, key, column)

    @property
    def T(self) -> int:
        return self.frames.shape[0]

    @property
    def H(self) -> int:
        return self.frames.shape[1]

    @property
    def W(self) -> int:
        return self.frames.shape[2]

    @property
    def visibility(self) -> np.ndarray | None:
        """(T,) float32 in [0, 1], or None where nobody measured it."""
        return self.columns.get("visibility")

    @property
    def mask(self) -> np.ndarray | None:
        """(T, H, W) bool, True on the person, or None."""
        return self.columns.get("mask")

    def window(self, start: int, length: int) -> Tracklet:
        """The `length` frames from `start` on, as views; both ends inside the tracklet."""
        start, length = operator.index(start), operator.index(length)
        if start < 0 or length < 1 or start + length > self.T:
            raise ReidError(f"Window of {length} frames from frame {start} of tracklet {self.name}",
                            f"a window inside its {self.T} frames", f"choose start + length <= {self.T}")
        return self._rows(slice(start, start + length))

    def take(self, indices: np.ndarray) -> Tracklet:
        """Copies of the frames `indices` (any order, repeats allowed), each in 0 .. T-1."""
        indices = np.asarray(indices)
        if indices.ndim != 1 or indices.size == 0 or indices.dtype.kind not in "iu":
            raise ReidError(f"Indices of dtype {indices.dtype} and shape {indices.shape}",
                            "a list of one or more frame numbers", "pass for example [0, 5, 9]")
        if indices.min() < 0 or indices.max() >= self.T:
            raise ReidError(f"Frame numbers {indices.min()} to {indices.max()} of tracklet {self.name}",
                            f"numbers in 0 .. {self.T - 1}", "clip the numbers to the tracklet")
        return self._rows(indices)

    def _rows(self, rows: slice | np.ndarray) -> Tracklet:
        columns = {key: column[rows] for key, column in self.columns.items()}
        return replace(self, frames=self.frames[rows], columns=columns)

    def __repr__(self) -> str:
        columns = ", ".join(self.columns) or "none"
        return (f"Tracklet({self.name}: pid {self.pid}, camid {self.camid}, T {self.T}, "
                f"{self.H}×{self.W}, columns {columns})")


def _check_name(name: object) -> None:
    if not isinstance(name, str) or not name:
        raise ReidError(f"Tracklet name {name!r}", "a string that is not empty", "name it for example p0007_c1")


def _check_frames(name: str, frames: object) -> None:
    needed = "a uint8 array (T, H, W, 3), RGB, with T, H and W of 1 or more"
    if not isinstance(frames, np.ndarray):
        raise ReidError(f"Frames of tracklet {name} are a {type(frames).__name__}", needed, "pass a numpy array")
    if frames.dtype != np.uint8:
        raise ReidError(f"Frames of tracklet {name} have dtype {frames.dtype}", needed,
                        "scale them to 0 .. 255 and call .astype(numpy.uint8)")
    if frames.ndim != 4 or frames.shape[3] != 3 or 0 in frames.shape:
        raise ReidError(f"Frames of tracklet {name} have shape {frames.shape}", needed,
                        "put the axes in this order, colour last, and drop tracklets without a frame")


def _whole(name: str, key: str, value: object) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or not -(2**63) <= number < 2**63:
        raise ReidError(f"Tracklet {name} has {key} {value!r}", "a whole number of 64 bits",
                        f"map the {key} to a number first")
    return number


def _plain(name: str, key: object, value: object) -> int | float | str:
    if isinstance(value, np.generic):
        value = value.item()
    if not isinstance(key, str) or not isinstance(value, (int, float, str)):
        raise ReidError(f"Info {key!r}: {value!r} of tracklet {name}", "a string key with a number or a string",
                        "keep longer things in columns or in a file of their own")
    return value


def _check_column(tracklet: Tracklet, key: str, column: object) -> None:
    where = f"Column {key} of tracklet {tracklet.name}"
    if not isinstance(column, np.ndarray) or column.ndim == 0 or len(column) != tracklet.T:
        found = getattr(column, "shape", type(column).__name__)
        raise ReidError(f"{where} is {found}", f"an array with one row for each of the {tracklet.T} frames",
                        "give every frame its row")
    fixed = {"visibility": (np.float32, (tracklet.T,)), "mask": (np.bool_, tracklet.frames.shape[:3])}
    if key in fixed and (column.dtype, column.shape) != fixed[key]:
        dtype, shape = fixed[key]
        raise ReidError(f"{where} has dtype {column.dtype} and shape {column.shape}",
                        f"{np.dtype(dtype).name} {shape}", "convert it, or give the column another name")
    if key == "visibility" and not (np.all(column >= 0) and np.all(column <= 1)):  # false for NaN too
        raise ReidError(f"{where} runs from {column.min()} to {column.max()}", "fractions in [0, 1]",
                        "divide the visible by the whole area of the person")

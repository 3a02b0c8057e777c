"""Where distances come from: a matrix that exists, or features whose distances are computed tile by tile (features.py).

Both answer the same questions. `tile(items)` gives cheap float32 values of a part of the gallery, together with
intervals that say how far these can be trusted; `exact(probes, items)` gives single distances in float64.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from reidlib.errors import ReidError

# interval(row, distance) → lo, hi (float32): in row `row[i]` of a block, a value below lo[i] is a smaller distance than
# distance[i], one above hi[i] a larger one.
Interval = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
# Values looked at together: 2 MB of float32, near enough to a core.
BLOCK = 1 << 19


class Tile(Protocol):
    """A part of the gallery, ready to be compared with probes."""

    items: np.ndarray
    """Gallery index of each column, ascending."""

    def fill(self, probes: object, out: np.ndarray) -> Interval:
        """Write the float32 values of (prepared probes × items) to `out`, NaN where an item takes no part."""


class Source(Protocol):
    shape: tuple[int, int]

    def block(self, items: int) -> tuple[int, int]:
        """How many probes × items to look at together, in a gallery of `items`."""

    def prepare(self, probes: np.ndarray) -> object:
        """What a tile needs to know of these probes (ascending indices)."""

    def tile(self, items: np.ndarray) -> Tile:
        """Prepare the part of the gallery with these indices (ascending)."""

    def exact(self, probes: np.ndarray, items: np.ndarray) -> np.ndarray:
        """float64 distances of the pairs (probes[i], items[i]); only their order matters."""

    def closer(self, probes: np.ndarray, items: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
        """Distances of pairs and how far each can be off, where that is cheaper than `exact` and finer than a tile."""

    def undecided_limit(self, probes: int) -> int | None:
        """From how many undecided values of a tile on `refine` is the better way; None: never."""

    def refine(self) -> None:
        """Give finer values from now on; what was prepared before is void."""


class Distances:
    """A matrix (P, G) of floats or integers. What float32 cannot tell apart is settled from the matrix itself."""

    def __init__(self, matrix: np.ndarray) -> None:
        self.matrix = matrix
        self.shape = matrix.shape

    def block(self, items: int) -> tuple[int, int]:
        wide = max(1, min(items, BLOCK))
        return max(1, BLOCK // wide), wide

    def prepare(self, probes: np.ndarray) -> np.ndarray:
        return probes

    def tile(self, items: np.ndarray) -> MatrixTile:
        return MatrixTile(self.matrix, items)

    def exact(self, probes: np.ndarray, items: np.ndarray) -> np.ndarray:
        distance = self.matrix[probes, items].astype(np.float64)
        if not np.isfinite(distance).all():
            bad = np.flatnonzero(~np.isfinite(distance))[0]
            raise not_finite(self.matrix, probes[bad], items[bad])
        return distance

    def closer(self, probes: np.ndarray, items: np.ndarray) -> None:
        return None

    def undecided_limit(self, probes: int) -> int | None:
        return None

    def refine(self) -> None:
        """A matrix is as fine as it is."""


class MatrixTile:
    def __init__(self, matrix: np.ndarray, items: np.ndarray) -> None:
        self._matrix = matrix
        self._out_of_play: np.ndarray | None = None
        self.items = items
        begin, end = int(items[0]), int(items[-1]) + 1
        self._columns: slice | np.ndarray = slice(begin, end)
        if len(items) * 2 < end - begin:
            self._columns = items
        elif len(items) < end - begin:
            # Blanking a few columns costs a third of gathering the many others.
            self.items = np.arange(begin, end)
            self._out_of_play = np.setdiff1d(self.items, items, assume_unique=True) - begin

    def fill(self, probes: np.ndarray, out: np.ndarray) -> Interval:
        rows = self._matrix[as_slice(probes)]
        by_slice = isinstance(self._columns, slice)
        part = rows[:, self._columns] if by_slice else rows.take(self._columns, axis=1)
        with np.errstate(over="ignore", invalid="ignore"):
            np.copyto(out, part, casting="unsafe")
            # One pass that any NaN or infinity, and nothing but those and overflow, turns into a NaN or infinity.
            squares = np.matmul(out[:, None, :], out[:, :, None])
        if not np.isfinite(squares).all():
            bad = np.argwhere(~np.isfinite(part))
            if len(bad):
                raise not_finite(self._matrix, probes[bad[0, 0]], self.items[bad[0, 1]])
        if self._out_of_play is not None:
            out[:, self._out_of_play] = np.nan
        return rounded_alike


def not_finite(matrix: np.ndarray, probe: int, item: int) -> ReidError:
    return ReidError(
        f"Found {matrix[probe, item]} at distance[{probe}, {item}]",
        "finite distances",
        "find the feature that is not finite, or give items that must not count the pid -1",
    )


def rounded_alike(row: np.ndarray, distance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rounding keeps the order, so only values equal to the rounded distance stay undecided."""
    with np.errstate(over="ignore"):
        rounded = distance.astype(np.float32)
    return rounded, rounded


def as_slice(indices: np.ndarray) -> slice | np.ndarray:
    """Consecutive indices as a slice, so that taking them copies nothing."""
    if len(indices) and indices[-1] - indices[0] + 1 == len(indices):
        return slice(int(indices[0]), int(indices[-1]) + 1)
    return indices

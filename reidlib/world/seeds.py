"""Random numbers that never change: raw 64-bit words of PCG64, turned into everything else by own arithmetic.

NumPy promises the raw stream of a bit generator for good, but not the streams of `Generator.normal` or `choice`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from reidlib.world import exact

Item = TypeVar("Item")

# First number of every key: one purpose never shares a stream with another.
PERSON, CAMERA, WALK, DAY, NOISE, TEXTURE, SCENERY = range(1, 8)


class Draw:
    """A stream of random draws, fixed by a key of whole numbers such as (PERSON, people seed, pid)."""

    def __init__(self, *key: int) -> None:
        self._bits = np.random.PCG64(np.random.SeedSequence([int(k) for k in key]))

    def uniforms(self, n: int) -> np.ndarray:
        """`n` float64 in [0, 1), 53 random bits each."""
        return (self._bits.random_raw(n) >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        return low + (high - low) * float(self.uniforms(1)[0])

    def normals(self, n: int) -> np.ndarray:
        """`n` values of mean 0 and standard deviation 1: sums of twelve uniforms, so never beyond ±6."""
        parts = self.uniforms(12 * n).reshape(12, n)
        total = parts[0]
        for row in parts[1:]:
            total = total + row
        return total - 6.0

    def normal(self, sd: float = 1.0) -> float:
        return sd * float(self.normals(1)[0])

    def below(self, n: int) -> int:
        """A whole number 0 … n − 1."""
        return min(n - 1, int(self.uniform() * n))

    def chance(self, p: float) -> bool:
        return self.uniform() < p

    def sign(self) -> float:
        return 1.0 if self.uniform() < 0.5 else -1.0

    def pick(self, options: Sequence[Item], weights: Sequence[float] | None = None) -> Item:
        """One of `options`, by weight (any positive sum), equally without."""
        if weights is None:
            return options[self.below(len(options))]
        return weighted(options, weights, self.uniform())

    def walk(self, n: int, sd: float, smooth: int) -> np.ndarray:
        """A stationary wobble of `n` steps with standard deviation `sd`, averaged over `smooth` steps."""
        z = self.normals(n + smooth - 1)
        total = np.zeros(n)
        for k in range(smooth):
            total = total + z[k : k + n]
        return total * (sd / float(np.sqrt(np.float64(smooth))))


def weighted(options: Sequence[Item], weights: Sequence[float], u: float) -> Item:
    """The option in which `u` of [0, 1) falls when the options share it out by weight."""
    total = 0.0
    for w in weights:
        total += w
    target, running = u * total, 0.0
    for option, w in zip(options, weights, strict=True):
        running += w
        if target < running:
            return option
    return options[-1]


def grain(draw: Draw, rows: int, columns: int, cells_y: int, cells_x: int, wrap: bool = True) -> np.ndarray:
    """Smooth value noise (rows, columns) of standard deviation about 0.6: random values on a coarse grid, blended."""
    grid = draw.normals((cells_y + 1) * cells_x).reshape(cells_y + 1, cells_x)
    y = np.arange(rows) * (cells_y / rows)
    x = np.arange(columns) * (cells_x / columns)
    iy, ix = np.floor(y).astype(np.intp), np.floor(x).astype(np.intp)
    ty, tx = exact.smoothstep(y - iy)[:, None], exact.smoothstep(x - ix)[None, :]
    right = (ix + 1) % cells_x if wrap else np.minimum(ix + 1, cells_x - 1)
    top = grid[iy][:, ix] * (1 - tx) + grid[iy][:, right] * tx
    bottom = grid[iy + 1][:, ix] * (1 - tx) + grid[iy + 1][:, right] * tx
    return top * (1 - ty) + bottom * ty

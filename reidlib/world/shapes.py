"""The two shapes that everything in front of the background is made of, with their motion over time.

A `Limb` is a tapered capsule between two moving points. A `Lathe` is a stack of rows around a nearly upright axis:
each height has its own centre and half width, so trunks, heads, hair, skirts, bags, bins and vans are lathes. Both
carry a `Texture` wrapped around them, so whatever is painted on a surface moves with it and the flow is exact.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from reidlib.world import exact

F = np.float32
KNOTS = 17  # rows of a lathe's profile


@dataclass(frozen=True, eq=False)
class Texture:
    """Reflectances (3, rows, columns) float32. Rows run along the shape; columns once around it, column 0 at the back,
    the middle column in front. `columns` is a power of two. A `flat` texture is not foreshortened at the edges.
    """

    rgb: np.ndarray
    flat: bool = False

    @property
    def rows(self) -> int:
        return self.rgb.shape[1]

    @property
    def columns(self) -> int:
        return self.rgb.shape[2]


@dataclass(eq=False)
class Shape:
    """What both shapes share. `turn` (n,) is how far the surface is rotated, radians; `t0` the first frame."""

    texture: Texture
    depth: float
    turn: np.ndarray
    t0: int = field(default=0, kw_only=True)
    roundness: float = field(default=1.0, kw_only=True)  # strength of the shading across
    number: int = field(default=0, kw_only=True)  # part number in the id map

    @cached_property
    def bounds(self) -> np.ndarray:
        """Boxes (n, 4): y0, y1, x0, x1 in pixels, one pixel of margin included."""
        return np.stack(self._extent(), 1)


@dataclass(eq=False)
class Limb(Shape):
    """Capsule from `a` to `b`, each (n, 2) pixels (x, y), radii `ra`, `rb` (n,); `cap` > 1 flattens the round ends."""

    a: np.ndarray
    b: np.ndarray
    ra: np.ndarray
    rb: np.ndarray
    cap: float = 1.0

    def __post_init__(self) -> None:
        n = len(self.a)
        self.a, self.b = self.a.astype(F), self.b.astype(F)
        self.ra = np.broadcast_to(np.asarray(self.ra, F), (n,))
        self.rb = np.broadcast_to(np.asarray(self.rb, F), (n,))
        e = self.b - self.a
        long = np.sqrt(e[:, 0] * e[:, 0] + e[:, 1] * e[:, 1])
        self.length = np.maximum(long, F(1e-2))
        # A limb seen end-on has no direction of its own; any will do.
        self.ex = np.where(long > F(1e-2), e[:, 0] / self.length, F(0))
        self.ey = np.where(long > F(1e-2), e[:, 1] / self.length, F(1))

    def __len__(self) -> int:
        return len(self.a)

    def _extent(self) -> list[np.ndarray]:
        r = np.maximum(self.ra, self.rb) + F(1)
        (ax, ay), (bx, by) = self.a.T, self.b.T
        return [np.minimum(ay, by) - r, np.maximum(ay, by) + r, np.minimum(ax, bx) - r, np.maximum(ax, bx) + r]


@dataclass(eq=False)
class Lathe(Shape):
    """Rows from `top` to `bottom` (n,) pixels; `centre` and `half` (n, KNOTS) are pixels at equally spaced heights."""

    top: np.ndarray
    bottom: np.ndarray
    centre: np.ndarray
    half: np.ndarray

    def __post_init__(self) -> None:
        self.top, self.bottom = self.top.astype(F), self.bottom.astype(F)
        self.centre, self.half = self.centre.astype(F), np.maximum(self.half, 0.05).astype(F)
        # Coverage is measured across the outline, not along the row: steep outlines need the slope's cosine.
        rise = np.empty_like(self.half)
        rise[:, 1:-1] = (self.half[:, 2:] - self.half[:, :-2]) * F(0.5)
        rise[:, 0], rise[:, -1] = self.half[:, 1] - self.half[:, 0], self.half[:, -1] - self.half[:, -2]
        step = (self.bottom - self.top)[:, None] / F(KNOTS - 1)
        slope = rise / np.maximum(step, F(1e-3))
        self.cosine = np.maximum(F(1) / np.sqrt(F(1) + slope * slope), F(0.25))

    def __len__(self) -> int:
        return len(self.top)

    def _extent(self) -> list[np.ndarray]:
        # Half a pixel of coverage across the outline is up to two along the row, where the outline is nearly level.
        left, right = (self.centre - self.half).min(1) - F(3), (self.centre + self.half).max(1) + F(3)
        return [self.top - F(1), self.bottom + F(1), left, right]


@dataclass(eq=False)
class Blob:
    """A soft elliptical shadow on the ground: multiplies what lies below it by up to 1 − `strength`."""

    x: np.ndarray
    y: np.ndarray
    rx: np.ndarray
    ry: np.ndarray
    shear: float
    strength: np.ndarray
    t0: int = 0

    def __post_init__(self) -> None:
        self.x, self.y = self.x.astype(F), self.y.astype(F)
        self.rx = np.broadcast_to(np.asarray(self.rx, F), self.x.shape)
        self.ry = np.broadcast_to(np.asarray(self.ry, F), self.x.shape)
        self.strength = np.broadcast_to(np.asarray(self.strength, F), self.x.shape)

    @cached_property
    def bounds(self) -> np.ndarray:
        wide = self.rx + abs(F(self.shear)) * self.ry
        return np.stack([self.y - self.ry, self.y + self.ry, self.x - wide, self.x + wide], 1)


def profile(heights: np.ndarray, knots: tuple[tuple[float, float], ...]) -> np.ndarray:
    """Values at `heights` of a profile given as (height, value) pairs in any order."""
    ordered = sorted(knots)
    return exact.interpolate(heights, np.array([k[0] for k in ordered]), np.array([k[1] for k in ordered]))

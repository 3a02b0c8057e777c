"""From joints and garments to shapes on the screen: projection, and the helpers that all body parts share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reidlib.world import exact
from reidlib.world.shapes import KNOTS, Lathe, Limb, Texture

Number = np.ndarray | float


@dataclass
class View:
    """How a walker is seen in each of n frames: centre x, ground y, body height in pixels, yaw (0 = facing the camera,
    positive = turned to the picture's right), and the camera's downward pitch as its tangent."""

    x: np.ndarray
    y: np.ndarray
    scale: np.ndarray
    yaw: np.ndarray
    pitch: float

    def __post_init__(self) -> None:
        self.sin, self.cos = exact.sincos(self.yaw)
        n = len(self.x)
        # Painting order is fixed for the tracklet, so it follows the mean heading.
        self.facing = sum(self.cos.tolist()) / n
        self.rightward = sum(self.sin.tolist()) / n

    def __len__(self) -> int:
        return len(self.x)

    def point(self, forward: Number, left: Number, up: Number) -> tuple[np.ndarray, np.ndarray]:
        """Screen x and y (n,) of a point in body coordinates."""
        near = forward * self.cos - left * self.sin
        x = self.x + self.scale * (forward * self.sin + left * self.cos)
        return x, self.y - self.scale * up + self.scale * self.pitch * near

    def near(self, forward: float, left: float) -> float:
        """Mean closeness to the camera, in body heights."""
        return forward * self.facing - left * self.rightward


@dataclass
class Profile:
    """A lathe in body units at KNOTS heights: half width sideways, half depth, forward and left offset of the axis."""

    up: np.ndarray
    side: np.ndarray
    deep: np.ndarray
    forward: np.ndarray
    left: np.ndarray


def heights(high: float, low: float) -> np.ndarray:
    return high + (low - high) * (np.arange(KNOTS) / (KNOTS - 1))


def lathe(
    view: View,
    shape: Profile,
    texture: Texture,
    depth: float,
    *,
    lift: Number = 0.0,
    left: Number = 0.0,
    forward: Number = 0.0,
    turn: Number = 0.0,
    roundness: float = 1.0,
    widen: np.ndarray | None = None,
) -> Lathe:
    """A lathe around the body's axis; `lift`, `left`, `forward` move it per frame, `turn` twists it, `widen` (n, KNOTS)
    adds to its half width and depth (body units)."""
    n = len(view)
    st, ct = exact.sincos(view.yaw + turn)
    side, deep = np.broadcast_to(shape.side, (n, KNOTS)), np.broadcast_to(shape.deep, (n, KNOTS))
    if widen is not None:
        deep = deep + widen
    a, b = side * ct[:, None], deep * st[:, None]
    half = np.sqrt(a * a + b * b) * view.scale[:, None]
    lift, left, forward = (np.broadcast_to(np.asarray(v, np.float64), (n,)) for v in (lift, left, forward))
    ahead, aside = shape.forward[None, :] + forward[:, None], shape.left[None, :] + left[:, None]
    centre = view.x[:, None] + view.scale[:, None] * (ahead * view.sin[:, None] + aside * view.cos[:, None])
    near = (forward + float(shape.forward[KNOTS // 2])) * view.cos - (left + float(shape.left[KNOTS // 2])) * view.sin
    ground = view.y + view.scale * view.pitch * near
    middle = KNOTS // 2
    seen = exact.atan2(deep[:, middle] * st, side[:, middle] * ct)
    return Lathe(
        texture, depth, seen, ground - view.scale * (shape.up[0] + lift), ground - view.scale * (shape.up[-1] + lift),
        centre, half, roundness=roundness,
    )  # fmt: skip


def limb(
    view: View,
    a: tuple[Number, Number, Number],
    b: tuple[Number, Number, Number],
    ra: float,
    rb: float,
    texture: Texture,
    depth: float,
    *,
    cap: float = 1.0,
    roundness: float = 1.0,
) -> Limb:
    """A limb between two body points with radii in body heights."""
    ends = []
    for point in (a, b):
        x, y = view.point(*point)
        ends.append(np.stack([np.broadcast_to(x, (len(view),)), np.broadcast_to(y, (len(view),))], 1))
    return Limb(texture, depth, view.yaw, ends[0], ends[1], view.scale * ra, view.scale * rb, cap, roundness=roundness)

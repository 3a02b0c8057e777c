"""What the renderer knows and a camera does not: how much of the walker shows, and how every surface point moved."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reidlib.world.raster import lathe_rows, mark
from reidlib.world.scene import OCCLUDER, Scene
from reidlib.world.shapes import F, Lathe, Limb, Shape

_MARGIN = 64  # pixels around the frame in which a cut walker is still counted


def amodal_area(walker: Sequence[Shape], ids: np.ndarray, first: int) -> np.ndarray:
    """Pixels (n,) of the whole walker, neither hidden nor cut; `ids` (n, H, W) holds the walker without occluders.

    What lies beyond the frame's edges is drawn as a silhouette on a larger canvas and added.
    """
    n, height, width = ids.shape
    area = np.count_nonzero(ids, axis=(1, 2))
    canvas = None
    for shape in walker:
        y0, y1, x0, x1 = shape.bounds[first : first + n].T
        if y0.min() < 0 or y1.max() > height or x0.min() < 0 or x1.max() > width:
            if canvas is None:
                canvas = np.zeros((n, height + 2 * _MARGIN, width + 2 * _MARGIN), bool)
            mark(shape, canvas, first, _MARGIN)
    if canvas is None:
        return area
    canvas[:, _MARGIN : _MARGIN + height, _MARGIN : _MARGIN + width] = False
    return area + np.count_nonzero(canvas, axis=(1, 2))


def visible_fraction(ids: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Visible pixels of the walker over all of its pixels, float32 in [0, 1]."""
    seen = np.count_nonzero((ids > 0) & (ids < OCCLUDER), axis=(1, 2))
    return np.minimum(F(1), seen.astype(F) / np.maximum(whole, 1).astype(F))


def _limb_motion(p: Limb, i: np.ndarray, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    def local(k: np.ndarray) -> tuple[np.ndarray, ...]:
        return p.a[k, 0], p.a[k, 1], p.ex[k], p.ey[k], p.length[k], p.ra[k], p.rb[k], p.turn[k]

    ax, ay, ex, ey, length, ra, rb, turn = local(i)
    dx, dy = x - ax, y - ay
    along = (dx * ex + dy * ey) / length
    row = np.minimum(np.maximum(along, 0), 1)
    width = ra + row * (rb - ra)
    across = (dx * ey - dy * ex) / width
    beyond = (along - row) * length / width
    ax, ay, ex, ey, length, ra, rb, before = local(i - 1)
    width = ra + row * (rb - ra)
    across = _rotated(across, turn - before, flat=p.texture.flat) * width
    reach = row * length + beyond * width
    return x - (ax + reach * ex + across * ey), y - (ay + reach * ey - across * ex)


def _rotated(across: np.ndarray, turned: np.ndarray, flat: bool) -> np.ndarray:
    """Where a surface point at `across` was before the surface turned by `turned` radians (small)."""
    if flat:
        return across
    v = np.minimum(np.maximum(across, -1), 1)
    back = v * (1 - turned * turned / 2) - np.sqrt(1 - v * v) * turned
    return np.minimum(np.maximum(back, -1), 1) + (across - v)


def _lathe_motion(p: Lathe, i: np.ndarray, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    h, centre, half = np.empty(len(x)), np.empty(len(x)), np.empty(len(x))
    old_centre, old_half = np.empty(len(x)), np.empty(len(x))
    for k in np.unique(i):
        here = i == k
        height, c, w, _, _ = lathe_rows(p, slice(k, k + 1), y[here].astype(F))
        h[here], centre[here], half[here] = height[0], c[0], w[0]
        before = p.top[k - 1] + height[0] * np.maximum(p.bottom[k - 1] - p.top[k - 1], F(0.5))
        _, c, w, _, _ = lathe_rows(p, slice(k - 1, k), before.astype(F))
        old_centre[here], old_half[here] = c[0], w[0]
    across = _rotated((x - centre) / half, p.turn[i] - p.turn[i - 1], p.texture.flat)
    old_y = p.top[i - 1] + h * np.maximum(p.bottom[i - 1] - p.top[i - 1], F(0.5))
    return x - (old_centre + across * old_half), y - old_y


def _motion(p: Shape, i: np.ndarray, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return (_limb_motion if isinstance(p, Limb) else _lathe_motion)(p, i, x, y)


def exact_flow(place: Scene, parts: np.ndarray) -> np.ndarray:
    """Flow (T, 2, H, W) float32, pixels per frame, x right, y down: frame_t(p) ≈ frame_{t−1}(p − flow[t](p)).

    flow[0] = 0. Each visible pixel is traced back with the surface it shows: walker, occluder or background.
    """
    flow = np.zeros((len(parts), 2, *parts.shape[1:]), F)
    flow[1:, 0] = -np.diff(place.pan)[:, None, None]
    flow[1:, 1] = -np.diff(place.tilt)[:, None, None]
    for shape in [*place.walker, *place.occluders]:
        start, stop = max(1, shape.t0 + 1), shape.t0 + len(shape)
        if stop <= start:
            continue
        t, y, x = np.nonzero(parts[start:stop] == shape.number)
        if len(t):
            u, v = _motion(shape, t + start - shape.t0, x + 0.5, y + 0.5)
            flow[t + start, 0, y, x], flow[t + start, 1, y, x] = u, v
    return flow

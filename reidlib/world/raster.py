"""Painting shapes into a chunk of frames: coverage, texture, shading; and the same coverage as a silhouette alone."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from reidlib.world import exact
from reidlib.world.shapes import KNOTS, Blob, F, Lathe, Limb, Shape

_STEPS = 512  # resolution of the table from "across the shape" to "around the shape"
_FINE = 256  # sub-columns per texture column
_TABLES: dict[tuple[int, bool], np.ndarray] = {}


@dataclass(frozen=True)
class Light:
    """Where light comes from, as seen by the camera: `side` −1 (left) … 1 (right); `soft` 0 (sun) … 1 (overcast)."""

    side: float = 0.4
    soft: float = 0.5


def _around(columns: int, flat: bool) -> np.ndarray:
    """Sub-column offsets from the front for positions −1…1 across a shape (asin, or linear when flat)."""
    key = (columns, flat)
    if key not in _TABLES:
        across = (np.arange(2 * _STEPS + 1) + 0.5) / _STEPS - 1.0
        if flat:
            turns = across * 0.25
        else:
            angles = (np.arange(8193) / 8192.0 - 0.5) * (exact.TURN / 2)
            turns = angles[np.clip(np.searchsorted(exact.sin(angles), across), 0, 8192)] / exact.TURN
        _TABLES[key] = np.floor(turns * (columns * _FINE) + 0.5).astype(np.intp)
    return _TABLES[key]


@dataclass
class Patch:
    """Local coordinates on a box of pixels: `row` 0…1 along, `across` −1…1, `inside` = distance into the shape (px)."""

    frames: slice
    y: slice
    x: slice
    row: np.ndarray
    across: np.ndarray
    inside: np.ndarray


def _box(bounds: np.ndarray, rows: tuple[int, int], columns: tuple[int, int]) -> tuple[int, int, int, int] | None:
    y0 = max(rows[0], math.floor(float(bounds[:, 0].min())))
    y1 = min(rows[1], math.ceil(float(bounds[:, 1].max())))
    x0 = max(columns[0], math.floor(float(bounds[:, 2].min())))
    x1 = min(columns[1], math.ceil(float(bounds[:, 3].max())))
    return (y0, y1, x0, x1) if y1 > y0 and x1 > x0 else None


def _limb(p: Limb, i: slice, ys: np.ndarray, xs: np.ndarray) -> tuple[np.ndarray, ...]:
    def per_frame(values: np.ndarray) -> np.ndarray:
        return values[i, None, None]

    ex, ey, length = per_frame(p.ex), per_frame(p.ey), per_frame(p.length)
    dx, dy = xs - per_frame(p.a[:, 0]), ys - per_frame(p.a[:, 1])
    along = dx * (ex / length) + dy * (ey / length)
    across = dx * ey - dy * ex
    row = np.minimum(np.maximum(along, F(0)), F(1))
    width = row * per_frame(p.rb - p.ra)
    width += per_frame(p.ra)
    along -= row
    along *= length * F(p.cap)
    along *= along
    along += across * across
    np.sqrt(along, out=along)
    inside = np.subtract(width, along, out=along)
    across /= width
    return row, across, inside


def lathe_rows(p: Lathe, i: slice, ys: np.ndarray) -> tuple[np.ndarray, ...]:
    """Per frame and row: height 0…1, centre, half width, slope cosine."""
    tall = np.maximum(p.bottom[i] - p.top[i], F(0.5))[:, None]
    h = (ys[None, :] - p.top[i, None]) / tall
    k = np.minimum(np.maximum(h, F(0)), F(1)) * F(KNOTS - 1)
    low = np.minimum(k.astype(np.intp), KNOTS - 2)
    t = k - low.astype(F)
    n = np.arange(len(h))[:, None]

    def at(table: np.ndarray) -> np.ndarray:
        table = table[i]
        left = table[n, low]
        return left + t * (table[n, low + 1] - left)

    return h, at(p.centre), at(p.half), at(p.cosine), tall


def _lathe(p: Lathe, i: slice, ys: np.ndarray, xs: np.ndarray) -> tuple[np.ndarray, ...]:
    h, centre, half, cosine, tall = lathe_rows(p, i, ys[0, :, 0])
    across = xs - centre[:, :, None]
    across *= (F(1) / half)[:, :, None]
    inside = np.abs(across)
    reach = (half * cosine)[:, :, None]
    inside *= -reach
    inside += reach
    # Rows beyond the ends fade out over one pixel.
    ends = np.minimum(h, F(1) - h) * tall
    np.minimum(inside, ends[:, :, None], out=inside)
    row = np.minimum(np.maximum(h, F(0)), F(1))[:, :, None]
    return row, across, inside


def locate(p: Shape, first: int, last: int, rows: tuple[int, int], columns: tuple[int, int]) -> Patch | None:
    """Local coordinates of shape `p` for frames first…last−1 on the part of rows × columns that it may touch."""
    s0, s1 = max(first, p.t0), min(last, p.t0 + len(p))
    if s1 <= s0:
        return None
    i = slice(s0 - p.t0, s1 - p.t0)
    box = _box(p.bounds[i], rows, columns)
    if box is None:
        return None
    y0, y1, x0, x1 = box
    ys = (np.arange(y0, y1, dtype=F) + F(0.5))[None, :, None]
    xs = (np.arange(x0, x1, dtype=F) + F(0.5))[None, None, :]
    row, across, inside = (_limb if isinstance(p, Limb) else _lathe)(p, i, ys, xs)
    shift = slice(y0 - rows[0], y1 - rows[0]), slice(x0 - columns[0], x1 - columns[0])
    return Patch(slice(s0 - first, s1 - first), *shift, row, across, inside)


def _coverage(inside: np.ndarray) -> np.ndarray:
    inside += F(0.5)
    np.maximum(inside, F(0), out=inside)
    return np.minimum(inside, F(1), out=inside)


def _shade(p: Shape, i: slice, across: np.ndarray, light: Light) -> np.ndarray:
    """Brightness across a rounded surface: a parabola whose crest leans towards the light."""
    r = p.roundness
    curve = F(-r * (0.32 - 0.10 * light.soft))
    strength = F(r * (0.30 - 0.20 * light.soft))
    if isinstance(p, Limb):  # light comes from the side and from above, whichever way the limb points
        lean = strength * (F(light.side) * p.ey[i] + F(0.6) * p.ex[i])[:, None, None]
    else:
        lean = strength * F(light.side)
    out = across * curve
    out += lean
    out *= across
    out += F(1.0 + 0.06 * r)
    return out


def _texels(p: Shape, patch: Patch, i: slice) -> np.ndarray:
    texture = p.texture
    columns, rows = texture.columns, texture.rows
    step = patch.across * F(_STEPS)
    step += F(_STEPS)
    index = _around(columns, texture.flat).take(step.astype(np.intp), mode="clip")
    turned = (0.5 - p.turn[i] / exact.TURN) * (columns * _FINE)
    index += np.floor(turned + 0.5).astype(np.intp)[:, None, None]
    index >>= 8
    index &= columns - 1
    index += np.minimum((patch.row * F(rows)).astype(np.intp), rows - 1) * columns
    return index


def paint(p: Shape, rgb: np.ndarray, ids: np.ndarray, first: int, light: Light) -> None:
    """Composite shape `p` over `rgb` (3, n, H, W) and its number into `ids` (n, H, W), frames first … first + n."""
    n, height, width = ids.shape
    patch = locate(p, first, first + n, (0, height), (0, width))
    if patch is None:
        return
    start = first + patch.frames.start - p.t0
    i = slice(start, start + patch.frames.stop - patch.frames.start)
    index = _texels(p, patch, i)
    np.minimum(np.maximum(patch.across, F(-1), out=patch.across), F(1), out=patch.across)
    shade = _shade(p, i, patch.across, light)
    cover = _coverage(patch.inside)
    where = patch.frames, patch.y, patch.x
    for c in range(3):
        below = rgb[c][where]
        colour = p.texture.rgb[c].reshape(-1).take(index)
        colour *= shade
        colour -= below
        colour *= cover
        below += colour
    np.copyto(ids[where], np.uint8(p.number), where=cover >= F(0.5))


def mark(p: Shape, canvas: np.ndarray, first: int, margin: int) -> None:
    """Set `canvas` (n, H + 2 margin, W + 2 margin) bool where the shape covers at least half of a pixel."""
    n, height, width = canvas.shape
    patch = locate(p, first, first + n, (-margin, height - margin), (-margin, width - margin))
    if patch is not None:
        canvas[patch.frames, patch.y, patch.x] |= patch.inside >= F(0.0)


def darken(blob: Blob, rgb: np.ndarray, first: int) -> None:
    """Multiply a soft shadow into `rgb` (3, n, H, W)."""
    n, height, width = rgb.shape[1:]
    s0, s1 = max(first, blob.t0), min(first + n, blob.t0 + len(blob.x))
    if s1 <= s0:
        return
    i = slice(s0 - blob.t0, s1 - blob.t0)
    box = _box(blob.bounds[i], (0, height), (0, width))
    if box is None:
        return
    y0, y1, x0, x1 = box
    dy = (np.arange(y0, y1, dtype=F) + F(0.5))[None, :, None] - blob.y[i, None, None]
    dx = (np.arange(x0, x1, dtype=F) + F(0.5))[None, None, :] - blob.x[i, None, None]
    q = (dx - dy * F(blob.shear)) / blob.rx[i, None, None]
    q *= q
    dy = dy / blob.ry[i, None, None]
    q += dy * dy
    np.subtract(F(1), q, out=q)
    np.maximum(q, F(0), out=q)
    q *= q
    q *= -blob.strength[i, None, None]
    q += F(1)
    for c in range(3):
        rgb[c, s0 - first : s1 - first, y0:y1, x0:x1] *= q

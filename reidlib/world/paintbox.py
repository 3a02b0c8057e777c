"""A picture to paint streets on: a periodic panorama, drawn at twice its size with rectangles, polygons, ellipses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reidlib.world.palette import Colour
from reidlib.world.shapes import F

FINE = 2  # canvas pixels per picture pixel


class Paintbox:
    """`width` × (`below` − `above`) pixels; rows are counted as in a frame, so rows above 0 are negative.

    The left and right edges meet: whatever is drawn over one edge comes back at the other.
    """

    def __init__(self, width: int, above: int, below: int, colour: Colour) -> None:
        self.width, self.above, self.below = width, above, below
        self.rgb = np.empty((3, (below - above) * FINE, width * FINE), F)
        for c in range(3):
            self.rgb[c] = F(colour[c])

    def _rows(self, y0: float, y1: float) -> slice | None:
        a = max(0, round((y0 - self.above) * FINE))
        b = min(self.rgb.shape[1], round((y1 - self.above) * FINE))
        return slice(a, b) if b > a else None

    def _columns(self, x0: float, x1: float) -> list[tuple[slice, int]]:
        """Column slices with their offset from round(x0), unwrapped into the canvas."""
        a, b, period = round(x0 * FINE), round(x1 * FINE), self.rgb.shape[2]
        b = min(b, a + period)
        pieces, start = [], a
        while start < b:
            inside = start % period
            stop = min(b, start + period - inside)
            pieces.append((slice(inside, inside + stop - start), start - a))
            start = stop
        return pieces

    def rect(self, x0: float, y0: float, x1: float, y1: float, colour: Colour, alpha: float = 1.0) -> None:
        rows = self._rows(y0, y1)
        if rows is None:
            return
        for columns, _ in self._columns(x0, x1):
            for c in range(3):
                area = self.rgb[c, rows, columns]
                if alpha >= 1.0:
                    area[...] = F(colour[c])
                else:
                    area += F(alpha) * (F(colour[c]) - area)

    def fade(self, x0: float, y0: float, x1: float, y1: float, colour: Colour, top: float, bottom: float) -> None:
        """Blend `colour` in, with an opacity that changes linearly from `top` to `bottom`."""
        rows = self._rows(y0, y1)
        if rows is None:
            return
        t = ((np.arange(rows.start, rows.stop) + 0.5) / FINE + self.above - y0) / max(y1 - y0, 1e-6)
        alpha = (top + (bottom - top) * t).astype(F)[:, None]
        for columns, _ in self._columns(x0, x1):
            for c in range(3):
                area = self.rgb[c, rows, columns]
                area += alpha * (F(colour[c]) - area)

    def _blend(self, x0: float, y0: float, x1: float, y1: float, cover, colour: Colour, alpha: float) -> None:
        """`cover(x, y)` gives 0…1 for pixel centres."""
        rows = self._rows(y0, y1)
        if rows is None:
            return
        y = ((np.arange(rows.start, rows.stop, dtype=F) + F(0.5)) / F(FINE) + F(self.above))[:, None]
        left = round(x0 * FINE)
        for columns, offset in self._columns(x0, x1):
            n = columns.stop - columns.start
            x = ((np.arange(n, dtype=F) + F(left + offset + 0.5)) / F(FINE))[None, :]
            weight = np.minimum(np.maximum(cover(x, y), F(0)), F(1)) * F(alpha)
            for c in range(3):
                area = self.rgb[c, rows, columns]
                area += weight * (F(colour[c]) - area)

    def ellipse(
        self, x: float, y: float, rx: float, ry: float, colour: Colour, alpha: float = 1.0, soft: float = 0.06
    ) -> None:
        """A filled ellipse whose edge fades over `soft` of its radius (1 = a blob)."""

        def cover(px: np.ndarray, py: np.ndarray) -> np.ndarray:
            u, v = (px - F(x)) * F(1 / rx), (py - F(y)) * F(1 / ry)
            return (F(1) - np.sqrt(u * u + v * v)) * F(1 / soft)

        self._blend(x - rx, y - ry, x + rx, y + ry, cover, colour, alpha)

    def polygon(self, points: Sequence[tuple[float, float]], colour: Colour, alpha: float = 1.0) -> None:
        """A convex polygon, its points clockwise on the screen."""
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        edges = []
        for (ax, ay), (bx, by) in zip(points, [*points[1:], points[0]], strict=True):
            length = max(1e-6, float(np.sqrt((bx - ax) ** 2 + (by - ay) ** 2)))
            edges.append((F(ax), F(ay), F((bx - ax) / length), F((by - ay) / length)))

        def cover(px: np.ndarray, py: np.ndarray) -> np.ndarray:
            inside = None
            for ax, ay, ex, ey in edges:
                d = (py - ay) * ex - (px - ax) * ey
                inside = d if inside is None else np.minimum(inside, d)
            return inside * F(FINE) + F(0.5)

        self._blend(min(xs) - 0.5, min(ys) - 0.5, max(xs) + 0.5, max(ys) + 0.5, cover, colour, alpha)

    def gain(self, factor: np.ndarray) -> None:
        """Multiply by a picture (rows, columns) of the canvas size."""
        for c in range(3):
            self.rgb[c] *= factor

    def finish(self) -> np.ndarray:
        """The panorama (3, rows, width) float32: averaged down, slightly out of focus."""
        r = self.rgb
        small = (r[:, 0::2, 0::2] + r[:, 1::2, 0::2] + r[:, 0::2, 1::2] + r[:, 1::2, 1::2]) * F(0.25)
        # The lens is focused on the walker.
        small = small * F(0.7) + (np.roll(small, 1, 2) + np.roll(small, -1, 2)) * F(0.15)
        small[:, 1:-1] = small[:, 1:-1] * F(0.7) + (small[:, :-2] + small[:, 2:]) * F(0.15)
        return np.ascontiguousarray(np.minimum(np.maximum(small, F(0.01)), F(1)))

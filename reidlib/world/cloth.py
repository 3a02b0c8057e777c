"""Surfaces as pictures: a `Canvas` wrapped around a shape, and the patterns, folds, seams and closures of clothes."""

from __future__ import annotations

import numpy as np

from reidlib.world import exact, palette
from reidlib.world.identity import Bottom, Top
from reidlib.world.palette import Colour
from reidlib.world.seeds import TEXTURE, Draw, grain
from reidlib.world.shapes import F, Texture


class Canvas:
    """A texture in the making. `h` (rows, 1) is 0 at the first end and 1 at the last; `turn` (1, columns) −½…½ turns,
    0 in front, positive on the wearer's left; `front` is |turn| and `z` (optional) the height above ground."""

    def __init__(self, rows: int, columns: int, colour: Colour, z: tuple[float, float] = (1.0, 0.0)) -> None:
        self.rgb = np.empty((3, rows, columns))
        for c in range(3):
            self.rgb[c] = colour[c]
        self.h = ((np.arange(rows) + 0.5) / rows)[:, None]
        self.turn = ((np.arange(columns) + 0.5) / columns - 0.5)[None, :]
        self.front = np.abs(self.turn)
        self.z = z[0] + self.h * (z[1] - z[0])

    def blend(self, cover: np.ndarray, colour: Colour) -> None:
        """Paint `colour` where `cover` (0…1, broadcastable) says."""
        for c in range(3):
            self.rgb[c] += np.broadcast_to(cover, self.rgb[c].shape) * (colour[c] - self.rgb[c])

    def gain(self, factor: np.ndarray) -> None:
        for c in range(3):
            self.rgb[c] *= factor

    def band(self, value: np.ndarray, centre: float, half: float, soft: float) -> np.ndarray:
        """1 within `half` of `centre`, falling to 0 over `soft`."""
        return np.minimum(1.0, np.maximum(0.0, (half - np.abs(value - centre)) / soft + 0.5))

    def _soften(self, rows: int, columns: int) -> None:
        """Average over `rows` × `columns` texels, so that frames sample details no finer than a pixel."""
        total = self.rgb
        for k in range(1, rows // 2 + 1):
            up = np.concatenate([np.repeat(self.rgb[:, :1], k, 1), self.rgb[:, :-k]], 1)
            total = total + up + np.concatenate([self.rgb[:, k:], np.repeat(self.rgb[:, -1:], k, 1)], 1)
        self.rgb = total = total / (2 * (rows // 2) + 1)
        for k in range(1, columns // 2 + 1):
            total = total + np.roll(self.rgb, k, 2) + np.roll(self.rgb, -k, 2)
        self.rgb = total / (2 * (columns // 2) + 1)

    def texture(self, flat: bool = False, soft: tuple[int, int] = (1, 1)) -> Texture:
        """The finished surface, averaged over `soft` (rows, columns) texels: about a pixel's worth."""
        self._soften(*soft)
        return Texture(np.ascontiguousarray(np.minimum(np.maximum(self.rgb, 0.01), 1.0).astype(F)), flat)


def step(value: np.ndarray, edge: float, soft: float) -> np.ndarray:
    """0 below `edge`, 1 above it, a ramp of width `soft` between."""
    return np.minimum(1.0, np.maximum(0.0, (value - edge) / soft + 0.5))


def _wave(value: np.ndarray, sharp: float) -> np.ndarray:
    return np.minimum(1.0, np.maximum(0.0, (exact.triangle(value) - 0.5) * sharp + 0.5))


def pattern(canvas: Canvas, kind: str, second: Colour, repeats: float, draw: Draw) -> None:
    """One of identity.PATTERNS over the whole canvas, sized by height above ground so that it fits every hem."""
    z, front = canvas.z, canvas.front
    rows, columns = canvas.rgb.shape[1:]
    if kind == "stripes":
        canvas.blend(_wave(z * repeats * 2.4, 3.0), second)
    elif kind == "bars":
        canvas.blend(_wave(canvas.turn * np.floor(repeats * 0.9 + 4), 3.0), second)
    elif kind == "check":
        a, b = exact.triangle(z * repeats * 1.9) - 0.5, exact.triangle(canvas.turn * np.floor(repeats * 0.6 + 3)) - 0.5
        canvas.blend(np.minimum(1.0, np.maximum(0.0, a * b * 10 + 0.5)), second)
    elif kind == "tartan":
        lines = np.floor(repeats * 0.6 + 3)
        canvas.blend(0.55 * _wave(z * repeats * 1.6, 4), second)
        canvas.blend(0.55 * _wave(canvas.turn * lines, 4), second)
        thin = canvas.band(exact.triangle(z * repeats * 1.6), 0, 0.1, 0.1)
        canvas.blend(0.5 * thin, (0.9, 0.88, 0.8))
        canvas.blend(0.5 * canvas.band(exact.triangle(canvas.turn * lines), 0, 0.1, 0.1), (0.9, 0.88, 0.8))
    elif kind == "block":
        canvas.blend(step(z, 0.62 + 0.012 * repeats, 0.006), second)
    elif kind == "yoke":
        canvas.blend(step(z + 0.10 * np.maximum(0.0, 0.14 - front), 0.765, 0.006), second)
    elif kind == "chest":
        canvas.blend(canvas.band(z, 0.70, 0.010 + 0.0035 * repeats, 0.006), second)
    elif kind == "logo":
        tall, wide = 0.022 + 0.005 * repeats, 0.05 + 0.006 * repeats
        r = exact.triangle(np.array(repeats * 7.3))
        shape = (
            np.maximum(np.abs(z - 0.70) / tall, front / wide)
            if r < 0.5
            else np.sqrt(((z - 0.70) / tall) ** 2 + (front / wide) ** 2)
        )
        canvas.blend(step(1.0 - shape, 0.0, 0.25), second)
        canvas.blend(step(0.5 - shape, 0.0, 0.3) * 0.8, palette.mix(second, (0.05, 0.05, 0.08), 0.6))
    elif kind == "dots":
        a, b = exact.triangle(z * repeats * 2.3), exact.triangle(canvas.turn * np.floor(repeats * 0.8 + 4))
        canvas.blend(step(a * b, 0.42, 0.22), second)
    elif kind == "blotch":
        canvas.blend(step(grain(draw, rows, columns, 14, 16), 0.25, 0.25), second)
        canvas.blend(step(grain(draw, rows, columns, 16, 20), 0.55, 0.25), palette.mix(second, (0.1, 0.1, 0.1), 0.6))
    elif kind == "sides":
        canvas.blend(canvas.band(front, 0.25, 0.055 + 0.004 * repeats, 0.02), second)


def folds(canvas: Canvas, draw: Draw, strength: float, cells: tuple[int, int]) -> None:
    """Soft creases: stretched noise, as light and dark along the cloth."""
    rows, columns = canvas.rgb.shape[1:]
    broad = grain(draw, rows, columns, *cells)
    fine = grain(draw, rows, columns, cells[0] * 2, cells[1] * 2)
    canvas.gain(1.0 + strength * (broad + 0.6 * fine))


def top_texture(top: Top, high: float, low: float, skin: Colour) -> Texture:
    """The garment of the trunk between heights `high` and `low`, with collar, closure, pockets and creases."""
    draw = Draw(TEXTURE, top.seed)
    canvas = Canvas(192, 256, top.colour, (high, low))
    z, front, turn = canvas.z, canvas.front, canvas.turn
    pattern(canvas, top.pattern, top.second, top.repeats, draw)
    dark = palette.scaled(top.colour, 0.62)
    pale = palette.mix(top.colour, (0.9, 0.9, 0.9), 0.35)
    if top.kind == "puffer":
        quilt = exact.triangle(z * 19.0)
        canvas.gain(0.80 + 0.30 * np.minimum(1.0, 1.6 * (1.0 - quilt * quilt)))
    folds(canvas, draw, 0.055 if top.kind != "puffer" else 0.03, (7, 12))
    # Under the arms and towards the hem less light arrives.
    canvas.gain(1.0 - 0.22 * canvas.band(front, 0.25, 0.03, 0.16) * step(z, 0.60, 0.25))
    canvas.gain(1.0 - 0.12 * exact.smoothstep((low + 0.06 - z) / 0.06))
    canvas.gain(1.0 + 0.12 * exact.smoothstep((z - 0.70) / 0.12))
    if top.open_front:
        gap = 0.035 + 0.10 * exact.smoothstep((0.86 - z) / 0.5) * (1.3 if top.kind in ("shirt", "hoodie") else 1.0)
        inside = step(gap - front, 0.0, 0.012)
        canvas.blend(inside, top.inner)
        canvas.gain(1.0 - 0.25 * canvas.band(front - gap, -0.012, 0.01, 0.02))
        canvas.blend(0.6 * canvas.band(front - gap, 0.012, 0.006, 0.01), pale)
    elif top.kind in ("jacket", "coat", "hoodie", "puffer") and top.repeats > 6:
        canvas.blend(canvas.band(front, 0.0, 0.007, 0.006), palette.mix(top.second, (0.75, 0.75, 0.75), 0.5))
    elif top.kind in ("shirt", "coat", "blazer", "jacket"):
        canvas.blend(0.7 * canvas.band(front, 0.0, 0.004, 0.004), dark)
        spots = canvas.band(exact.triangle(z * 15.0), 0.0, 0.14, 0.12) * canvas.band(turn, 0.012, 0.008, 0.008)
        canvas.blend(
            spots * (z < 0.80), (0.85, 0.83, 0.78) if palette.luminance(top.colour) < 0.4 else (0.1, 0.09, 0.09)
        )
    if top.kind in ("blazer", "coat"):
        lapel = 0.135 * np.minimum(1.0, np.maximum(0.0, (z - 0.66) / 0.14)) * (z < 0.815)
        canvas.blend(step(lapel - front, 0.0, 0.01) * (lapel > 0), dark)
        canvas.blend(step(lapel * 0.55 - front, 0.0, 0.01) * (lapel > 0), top.inner)
    if top.kind == "hoodie":
        pouch = canvas.band(z, 0.555, 0.035, 0.008) * step(0.13 - front, 0.0, 0.012)
        canvas.blend(0.30 * pouch, dark)
        canvas.blend(canvas.band(front, 0.022, 0.004, 0.004) * canvas.band(z, 0.765, 0.030, 0.006), (0.82, 0.82, 0.8))
    if top.kind in ("jacket", "coat", "puffer", "blazer"):
        slit = canvas.band(z, 0.575, 0.004, 0.004) * canvas.band(front, 0.13, 0.035, 0.01)
        canvas.blend(0.75 * slit, dark)
    if top.kind in ("jumper", "hoodie"):
        canvas.blend(0.5 * step(low + 0.022 - z, 0.0, 0.006), dark)
    if top.kind == "dress":
        canvas.blend(0.8 * canvas.band(z, 0.615, 0.009, 0.006), palette.mix(top.second, dark, 0.3))
    if top.kind in ("tee", "dress"):
        canvas.blend(step(z - 0.10 * front, 0.815, 0.006), skin)
    elif top.kind in ("shirt", "jumper", "blazer", "jacket"):
        canvas.blend(step(z - 0.34 * front, 0.807, 0.006), skin if top.kind != "jacket" else top.inner)
        canvas.blend(0.8 * canvas.band(z - 0.34 * front, 0.800, 0.007, 0.006), pale if top.kind == "shirt" else dark)
    return canvas.texture(soft=(11, 9))


def sleeve_texture(top: Top, skin: Colour, lower: bool) -> Texture:
    """Upper or lower arm: sleeve, its pattern, a cuff, and skin where the sleeve ends."""
    draw = Draw(TEXTURE, top.seed, 1 + int(lower))
    colour = top.second if top.pattern in ("yoke", "sides") else top.colour
    canvas = Canvas(64, 64, colour, (0.64, 0.50) if lower else (0.81, 0.64))
    if top.pattern in ("stripes", "check", "tartan", "dots", "blotch", "bars"):
        pattern(canvas, top.pattern, top.second, top.repeats, draw)
    if top.kind == "puffer":
        canvas.gain(0.80 + 0.30 * np.minimum(1.0, 1.6 * (1.0 - exact.triangle(canvas.h * 3.5) ** 2)))
    folds(canvas, draw, 0.045, (3, 5))
    bare = {"short": (0.72, -1.0), "rolled": (2.0, 0.15), "none": (-1.0, -1.0), "long": (2.0, 2.0)}[top.sleeve][
        int(lower)
    ]
    if bare < 1.5:
        canvas.blend(canvas.band(canvas.h, bare - 0.05, 0.04, 0.04) * 0.5, palette.scaled(top.colour, 0.6))
        canvas.blend(step(canvas.h, bare, 0.05), skin)
    elif lower:
        canvas.gain(1.0 - 0.30 * canvas.band(canvas.h, 0.93, 0.03, 0.04))
    if lower and top.seed % 3 == 0:
        canvas.blend(canvas.band(canvas.h, 0.95, 0.03, 0.04), (0.10, 0.10, 0.12))
    return canvas.texture(soft=(7, 7))


def bottom_texture(bottom: Bottom, high: float, low: float, part: str) -> Texture:
    """Trousers or skirt between two heights; `part` is "hips", "thigh", "shin" or "skirt"."""
    draw = Draw(TEXTURE, bottom.seed, {"hips": 0, "thigh": 1, "shin": 2, "skirt": 3}[part])
    canvas = (
        Canvas(96, 256, bottom.colour, (high, low))
        if part in ("hips", "skirt")
        else Canvas(64, 64, bottom.colour, (high, low))
    )
    dark = palette.scaled(bottom.colour, 0.6)
    if bottom.pattern in ("check", "blotch"):
        pattern(canvas, "tartan" if bottom.pattern == "check" else "blotch", bottom.second, 7.0, draw)
    if bottom.pattern == "faded" and part in ("thigh", "shin"):
        pale = palette.mix(bottom.colour, (0.8, 0.83, 0.86), 0.40)
        canvas.blend(0.8 * np.maximum(0.0, 1.0 - (canvas.front / 0.2) ** 2) * (1.0 - np.abs(canvas.h - 0.5)), pale)
    if bottom.pattern == "seam" and part != "skirt":
        canvas.blend(canvas.band(canvas.front, 0.25, 0.035, 0.02), bottom.second)
    folds(canvas, draw, 0.05, {"hips": (3, 10), "skirt": (1, 18)}.get(part, (3, 5)))
    if part == "shin":
        canvas.gain(1.0 - 0.20 * canvas.band(canvas.h, 0.93, 0.05, 0.08))
    if part == "thigh":
        canvas.gain(1.0 - 0.14 * (1.0 - exact.smoothstep(canvas.h / 0.35)))
    if part == "hips":
        canvas.blend(canvas.band(canvas.z, high - 0.012, 0.010, 0.005), palette.scaled(dark, 0.6))
        canvas.blend(canvas.band(canvas.z, high - 0.012, 0.009, 0.005) * canvas.band(canvas.turn, 0, 0.018, 0.01),
                     (0.72, 0.66, 0.45))  # fmt: skip
        canvas.blend(0.6 * canvas.band(canvas.turn, 0, 0.005, 0.005) * (canvas.z < high - 0.025), dark)
        slant = canvas.band(canvas.front - (high - canvas.z) * 0.8, 0.13, 0.007, 0.008)
        canvas.blend(0.5 * slant * (canvas.z > high - 0.07), dark)
    if part == "skirt":
        canvas.gain(1.0 - 0.10 * exact.triangle(canvas.turn * 11.0) * canvas.h)
        canvas.gain(1.0 - 0.12 * canvas.band(canvas.h, 0.97, 0.02, 0.02))
    return canvas.texture(soft=(7, 7))


def plain(colour: Colour, rows: int = 16, columns: int = 32, shade: float = 0.0) -> Texture:
    """One colour, darker by `shade` towards the last row."""
    canvas = Canvas(rows, columns, colour)
    if shade:
        canvas.gain(1.0 - shade * canvas.h)
    return canvas.texture()

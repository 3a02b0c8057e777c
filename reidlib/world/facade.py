"""Fronts of buildings: shops with awnings, windows with frames and sills, doors, arcades; all sizes in metres."""

from __future__ import annotations

from dataclasses import dataclass

from reidlib.world import palette
from reidlib.world.paintbox import Paintbox
from reidlib.world.palette import Colour
from reidlib.world.seeds import Draw

GLASS: Colour = (0.20, 0.25, 0.30)
WALLS: tuple[Colour, ...] = (
    (0.56, 0.32, 0.25), (0.66, 0.60, 0.51), (0.78, 0.73, 0.62), (0.60, 0.60, 0.60), (0.73, 0.58, 0.46),
    (0.50, 0.38, 0.32), (0.68, 0.68, 0.63), (0.57, 0.62, 0.64), (0.74, 0.66, 0.50), (0.45, 0.43, 0.42),
)  # fmt: skip
TRIMS: tuple[Colour, ...] = ((0.82, 0.80, 0.75), (0.25, 0.27, 0.28), (0.55, 0.50, 0.44), (0.36, 0.22, 0.15))
SIGNS: tuple[Colour, ...] = (
    (0.13, 0.26, 0.22), (0.50, 0.12, 0.13), (0.12, 0.18, 0.34), (0.17, 0.17, 0.18), (0.72, 0.55, 0.20),
    (0.36, 0.48, 0.36), (0.62, 0.32, 0.20), (0.70, 0.68, 0.62), (0.16, 0.38, 0.42),
)  # fmt: skip


@dataclass
class Plane:
    """An upright plane parallel to the picture: metres along it and above ground to pixels."""

    box: Paintbox
    scale: float  # pixels per metre
    ground: float  # row of its foot
    haze: float  # 0 … 1, how far the air has paled it
    air: Colour

    def x(self, metres: float) -> float:
        return metres * self.scale

    def y(self, metres: float) -> float:
        return self.ground - metres * self.scale

    def tone(self, colour: Colour) -> Colour:
        return palette.mix(colour, self.air, self.haze)

    def rect(self, x0: float, z0: float, x1: float, z1: float, colour: Colour, alpha: float = 1.0) -> None:
        """From height z0 up to z1."""
        self.box.rect(self.x(x0), self.y(z1), self.x(x1), self.y(z0), self.tone(colour), alpha)

    def fade(self, x0: float, z0: float, x1: float, z1: float, colour: Colour, top: float, bottom: float) -> None:
        self.box.fade(self.x(x0), self.y(z1), self.x(x1), self.y(z0), self.tone(colour), top, bottom)

    def polygon(self, points: list[tuple[float, float]], colour: Colour, alpha: float = 1.0) -> None:
        self.box.polygon([(self.x(a), self.y(b)) for a, b in points], self.tone(colour), alpha)

    def ellipse(self, x: float, z: float, rx: float, rz: float, colour: Colour, alpha: float = 1.0, soft=0.1) -> None:
        self.box.ellipse(self.x(x), self.y(z), rx * self.scale, rz * self.scale, self.tone(colour), alpha, soft)

    @property
    def span(self) -> float:
        """Metres around the panorama."""
        return self.box.width / self.scale


def glass(plane: Plane, x0: float, z0: float, x1: float, z1: float, draw: Draw, lit: float) -> None:
    """A pane: dark, sky above, a slanting reflection, sometimes a warm room behind it."""
    plane.rect(x0, z0, x1, z1, GLASS)
    plane.fade(x0, z0, x1, z1, (0.62, 0.68, 0.74), 0.55, 0.05)
    if draw.chance(lit):
        plane.rect(x0, z0, x1, z1, (0.93, 0.74, 0.44), 0.55)
    w, h = x1 - x0, z1 - z0
    a = draw.uniform(0.0, 0.5)
    plane.polygon(
        [(x0 + w * (a + 0.12), z1), (x0 + w * (a + 0.34), z1), (x0 + w * (a + 0.20), z0),
         (x0 + w * max(0.0, a - 0.02), z0)],
        (0.80, 0.84, 0.88), 0.16,
    )  # fmt: skip
    plane.rect(x0, z1 - 0.05 * h, x1, z1, (0.05, 0.05, 0.06), 0.45)


def window(plane: Plane, x: float, z: float, w: float, h: float, trim: Colour, draw: Draw, lit: float) -> None:
    """A window with frame, bars, sill and, sometimes, a blind or flowers."""
    plane.rect(x - 0.10, z - 0.08, x + w + 0.10, z + h + 0.12, trim)
    glass(plane, x, z, x + w, z + h, draw, lit)
    if draw.chance(0.35):
        plane.rect(x, z + h * draw.uniform(0.45, 0.8), x + w, z + h, (0.80, 0.77, 0.70), 0.8)
    plane.rect(x + w * 0.5 - 0.035, z, x + w * 0.5 + 0.035, z + h, trim)
    plane.rect(x, z + h * 0.62, x + w, z + h * 0.62 + 0.05, trim)
    plane.rect(x - 0.18, z - 0.16, x + w + 0.18, z - 0.04, palette.mix(trim, (0.9, 0.9, 0.88), 0.3))
    plane.rect(x - 0.18, z - 0.24, x + w + 0.18, z - 0.16, (0.05, 0.05, 0.06), 0.35)
    if draw.chance(0.18):
        plane.rect(x - 0.05, z - 0.12, x + w + 0.05, z + 0.06, (0.20, 0.16, 0.12))
        for k in range(7):
            bloom = draw.pick(((0.75, 0.2, 0.25), (0.25, 0.42, 0.18), (0.2, 0.36, 0.15), (0.85, 0.6, 0.3)))
            plane.ellipse(x + w * (k + 0.5) / 7, z + 0.12, 0.11, 0.10, bloom)


def door(plane: Plane, x: float, w: float, colour: Colour, draw: Draw, glazed: bool) -> None:
    plane.rect(x - 0.10, 0.0, x + w + 0.10, 2.42, palette.mix(colour, (0.9, 0.88, 0.84), 0.45))
    plane.rect(x, 0.0, x + w, 2.30, colour)
    if glazed:
        glass(plane, x + 0.14, 0.35, x + w - 0.14, 2.12, draw, 0.3)
    else:
        for z0, z1 in ((0.25, 1.0), (1.15, 2.05)):
            for a in (0.10, 0.54):
                plane.rect(x + w * a, z0, x + w * (a + 0.36), z1, palette.scaled(colour, 0.75))
                plane.rect(x + w * a, z0, x + w * (a + 0.36), z0 + 0.05, palette.scaled(colour, 1.25))
    plane.ellipse(x + w * 0.90, 1.05, 0.06, 0.06, (0.80, 0.70, 0.40))
    plane.rect(x - 0.15, 0.0, x + w + 0.15, 0.13, (0.52, 0.51, 0.49))


def _letters(plane: Plane, x0: float, x1: float, z: float, tall: float, colour: Colour, draw: Draw) -> None:
    """Strokes that read as writing from afar."""
    x = x0
    while x < x1:
        w = tall * draw.uniform(0.35, 0.7)
        if not draw.chance(0.15):
            plane.rect(x, z, x + w * 0.28, z + tall, colour)
            bar = z + tall * draw.pick((0.0, 0.42, 0.8))
            plane.rect(x, bar, x + w, bar + tall * 0.22, colour)
            if draw.chance(0.6):
                plane.rect(x + w * 0.72, z, x + w, z + tall * draw.pick((0.5, 1.0)), colour)
        x += w + tall * 0.25


def _awning(plane: Plane, x0: float, x1: float, z: float, drop: float, sign: Colour, draw: Draw) -> None:
    """A striped awning with a scalloped edge and the shade below it."""
    other = draw.pick(((0.88, 0.86, 0.80), palette.scaled(sign, 0.6), sign))
    stripes = max(4, round((x1 - x0) / 0.34))
    w = (x1 - x0) / stripes
    plane.fade(x0, z - drop - 0.9, x1, z - drop, (0.03, 0.03, 0.04), 0.55, 0.0)
    for k in range(stripes):
        colour = sign if k % 2 else other
        a, b = x0 + k * w, x0 + (k + 1) * w
        spread = 0.10 * ((k + 0.5) / stripes - 0.5)
        plane.polygon([(a, z), (b, z), (b + spread, z - drop), (a + spread, z - drop)], colour)
        plane.ellipse((a + b) / 2 + spread, z - drop, w * 0.55, 0.11, palette.scaled(colour, 0.85))
    plane.fade(x0 - 0.05, z - drop, x1 + 0.05, z, (0.0, 0.0, 0.0), 0.0, 0.22)


def shop(plane: Plane, x0: float, w: float, wall: Colour, draw: Draw, lit: float) -> None:
    """One shop front, 3.6 m tall: plinth, display window with goods, door, sign, perhaps an awning."""
    sign = draw.pick(SIGNS)
    frame = draw.pick((palette.scaled(sign, 0.8), (0.14, 0.14, 0.15), (0.78, 0.76, 0.71)))
    plane.rect(x0, 0.0, x0 + w, 3.65, frame)
    doorway = draw.uniform(1.0, 1.25)
    left = draw.chance(0.5)
    d0 = x0 + 0.25 if left else x0 + w - 0.25 - doorway
    g0, g1 = (d0 + doorway + 0.2, x0 + w - 0.25) if left else (x0 + 0.25, d0 - 0.2)
    glass(plane, g0, 0.55, g1, 2.75, draw, lit)
    goods = draw.pick(("boxes", "figures", "round"))
    x = g0 + 0.15
    while x < g1 - 0.5:
        colour, size = palette.cloth(draw, "accent"), draw.uniform(0.28, 0.5)
        if goods == "figures":
            plane.rect(x + 0.08, 0.7, x + 0.36, 1.6, colour, 0.75)
            plane.ellipse(x + 0.22, 1.78, 0.12, 0.14, (0.75, 0.66, 0.58), 0.75)
        elif goods == "boxes":
            plane.rect(x, 0.55, x + size, 0.55 + draw.uniform(0.3, 1.0), colour, 0.7)
        else:
            plane.ellipse(x + 0.2, 0.85, 0.22, 0.22, colour, 0.7)
            plane.ellipse(x + 0.2, 1.45, 0.18, 0.18, palette.mix(colour, (0.9, 0.8, 0.5), 0.4), 0.6)
        x += size + draw.uniform(0.15, 0.5)
    bars = max(1, round((g1 - g0) / 1.3))
    for k in range(1, bars):
        at = g0 + (g1 - g0) * k / bars
        plane.rect(at - 0.04, 0.55, at + 0.04, 2.75, frame)
    plane.rect(g0 - 0.08, 0.42, g1 + 0.08, 0.55, palette.mix(frame, (0.9, 0.9, 0.9), 0.25))
    plane.rect(g0, 0.08, g1, 0.40, palette.scaled(frame, 0.8))
    door(plane, d0, doorway, palette.scaled(frame, 0.9), draw, glazed=True)
    plane.rect(x0, 2.85, x0 + w, 3.50, sign)
    plane.rect(x0, 3.50, x0 + w, 3.65, palette.mix(wall, (0.9, 0.9, 0.88), 0.35))
    ink = (0.90, 0.87, 0.78) if palette.luminance(sign) < 0.45 else (0.15, 0.14, 0.13)
    _letters(plane, x0 + w * 0.18, x0 + w * 0.80, 3.03, 0.30, ink, draw)
    plane.rect(x0, 2.78, x0 + w, 2.86, (0.03, 0.03, 0.03), 0.5)
    if draw.chance(0.45):
        _awning(plane, g0 - 0.15, g1 + 0.15, 2.88, draw.uniform(0.45, 0.75), sign, draw)
    for edge in (x0, x0 + w):
        plane.rect(edge - 0.22, 0.0, edge + 0.22, 3.65, palette.scaled(wall, 0.92))
        plane.rect(edge - 0.26, 0.0, edge + 0.26, 0.45, palette.scaled(wall, 0.7))


def building(plane: Plane, x0: float, w: float, floors: int, draw: Draw, shops: bool, lit: float) -> None:
    """A house front of `floors` storeys; its ground floor has shops or a door and windows."""
    wall = palette.jittered(draw.pick(WALLS), draw, 0.03)
    trim = draw.pick(TRIMS)
    tall = 3.65 + 3.1 * (floors - 1) + 0.5
    plane.rect(x0, 0.0, x0 + w, tall, wall)
    if draw.chance(0.45):  # courses of brick or stone
        step = draw.pick((0.30, 0.45, 0.6))
        for k in range(1, int(tall / step)):
            plane.rect(x0, k * step, x0 + w, k * step + 0.045, palette.scaled(wall, 0.86), 0.7)
    plane.fade(x0, 0.0, x0 + w, tall, (0.04, 0.04, 0.05), 0.0, 0.22)
    per = max(1, round(w / draw.uniform(2.2, 3.0)))
    ww, wh = draw.uniform(1.0, 1.4), draw.uniform(1.5, 1.9)
    for floor in range(1, floors):
        z = 3.65 + 3.1 * (floor - 1) + 0.75
        for k in range(per):
            window(plane, x0 + w * (k + 0.5) / per - ww / 2, z, ww, wh, trim, draw, lit * 0.5)
    plane.rect(x0, tall - 0.35, x0 + w, tall, palette.mix(wall, trim, 0.6))
    plane.rect(x0, tall - 0.50, x0 + w, tall - 0.35, (0.04, 0.04, 0.04), 0.35)
    if shops:
        n = max(1, round(w / draw.uniform(4.2, 5.6)))
        for k in range(n):
            shop(plane, x0 + w * k / n, w / n, wall, draw, lit)
    else:
        at = draw.below(per)
        for k in range(per):
            middle = x0 + w * (k + 0.5) / per
            if k == at:
                door(plane, middle - 0.55, 1.1, draw.pick(SIGNS), draw, glazed=False)
            else:
                window(plane, middle - ww / 2, 0.95, ww, wh, trim, draw, lit)
        plane.rect(x0, 0.0, x0 + w, 0.5, palette.scaled(wall, 0.72), 0.8)
    plane.rect(x0, 0.0, x0 + 0.10, tall, (0.04, 0.04, 0.04), 0.30)
    if draw.chance(0.5):
        plane.rect(x0 + 0.25, 0.0, x0 + 0.40, tall, palette.scaled(wall, 0.55))

"""What stands in streets: trees, hedges, lamps, cars, benches, bollards, planters, bicycles; all sizes in metres."""

from __future__ import annotations

from reidlib.world import palette
from reidlib.world.facade import GLASS, SIGNS, Plane
from reidlib.world.palette import Colour
from reidlib.world.seeds import Draw

LEAVES: tuple[Colour, ...] = ((0.22, 0.36, 0.15), (0.30, 0.42, 0.18), (0.40, 0.45, 0.20), (0.18, 0.32, 0.20),
                              (0.55, 0.42, 0.17))  # fmt: skip
CARS: tuple[Colour, ...] = ((0.62, 0.63, 0.65), (0.10, 0.10, 0.12), (0.80, 0.80, 0.79), (0.16, 0.23, 0.40),
                            (0.52, 0.10, 0.11), (0.33, 0.35, 0.37), (0.24, 0.34, 0.28), (0.66, 0.60, 0.48))  # fmt: skip
METAL: Colour = (0.17, 0.18, 0.19)


def ground_shade(plane: Plane, x: float, half: float, strength: float = 0.45) -> None:
    """The soft shade below a thing that stands on the ground."""
    plane.box.ellipse(plane.x(x), plane.ground, half * plane.scale, max(1.5, 0.16 * half * plane.scale),
                      (0.03, 0.03, 0.04), strength, soft=0.9)  # fmt: skip


def crown(plane: Plane, x: float, z: float, r: float, leaf: Colour, draw: Draw, blobs: int = 34) -> None:
    """Foliage: overlapping blobs, dark below, lit above."""
    for k in range(blobs):
        t = k / (blobs - 1)
        dx, dz = draw.normal(0.42 * r), (t - 0.5) * 1.25 * r + draw.normal(0.16 * r)
        size = r * draw.uniform(0.20, 0.40)
        tone = palette.scaled(palette.jittered(leaf, draw, 0.03), 0.62 + 0.75 * t)
        plane.ellipse(x + dx, z + dz, size, size * draw.uniform(0.65, 0.95), tone, 0.9, 0.35)


def tree(plane: Plane, x: float, draw: Draw, tall: float, grate: bool = True) -> None:
    leaf = draw.pick(LEAVES)
    bark = draw.pick(((0.27, 0.21, 0.16), (0.36, 0.32, 0.27), (0.22, 0.18, 0.15)))
    w = draw.uniform(0.12, 0.20)
    ground_shade(plane, x, 1.1, 0.40)
    if grate:
        plane.box.ellipse(
            plane.x(x), plane.ground, 0.7 * plane.scale, 0.12 * plane.scale, plane.tone((0.20, 0.16, 0.12))
        )
    fork = tall * 0.45
    plane.polygon([(x - w, fork), (x + w, fork), (x + 1.5 * w, 0.0), (x - 1.5 * w, 0.0)], bark)
    plane.polygon(
        [(x + 0.2 * w, fork), (x + w, fork), (x + 1.5 * w, 0.0), (x + 0.4 * w, 0.0)], palette.scaled(bark, 0.7)
    )
    for lean in (-0.8, -0.2, 0.6):
        top = (x + lean * 0.55 * tall * 0.5, fork + tall * 0.3)
        plane.polygon(
            [(top[0] - 0.04, top[1]), (top[0] + 0.04, top[1]), (x + w, fork - 0.2), (x - w, fork - 0.2)], bark
        )
    crown(plane, x, tall * 0.72, tall * 0.30, leaf, draw)


def hedge(plane: Plane, x0: float, x1: float, tall: float, draw: Draw) -> None:
    leaf = draw.pick(LEAVES[:4])
    plane.rect(x0, 0.0, x1, tall, palette.scaled(leaf, 0.62))
    x = x0
    while x < x1:
        for level in (0.15, 0.45, 0.75, 0.97):
            r = draw.uniform(0.14, 0.26)
            tone = palette.scaled(palette.jittered(leaf, draw, 0.03), 0.60 + 0.62 * level)
            plane.ellipse(x + draw.uniform(-0.1, 0.1), tall * level, r * 1.2, r, tone, 0.85, 0.4)
        x += 0.22
    plane.box.rect(plane.x(x0), plane.ground - 1, plane.x(x1), plane.ground + 2, (0.05, 0.05, 0.04), 0.5)


def lamp(plane: Plane, x: float, draw: Draw) -> None:
    ground_shade(plane, x, 0.4, 0.4)
    plane.rect(x - 0.06, 0.0, x + 0.06, 5.2, METAL)
    plane.rect(x - 0.02, 0.0, x + 0.01, 5.2, (0.45, 0.46, 0.47), 0.6)
    plane.rect(x - 0.13, 0.0, x + 0.13, 0.75, METAL)
    plane.rect(x - 0.10, 0.75, x + 0.10, 0.85, (0.34, 0.35, 0.36))
    plane.ellipse(x, 5.3, 0.28, 0.34, (0.92, 0.88, 0.74))
    plane.rect(x - 0.34, 5.55, x + 0.34, 5.68, METAL)
    if draw.chance(0.35):
        plane.rect(x + 0.10, 2.3, x + 0.62, 3.5, draw.pick(SIGNS))


def car(plane: Plane, x: float, draw: Draw) -> None:
    """A parked car from the side, 4.2 m long."""
    paint = palette.jittered(draw.pick(CARS), draw, 0.02)
    dark, pale = palette.scaled(paint, 0.62), palette.mix(paint, (0.92, 0.94, 0.96), 0.35)
    tall, long = draw.uniform(1.40, 1.62), draw.uniform(3.9, 4.4)
    plane.box.ellipse(plane.x(x + long / 2), plane.ground + 1, 0.54 * long * plane.scale, 0.22 * plane.scale,
                      (0.02, 0.02, 0.03), 0.75, 0.5)  # fmt: skip
    plane.rect(x + 0.05, 0.28, x + long - 0.05, 0.62, dark)
    plane.polygon(
        [(x + 0.12, 0.92), (x + long - 0.18, 0.92), (x + long, 0.55), (x + long, 0.40), (x, 0.40), (x, 0.70)], paint
    )
    roof = [(x + 1.35, tall), (x + long - 1.05, tall), (x + long - 0.30, 0.90), (x + 0.62, 0.90)]
    plane.polygon(roof, paint)
    glassy = [(x + 1.44, tall - 0.11), (x + long - 1.15, tall - 0.11), (x + long - 0.58, 0.96), (x + 0.92, 0.96)]
    plane.polygon(glassy, GLASS)
    plane.polygon(
        [(x + 1.5, tall - 0.13), (x + 2.0, tall - 0.13), (x + 1.5, 0.98), (x + 1.05, 0.98)], (0.75, 0.82, 0.88), 0.35
    )
    for at in (0.47, 0.66):
        plane.rect(x + long * at - 0.04, 0.92, x + long * at + 0.04, tall - 0.05, paint)
    plane.rect(x + 0.10, 0.86, x + long - 0.15, 0.92, pale, 0.8)
    plane.rect(x + long * 0.47, 0.42, x + long * 0.47 + 0.03, 0.9, dark)
    plane.rect(x + long * 0.52, 0.78, x + long * 0.56, 0.82, pale)
    for wheel in (0.80, long - 0.85):
        plane.ellipse(x + wheel, 0.36, 0.40, 0.40, (0.05, 0.05, 0.05))
        plane.ellipse(x + wheel, 0.33, 0.33, 0.33, (0.09, 0.09, 0.10))
        plane.ellipse(x + wheel, 0.33, 0.19, 0.19, (0.62, 0.63, 0.65))
        plane.ellipse(x + wheel, 0.33, 0.07, 0.07, (0.25, 0.25, 0.26))
    plane.rect(x, 0.60, x + 0.14, 0.72, (0.85, 0.30, 0.22))
    plane.rect(x + long - 0.20, 0.58, x + long - 0.03, 0.70, (0.93, 0.92, 0.84))


def bench(plane: Plane, x: float, draw: Draw) -> None:
    wood = draw.pick(((0.46, 0.31, 0.19), (0.34, 0.24, 0.17), (0.30, 0.36, 0.30)))
    ground_shade(plane, x + 0.8, 1.0, 0.4)
    for leg in (0.12, 1.42):
        plane.rect(x + leg, 0.0, x + leg + 0.08, 0.85, METAL)
    for z in (0.42, 0.58, 0.70, 0.82):
        plane.rect(x, z, x + 1.62, z + 0.085, wood if z > 0.5 else palette.scaled(wood, 1.25))


def bollard(plane: Plane, x: float) -> None:
    ground_shade(plane, x, 0.22, 0.5)
    plane.rect(x - 0.08, 0.0, x + 0.08, 0.92, METAL)
    plane.rect(x - 0.04, 0.0, x - 0.01, 0.9, (0.5, 0.5, 0.5), 0.5)
    plane.ellipse(x, 0.94, 0.10, 0.08, METAL)
    plane.rect(x - 0.08, 0.70, x + 0.08, 0.78, (0.85, 0.83, 0.78))


def planter(plane: Plane, x: float, draw: Draw) -> None:
    pot = draw.pick(((0.55, 0.33, 0.23), (0.60, 0.59, 0.56), (0.26, 0.27, 0.28)))
    ground_shade(plane, x, 0.5, 0.5)
    plane.polygon([(x - 0.36, 0.55), (x + 0.36, 0.55), (x + 0.27, 0.0), (x - 0.27, 0.0)], pot)
    plane.rect(x - 0.40, 0.50, x + 0.40, 0.60, palette.scaled(pot, 1.2))
    crown(plane, x, 0.95, 0.42, draw.pick(LEAVES), draw, 16)


def board(plane: Plane, x: float, draw: Draw) -> None:
    """A café's pavement board."""
    ground_shade(plane, x, 0.45, 0.5)
    plane.polygon([(x - 0.25, 1.05), (x + 0.25, 1.05), (x + 0.33, 0.0), (x - 0.33, 0.0)], (0.40, 0.27, 0.17))
    plane.polygon([(x - 0.20, 0.98), (x + 0.20, 0.98), (x + 0.26, 0.18), (x - 0.26, 0.18)], (0.10, 0.12, 0.11))
    for k in range(4):
        plane.rect(x - 0.15, 0.82 - k * 0.15, x + draw.uniform(-0.02, 0.16), 0.86 - k * 0.15, (0.82, 0.81, 0.75))


def bicycle(plane: Plane, x: float, draw: Draw) -> None:
    paint = draw.pick(SIGNS)
    ground_shade(plane, x + 0.5, 0.9, 0.35)
    for wheel in (0.0, 1.05):
        plane.ellipse(x + wheel, 0.34, 0.34, 0.34, (0.07, 0.07, 0.07), 0.9)
        plane.ellipse(x + wheel, 0.34, 0.28, 0.28, (0.50, 0.50, 0.49), 0.75)
    for a, b in (((0.0, 0.34), (0.38, 0.80)), ((0.38, 0.80), (0.90, 0.82)), ((0.45, 0.32), (0.90, 0.80)),
                 ((0.45, 0.32), (0.36, 0.92)), ((1.05, 0.34), (0.88, 1.0))):  # fmt: skip
        (ax, az), (bx, bz) = (a, b) if a[0] < b[0] else (b, a)
        plane.polygon([(x + ax, az + 0.035), (x + bx, bz + 0.035), (x + bx, bz - 0.035), (x + ax, az - 0.035)], paint)
    plane.rect(x + 0.24, 0.92, x + 0.50, 0.99, (0.10, 0.08, 0.07))
    plane.rect(x + 0.80, 0.98, x + 1.02, 1.04, METAL)


def bin_(plane: Plane, x: float, draw: Draw) -> None:
    paint = draw.pick(((0.14, 0.26, 0.20), (0.20, 0.21, 0.22), (0.42, 0.43, 0.43)))
    ground_shade(plane, x, 0.4, 0.5)
    plane.rect(x - 0.27, 0.04, x + 0.27, 1.0, paint)
    plane.rect(x + 0.10, 0.04, x + 0.27, 1.0, palette.scaled(paint, 0.7))
    plane.rect(x - 0.20, 0.72, x + 0.20, 0.86, (0.03, 0.03, 0.03))
    plane.rect(x - 0.31, 0.98, x + 0.31, 1.07, palette.scaled(paint, 1.3))

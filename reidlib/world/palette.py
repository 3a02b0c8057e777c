"""Colours of clothes, skin, hair and streets, as reflectances in [0, 1] (red, green, blue)."""

from __future__ import annotations

from reidlib.world.seeds import Draw

Colour = tuple[float, float, float]

# City clothing: name, colour, weight as a top, weight as trousers or skirt. Dark colours dominate, so that colour
# alone does not tell who somebody is.
CLOTH: tuple[tuple[str, Colour, float, float], ...] = (
    ("black", (0.075, 0.075, 0.085), 16, 24),
    ("charcoal", (0.19, 0.195, 0.21), 11, 14),
    ("grey", (0.44, 0.45, 0.47), 9, 8),
    ("white", (0.86, 0.86, 0.84), 9, 2),
    ("navy", (0.09, 0.13, 0.27), 11, 14),
    ("denim", (0.20, 0.30, 0.47), 6, 16),
    ("blue", (0.17, 0.35, 0.66), 5, 1),
    ("red", (0.68, 0.13, 0.13), 5, 1),
    ("wine", (0.36, 0.09, 0.14), 4, 2),
    ("green", (0.13, 0.36, 0.22), 3, 1),
    ("olive", (0.33, 0.34, 0.19), 4, 5),
    ("brown", (0.34, 0.23, 0.15), 4, 5),
    ("camel", (0.67, 0.50, 0.32), 4, 3),
    ("sand", (0.77, 0.70, 0.56), 3, 6),
    ("mustard", (0.80, 0.62, 0.17), 2, 0.3),
    ("teal", (0.13, 0.45, 0.47), 2, 0.5),
    ("rose", (0.80, 0.50, 0.53), 2, 0.5),
    ("lilac", (0.55, 0.46, 0.66), 1.5, 0.5),
    ("orange", (0.84, 0.42, 0.14), 1.2, 0.2),
    ("sky", (0.56, 0.70, 0.82), 3, 1),
)
SKIN: tuple[tuple[Colour, float], ...] = (
    ((0.90, 0.72, 0.61), 4), ((0.82, 0.62, 0.49), 3), ((0.67, 0.47, 0.35), 2), ((0.49, 0.33, 0.24), 1.5),
    ((0.33, 0.21, 0.15), 1),
)  # fmt: skip
HAIR: tuple[tuple[Colour, float], ...] = (
    ((0.06, 0.05, 0.05), 4), ((0.16, 0.10, 0.07), 3), ((0.30, 0.19, 0.11), 2), ((0.50, 0.34, 0.18), 1.2),
    ((0.74, 0.59, 0.34), 1.2), ((0.52, 0.20, 0.09), 0.6), ((0.60, 0.60, 0.61), 1.2),
)  # fmt: skip


def clamp(colour: tuple[float, ...], low: float = 0.02, high: float = 0.95) -> Colour:
    r, g, b = (min(high, max(low, c)) for c in colour)
    return (r, g, b)


def mix(a: Colour, b: Colour, t: float) -> Colour:
    """(1 − t)·a + t·b."""
    return tuple(x + (y - x) * t for x, y in zip(a, b, strict=True))


def scaled(colour: Colour, gain: float) -> Colour:
    return clamp(tuple(c * gain for c in colour))


def jittered(colour: Colour, draw: Draw, sd: float) -> Colour:
    """A neighbour of a colour: common brightness change, small change of hue."""
    light = 1.0 + draw.normal(2.0 * sd)
    shift = draw.normals(3).tolist()
    return clamp(tuple(c * light + n * sd * 0.6 for c, n in zip(colour, shift, strict=True)))


def cloth(draw: Draw, place: str) -> Colour:
    """A colour for a `top`, a `bottom`, or any `accent`."""
    weights = {"top": [c[2] for c in CLOTH], "bottom": [c[3] for c in CLOTH], "accent": [1.0] * len(CLOTH)}[place]
    return jittered(draw.pick([c[1] for c in CLOTH], weights), draw, 0.045)


def skin(draw: Draw) -> Colour:
    return jittered(draw.pick([c for c, _ in SKIN], [w for _, w in SKIN]), draw, 0.02)


def hair(draw: Draw) -> Colour:
    return jittered(draw.pick([c for c, _ in HAIR], [w for _, w in HAIR]), draw, 0.025)


def luminance(colour: Colour) -> float:
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]

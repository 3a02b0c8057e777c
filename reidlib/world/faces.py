"""Heads as pictures: face, hairline, hair, beard, glasses and hats, wrapped around the shape of a head."""

from __future__ import annotations

import numpy as np

from reidlib.world import exact, palette
from reidlib.world.cloth import Canvas, step
from reidlib.world.identity import Head
from reidlib.world.palette import Colour
from reidlib.world.seeds import TEXTURE, Draw, grain
from reidlib.world.shapes import Texture


def strands(canvas: Canvas, cover: np.ndarray, colour: Colour, seed: int) -> None:
    """Hair: fine vertical strands and one soft shine."""
    rows, columns = canvas.rgb.shape[1:]
    noise = grain(Draw(TEXTURE, seed, 5), rows, columns, 3, columns // 4)
    tone = 1.0 + 0.13 * noise + 0.34 * canvas.band(canvas.h, 0.20, 0.05, 0.16) - 0.12 * canvas.h
    for c in range(3):
        canvas.rgb[c] += cover * (colour[c] * tone + 0.015 * (tone - 1.0) - canvas.rgb[c])


def head_texture(head: Head, skin: Colour, seed: int) -> Texture:
    """A head from crown (row 0) to chin (row 1)."""
    canvas = Canvas(96, 128, skin)
    h, front, turn = canvas.h, canvas.front, canvas.turn
    shadow, blush = palette.scaled(skin, 0.70), palette.mix(skin, (0.75, 0.32, 0.28), 0.30)
    canvas.gain(1.05 - 0.16 * exact.smoothstep((h - 0.72) / 0.28))
    canvas.blend(0.45 * canvas.band(h, 0.66, 0.05, 0.10) * canvas.band(front, 0.115, 0.03, 0.05), blush)
    # Nose: a ridge of light and the shadow below it.
    canvas.gain(1.0 + 0.10 * canvas.band(turn, 0.0, 0.015, 0.02) * canvas.band(h, 0.58, 0.08, 0.06))
    canvas.blend(0.55 * canvas.band(turn, 0.0, 0.030, 0.02) * canvas.band(h, 0.675, 0.018, 0.03), shadow)
    lips = palette.mix(skin, (0.55, 0.15, 0.16), 0.55)
    canvas.blend(0.85 * canvas.band(turn, 0.0, 0.055, 0.03) * canvas.band(h, 0.785, 0.022, 0.03), lips)
    for side in (-1.0, 1.0):
        eye = canvas.band(turn, side * 0.085, 0.030, 0.025)
        canvas.blend(0.45 * canvas.band(turn, side * 0.085, 0.05, 0.03) * canvas.band(h, 0.475, 0.05, 0.05), shadow)
        canvas.blend(0.95 * eye * canvas.band(h, 0.505, 0.030, 0.03), (0.06, 0.05, 0.06))
        brow = canvas.band(turn, side * 0.088, 0.046, 0.02) * canvas.band(h, 0.405, 0.016, 0.025)
        canvas.blend(0.75 * brow, palette.scaled(head.hair_colour, 0.8))
        ear = canvas.band(turn, side * 0.262, 0.028, 0.02) * canvas.band(h, 0.56, 0.09, 0.05)
        canvas.blend(0.65 * ear, palette.mix(skin, (0.70, 0.30, 0.25), 0.35))
    if head.beard:
        jaw = step(h, 0.70, 0.10) * step(0.27 - front, 0.0, 0.05)
        jaw = np.maximum(jaw, canvas.band(front, 0.235, 0.03, 0.03) * step(h, 0.50, 0.1))
        mouth = canvas.band(turn, 0.0, 0.045, 0.02) * canvas.band(h, 0.79, 0.018, 0.02)
        canvas.blend(0.88 * jaw * (1.0 - 0.8 * mouth), palette.mix(head.hair_colour, skin, 0.12))
    if head.glasses:
        rims = np.zeros_like(canvas.rgb[0])
        for side in (-1.0, 1.0):
            d = np.sqrt(((turn - side * 0.086) / 0.060) ** 2 + ((h - 0.505) / 0.085) ** 2)
            rims = np.maximum(rims, canvas.band(d, 0.95, 0.16, 0.2))
        rims = np.maximum(rims, canvas.band(h, 0.48, 0.016, 0.02) * canvas.band(front, 0.20, 0.07, 0.02))
        rims = np.maximum(rims, canvas.band(h, 0.48, 0.014, 0.02) * canvas.band(front, 0.0, 0.03, 0.02))
        canvas.blend(0.9 * rims, (0.07, 0.06, 0.07))
    if head.hair != "bald":
        fringe = {"crop": 0.20, "short": 0.27, "curly": 0.30, "bob": 0.36, "long": 0.29, "ponytail": 0.22, "bun": 0.22}
        line = fringe[head.hair] - 0.10 * exact.cos(exact.TURN * turn * 2.0) * (head.hair in ("short", "long"))
        side = np.maximum(0.0, front - 0.175) / 0.075
        line = line + side * {"crop": 0.22, "short": 0.30, "bob": 0.9, "long": 0.9}.get(head.hair, 0.28)
        nape = 0.86 if head.hair in ("crop", "short", "ponytail", "bun") else 1.1
        line = np.where(front > 0.285, nape, np.minimum(line, nape))
        strands(canvas, step(line - h, 0.0, 0.05), head.hair_colour, seed)
    else:
        canvas.gain(1.0 + 0.16 * canvas.band(h, 0.15, 0.05, 0.12))
    return canvas.texture(soft=(7, 5))


def hair_texture(head: Head, seed: int) -> Texture:
    """A separate volume of hair: long hair, a bun, curls."""
    canvas = Canvas(64, 64, head.hair_colour)
    strands(canvas, np.ones_like(canvas.rgb[0]), head.hair_colour, seed)
    if head.hair == "curly":
        rows, columns = canvas.rgb.shape[1:]
        canvas.gain(1.0 + 0.22 * grain(Draw(TEXTURE, seed, 6), rows, columns, 9, 14))
    return canvas.texture(soft=(5, 5))


def hat_texture(head: Head, seed: int) -> Texture:
    """Crown of a cap, beanie or brimmed hat; the hood of a hooded top."""
    canvas = Canvas(48, 64, head.hat_colour)
    if head.hat == "beanie":
        canvas.gain(1.0 - 0.16 * exact.triangle(canvas.turn * 20.0))
        canvas.blend(0.35 * step(canvas.h, 0.66, 0.06), palette.scaled(head.hat_colour, 0.5))
    elif head.hat == "cap":
        canvas.gain(1.0 - 0.18 * canvas.band(exact.triangle(canvas.turn * 6.0), 0.0, 0.05, 0.06))
        if seed % 2:
            canvas.blend(canvas.band(canvas.front, 0.0, 0.055, 0.03) * canvas.band(canvas.h, 0.62, 0.16, 0.1),
                         (0.88, 0.88, 0.86))  # fmt: skip
    elif head.hat == "brim":
        canvas.blend(canvas.band(canvas.h, 0.86, 0.12, 0.06), palette.scaled(head.hat_colour, 0.4))
    canvas.gain(1.08 - 0.22 * canvas.h)
    return canvas.texture(soft=(5, 5))

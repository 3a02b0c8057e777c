"""Backgrounds: one periodic panorama per camera, of a shopping street, an avenue, a park path or a square."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from reidlib.world import furniture, palette
from reidlib.world.facade import Plane, building
from reidlib.world.paintbox import FINE, Paintbox
from reidlib.world.palette import Colour
from reidlib.world.seeds import Draw, grain

WIDTH, ABOVE, BELOW = 1024, -64, 192  # the panorama, in frame rows and columns
FOOT, METRE = 119.0, 64.0  # ground row and pixels per metre where the walkers walk
KINDS = ("shops", "avenue", "park", "square")


@dataclass(frozen=True)
class Setting:
    """What a camera looks at: `horizon` row, light and air. `sun` 0 (overcast) … 1; `lit` = share of lit windows."""

    kind: str
    horizon: float
    sun: float
    side: float
    air: Colour
    sky: Colour
    lit: float


class Stage:
    """Depth ρ (1 = where the walkers are) to rows and scales."""

    def __init__(self, setting: Setting, box: Paintbox) -> None:
        self.setting, self.box = setting, box

    def row(self, rho: float) -> float:
        return self.setting.horizon + (FOOT - self.setting.horizon) / rho

    def plane(self, rho: float) -> Plane:
        haze = 0.62 * (1.0 - 1.0 / (1.0 + 0.10 * max(0.0, rho - 1.0)))
        return Plane(self.box, METRE / rho, self.row(rho), haze, self.setting.air)

    def ground(self, near: float, far: float, colour: Colour) -> None:
        """Colour the ground between two depths; nearer than the walkers is below row FOOT."""
        bottom = float(BELOW) if near <= 0.6 else self.row(near)
        self.box.rect(0, self.row(far), WIDTH, bottom, colour)

    def slabs(self, near: float, far: float, size: float, colour: Colour, draw: Draw, contrast: float) -> None:
        """Paving in perspective: rows of slabs with staggered joints and slightly different tones."""
        bottom = float(BELOW) if near <= 0.6 else self.row(near)
        slant = draw.uniform(-0.9, 0.9)
        ahead = (FOOT - self.setting.horizon) / METRE  # camera height in metres
        z, k = max(near, ahead * METRE / (BELOW - self.setting.horizon)), 0
        depth_step = size * 0.30
        while z < far:
            z2 = min(far, z + depth_step)
            y1, y0 = min(bottom, self.row(z)), self.row(z2)
            if y1 - y0 < 0.8:
                break
            w = size * METRE / ((z + z2) / 2)
            n = max(8, round(WIDTH / w))
            w = WIDTH / n
            for j in range(n):
                tone = palette.scaled(colour, 1.0 + contrast * draw.normal(1.0))
                x = (j + 0.5 * (k % 2)) * w
                lean = slant * (y1 - y0)
                self.box.polygon([(x, y0), (x + w, y0), (x + w + lean, y1), (x + lean, y1)], tone)
                joint = max(0.5, 0.035 * w)
                self.box.polygon([(x, y0), (x + joint, y0), (x + joint + lean, y1), (x + lean, y1)],
                                 palette.scaled(colour, 0.78), 0.7)  # fmt: skip
            self.box.rect(0, y0, WIDTH, y0 + max(0.5, 0.05 * (y1 - y0)), palette.scaled(colour, 0.80), 0.8)
            z, k = z2, k + 1

    def kerb(self, rho: float, high: float = 0.14) -> None:
        plane = self.plane(rho)
        self.box.rect(0, plane.ground - high * plane.scale, WIDTH, plane.ground, (0.66, 0.65, 0.62))
        self.box.rect(0, plane.ground, WIDTH, plane.ground + 0.07 * plane.scale, (0.15, 0.15, 0.15), 0.6)

    def row_of_houses(self, rho: float, floors: tuple[int, int], shops: float, draw: Draw, gaps: float = 0.0) -> None:
        plane = self.plane(rho)
        x, span = 0.0, plane.span
        while x < span - 4.0:
            w = min(draw.uniform(7.0, 13.0), span - x)
            if span - x - w < 5.0:
                w = span - x
            if draw.chance(gaps):
                furniture.hedge(plane, x, x + w, 1.6, draw)
                furniture.tree(plane, x + w * 0.5, draw, 6.5, grate=False)
            else:
                n = floors[0] + draw.below(floors[1] - floors[0] + 1)
                building(plane, x, w, n, draw, draw.chance(shops), self.setting.lit)
            x += w
        self.box.fade(0, plane.ground - 1.5, WIDTH, plane.ground + 3.5, (0.03, 0.03, 0.04), 0.5, 0.0)

    def scatter(self, rho: float, step: tuple[float, float], draw: Draw, things: dict[str, float]) -> None:
        """Put things along a line at depth ρ, every `step` metres, by weight."""
        makers: dict[str, Callable[[Plane, float], None]] = {
            "lamp": lambda p, x: furniture.lamp(p, x, draw),
            "tree": lambda p, x: furniture.tree(p, x, draw, draw.uniform(4.6, 6.4)),
            "bench": lambda p, x: furniture.bench(p, x, draw),
            "bollard": lambda p, x: furniture.bollard(p, x),
            "planter": lambda p, x: furniture.planter(p, x, draw),
            "board": lambda p, x: furniture.board(p, x, draw),
            "bicycle": lambda p, x: furniture.bicycle(p, x, draw),
            "bin": lambda p, x: furniture.bin_(p, x, draw),
            "car": lambda p, x: furniture.car(p, x, draw),
            "nothing": lambda p, x: None,
        }
        plane = self.plane(rho)
        x = draw.uniform(0.0, step[0])
        while x < plane.span - step[0] * 0.6:
            makers[draw.pick(list(things), list(things.values()))](plane, x)
            x += draw.uniform(*step)


def _sky(box: Paintbox, setting: Setting, draw: Draw) -> None:
    box.fade(0, ABOVE, WIDTH, setting.horizon + 6, setting.air, 0.0, 1.0)
    for _ in range(26):
        x, y = draw.uniform(0, WIDTH), draw.uniform(ABOVE, setting.horizon - 14)
        for _ in range(5):
            box.ellipse(x + draw.normal(16), y + draw.normal(3), draw.uniform(10, 26), draw.uniform(3, 8),
                        (0.95, 0.95, 0.96), 0.30, 0.9)  # fmt: skip


def _shops(stage: Stage, draw: Draw) -> None:
    far = draw.uniform(2.25, 2.75)
    stage.row_of_houses(far, (2, 3), 1.0, draw)
    paving = palette.jittered(draw.pick(((0.60, 0.58, 0.54), (0.55, 0.54, 0.54), (0.62, 0.54, 0.47))), draw, 0.02)
    stage.ground(0.5, far, paving)
    stage.slabs(0.5, far, draw.uniform(0.55, 0.8), paving, draw, 0.035)
    stage.scatter(far * 0.93, (2.5, 6.0), draw, {"planter": 3, "board": 2, "bicycle": 2, "bin": 1, "nothing": 4})
    stage.scatter(
        1.45, (4.0, 8.0), draw, {"tree": 3, "lamp": 2, "bench": 3, "bollard": 3, "planter": 1, "bin": 1, "nothing": 1}
    )


def _avenue(stage: Stage, draw: Draw) -> None:
    far = draw.uniform(3.3, 3.9)
    stage.row_of_houses(far, (3, 4), 0.5, draw, 0.12)
    stage.ground(0.5, far, (0.60, 0.59, 0.56))
    asphalt = palette.jittered((0.30, 0.305, 0.32), draw, 0.02)
    stage.ground(1.22, 2.75, asphalt)
    stage.kerb(2.75)
    plane = stage.plane(1.75)
    x = 0.0
    while x < plane.span - 1.0:
        y = plane.ground
        stage.box.polygon([(plane.x(x), y - 0.9), (plane.x(x + 1.7), y - 0.9), (plane.x(x + 1.75), y + 0.9),
                           (plane.x(x + 0.05), y + 0.9)], (0.82, 0.82, 0.79))  # fmt: skip
        x += 3.6
    stage.scatter(2.95, (4.5, 8.0), draw, {"tree": 5, "lamp": 2, "bin": 1, "bench": 1, "nothing": 1})
    stage.scatter(2.48, (5.0, 7.0), draw, {"car": 7, "nothing": 2})
    paving = palette.jittered((0.57, 0.56, 0.54), draw, 0.03)
    stage.ground(0.5, 1.20, paving)
    stage.slabs(0.5, 1.20, draw.uniform(0.5, 0.7), paving, draw, 0.03)
    near = stage.plane(1.20)
    stage.box.rect(0, near.ground - 1.5, WIDTH, near.ground + 3.0, (0.68, 0.67, 0.64))
    stage.box.rect(0, near.ground - 3.0, WIDTH, near.ground - 1.5, (0.16, 0.16, 0.17), 0.6)
    stage.scatter(1.14, (6.0, 12.0), draw, {"bollard": 5, "lamp": 2, "nothing": 3})


def _park(stage: Stage, draw: Draw) -> None:
    stage.row_of_houses(9.0, (4, 8), 0.0, draw, 0.35)
    grass = palette.jittered((0.34, 0.44, 0.20), draw, 0.02)
    stage.ground(1.3, 9.0, palette.mix(grass, stage.setting.air, 0.2))
    stage.box.fade(0, stage.row(9.0), WIDTH, stage.row(1.3), grass, 0.0, 1.0)
    for _ in range(700):
        rho = 1.0 / draw.uniform(0.16, 0.76)
        s = 14.0 / rho
        stage.box.ellipse(draw.uniform(0, WIDTH), stage.row(rho), s * draw.uniform(0.6, 1.6), max(0.6, 0.12 * s),
                          palette.scaled(grass, draw.uniform(0.75, 1.25)), 0.35, 0.8)  # fmt: skip
    for rho in (6.0, 4.6):
        stage.scatter(rho, (4.0, 9.0), draw, {"tree": 5, "nothing": 2})
    far = stage.plane(3.4)
    furniture.hedge(far, 0.0, far.span, draw.uniform(0.8, 1.2), draw)
    stage.scatter(2.5, (4.0, 8.0), draw, {"tree": 4, "nothing": 2})
    path = palette.jittered((0.66, 0.59, 0.48), draw, 0.02)
    stage.ground(0.5, 1.34, path)
    for _ in range(900):
        y = draw.uniform(stage.row(1.34), BELOW)
        tone = palette.scaled(path, draw.uniform(0.82, 1.14))
        stage.box.ellipse(draw.uniform(0, WIDTH), y, draw.uniform(1.5, 7), draw.uniform(0.6, 1.8), tone, 0.5, 0.8)
    stage.box.fade(0, stage.row(1.34) - 1.5, WIDTH, stage.row(1.34) + 2.5, palette.scaled(grass, 0.6), 0.8, 0.0)
    stage.scatter(1.42, (5.0, 9.0), draw, {"bench": 4, "lamp": 2, "bin": 1, "nothing": 2})


def _square(stage: Stage, draw: Draw) -> None:
    far = draw.uniform(3.0, 3.6)
    stage.row_of_houses(far, (3, 5), 0.75, draw)
    stone = palette.jittered(draw.pick(((0.68, 0.63, 0.55), (0.60, 0.60, 0.60), (0.64, 0.55, 0.48))), draw, 0.02)
    stage.ground(0.5, far, stone)
    stage.slabs(0.5, far, draw.uniform(0.9, 1.3), stone, draw, 0.045)
    stage.scatter(far * 0.94, (3.0, 7.0), draw, {"planter": 3, "bicycle": 3, "board": 1, "nothing": 2})
    stage.scatter(2.1, (5.0, 9.0), draw, {"tree": 3, "bench": 3, "lamp": 2, "planter": 2, "nothing": 1})
    stage.scatter(1.35, (7.0, 12.0), draw, {"bollard": 3, "planter": 2, "lamp": 1, "nothing": 3})


def panorama(setting: Setting, draw: Draw) -> np.ndarray:
    """The background (3, BELOW − ABOVE, WIDTH) float32 that one camera pans over; its left and right edge meet."""
    box = Paintbox(WIDTH, ABOVE, BELOW, setting.sky)
    _sky(box, setting, draw)
    stage = Stage(setting, box)
    {"shops": _shops, "avenue": _avenue, "park": _park, "square": _square}[setting.kind](stage, draw)
    rows, columns = box.rgb.shape[1:]
    # Uneven light, stains and grain; large shades of unseen crowns on sunny ground.
    noise = 0.030 * grain(draw, rows, columns, 10, 30) + 0.016 * grain(draw, rows, columns, 60, 240)
    if setting.sun > 0.45:
        y = np.arange(rows) / FINE + ABOVE
        below = np.minimum(1.0, np.maximum(0.0, (y - stage.row(2.6)) / 12.0))[:, None]
        shade = np.minimum(1.0, np.maximum(0.0, grain(draw, rows, columns, 26, 34) * 1.6 - 0.55))
        noise = noise - 0.26 * setting.sun * below * shade
    box.gain((1.0 + noise).astype(np.float32))
    return box.finish()

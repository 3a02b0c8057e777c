"""Cameras: where they stand, what they look at, how they see colours; and how that changes from day to day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from reidlib.world import scenery
from reidlib.world.raster import Light
from reidlib.world.seeds import CAMERA, DAY, SCENERY, Draw
from reidlib.world.shapes import F

LUMA = (0.299, 0.587, 0.114)


@dataclass(frozen=True)
class Camera:
    """`yaw` (degrees) is the heading at which most walkers are seen, 0 = towards the camera, 180 = away from it.

    `gains` are white balance and exposure of red, green, blue; `mixing` leaks colour between channels; `saturation` 1
    is natural; `tone` 0…1 lifts dark tones; `blur` in pixels; `noise` is the standard deviation as a fraction of white.
    """

    setting: scenery.Setting
    scenery_key: tuple[int, ...]
    yaw: float
    spread: float
    pitch: float
    scale: float
    gains: tuple[float, float, float]
    mixing: tuple[float, ...]
    saturation: float
    tone: float
    blur: float
    noise: float

    @property
    def light(self) -> Light:
        return Light(self.setting.side, 1.0 - self.setting.sun)

    def matrix(self) -> np.ndarray:
        """Colour response (3, 3) float32."""
        m = np.empty((3, 3))
        for i in range(3):
            for j in range(3):
                own = (1.0 if i == j else 0.0) + self.mixing[3 * i + j]
                m[i, j] = self.gains[i] * (self.saturation * own + (1.0 - self.saturation) * LUMA[j])
        return m.astype(F)

    def background(self) -> np.ndarray:
        return _background(self.setting, self.scenery_key)


@lru_cache(maxsize=16)
def _background(setting: scenery.Setting, key: tuple[int, ...]) -> np.ndarray:
    """The panorama with its first columns repeated at the end, so that any window is one slice."""
    picture = scenery.panorama(setting, Draw(*key))
    return np.ascontiguousarray(np.concatenate([picture, picture[:, :, :64]], 2))


def camera(camera_seed: int, camid: int) -> Camera:
    """Camera `camid` of a family of versions; even ones see faces, odd ones backs, and neighbours differ in scene."""
    first = Draw(CAMERA, camera_seed).below(4)
    draw = Draw(CAMERA, camera_seed, camid)
    kind = scenery.KINDS[(first + camid) % 4]
    sun = draw.uniform(0.55, 0.95) if draw.chance(0.5) else draw.uniform(0.05, 0.40)
    horizon = draw.uniform(30.0, 54.0)
    grey = draw.uniform(0.72, 0.84)
    air = (grey - 0.01, grey + 0.01, grey + 0.035)
    sky = (0.42, 0.60, 0.82) if sun > 0.5 else (0.66, 0.70, 0.75)
    setting = scenery.Setting(
        kind, horizon, sun, draw.sign() * draw.uniform(0.45, 0.9), air, sky, draw.uniform(0.1, 0.4)
    )
    even = camid % 2 == 0
    warm = draw.uniform(0.04, 0.10) * (1.0 if even else -1.0)
    exposure = draw.uniform(1.08, 1.20) if even else draw.uniform(0.96, 1.08)
    return Camera(
        setting=setting,
        scenery_key=(SCENERY, camera_seed, camid),
        yaw=draw.uniform(15.0, 40.0) if even else draw.uniform(135.0, 165.0),
        spread=draw.uniform(34.0, 48.0),
        pitch=0.06 + (58.0 - horizon) * 0.005,
        scale=draw.uniform(0.97, 1.02),
        gains=(exposure * (1 + warm), exposure, exposure * (1 - warm)),
        mixing=tuple(float(v) for v in draw.normals(9) * 0.02),
        saturation=draw.uniform(0.95, 1.10) if even else draw.uniform(0.80, 0.95),
        tone=draw.uniform(0.42, 0.54) if even else draw.uniform(0.34, 0.44),
        blur=draw.uniform(0.10, 0.35),
        noise=draw.uniform(0.007, 0.014),
    )


def on_day(base: Camera, camera_seed: int, camid: int, day: int, strength: float) -> Camera:
    """The camera as it is on one day: other light, white balance and viewpoint, all scaled by `strength`.

    The same unit draws serve every strength, so strength moves nothing but the size of the differences.
    """
    unit = [float(v) for v in Draw(DAY, camera_seed, camid, day).normals(9) * strength]
    light, warm, green, saturation, tone, yaw, pitch, scale, side = unit
    factor = 1.0 + max(-0.6, 0.16 * light)
    balance = (1 + 0.11 * warm, 1 + 0.05 * green, 1 - 0.11 * warm)
    return replace(
        base,
        gains=tuple(g * factor * max(0.5, b) for g, b in zip(base.gains, balance, strict=True)),
        saturation=min(1.1, max(0.2, base.saturation * (1 + 0.12 * saturation))),
        tone=min(0.95, max(0.05, base.tone + 0.10 * tone)),
        yaw=base.yaw + 16.0 * yaw,
        pitch=min(0.34, max(0.02, base.pitch + 0.04 * pitch)),
        scale=min(1.08, max(0.80, base.scale * (1 + 0.04 * scale))),
        setting=replace(base.setting, side=max(-0.9, min(0.9, base.setting.side + 0.3 * side))),
    )  # fmt: skip

"""From a scene to frames: background, shadows, walker, occluders, then the camera's own look."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from reidlib.data.tracklet import Tracklet
from reidlib.world import truth
from reidlib.world.raster import darken, paint
from reidlib.world.scene import OCCLUDER, Scene, scene
from reidlib.world.scenery import ABOVE, WIDTH
from reidlib.world.seeds import NOISE, Draw
from reidlib.world.shapes import F
from reidlib.world.versions import Spec

CHUNK = 16  # frames painted together; any number gives the same bytes
_BANK, _ROOM = 16, 32


@dataclass(eq=False)
class Rendered:
    """A rendered tracklet with the part number of every pixel (T, H, W): 0 background, 1…99 walker, 100… occluders."""

    tracklet: Tracklet
    parts: np.ndarray
    scene: Scene


@lru_cache(maxsize=2)
def _noise_bank(height: int, width: int) -> np.ndarray:
    """Sensor noise of standard deviation 1: (pictures, 3, H + room, W + room)."""
    shape = (_BANK, 3, height + _ROOM, width + _ROOM)
    return Draw(NOISE, height, width).normals(int(np.prod(shape))).astype(F).reshape(shape)


def _background(place: Scene, first: int, last: int, height: int, width: int) -> np.ndarray:
    picture = place.camera.background()
    rgb = np.empty((3, last - first, height, width), F)
    for k in range(first, last):
        x, y = int(place.pan[k]) % WIDTH, int(place.tilt[k]) - ABOVE
        rgb[:, k - first] = picture[:, y : y + height, x : x + width]
    return rgb


def _blur(rgb: np.ndarray, amount: float) -> None:
    """Three-tap blur of every row and column in place; `amount` 1 gives weights ¼ ½ ¼."""
    side = F(0.25 * amount)
    middle = F(1.0 - 0.5 * amount)
    d = rgb[..., 2:] + rgb[..., :-2]
    d *= side
    d += rgb[..., 1:-1] * middle
    rgb[..., 1:-1] = d
    d = rgb[..., 2:, :] + rgb[..., :-2, :]
    d *= side
    d += rgb[..., 1:-1, :] * middle
    rgb[..., 1:-1, :] = d


def _expose(rgb: np.ndarray, place: Scene, first: int, clean: bool, out: np.ndarray) -> None:
    """Lens, colour response, light, tone and noise; writes uint8 (n, H, W, 3) into `out`."""
    cam = place.camera
    n, height, width = rgb.shape[1:]
    if not clean:
        _blur(rgb, cam.blur)
    matrix = cam.matrix()
    light = np.ones((n, 1, 1), F)
    ramp = np.ones(width, F)
    if not clean:
        light = place.light[first : first + n].astype(F)[:, None, None]
        ramp = (1.0 + place.gradient * ((np.arange(width) + 0.5) / width * 2.0 - 1.0)).astype(F)
    gain = light * ramp[None, None, :]
    bank = _noise_bank(height, width)
    tone = F(cam.tone)
    for c in range(3):
        x = rgb[0] * matrix[c, 0]
        x += rgb[1] * matrix[c, 1]
        x += rgb[2] * matrix[c, 2]
        x *= gain
        np.maximum(x, F(0), out=x)
        np.minimum(x, F(1), out=x)
        lifted = np.sqrt(x)
        lifted -= x
        lifted *= tone
        x += lifted
        if not clean:
            for k in range(n):
                u = place.noise[first + k]
                a, b, d = int(u[0] * _BANK), int(u[1] * _ROOM), int(u[2] * _ROOM)
                x[k] += bank[a, c, b : b + height, d : d + width] * F(cam.noise)
        x *= F(255)
        x += F(0.5)
        np.maximum(x, F(0), out=x)
        np.minimum(x, F(255), out=x)
        out[..., c] = x


def painted(place: Scene, height: int, width: int, *, clean: bool = False,
            chunk: int = CHUNK) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Frames (T, H, W, 3) uint8, part numbers (T, H, W) and visibility (T,) of all moments of a scene."""
    length = place.length
    frames = np.empty((length, height, width, 3), np.uint8)
    parts = np.zeros((length, height, width), np.uint16)
    visibility = np.empty(length, F)
    for first in range(0, length, chunk):
        last = min(length, first + chunk)
        rgb, ids = _background(place, first, last, height, width), parts[first:last]
        for blob in place.shadows:
            darken(blob, rgb, first)
        for shape in place.walker:
            paint(shape, rgb, ids, first, place.camera.light)
        whole = truth.amodal_area(place.walker, ids, first)
        for shape in place.occluders:
            paint(shape, rgb, ids, first, place.camera.light)
        visibility[first:last] = truth.visible_fraction(ids, whole)
        _expose(rgb, place, first, clean, frames[first:last])
    return frames, parts, visibility


def tracklet_name(spec: Spec, pid: int, camid: int, day: int) -> str:
    return f"p{pid:04d}_c{camid}" + (f"_d{day}" if spec.law.days > 1 else "")


def render(spec: Spec, pid: int, camid: int, day: int = 0, *, clean: bool = False, chunk: int = CHUNK) -> Rendered:
    """Tracklet of person `pid` before camera `camid` on `day`, with visibility (T,) and person mask (T, H, W).

    `clean` leaves out lens blur, light drift and noise, so that frames differ by motion alone.
    """
    place = scene(spec, pid, camid, day)
    frames, parts, visibility = painted(place, spec.height, spec.width, clean=clean, chunk=chunk)
    mask = (parts > 0) & (parts < OCCLUDER)
    name, info = tracklet_name(spec, pid, camid, day), {"day": day} if spec.law.days > 1 else {}
    tracklet = Tracklet(frames, pid, camid, name, {"visibility": visibility, "mask": mask}, info)
    return Rendered(tracklet, parts, place)

"""Planted occlusions: the street's passers-by, poles and vans put in front of real people, where a truth was missing.

Nobody wrote down which frames of a real tracklet hide their person. What is put there by oneself is known: rendered
occluders cross the frames, and the share of the person they cover is the truth to hold attention against. What hid the
person before is not known and counts as visible. All of it is `ours`.
"""

from __future__ import annotations

import zlib
from dataclasses import replace
from functools import lru_cache

import numpy as np

from reidlib.data.tracklet import Tracklet
from reidlib.data.transforms import resize_frames
from reidlib.world.camera import camera
from reidlib.world.occluders import draw_events, event_shapes
from reidlib.world.raster import paint
from reidlib.world.render import CHUNK, painted
from reidlib.world.scene import CENTRE, OCCLUDER, scene
from reidlib.world.seeds import WALK, Draw
from reidlib.world.shapes import F, Shape
from reidlib.world.stills import moments_of
from reidlib.world.versions import HEIGHT, STREET, WIDTH, Occlusion, specify

_PLANTED = 79  # key of the planted occluders' own stream
_WALKERS = 15  # under each of two cameras: what an average person covers
REVISION = 1  # raised with every change of the pixels


def law_without_crops(law: Occlusion = STREET) -> Occlusion:
    """The street's law of occlusion; a badly cut box cannot be planted, the pixels beside it were never taken."""
    return replace(law, kinds=tuple((kind, weight) for kind, weight in law.kinds if kind != "crop"))


def law_for(frames: int) -> Occlusion:
    """The default street's law without crops, with an event in every second tracklet at least, however short."""
    law = law_without_crops()
    return replace(law, rate=max(law.rate, 0.5 * 73 / frames))  # a law's rate is of 73 frames


@lru_cache(maxsize=1)
def average_person() -> np.ndarray:
    """(128, 64) bool: the pixels that at least half of the street's walkers cover, each in the middle of a walk."""
    spec, total = specify("street-v1"), np.zeros((HEIGHT, WIDTH))
    for pid in range(_WALKERS):
        for camid in (0, 1):
            place = scene(spec, pid, camid)
            alone = moments_of(replace(place, occluders=[]), np.array([place.length // 2]))
            total += painted(alone, HEIGHT, WIDTH, clean=True)[1][0] > 0
    figure = total >= _WALKERS
    figure.flags.writeable = False
    return figure


def planted(tracklet: Tracklet, seed: int = 0, law: Occlusion | None = None) -> Tracklet:
    """The tracklet at 128×64 with occluders of the street in front, "visibility" (T,), the share of an average person
    that they leave free, and "mask" (T, 128, 64), the free pixels.

    Parameters
    ----------
    seed : with the tracklet's name it decides what comes, and when.
    law : of the occlusions; by default `law_for` its frames.

    >>> planted(real[0]).visibility        # doctest: +SKIP
    array([1.  , 1.  , 0.93, 0.41, ...], dtype=float32)
    """
    law = law_for(tracklet.T) if law is None else law
    frames = resize_frames(tracklet.frames, (HEIGHT, WIDTH)).copy()
    T, key = len(frames), (WALK, seed, _PLANTED, zlib.crc32(tracklet.name.encode()))
    shapes: list[Shape] = []
    still = np.zeros(T)
    seen_from = camera(29, tracklet.camid % 2)  # the pitch and light of the default street's cameras
    for event in draw_events(law, T, Draw(*key)):
        if event.kind != "crop":
            shapes += event_shapes(event, T, still, still, CENTRE, seed, seen_from.pitch, OCCLUDER)
    person = average_person()
    free = np.repeat(person[None], T, 0)
    for first in range(0, T if shapes else 0, CHUNK):
        part = frames[first : first + CHUNK]
        rgb = np.moveaxis(part, -1, 0).astype(F) / F(255)
        ids = np.zeros(part.shape[:3], np.uint16)
        for shape in shapes:
            shape.number = OCCLUDER  # which of them it is does not matter here, and numbers end at 255
            paint(shape, rgb, ids, first, seen_from.light)
        free[first : first + len(part)] &= ids == 0
        part[:] = np.moveaxis((np.clip(rgb, 0, 1) * F(255) + F(0.5)).astype(np.uint8), 0, -1)
    visibility = (np.count_nonzero(free, axis=(1, 2)) / np.count_nonzero(person)).astype(F)
    return Tracklet(frames, tracklet.pid, tracklet.camid, tracklet.name, {"visibility": visibility, "mask": free},
                    tracklet.info)

"""One tracklet before any pixel: who walks where, seen how, in which light, and what comes in between."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from reidlib.world import exact, identity, occluders, scenery, wardrobe
from reidlib.world.body import person_shapes
from reidlib.world.camera import Camera, camera, on_day
from reidlib.world.figure import View
from reidlib.world.seeds import WALK, Draw
from reidlib.world.shapes import Blob, Lathe, Limb
from reidlib.world.skeleton import pose
from reidlib.world.versions import Spec

OCCLUDER = 100  # part numbers below are the walker's, from here on occluders'
CENTRE = 32.0
_OCCLUSIONS = 77  # key of the occluders' own stream: laws differ, walks stay


@dataclass(eq=False)
class Scene:
    """Arrays are per frame. `pan` is the panorama column at the frame's left edge, `tilt` its row
    offset; `light` the brightness; `gradient` its change across the frame."""

    camera: Camera
    length: int
    walker: list[Limb | Lathe]
    occluders: list[Limb | Lathe]
    shadows: list[Blob]
    pan: np.ndarray
    tilt: np.ndarray
    light: np.ndarray
    gradient: float
    noise: np.ndarray


@lru_cache(maxsize=8)
def _dressed(people_seed: int, pid: int) -> tuple[identity.Identity, wardrobe.Wardrobe]:
    person = identity.person(people_seed, pid)
    return person, wardrobe.dress(person)


@lru_cache(maxsize=64)
def _camera(camera_seed: int, camid: int, day: int, strength: float, days: bool) -> Camera:
    base = camera(camera_seed, camid)
    return on_day(base, camera_seed, camid, day, strength) if days else base


def _length(quantiles: tuple[tuple[float, int], ...], draw: Draw) -> int:
    knots = np.array([q[0] for q in quantiles]), np.array([q[1] for q in quantiles], np.float64)
    return int(exact.interpolate(np.array([draw.uniform()]), *knots)[0])


def _shadows(person: identity.Identity, view: View, phase: np.ndarray, cam: Camera) -> list[Blob]:
    """Soft shade under body and feet and, in the sun, the long shadow on the ground."""
    joints = pose(person, phase)
    sun, pitch = cam.setting.sun, view.pitch
    flat = 0.05 + 0.55 * pitch
    size = view.scale
    blobs = [
        Blob(view.x, view.y - 1.5, 0.20 * size, np.maximum(2.6, flat * 0.30 * size), 0.0, np.full(len(view), 0.34))
    ]
    if sun > 0.45:
        side = -1.0 if cam.setting.side > 0 else 1.0
        long = 0.30 * size
        blobs.append(Blob(view.x + side * long, view.y - 0.012 * size, 0.42 * size, np.maximum(3.5, flat * 0.40 * size),
                          -side * 1.2, np.full(len(view), 0.36 * sun)))  # fmt: skip
    for name in ("l", "r"):
        heel, toe = joints.points["heel" + name], joints.points["toe" + name]
        forward, left = (heel[0] + toe[0]) * 0.5, (heel[1] + toe[1]) * 0.5
        x, y = view.point(forward, left, 0.0)
        height = np.maximum(0.0, np.minimum(heel[2], toe[2]) - 0.01)
        near = np.maximum(0.0, 1.0 - height * 9.0)
        wide = 0.050 + 0.035 * np.abs(view.sin)
        blobs.append(Blob(x, y - 0.4, wide * size, np.full(len(view), 3.4), 0.0, 0.5 * near))
    return blobs


def scene(spec: Spec, pid: int, camid: int, day: int = 0) -> Scene:
    """Everything random about one tracklet, a function of the version's seeds and (pid, camid, day) alone."""
    law = spec.law
    cam = _camera(law.camera_seed, camid, day, spec.strength, law.days > 1)
    person, wear = _dressed(law.people_seed, pid)
    draw = Draw(WALK, law.people_seed, pid, camid, day)
    n = _length(law.lengths, draw)
    t = np.arange(n, dtype=np.float64)
    turn = draw.uniform(-1.0, 1.0) * cam.spread + draw.uniform(-12.0, 12.0) * (t / n - 0.5) + draw.walk(n, 1.0, 9)
    degrees = (cam.yaw + turn) * draw.sign()
    yaw = degrees * (exact.TURN / 360.0)
    speed = draw.uniform(0.92, 1.08)
    phase = draw.uniform() + person.gait.pace * speed * t
    height = (
        109.0
        * person.body.height
        * cam.scale
        * (1.0 + draw.uniform(-0.04, 0.04) + draw.uniform(-0.05, 0.05) * (t / n - 0.5))
    )
    jitter_x = np.floor(draw.walk(n, 1.3, 3) + 0.5)
    jitter_y = np.floor(draw.walk(n, 0.9, 3) + 0.5)
    events = occluders.draw_events(law.occlusion, n, Draw(WALK, law.people_seed, pid, camid, day, _OCCLUSIONS))
    cut_x, cut_y = occluders.crop_shift(events, n)
    dx, dy = jitter_x + cut_x, jitter_y + cut_y
    # The camera stands still and boxes are cut at whole pixels: what is left of the walk moves the walker in the box.
    # A stride covers four times the forward reach of a leg.
    pace = person.gait.pace * speed * 4.0 * 0.495 * height * exact.sin(person.gait.stride) * exact.sin(yaw) * 0.85
    path = draw.uniform(0.0, scenery.WIDTH) + np.concatenate([[0.0], np.cumsum(pace)[:-1]])
    box = np.floor(path + 0.5)
    view = View(CENTRE + dx + (path - box), scenery.FOOT + dy, height, yaw, cam.pitch)
    walker = person_shapes(person, view, phase, wear)
    for k, shape in enumerate(walker):
        shape.number = 1 + k
    hidden: list[Limb | Lathe] = []
    for event in events:
        if event.kind != "crop":
            number = OCCLUDER + len(hidden)
            hidden += occluders.event_shapes(event, n, dx, dy, CENTRE, law.people_seed, cam.pitch, number)
    drift = 0.05 * exact.sin(exact.TURN * (t / draw.uniform(40.0, 160.0) + draw.uniform()))
    light = 1.0 + draw.uniform(-0.16, 0.16) + drift + draw.uniform(-0.10, 0.10) * (t / n - 0.5)
    return Scene(
        camera=cam, length=n, walker=walker, occluders=hidden,
        shadows=_shadows(person, view, phase, cam), pan=(box - dx).astype(np.intp),
        tilt=-dy.astype(np.intp), light=light, gradient=draw.uniform(-0.12, 0.12),
        noise=draw.uniforms(3 * n).reshape(n, 3),
    )  # fmt: skip

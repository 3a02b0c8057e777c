"""What comes between camera and walker: passers-by, poles, trees, bins, umbrellas, signs, vans, and badly cut boxes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from reidlib.world import cloth, exact, identity, palette
from reidlib.world.body import person_shapes
from reidlib.world.cloth import Canvas
from reidlib.world.facade import GLASS, SIGNS
from reidlib.world.figure import View
from reidlib.world.furniture import CARS, METAL
from reidlib.world.seeds import PERSON, Draw, grain, weighted
from reidlib.world.shapes import KNOTS, Lathe, Limb, Texture, profile
from reidlib.world.versions import Occlusion
from reidlib.world.wardrobe import Wardrobe, dress

PASSERS_BY = 1_000_000  # pids of passers-by start here: never those of the data set
Shapes = list[Limb | Lathe]


@dataclass(frozen=True)
class Event:
    """One occlusion: the occluder stands in the way from `start` for `stay` frames, after `enter` frames of coming."""

    kind: str
    start: int
    stay: int
    enter: int
    sign: float
    offset: float
    key: int


def draw_events(law: Occlusion, frames: int, draw: Draw) -> list[Event]:
    """Each frame starts an event with probability rate/73; one may have begun before the tracklet."""
    first = -law.stay[1] // 2
    kinds, weights = [k for k, _ in law.kinds], [w for _, w in law.kinds]
    # Seven numbers for every frame, used or not: the rate alone decides which events exist.
    numbers = draw.uniforms(7 * (frames - first)).reshape(frames - first, 7)
    events = []
    for k in np.flatnonzero(numbers[:, 0] < law.rate / 73.0):
        _, kind, stay, enter, sign, offset, key = (float(v) for v in numbers[k])
        event = Event(
            kind=weighted(kinds, weights, kind),
            start=first + int(k),
            stay=law.stay[0] + int(stay * (law.stay[1] - law.stay[0] + 1)),
            enter=6 + int(enter * 6),
            sign=1.0 if sign < 0.5 else -1.0,
            offset=(2.0 * offset - 1.0) * law.offset * 24.0,
            key=int(key * 2**31),
        )
        if event.start + event.stay > 0:
            events.append(event)
    return events


def path(event: Event, t: np.ndarray, reach: float) -> np.ndarray:
    """Sideways distance (px) of the occluder's centre from the walker's, eased in and out."""
    into = exact.smoothstep((event.start - t) / event.enter)
    out = exact.smoothstep((t - (event.start + event.stay - 1)) / event.enter)
    drift = 3.0 * ((t - event.start) / event.stay - 0.5)
    return event.offset + event.sign * (reach * (out - into) + np.minimum(3.0, np.maximum(-3.0, drift)))


def _block(
    x: np.ndarray, top: np.ndarray, bottom: np.ndarray, half: tuple, texture: Texture, depth: float, roundness: float
) -> Lathe:
    n = len(x)
    h = np.arange(KNOTS) / (KNOTS - 1)
    widths = np.broadcast_to(profile(h, half), (n, KNOTS))
    centre = np.broadcast_to(x[:, None], (n, KNOTS))
    return Lathe(texture, depth, np.zeros(n), top, bottom, centre, widths, roundness=roundness)


def _pole(draw: Draw, x: np.ndarray, dy: np.ndarray) -> Shapes:
    half = draw.uniform(6.0, 11.0)
    paint = draw.pick((METAL, (0.42, 0.43, 0.44), (0.20, 0.27, 0.24), (0.50, 0.48, 0.44)))
    canvas = Canvas(256, 64, paint)
    canvas.gain(1.0 + 0.05 * grain(draw, 256, 64, 20, 8))
    at = draw.uniform(0.35, 0.55)
    note = canvas.band(canvas.h, at, 0.05, 0.004) * canvas.band(canvas.turn, draw.uniform(-0.1, 0.1), 0.10, 0.01)
    canvas.blend(note, draw.pick(SIGNS))
    canvas.blend(canvas.band(canvas.h, at, 0.03, 0.004) * canvas.band(canvas.front, 0, 0.05, 0.01), (0.88, 0.86, 0.8))
    for z in (0.18, 0.70):
        canvas.blend(canvas.band(canvas.h, z, 0.008, 0.004), palette.scaled(paint, 0.6))
    foot = ((0.0, half), (0.72, half), (0.74, half * 1.35), (1.0, half * 1.4))
    return [_block(x, dy - 30.0, dy + 150.0, foot, canvas.texture(), 0.0, 1.3)]


def _tree(draw: Draw, x: np.ndarray, dy: np.ndarray) -> Shapes:
    half = draw.uniform(9.0, 15.0)
    bark = draw.pick(((0.30, 0.23, 0.17), (0.40, 0.36, 0.30), (0.24, 0.20, 0.16)))
    canvas = Canvas(192, 128, bark)
    rough = grain(draw, 192, 128, 16, 26)
    canvas.gain(1.0 + 0.16 * rough + 0.10 * grain(draw, 192, 128, 40, 40))
    canvas.blend(0.5 * np.minimum(1.0, np.maximum(0.0, rough - 0.5)), (0.33, 0.40, 0.20))
    trunk = ((0.0, half * 0.9), (0.5, half), (0.86, half * 1.15), (1.0, half * 1.7))
    return [_block(x, dy - 40.0, dy + 142.0, trunk, canvas.texture(), 0.0, 1.3)]


def _bin(draw: Draw, x: np.ndarray, dy: np.ndarray) -> Shapes:
    half, top = draw.uniform(17.0, 25.0), draw.uniform(52.0, 74.0)
    paint = draw.pick(
        ((0.13, 0.27, 0.21), (0.22, 0.23, 0.24), (0.45, 0.46, 0.46), (0.55, 0.14, 0.12), (0.16, 0.24, 0.40))
    )
    canvas = Canvas(96, 128, paint)
    slats = exact.triangle(canvas.turn * 28.0)
    canvas.blend(
        0.45 * canvas.band(slats, 0.0, 0.12, 0.12) * canvas.band(canvas.h, 0.62, 0.32, 0.01), palette.scaled(paint, 0.4)
    )
    canvas.blend(canvas.band(canvas.h, 0.03, 0.04, 0.01), palette.scaled(paint, 1.5))
    mouth = canvas.band(canvas.h, 0.17, 0.045, 0.01) * canvas.band(canvas.front, 0.0, 0.13, 0.01)
    canvas.blend(mouth, (0.03, 0.03, 0.03))
    badge = np.sqrt((canvas.turn / 0.07) ** 2 + ((canvas.h - 0.50) / 0.10) ** 2)
    canvas.blend(np.minimum(1.0, np.maximum(0.0, (1.0 - badge) * 6)), (0.86, 0.85, 0.80))
    body = ((0.0, half * 0.70), (0.05, half), (0.09, half), (0.11, half * 0.93), (1.0, half * 0.88))
    return [_block(x, dy + top, dy + 136.0, body, canvas.texture(), 0.0, 1.1)]


def _sign(draw: Draw, x: np.ndarray, dy: np.ndarray) -> Shapes:
    """An advertising panel on a post."""
    half, top = draw.uniform(16.0, 24.0), draw.uniform(2.0, 34.0)
    paint, ink = draw.pick(SIGNS), palette.cloth(draw, "accent")
    canvas = Canvas(128, 128, (0.15, 0.15, 0.16))
    sheet = canvas.band(canvas.turn, 0.0, 0.225, 0.01) * canvas.band(canvas.h, 0.5, 0.46, 0.01)
    canvas.blend(sheet, palette.mix(paint, (0.9, 0.88, 0.8), 0.25))
    disc = np.sqrt(
        ((canvas.turn - draw.uniform(-0.05, 0.05)) / 0.13) ** 2 + ((canvas.h - draw.uniform(0.3, 0.5)) / 0.22) ** 2
    )
    canvas.blend(sheet * np.minimum(1.0, np.maximum(0.0, (1.0 - disc) * 12)), ink)
    for z in (0.72, 0.79, 0.86):
        wide = draw.uniform(0.08, 0.19)
        canvas.blend(
            canvas.band(canvas.turn, -0.2 + wide, wide, 0.005) * canvas.band(canvas.h, z, 0.016, 0.01),
            (0.12, 0.12, 0.13),
        )
    post = _block(x, dy + top, dy + 150.0, ((0.0, 3.0), (1.0, 3.0)), cloth.plain(METAL), 0.0, 1.0)
    panel = _block(
        x,
        dy + top,
        dy + top + draw.uniform(62.0, 80.0),
        ((0.0, half), (1.0, half)),
        canvas.texture(flat=True),
        0.1,
        0.15,
    )
    return [post, panel]


def _van(draw: Draw, x: np.ndarray, dy: np.ndarray) -> Shapes:
    """The side of a delivery van or a car, close to the camera."""
    low = draw.chance(0.45)
    half = draw.uniform(40.0, 56.0)
    top = draw.uniform(54.0, 68.0) if low else draw.uniform(12.0, 40.0)
    paint = palette.jittered(draw.pick(CARS), draw, 0.02)
    canvas = Canvas(128, 256, paint)
    h, turn = canvas.h, canvas.turn
    lines = palette.scaled(paint, 0.55)
    front = draw.sign()
    if low:
        pane = canvas.band(h, 0.20, 0.13, 0.012) * canvas.band(turn, 0.0, 0.19, 0.008)
        canvas.blend(pane, GLASS)
        canvas.blend(0.35 * pane * canvas.band(turn - 0.12 * h, front * 0.08, 0.035, 0.01), (0.8, 0.86, 0.9))
        for at in (-0.05, 0.07):
            canvas.blend(canvas.band(turn, at, 0.010, 0.004) * (h < 0.36), paint)
    else:
        pane = canvas.band(h, 0.22, 0.11, 0.012) * canvas.band(turn * front, 0.165, 0.055, 0.006)
        canvas.blend(pane, GLASS)
        canvas.blend(0.4 * pane * canvas.band(turn * front - 0.1 * h, 0.14, 0.015, 0.01), (0.8, 0.86, 0.9))
        mark = palette.cloth(draw, "accent")
        canvas.blend(canvas.band(h, draw.uniform(0.40, 0.5), draw.uniform(0.03, 0.08), 0.008), mark)
        disc = np.sqrt(((turn * front + 0.07) / 0.055) ** 2 + ((h - 0.24) / 0.11) ** 2)
        canvas.blend(np.minimum(1.0, np.maximum(0.0, (1.0 - disc) * 10)), mark)
        canvas.blend(0.8 * canvas.band(turn * front, 0.09, 0.003, 0.003), lines)
    canvas.blend(0.8 * canvas.band(turn, 0.01, 0.003, 0.003) * (h > 0.05), lines)
    canvas.blend(canvas.band(h, 0.50, 0.008, 0.006), palette.scaled(paint, 1.35))
    canvas.blend(canvas.band(h, 1.0, 0.10, 0.01), (0.09, 0.09, 0.10))
    for at in (-0.16, 0.16):
        wheel = np.sqrt(((turn - at) / 0.055) ** 2 + ((h - 0.95) / (0.19 if low else 0.13)) ** 2)
        canvas.blend(np.minimum(1.0, np.maximum(0.0, (1.0 - wheel) * 10)), (0.05, 0.05, 0.05))
        canvas.blend(np.minimum(1.0, np.maximum(0.0, (0.55 - wheel) * 10)), (0.55, 0.56, 0.58))
    for at in (-0.02, 0.10):
        canvas.blend(
            canvas.band(turn, at, 0.014, 0.004) * canvas.band(h, 0.55, 0.012, 0.008), palette.scaled(paint, 0.45)
        )
    canvas.blend(canvas.band(h, 0.83, 0.018, 0.008), lines)
    canvas.gain(1.12 - 0.30 * h)
    roof = ((0.0, half * (0.60 if low else 0.93)), (0.05, half * (0.70 if low else 0.98)), (0.36, half), (1.0, half))
    return [_block(x, dy + top, dy + (136.0 if low else 142.0), roof, canvas.texture(flat=True), 0.0, 0.25)]


@lru_cache(maxsize=8)
def _passer_by(people_seed: int, number: int) -> tuple[identity.Identity, Wardrobe]:
    someone = identity.draw_identity(Draw(PERSON, people_seed, PASSERS_BY + number))
    return someone, dress(someone)


def _person(
    draw: Draw, x: np.ndarray, dy: np.ndarray, t: np.ndarray, seed: int, pitch: float, umbrella: bool
) -> Shapes:
    someone, wear = _passer_by(seed, draw.below(1_000_000))
    n = len(x)
    size = 109.0 * draw.uniform(1.08, 1.30)
    yaw = np.full(n, draw.uniform(0.0, exact.TURN))
    view = View(x, dy + draw.uniform(122.0, 130.0), np.full(n, size), yaw, pitch)
    shapes = person_shapes(someone, view, draw.uniform() + someone.gait.pace * t, wear)
    if umbrella:
        shapes += _umbrella(draw, view, size)
    return shapes


def _umbrella(draw: Draw, view: View, size: float) -> Shapes:
    paint = palette.cloth(draw, "accent")
    canvas = Canvas(48, 128, paint)
    canvas.gain(0.86 + 0.26 * (1.0 - exact.triangle(canvas.turn * 8.0)))
    if draw.chance(0.5):
        canvas.blend(canvas.band(canvas.h, 0.80, 0.10, 0.03), palette.cloth(draw, "accent"))
    canvas.gain(1.08 - 0.30 * canvas.h)
    half, low = size * draw.uniform(0.25, 0.30), size * draw.uniform(0.74, 0.82)
    x, y = view.x + 2.0, view.y
    dome = tuple(
        (h, half * float(np.sqrt(max(0.0, 1 - (1 - h) ** 2)))) for h in (0.0, 0.02, 0.06, 0.15, 0.3, 0.5, 0.75, 1.0)
    )
    points = np.stack([x, y - low - 4.0], 1), np.stack([x, y - 0.48 * size], 1)
    n = len(x)
    stick = Limb(cloth.plain((0.12, 0.12, 0.12)), 1.0, np.zeros(n), *points, np.full(n, 1.0), np.full(n, 1.0))
    return [stick, _block(x, y - low - 0.62 * half, y - low, dome, canvas.texture(), 1.1, 0.7)]


_THINGS: dict[str, Callable[[Draw, np.ndarray, np.ndarray], Shapes]] = {
    "pole": _pole, "tree": _tree, "bin": _bin, "sign": _sign, "van": _van,
}  # fmt: skip


def event_shapes(
    event: Event, frames: int, dx: np.ndarray, dy: np.ndarray, centre: float, seed: int, pitch: float, first_number: int
) -> Shapes:
    """Shapes of one event over its frames, shifted with the crop by dx, dy (T,), numbered from `first_number`."""
    reach = {"van": 100.0, "person": 66.0, "umbrella": 74.0, "tree": 62.0}.get(event.kind, 58.0)
    # One frame earlier and later than visible, so that the flow of the first visible frame exists.
    s, e = max(0, event.start - event.enter - 1), min(frames, event.start + event.stay + event.enter + 1)
    if e <= s:
        return []
    t = np.arange(s, e, dtype=np.float64)
    x, down = centre + path(event, t, reach) + dx[s:e], dy[s:e].astype(np.float64)
    draw = Draw(PERSON, seed, PASSERS_BY, event.key)
    if event.kind in ("person", "umbrella"):
        shapes = _person(draw, x, down, t, seed, pitch, event.kind == "umbrella")
    else:
        shapes = _THINGS[event.kind](draw, x, down)
    for k, shape in enumerate(shapes):
        shape.t0, shape.number = s, first_number + k
    return shapes


def crop_shift(events: list[Event], frames: int) -> tuple[np.ndarray, np.ndarray]:
    """Whole-pixel shifts (x, y) of the walker against the frame, from badly cut boxes."""
    dx, dy = np.zeros(frames), np.zeros(frames)
    for event in events:
        if event.kind != "crop":
            continue
        draw = Draw(PERSON, PASSERS_BY, event.key)
        size, sideways = draw.uniform(0.35, 1.0), draw.chance(0.6)
        x = event.sign * size * 38.0 if sideways else draw.uniform(-6.0, 6.0)
        y = draw.uniform(-6.0, 6.0) if sideways else event.sign * size * 54.0
        s, e = max(0, event.start), min(frames, event.start + event.stay)
        dx[s:e], dy[s:e] = np.floor(x + 0.5), np.floor(y + 0.5)
    return dx, dy

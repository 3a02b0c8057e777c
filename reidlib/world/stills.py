"""Stills: a few visible frames of each walk past a camera, to the bit those of the tracklets, at a part of the cost."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from reidlib.data.store import Store
from reidlib.data.tracklet import Tracklet
from reidlib.errors import ReidError
from reidlib.world.build import Counter, build
from reidlib.world.render import painted, tracklet_name
from reidlib.world.scene import Scene, scene
from reidlib.world.seeds import WALK, Draw
from reidlib.world.shapes import Blob, Shape
from reidlib.world.versions import Spec, specify

_STILLS = 78  # key of the moments' own stream: walks and occlusions stay what they are
_SPARE = 2  # candidates painted together for each still: one frame more costs a tenth of painting anew
COLUMNS = {"visibility": ("float32", ())}


@dataclass(frozen=True)
class StillSpec(Spec):
    """What decides the pixels of a store of stills: a street's own `Spec`, and which of its frames are kept."""

    per_tracklet: int = 2
    visible: float = 0.5

    def as_dict(self) -> dict[str, str | int | float]:
        return {"kind": "stills", **asdict(self)}

    @property
    def label(self) -> str:
        return f"{super().label}-k{self.per_tracklet}-v{self.visible:g}"

    @property
    def bytes(self) -> int:
        return self.tracklets * self.per_tracklet * (3 * self.height * self.width + 4)


def _part(thing: Shape | Blob, count: int, moments: np.ndarray) -> Shape | Blob | None:
    """A shape or shadow of `count` frames at `moments` (ascending) alone; None where it is in none of them."""
    first, last = np.searchsorted(moments, (thing.t0, thing.t0 + count))
    if first == last:
        return None
    rows = moments[first:last] - thing.t0
    part = copy.copy(thing)
    for key, value in vars(thing).items():
        if isinstance(value, np.ndarray):  # all arrays of a shape or shadow are per frame; so are its cached bounds
            setattr(part, key, value[rows])
    part.t0 = int(first)
    return part


def moments_of(place: Scene, moments: np.ndarray) -> Scene:
    """The scene at `moments` (k,), ascending frame numbers: a scene of k frames that are painted as before."""

    def parts(things: list, count: Callable) -> list:
        found = (_part(thing, count(thing), moments) for thing in things)
        return [part for part in found if part is not None]

    return replace(place, length=len(moments), walker=parts(place.walker, len), occluders=parts(place.occluders, len),
                   shadows=parts(place.shadows, lambda blob: len(blob.x)), pan=place.pan[moments],
                   tilt=place.tilt[moments], light=place.light[moments], noise=place.noise[moments])  # fmt: skip


def still(spec: StillSpec, pid: int, camid: int, day: int = 0) -> tuple[Tracklet, np.ndarray]:
    """Up to `spec.per_tracklet` frames with visibility ≥ `spec.visible`, and their numbers in the whole tracklet.

    The moments come in random order until enough are visible, a function of (version, pid, camid, day) alone, so that
    asking for more only adds. Where no frame is visible enough, the most visible one stands alone, below the bound.
    """
    place = scene(spec, pid, camid, day)
    draw = Draw(WALK, spec.law.people_seed, pid, camid, day, _STILLS)
    order = np.argsort(draw.uniforms(place.length), kind="stable")
    pictures, shares = np.empty((0, spec.height, spec.width, 3), np.uint8), np.empty(0, np.float32)
    enough: np.ndarray = np.empty(0, np.intp)
    step = _SPARE * spec.per_tracklet
    for first in range(0, place.length, step):
        batch = order[first : first + step]
        ascending = np.argsort(batch)
        frames, _, visibility = painted(moments_of(place, batch[ascending]), spec.height, spec.width)
        back = np.argsort(ascending)
        pictures, shares = np.concatenate([pictures, frames[back]]), np.concatenate([shares, visibility[back]])
        enough = np.flatnonzero(shares >= np.float32(spec.visible))[: spec.per_tracklet]
        if len(enough) == spec.per_tracklet:
            break
    if len(enough) == 0:
        enough = np.array([np.argmax(shares)])
    kept = enough[np.argsort(order[enough])]
    tracklet = Tracklet(pictures[kept], pid, camid, tracklet_name(spec, pid, camid, day), {"visibility": shares[kept]},
                        {"day": day} if spec.law.days > 1 else {})  # fmt: skip
    return tracklet, order[kept]


def _make(spec: StillSpec, k: int) -> Tracklet:
    return still(spec, *spec.index(k))[0]


def street_stills(
    version: str,
    persons: int | None = None,
    days: int | None = None,
    strength: float | None = None,
    per_tracklet: int = 2,
    visible: float = 0.5,
    progress: Callable[[int, int], None] | None = None,
    *,
    folder: str | Path | None = None,
    workers: int | None = None,
) -> Store:
    """A few visible frames of every (pid, camid, day) of a street as a store, from the cache or rendered now.

    Each tracklet of the store holds its stills in order of time, each the very frame of `street(version)`, with the
    column "visibility" (T,) float32 and, with days, info["day"]. Few-shot matching compares pictures, not walks.

    Parameters
    ----------
    version, persons, days, strength, folder, workers, progress : as in reidlib.world.build.street.
    per_tracklet : frames of each tracklet, fewer where fewer are visible.
    visible : smallest visibility of a still. A tracklet without such a frame gives its most visible one, so that every
        (pid, camid, day) exists; the column tells.

    Raises
    ------
    ReidError : unknown versions and sizes, per_tracklet below 1, a bound outside [0, 1], a disk that is too small.
    """
    spec = still_spec(specify(version, persons, None, days, strength), per_tracklet, visible)
    return build(spec, None if folder is None else Path(folder), workers, progress or Counter(f"Stills of {version}"),
                 name=f"{spec.version}-stills", columns=COLUMNS, make=_make)  # fmt: skip


def still_spec(spec: Spec, per_tracklet: int = 2, visible: float = 0.5) -> StillSpec:
    """The checked specification of the stills of a street."""
    if isinstance(per_tracklet, bool) or not isinstance(per_tracklet, int) or per_tracklet < 1:
        raise ReidError(f"Found per_tracklet={per_tracklet!r}", "a whole number from 1", "pass per_tracklet=2")
    if not 0 <= visible <= 1:  # false for NaN too
        raise ReidError(f"Found visible={visible!r}", "a fraction in [0, 1]", "pass visible=0.5")
    return StillSpec(**asdict(spec), per_tracklet=per_tracklet, visible=float(visible))

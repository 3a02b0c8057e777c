"""Some people of somebody's store as a store of the course: kept in the cache, made once, found again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import numpy as np

from reidlib.data.cache import cache_path
from reidlib.data.files import canonical
from reidlib.data.store import Store
from reidlib.data.tracklet import Tracklet
from reidlib.data.workers import in_order, refuse_in_worker
from reidlib.data.writer import StoreWriter
from reidlib.world.build import Counter
from reidlib.world.planted import REVISION, planted
from reidlib.world.versions import HEIGHT, WIDTH

_FEW = 60  # tracklets that one process makes sooner than several begin


def copied(store: Store, numbers: np.ndarray, plant: bool) -> Store:
    """The tracklets `numbers`, as `two_cameras` gives them, under the cameras 0 and 1, with the name of their store.

    plant : at 128×64 behind planted occluders, with "visibility" and "mask"; otherwise as they are.
    """
    refuse_in_worker()
    count, kind = len(numbers), f"planted-r{REVISION}" if plant else "two-cameras"
    spec = {"copied from": [store.name, store.version, store.hash], "tracklets": numbers.tolist(), "kind": kind}
    if "benchmark" in store.spec:
        spec["benchmark"] = store.spec["benchmark"]
    height, width = (HEIGHT, WIDTH) if plant else (store.height, store.width)
    columns = {name: (layout.dtype, layout.shape) for name, layout in store.columns.items()}
    if plant:
        columns = {"visibility": ("float32", ()), "mask": ("bool", (height, width))}
    counter = Counter(f"Copying people of {store.name}")
    folder = cache_path("course-data", f"{hashlib.sha256(canonical(spec)).hexdigest()[:16]}-{kind}")
    with StoreWriter(folder, name=store.name, version=f"{store.version}-{kind}", height=height, width=width,
                     columns=columns, spec=spec) as writer:
        if not writer.complete:
            left = numbers[writer.done:].tolist()
            one = _One(store, plant, int(store.camids[numbers[1]]))
            for tracklet in in_order(one, left, 1 if len(left) < _FEW else None):
                writer.append(tracklet)
                counter(writer.done, count)
        return writer.finish()


@dataclass(frozen=True)
class _One:
    """What a worker is sent: the store travels as its path. The camera `second` becomes number 1, the other 0."""

    store: Store
    plant: bool
    second: int

    def __call__(self, number: int) -> Tracklet:
        tracklet = self.store[number]
        tracklet = replace(tracklet, camid=int(tracklet.camid == self.second))
        return planted(tracklet) if self.plant else tracklet.take(np.arange(tracklet.T))

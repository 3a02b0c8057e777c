"""The flow of a whole store as a column beside it: computed once, on all cores, safe against kills."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from reidlib.data.cache import cached_stores
from reidlib.data.columns import ColumnWriter
from reidlib.data.store import Store
from reidlib.data.transforms import SIZE, resize_frames
from reidlib.data.workers import in_order, refuse_in_worker
from reidlib.errors import ReidError
from reidlib.flow.colour import grey
from reidlib.flow.lucas_kanade import lucas_kanade
from reidlib.flow.settings import SETTINGS
from reidlib.flow.single_scale import mclaughlin_flow, single_scale

METHODS = (*SETTINGS, "single_scale", "mclaughlin")
REVISION = 1  # raised with every change of the computed numbers, so that old columns are not mistaken for new


def tracklet_flow(frames: np.ndarray, method: str = "accurate", size: tuple[int, int] = SIZE) -> np.ndarray:
    """Flow (T, 2, *size) float16 of one tracklet (T, H, W, 3) uint8, pixels per frame at `size`, frame 0 zero.

    method : "fast", "accurate" (`lucas_kanade`) or "single_scale", on frames resized to `size`; or "mclaughlin", which
        computes at full size, stores 8 bits and resizes (`mclaughlin_flow`: pixels of the full size, frame 0 is junk).
    A tracklet of one frame has zero flow.
    """
    if method not in METHODS:
        raise ReidError(f"Found the method {method!r}", f"one of {', '.join(METHODS)}", "pass --method accurate")
    if len(frames) < 2:
        return np.zeros((len(frames), 2, *size), np.float16)
    if method == "mclaughlin":
        return mclaughlin_flow(frames, size).astype(np.float16)
    small = grey(resize_frames(frames, size))
    if method == "single_scale":
        return single_scale(small).numpy().astype(np.float16)
    return lucas_kanade(small, method, dtype=torch.float16).numpy()


@dataclass(frozen=True)
class _Task:
    """What a worker is sent: the store travels as its path."""

    store: Store
    method: str
    size: tuple[int, int]

    def __call__(self, number: int) -> np.ndarray:
        return tracklet_flow(self.store[number].frames, self.method, self.size)


def find_store(where: str) -> Store:
    """The store in the folder `where`, or the one of that name in the cache; ReidError when there is none."""
    versions = [version for name, version in cached_stores() if name == where]
    if len(versions) == 1:
        return Store.cached(where, versions[0])
    if versions:
        raise ReidError(f"Found {len(versions)} stores called {where} in the cache: {', '.join(versions)}", "one",
                        "pass the folder of the one you mean (reidlib doctor prints the cache's folder)")
    try:
        return Store.open(where)
    except ReidError as error:
        if isinstance(error.__cause__, OSError) or os.path.exists(os.path.join(where, "store.json")):
            raise  # a store is there, and its own error says what to do
        known = sorted({name for name, _ in cached_stores()})
        raise ReidError(error.found, f"{error.needed}, or the name of a store in the cache; there is "
                        f"{', '.join(known) or 'none'}", "pass a store's folder, or "
                        + ("one of those names" if known else "type reidlib world render street-v1-small first")
                        ) from error


def extract_flow(store: Store, method: str = "accurate", *, column: str = "flow", size: tuple[int, int] = SIZE,
                 workers: int | None = None, progress: Callable[[int, int], None] | None = None) -> np.ndarray:
    """Adds the flow of every tracklet to a store: (F, 2, *size) float16, a derived column; returns its memory map.

    It lies beside the store, or in the cache where the store cannot be written (`reidlib.data.beside`).
    Killed and called again it goes on where it stopped; finished, it opens at once. The bytes do not depend on
    `workers`, nor on where it was interrupted. `progress` hears (tracklets done, all).

    Parameters
    ----------
    method : see `tracklet_flow`.
    column : the column's name; another method needs another name.
    size : height and width of the flow.
    """
    refuse_in_worker()
    task = _Task(store, method, tuple(size))
    tracklet_flow(np.empty((0, 5, 5, 3), np.uint8), method)  # an unknown method fails before any folder is made
    settings = SETTINGS[method].as_dict() if method in SETTINGS else {}
    spec = {"method": method, "setting": settings, "revision": REVISION}
    with ColumnWriter(store, column, "float16", (2, *size), spec=spec) as writer:
        if not writer.complete:
            numbers = list(range(writer.done, len(store)))
            for flow in in_order(task, numbers, workers):
                writer.append(flow)
                if progress is not None:
                    progress(writer.done, len(store))
        return writer.finish()

"""From a version's name to a store on disk: every tracklet once, on all cores, safe against kills."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import numpy as np

from reidlib.data.cache import store_path
from reidlib.data.store import Store
from reidlib.data.tracklet import Tracklet
from reidlib.data.writer import StoreWriter
from reidlib.errors import ReidError
from reidlib.world.render import render
from reidlib.world.truth import exact_flow
from reidlib.world.versions import REVISION, VERSIONS, Spec, specify

Progress = Callable[[int, int], None]
Make = Callable[[Spec, int], Tracklet]


def rendered(spec: Spec, k: int) -> Tracklet:
    """Tracklet number `k` of a specification."""
    pid, camid, day = spec.index(k)
    return render(spec, pid, camid, day).tracklet


def _make_range(make: Make, spec: Spec, start: int, stop: int) -> list[Tracklet]:
    return [make(spec, k) for k in range(start, stop)]


def _die_with_parent() -> None:
    """Workers of a killed build would wait for ever: their queue stays open as long as one of them lives."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def tracklets(spec: Spec, start: int = 0, workers: int | None = None, make: Make | None = None) -> Iterator[Tracklet]:
    """Tracklets start … spec.tracklets − 1 in order, rendered by `workers` processes (default: one a core).

    `make` (a function of a module) gives tracklet k of a specification; default: the rendered one, all of its frames.
    The bytes do not depend on the number of workers. Where processes cannot be started (a script without
    `if __name__ == "__main__"`, a locked-down system), one process does all the work.
    """
    total, step = spec.tracklets, spec.cameras * spec.days
    workers = cores() if workers is None else workers
    make = rendered if make is None else make
    if workers > 1 and total - start > 2 * step:
        done = start
        try:
            for tracklet in _parallel(spec, start, workers, make):
                done += 1
                yield tracklet
            return
        except (BrokenProcessPool, OSError, PermissionError):
            start = done
    for k in range(start, total):
        yield make(spec, k)


def _parallel(spec: Spec, start: int, workers: int, make: Make) -> Iterator[Tracklet]:
    # One task is one person: its clothes are then made once.
    total, step = spec.tracklets, spec.cameras * spec.days
    context = multiprocessing.get_context("spawn")
    waiting: deque[Future[list[Tracklet]]] = deque()
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_die_with_parent) as pool:
        try:
            k = start
            while k < total or waiting:
                while k < total and len(waiting) < 2 * workers + 1:
                    stop = min(total, (k // step + 1) * step)
                    waiting.append(pool.submit(_make_range, make, spec, k, stop))
                    k = stop
                yield from waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _check_room(spec: Spec, folder: Path, done: int) -> None:
    there = folder.absolute()
    while not there.exists():
        there = there.parent
    free = shutil.disk_usage(there).free
    needed = round(spec.bytes * (1 - done / spec.tracklets))
    if needed > free:
        each = max(1, round(spec.bytes / spec.persons))
        raise ReidError(
            f"Found {free / 1e9:.1f} GB free at {there} for {spec.version} with {spec.persons:,} persons, "
            f"{spec.cameras} cameras and {spec.days} days",
            f"about {needed / 1e9:,.1f} GB",
            f"pass --persons {max(1, int(free * 0.9) // each)} or fewer, or another --out",
        )


def flow_of(store: Store, i: int) -> np.ndarray:
    """Exact flow (T, 2, H, W) float32 of tracklet `i` of a rendered store, made on demand by rendering it again.

    Pixels per frame, x right, y down; flow[0] = 0 and frame_t(p) ≈ frame_{t−1}(p − flow[t](p)). ReidError for stores
    that were not rendered, or rendered by another revision of the street.
    """
    try:
        spec = Spec(**store.spec)
    except TypeError:
        spec = None
    if spec is None or spec.version not in VERSIONS:
        raise ReidError(f"{store.folder} holds no rendered street", "a store made by `reidlib world render`",
                        "estimate the flow of other data with reidlib.flow")  # fmt: skip
    if spec.revision != REVISION:
        raise ReidError(
            f"{store.folder} was rendered by revision {spec.revision} of the street",
            f"revision {REVISION}, which this program draws",
            f"type reidlib world render {spec.version}",
        )
    again = render(spec, *spec.index(range(len(store))[i]))
    return exact_flow(again.scene, again.parts)


class Counter:
    """Progress for notebooks and scripts: one line on stderr that counts up, without widgets."""

    def __init__(self, what: str, unit: str = "tracklets") -> None:
        self.what, self.unit, self._shown = what, unit, -1

    def __call__(self, done: int, total: int) -> None:
        percent = 100 * done // max(total, 1)
        if percent // 5 != self._shown // 5 or done == total:
            self._shown = percent
            sys.stderr.write(
                f"\r{self.what}: {done} of {total} {self.unit} ({percent} %)" + ("\n" if done == total else "")
            )
            sys.stderr.flush()


def build(
    spec: Spec, folder: Path | None = None, workers: int | None = None, progress: Progress | None = None,
    *, name: str | None = None, columns: Mapping[str, tuple[str, tuple[int, ...]]] | None = None,
    make: Make | None = None,
) -> Store:
    """Render `spec` into `folder` (default: its place in the cache) and open the store.

    A finished store is opened at once; a build that was killed goes on. Raises ReidError when the disk is too small or
    the folder holds something else. `progress` hears (tracklets done, all). `name`, `columns` and `make` are for stores
    of another kind than whole tracklets; their `spec` must say so.
    """
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        # A worker is importing a script without `if __name__ == "__main__"` and came back here. It would wait for ever
        # for the lock that its parent holds; once it has ended, the parent does the work alone.
        raise SystemExit(1)
    name, height, width = name or spec.version, spec.height, spec.width
    folder = store_path(name, spec.label) if folder is None else Path(folder)
    columns = columns or {"visibility": ("float32", ()), "mask": ("bool", (height, width))}
    writer = StoreWriter(
        folder, name=name, version=spec.label, height=height, width=width, spec=spec.as_dict(), columns=columns,
    )  # fmt: skip
    if writer.complete:
        return writer.finish()
    with writer:
        if not writer.complete:
            _check_room(spec, folder, writer.done)
            done = writer.done
            for tracklet in tracklets(spec, done, workers, make):
                writer.append(tracklet)
                done += 1
                if progress is not None:
                    progress(done, spec.tracklets)
        return writer.finish()


def street(
    version: str = "street-v1",
    persons: int | None = None,
    cameras: int | None = None,
    days: int | None = None,
    strength: float | None = None,
    *,
    folder: str | Path | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Store:
    """The rendered street as a store, from the cache or rendered now (a line on stderr counts up, or `progress` does).

    Parameters
    ----------
    version : see reidlib.world.versions.VERSIONS; the other sizes default to the version's own.
    persons, cameras, days : how many; more of them never change what was there.
    strength : differences between days, 0 = none, 1 = as defined (versions with days only).
    folder : where the store goes; default the cache (REIDLIB_CACHE).
    workers : processes; the bytes do not depend on it.

    Each tracklet has the columns "visibility" (T,) float32 in [0, 1] and "mask" (T, H, W) bool; with days, info["day"].
    """
    spec = specify(version, persons, cameras, days, strength)
    return build(spec, None if folder is None else Path(folder), workers, progress or Counter(f"Rendering {version}"))

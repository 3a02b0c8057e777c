"""StoreWriter: packs tracklets into a store, safely against kills, full disks and a second writer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from reidlib.data.build import Build
from reidlib.data.layout import Layout, checked_layouts
from reidlib.data.locks import tell_stderr
from reidlib.data.store import Store
from reidlib.data.tracklet import Tracklet
from reidlib.errors import ReidError

Progress = Callable[[int, int], None]


class StoreWriter:
    """Builds the store `folder`; use it in a `with` block, and start it again after any interruption.

    >>> with StoreWriter(folder, name="street", version="1", height=128, width=64, spec={"seed": 0}) as writer:
    ...     for i in range(writer.done, n):     # 0 at first; what was safe before a kill is not asked for again
    ...         writer.append(make_tracklet(i))
    ...     store = writer.finish()             # doctest: +SKIP

    Parameters
    ----------
    name, version : what the store is called; free text, kept in store.json.
    height, width : H and W of every frame, in pixels.
    columns : {"visibility": ("float32", ()), "mask": ("bool", (H, W))}: dtype and shape of one row. Exactly these
        columns are needed in every tracklet.
    spec : everything that decides the content (seed, sizes, code version, ...), as JSON values. A build with another
        spec is never resumed, and a finished store of another spec is never overwritten.
    tell : hears one sentence when this writer waits for another process, or clears away an unfinished build of another
        spec; by default it goes to stderr.
    progress : called as progress(done, total) while the `with` block begins and looks through what an interrupted
        build left, a second or less for each gigabyte.

    The same tracklets give the same bytes, however often the build was interrupted, on every machine.
    """

    def __init__(self, folder: str | Path, *, name: str, version: str, height: int, width: int,
                 columns: Mapping[str, tuple[str, tuple[int, ...]]] | None = None, spec: Mapping | None = None,
                 tell: Callable[[str], None] = tell_stderr, progress: Progress | None = None) -> None:
        for key, value in (("name", name), ("version", version)):
            if not isinstance(value, str) or not value:
                raise ReidError(f"Store {key} {value!r}", "a string that is not empty", f'pass for example {key}="1"')
        for key, value in (("height", height), ("width", width)):
            if not isinstance(value, (int, np.integer)) or value < 1:
                raise ReidError(f"Frames of {key} {value!r}", "a whole number of pixels, 1 or more",
                                "pass height=128, width=64")
        self.shape = (int(height), int(width), 3)
        self.columns = checked_layouts(columns or {})
        plan = {"kind": "store", "name": name, "version": version, "height": height, "width": width,
                "columns": {key: [layout.dtype, layout.shape] for key, layout in self.columns.items()},
                "spec": dict(spec or {})}
        layouts = {"frames": Layout("uint8", self.shape), **self.columns}
        self._build = Build(Path(folder), "store.json", plan, layouts, tell)
        self._progress = progress
        self._names: set[str] = set()

    @property
    def folder(self) -> Path:
        return self._build.folder

    @property
    def complete(self) -> bool:
        """True when the finished store was there already: nothing to append, `finish` only opens it."""
        return self._build.complete

    @property
    def done(self) -> int:
        """Tracklets already safely written; inside the `with` block, where earlier work has been looked through."""
        return len(Store.open(self.folder)) if self.complete else len(self._build.journal)

    def __enter__(self) -> StoreWriter:
        self._build.open(self._progress)
        self._names = {facts["name"] for facts in self._build.journal}
        return self

    def __exit__(self, *exception: object) -> None:
        self._build.close()

    def append(self, tracklet: Tracklet) -> None:
        """Adds one tracklet. On an error nothing of it is kept, and the call may be repeated.

        Raises
        ------
        ReidError : frames of another size, missing or undeclared columns, a name used before, disk full or read-only.
        """
        self._check(tracklet)
        arrays = {"frames": tracklet.frames, **tracklet.columns}
        facts = {"name": tracklet.name, "pid": tracklet.pid, "camid": tracklet.camid, "info": dict(tracklet.info)}
        try:
            self._build.append(arrays, facts)
        except ValueError as error:  # JSON knows neither NaN nor infinity
            raise ReidError(f"Info of tracklet {tracklet.name} is {tracklet.info}", "finite numbers and strings",
                            "drop the entries that are not finite") from error
        self._names.add(tracklet.name)

    def finish(self, progress: Progress | None = None) -> Store:
        """Syncs and hashes the files (progress in bytes), gives the folder its final name, returns the open store."""
        if not self.complete:
            self._build.publish(progress)
        return Store.open(self.folder)

    def _check(self, tracklet: Tracklet) -> None:
        if not isinstance(tracklet, Tracklet):
            raise ReidError(f"Appended a {type(tracklet).__name__}", "a Tracklet",
                            "build one with reidlib.data.tracklet")
        if tracklet.frames.shape[1:] != self.shape:
            raise ReidError(f"Frames of tracklet {tracklet.name} have H×W {tracklet.H}×{tracklet.W}",
                            f"{self.shape[0]}×{self.shape[1]}, the size of this store",
                            "resize them with reidlib.data.transforms.resize_frames")
        if tracklet.name in self._names:
            raise ReidError(f"The store already has a tracklet {tracklet.name}", "a name of its own for each tracklet",
                            "put person and camera into the name, and start at writer.done when resuming")
        if tracklet.columns.keys() != self.columns.keys():
            raise ReidError(f"Tracklet {tracklet.name} has columns {sorted(tracklet.columns)}",
                            f"just the declared {sorted(self.columns)}", "declare or drop the others")
        for key, layout in self.columns.items():
            rows = tracklet.columns[key]
            if not layout.accepts(rows):
                raise ReidError(f"Column {key} of tracklet {tracklet.name} has {rows.dtype} rows {rows.shape[1:]}",
                                f"{layout.dtype} rows {layout.shape}, as declared", "convert it before appending")

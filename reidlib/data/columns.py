"""Per-frame columns added to a finished store: flow, half-size frames, features.

Each lives in `<store>/derived/<name>/`, or in the cache where that cannot be written (see `beside`), with its own
column.json, index and hashes, and is built by the same crash-safe protocol. Nothing else in the store changes, so its
hash stays what it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reidlib.data.beside import DOCUMENT, column_folder, derived_names, found_column, make_room
from reidlib.data.build import Build
from reidlib.data.document import is_complete, plan_of, read_document, verify_files
from reidlib.data.layout import Layout, checked_name
from reidlib.data.locks import tell_stderr
from reidlib.errors import ReidError

if TYPE_CHECKING:
    from reidlib.data.store import Store


class ColumnWriter:
    """Adds column `name` to a finished store; use it like StoreWriter.

    >>> with ColumnWriter(store, "flow", "float16", (2, 64, 48), spec={"method": "lk"}) as writer:
    ...     for i in range(writer.done, len(store)):
    ...         writer.append(flow_of(store[i]))    # (T, 2, 64, 48) float16, T frames like tracklet i
    ...     flow = writer.finish()                  # doctest: +SKIP

    The store's hash is part of the plan: a column never meets frames that it was not made from.

    Parameters
    ----------
    dtype, shape : of one row, as in StoreWriter's `columns`.
    spec : everything that decides the content, as JSON values.
    tell : as in StoreWriter; hears also where the column goes when the store cannot be written.
    progress : as in StoreWriter.
    """

    def __init__(self, store: Store, name: str, dtype: str, shape: tuple[int, ...], *, spec: Mapping | None = None,
                 tell: Callable[[str], None] = tell_stderr,
                 progress: Callable[[int, int], None] | None = None) -> None:
        checked_name(name)
        if name in store.columns:
            raise ReidError(f"Store {store.name} has its own column {name}", "a new name",
                            f"call it for example {name}_2")
        self.store, self.name, self._progress = store, name, progress
        self.layout = Layout.checked(name, dtype, shape)
        plan = plan_of({"kind": "column", "name": name, "dtype": self.layout.dtype, "shape": self.layout.shape,
                        "store": store.hash, "spec": dict(spec or {})})
        self._tell = tell
        self._build = Build(column_folder(store, name, plan), DOCUMENT, plan, {name: self.layout}, tell)

    @property
    def folder(self) -> Path:
        return self._build.folder

    @property
    def complete(self) -> bool:
        """True when the finished column was there already."""
        return self._build.complete

    @property
    def done(self) -> int:
        """Tracklets whose rows are already safely written."""
        return len(self.store) if self.complete else len(self._build.journal)

    def __enter__(self) -> ColumnWriter:
        if not self.complete:
            make_room(self.store, self.folder, self._tell)
        self._build.open(self._progress)
        return self

    def __exit__(self, *exception: object) -> None:
        self._build.close()

    def append(self, rows: np.ndarray) -> None:
        """The rows of tracklet number `done`: (T, *shape) of the declared dtype."""
        number = self.done
        if number >= len(self.store):
            raise ReidError(f"Column {self.name} already has the rows of all {len(self.store)} tracklets",
                            "no more rows", "call finish")
        length, name = int(self.store.lengths[number]), self.store.names[number]
        if not isinstance(rows, np.ndarray) or len(rows) != length or not self.layout.accepts(rows):
            found = f"{rows.dtype} {rows.shape}" if isinstance(rows, np.ndarray) else type(rows).__name__
            raise ReidError(f"Rows of column {self.name} for tracklet {name} are {found}",
                            f"{self.layout.dtype} {(length, *self.layout.shape)}", "give every frame its row")
        self._build.append({self.name: rows}, {"name": name})

    def finish(self, progress: Callable[[int, int], None] | None = None) -> np.ndarray:
        """Publishes the column and returns it as `store.column(name)` does."""
        if not self.complete:
            if self.done < len(self.store):
                raise ReidError(f"Column {self.name} has rows of {self.done} tracklets",
                                f"rows of all {len(self.store)}", "append the rest before finish")
            self._build.publish(progress)
        return self.store.column(self.name)


def open_derived(store: Store, name: str, verify: str) -> tuple[Layout, np.ndarray]:
    """Layout and memory map of a column added later; ReidError when there is none or it belongs to other frames."""
    folder = found_column(store, name)
    if folder is None:
        raise ReidError(f"Store {store.name} has no column {name!r}",
                        f"one of {[*store.columns, *derived_names(store)]}",
                        "compute it with reidlib.data.columns.ColumnWriter, or build the store with it")
    document = read_document(folder, DOCUMENT)
    if not is_complete(document) or document["store"] != store.hash:
        raise ReidError(f"Column {name} in {folder} belongs to another store", "a column made from these frames",
                        f"delete {folder} and compute the column again")
    layout = Layout(document["dtype"], tuple(document["shape"]))
    verify_files(folder, document, {name: layout}, verify)
    return layout, layout.open(folder / f"{name}.npy", document["frames"])

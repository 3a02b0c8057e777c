"""Store: a finished data set on disk, read through a memory map.

A store is a folder: `frames.npy` (F, H, W, 3) uint8 with the tracklets one after the other, one .npy per column,
`index.jsonl` (one line per tracklet) and `store.json` (name, version, spec, hashes). `numpy.load("frames.npy",
mmap_mode="r")` reads it without this library. Any number of processes may read at once.
"""

from __future__ import annotations

import difflib
import operator
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from reidlib.data.beside import derived_names
from reidlib.data.cache import cached_stores, store_path
from reidlib.data.columns import open_derived
from reidlib.data.document import content_hash, is_complete, read_document, verify_files
from reidlib.data.files import explained, kind_of, plain
from reidlib.data.layout import Layout
from reidlib.data.tracklet import Tracklet
from reidlib.errors import ReidError


class Store:
    """Tracklets by number: `store[i]`, `len(store)`, `for tracklet in store`. Open one with `Store.open`.

    Attributes
    ----------
    pids, camids, lengths, starts : (n,) int64; tracklet i owns the rows starts[i] .. starts[i] + lengths[i] - 1.
    checksums : (n,) int64, CRC-32 of the frames of each tracklet.
    names : list of n strings.
    frames : (F, H, W, 3) uint8, a read-only memory map of all tracklets.
    name, version, spec : as given to the writer.
    hash : sha256 over the index and all arrays of the store itself; columns added later do not change it.
    columns : {name: Layout} of the columns that every tracklet has.

    Pickled to a worker process, a store travels as its path and is opened again there.
    """

    def __init__(self, folder: Path, document: dict, index: list[dict], verify: str) -> None:
        self.folder, self._document, self._index, self._verify = folder, document, index, verify
        self.name, self.version, self.spec = document["name"], document["version"], document["spec"]
        self.height, self.width = document["height"], document["width"]
        self.hash = content_hash(document)
        self.columns = _columns(document)
        self.names: list[str] = [facts["name"] for facts in index]
        self.pids, self.camids, self.lengths = (_column_of(index, key) for key in ("pid", "camid", "length"))
        self.checksums = np.array([facts["crc32"]["frames"] for facts in index], dtype=np.int64)
        self.starts = np.cumsum(self.lengths) - self.lengths
        for array in (self.pids, self.camids, self.lengths, self.starts, self.checksums):
            array.flags.writeable = False
        self._maps: dict[str, np.ndarray] = {}
        self._layouts: dict[str, Layout] = {"frames": Layout("uint8", (self.height, self.width, 3)), **self.columns}
        self._positions: dict[str, int] = {}

    @classmethod
    def open(cls, folder: str | Path, verify: str = "sizes",
             progress: Callable[[int, int], None] | None = None) -> Store:
        """Opens a finished store.

        verify="sizes" (milliseconds) finds missing and truncated files and a changed index; "hashes" reads every byte
        and finds each flipped bit (progress in bytes). Columns added later are checked the same way when first used.

        Raises
        ------
        ReidError : no such folder, no store, an unfinished, damaged or newer one.
        """
        folder = Path(folder).absolute()
        document = read_document(folder, "store.json")
        if not is_complete(document):
            raise ReidError(f"{folder} is an unfinished build", "a finished store",
                            "run the build again; it goes on where it stopped")
        layouts = {"frames": Layout("uint8", (document["height"], document["width"], 3)), **_columns(document)}
        index = verify_files(folder, document, layouts, verify, progress)
        return cls(folder, document, index, verify)

    @classmethod
    def cached(cls, name: str, version: str, verify: str = "sizes") -> Store:
        """Opens the store `name` of `version` in the cache; ReidError lists what is there when it is not."""
        folder = store_path(name, version)
        if not kind_of(folder):
            there = ", ".join(f"{known} {number}" for known, number in cached_stores()) or "none"
            raise ReidError(f"The cache has no store {name} of version {version} ({folder})", f"one that was built; "
                            f"there is {there}", "check the spelling, build it, or set REIDLIB_CACHE to where it is")
        return cls.open(folder, verify)

    def __len__(self) -> int:
        return len(self._index)

    def __iter__(self) -> Iterator[Tracklet]:
        return (self.tracklet(number) for number in range(len(self)))

    def __getitem__(self, number: int) -> Tracklet:
        return self.tracklet(number)

    def tracklet(self, number: int, derived: tuple[str, ...] = ()) -> Tracklet:
        """Tracklet `number` (negative counts from the end), with the columns `derived` that were added later.

        Frames and plain columns are read-only views of the memory map; packed bool columns are unpacked here.
        """
        number = operator.index(number)
        if not -len(self) <= number < len(self):
            raise IndexError(f"tracklet {number} of a store with {len(self)} tracklets")
        facts = self._index[number]
        rows = slice(int(self.starts[number]), int(self.starts[number] + self.lengths[number]))
        arrays = {key: np.asarray(self._stored(key))[rows] for key in ("frames", *self.columns, *derived)}
        columns = {key: self._layouts[key].unpack(stored) for key, stored in arrays.items()}
        return Tracklet(columns.pop("frames"), facts["pid"], facts["camid"], facts["name"], columns, facts["info"])

    def position(self, name: str) -> int:
        """The number of the tracklet called `name`."""
        if not self._positions:
            self._positions = {known: number for number, known in enumerate(self.names)}
        try:
            return self._positions[name]
        except KeyError:
            near = [known for known in self.names if name in known][:3] or difflib.get_close_matches(name, self.names)
            some = ", ".join(map(plain, near or self.names[:3]))
            raise ReidError(f"Store {self.name} has no tracklet {name!r}", f"one of its {len(self)} names, such as "
                            f"{some}", f"take one of them, or a number from 0 to {len(self) - 1}") from None

    def info(self, key: str) -> np.ndarray:
        """(n,) the fact `key` of every tracklet."""
        values = [facts["info"].get(key) for facts in self._index]
        lacking = sum(value is None for value in values)
        if lacking or not values:
            known = sorted({known for facts in self._index for known in facts["info"]})
            raise ReidError(f"{lacking} of {len(self)} tracklets of store {self.name} have no info {key!r}",
                            f"a key that all have; there are {known}", "read store[i].info one by one")
        if len({isinstance(value, str) for value in values}) > 1:
            raise ReidError(f"Info {key!r} of store {self.name} mixes numbers and strings", "one kind",
                            "read store[i].info one by one")
        return np.array(values)

    @property
    def frames(self) -> np.ndarray:
        return self._stored("frames")

    def column(self, name: str) -> np.ndarray:
        """(F, ...) read-only memory map of a column, the store's own or added later.

        A bool column comes as it is stored: (F, bytes) uint8, each row packed by itself; `store.layout(name).unpack`
        gives bools.
        """
        if name == "frames":
            raise ReidError("Column frames", f"a column: {[*self.columns, *self.derived]}", "read store.frames")
        return self._stored(name)

    def layout(self, name: str) -> Layout:
        """dtype and row shape of a column."""
        self._stored(name)
        return self._layouts[name]

    @property
    def derived(self) -> list[str]:
        """Names of the columns that were added to the finished store, beside it or in the cache."""
        return derived_names(self)

    def _stored(self, name: str) -> np.ndarray:
        if name not in self._maps:
            with explained(self.folder):
                if name == "frames" or name in self.columns:
                    self._maps[name] = self._layouts[name].open(self.folder / f"{name}.npy", self._document["frames"])
                else:
                    self._layouts[name], self._maps[name] = open_derived(self, name, self._verify)
        return self._maps[name]

    def close(self) -> None:
        """Lets go of the maps; they open again on use. Windows cannot delete a folder with an open map in it."""
        self._maps.clear()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __reduce__(self):
        return _reopen, (str(self.folder), self.hash)

    def __repr__(self) -> str:
        return (f"Store({self.name} {self.version}: {len(self)} tracklets, {len(set(self.pids.tolist()))} identities, "
                f"{self._document['frames']} frames {self.height}×{self.width}, hash {self.hash[:12]})")


def _columns(document: dict) -> dict[str, Layout]:
    return {key: Layout(dtype, tuple(shape)) for key, (dtype, shape) in sorted(document["columns"].items())}


def _column_of(index: list[dict], key: str) -> np.ndarray:
    return np.array([facts[key] for facts in index], dtype=np.int64)  # Windows' own default is 32 bits before numpy 2


def _reopen(folder: str, known_hash: str) -> Store:
    store = Store.open(folder)
    if store.hash != known_hash:
        raise ReidError(f"The store in {folder} was replaced while it was in use", "the store that was opened first",
                        "open it again in the main process")
    return store

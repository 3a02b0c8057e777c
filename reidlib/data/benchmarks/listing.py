"""What lies in a benchmark's folder, before a single pixel is read: its tracklets, and what was passed over."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from reidlib.data.files import canonical
from reidlib.errors import ReidError

JUNK, DISTRACTOR = -1, 0  # pids that public data sets give to nobody in particular


@dataclass(frozen=True)
class Entry:
    """One tracklet of a benchmark; of an image benchmark, one image.

    name : unique in the benchmark. files : in order of time, paths below the root with "/", or whatever the benchmark's
    `read` understands. pid, camid : as in `Tracklet`, cameras from 0. info : facts, such as {"part": "query"}.
    """

    name: str
    files: tuple[str, ...]
    pid: int
    camid: int
    info: Mapping[str, int | float | str] = field(default_factory=dict)


@dataclass(frozen=True)
class Listing:
    """All entries, sorted as the benchmark sorts them.

    ignored : {reason: how many files or rows were passed over}. counts : what the benchmark's publications count, by
    the same names as `Benchmark.published`.
    """

    entries: tuple[Entry, ...]
    counts: Mapping[str, int]
    ignored: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        twice = [name for name, count in Counter(entry.name for entry in self.entries).items() if count > 1]
        if twice:
            raise ReidError(f"Found {len(twice)} tracklets of a name that another has, first {twice[0]}",
                            "each name once", "unpack the archive anew into an empty folder")

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def pids(self) -> np.ndarray:
        return np.array([entry.pid for entry in self.entries], np.int64)

    @property
    def camids(self) -> np.ndarray:
        return np.array([entry.camid for entry in self.entries], np.int64)

    @property
    def frames(self) -> int:
        return sum(len(entry.files) for entry in self.entries)

    @property
    def hash(self) -> str:
        """sha256 over names, ids and files, not over pixels."""
        content = [[entry.name, list(entry.files), entry.pid, entry.camid, dict(entry.info)] for entry in self.entries]
        return hashlib.sha256(canonical(content)).hexdigest()


def identities(entries: Iterable[Entry]) -> int:
    """Different people among them, without junk and distractors."""
    return len({entry.pid for entry in entries} - {JUNK, DISTRACTOR})

"""Benchmark: all that is known about a public data set, in one place, and how its folder is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reidlib.data.benchmarks.division import Division
from reidlib.data.benchmarks.listing import Entry, Listing
from reidlib.data.images import read_picture


def read_files(root: Path, entry: Entry) -> list[np.ndarray]:
    """The pictures of an entry whose `files` are files; each (H, W, 3) uint8, of whatever size."""
    return [read_picture(root / file) for file in entry.files]


@dataclass(frozen=True, eq=False)
class Benchmark:
    """A public data set. Nothing of it is shipped or downloaded; whoever was given its archive brings it.

    Parameters
    ----------
    name, title, kind : "mars", "MARS", "video" or "image".
    paper : who published it, where.
    holder, place : who gives it out, and from which page.
    terms, consent : what a source states of both, with the source; "not stated in …" where none does.
    say : what a report on this benchmark must name (protocol, split, shots, AP …).
    protocols : names of the ways to test that a whole archive gives, the usual one first.
    published : counts by name, such as {"identities": 1501}; `Listing.counts` has the same names.
    tree : the official layout as a few lines of text, for errors and pages.
    root : (folder) -> the folder in it where that layout begins; ReidError showing `tree` where there is none.
    listing : (root) -> what lies there. Reads names and lists, never pixels.
    read : (root, entry) -> frames.
    divisions : (root, listing) -> every way to test on it, by protocol name: {"official": [one], "half": [ten]}.
    """

    name: str
    title: str
    kind: str
    paper: str
    holder: str
    place: str
    terms: str
    consent: str
    say: str
    protocols: tuple[str, ...]
    published: Mapping[str, int]
    tree: str
    root: Callable[[Path], Path]
    listing: Callable[[Path], Listing]
    divisions: Callable[[Path, Listing], Mapping[str, Sequence[Division]]]
    read: Callable[[Path, Entry], list[np.ndarray]] = read_files

"""What users type in several commands, read in one way: sizes, and a tracklet of a store."""

from __future__ import annotations

import re

from reidlib.data.files import plain
from reidlib.errors import ReidError

_SIZE = re.compile(r"(\d{1,9})[x×](\d{1,9})", re.ASCII)


def frame_size(text: str) -> tuple[int, int]:
    """"128x64" -> (128, 64), height and width."""
    found = _SIZE.fullmatch(text.strip().lower())
    if not found:
        raise ReidError(f"Found the size {plain(text)}", "height x width, 8 to 1,024 pixels each",
                        "type --size 128x64")
    height, width = int(found[1]), int(found[2])
    if not (8 <= height <= 1024 and 8 <= width <= 1024):
        raise ReidError(f"Found the size {height}x{width}", "height x width, 8 to 1,024 pixels each",
                        "type --size 128x64")
    return height, width


def tracklet_of(source: str):
    """STORE:TRACKLET -> (store, number); a name of the store, or a number, negative from the end."""
    from reidlib.flow.extract import find_store

    where, _, which = source.rpartition(":")
    if not where or not which:
        raise ReidError(f"Found no tracklet in {plain(source)}", "STORE:TRACKLET", "type for example mine:0")
    store = find_store(where)
    is_number = which not in store.names and which.removeprefix("-").isdecimal() and len(which) < 12
    number = int(which) if is_number else store.position(which)
    if not -len(store) <= number < len(store):
        raise ReidError(f"Found tracklet {number} of store {store.name}, which has {len(store)}",
                        f"a number from 0 to {len(store) - 1} (or -1, -2, … from the end), or a name",
                        f"type {plain(where)}:0")
    return store, number % len(store)

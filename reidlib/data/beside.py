"""Where derived columns lie: beside their store or, where that cannot be written, in the cache.

A lab's shared store is often read-only. Its columns then go to `derived/<hash of the store>/` of the cache: the hash is
that of the frames, so two stores never mix, and a store that was moved or mounted elsewhere finds them again. What lies
in the cache comes first: it was put there because nothing beside the store would do, such as a column of an older kind.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from reidlib.data.cache import cache_folder, cache_path
from reidlib.data.document import read_document
from reidlib.data.files import explained, may_write, plain
from reidlib.errors import ReidError

if TYPE_CHECKING:
    from reidlib.data.store import Store

DERIVED = "derived"
DOCUMENT = "column.json"
_told: set[Path] = set()


def homes(store: Store) -> tuple[Path, Path]:
    """The two folders that may hold derived columns of a store, in the order in which they are looked through."""
    return cache_path(DERIVED, store.hash), store.folder / DERIVED


def derived_names(store: Store) -> list[str]:
    """Names of the finished columns of a store, sorted."""
    return sorted({name for home in homes(store) for name in _names(home)})


def found_column(store: Store, name: str) -> Path | None:
    """The folder of a finished column; None where there is none."""
    return next((home / name for home in homes(store) if name in _names(home)), None)


def column_folder(store: Store, name: str, plan: Mapping) -> Path:
    """The folder of a column of this plan, finished or about to be made.

    A finished one of another plan keeps its place, and the writer refuses it, unless it cannot be taken away there.
    """
    cached, beside = homes(store)
    found = found_column(store, name)
    if found is not None and (found.parent == cached or _is(found, plan)):
        return found
    return (beside if may_write(beside if os.path.isdir(beside) else store.folder) else cached) / name


def _is(folder: Path, plan: Mapping) -> bool:
    try:
        there = read_document(folder, DOCUMENT)
    except ReidError:
        return False
    return {key: there.get(key) for key in plan} == plan


def make_room(store: Store, folder: Path, tell: Callable[[str], None]) -> None:
    """Makes the cache ready where a column is to be written there, and says so once in a process for each store.

    Raises
    ------
    ReidError : the cache cannot be written either.
    """
    cached = homes(store)[0]
    if folder.parent != cached:
        return
    try:
        cache_folder(DERIVED, store.hash)
    except ReidError as error:
        raise ReidError(f"The store {plain(store.folder)} cannot be written. {error.found}", "a folder for what is "
                        "computed from the store: beside it, or in the cache",
                        f"{error.todo}; name the store by its folder, {plain(store.folder)}") from error
    if cached not in _told:
        _told.add(cached)
        tell(f"The store {plain(store.folder)} cannot be written; what is computed from it goes to {plain(cached)}.")


def _names(home: Path) -> list[str]:
    if not os.path.isdir(home):  # never raises, where Path.is_dir does
        return []
    with explained(home):
        return [path.name for path in home.iterdir() if "." not in path.name and (path / DOCUMENT).is_file()]

"""Where derived columns lie: beside their store or, where that cannot be written, in the cache.

A lab's shared store is often read-only. Its columns then go to `derived/<hash of the store>/` of the cache: the hash is
that of the frames, so two stores never mix, and a store that was moved or mounted elsewhere finds them again. What lies
beside the store comes first.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from reidlib.data.cache import cache_folder, cache_path
from reidlib.data.files import explained, may_write, plain
from reidlib.errors import ReidError

if TYPE_CHECKING:
    from reidlib.data.store import Store

DERIVED = "derived"
DOCUMENT = "column.json"
_told: set[Path] = set()


def homes(store: Store) -> tuple[Path, Path]:
    """The two folders that may hold derived columns of a store, in the order in which they are looked through."""
    return store.folder / DERIVED, cache_path(DERIVED, store.hash)


def derived_names(store: Store) -> list[str]:
    """Names of the finished columns of a store, sorted."""
    return sorted({name for home in homes(store) for name in _names(home)})


def found_column(store: Store, name: str) -> Path | None:
    """The folder of a finished column; None where there is none."""
    return next((home / name for home in homes(store) if name in _names(home)), None)


def column_folder(store: Store, name: str) -> Path:
    """The folder of a column, finished or about to be made."""
    beside, cached = homes(store)
    found = found_column(store, name)
    if found is None:
        found = (beside if may_write(beside if beside.is_dir() else store.folder) else cached) / name
    return found


def make_room(store: Store, folder: Path, tell: Callable[[str], None]) -> None:
    """Makes the cache ready where a column is to be written there, and says so once in a process for each store.

    Raises
    ------
    ReidError : the cache cannot be written either.
    """
    cached = homes(store)[1]
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

"""The folder where stores, checkpoints and other things that can be made again live."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

import platformdirs

from reidlib.data.files import explain
from reidlib.errors import ReidError

_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")


def cache_folder(*parts: str) -> Path:
    """`parts` below REIDLIB_CACHE, else below the platform's cache folder; made if missing, and tried for writing.

    Raises
    ------
    ReidError : the folder cannot be made or written, or a part is no plain name.
    """
    folder = cache_path(*parts)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):  # permission bits do not tell about read-only disks
            pass
    except OSError as error:
        raise explain(error, folder) from error
    return folder


def cache_path(*parts: str) -> Path:
    """The same path, without touching the disk: for reading from a cache that others filled and that is read-only."""
    for part in parts:
        if not isinstance(part, str) or not _PART.fullmatch(part):
            raise ReidError(f"Cache name {part!r}", "letters, digits and . _ + -, a letter or digit first",
                            "pass folders one by one, without slashes")
    root = os.environ.get("REIDLIB_CACHE")
    base = Path(root).expanduser().absolute() if root else platformdirs.user_cache_path("reidlib", appauthor=False)
    return base.joinpath(*parts)


def store_path(name: str, version: str) -> Path:
    """Where the store `name` of `version` belongs."""
    return cache_path("stores", name, version)


def cached_stores() -> list[tuple[str, str]]:
    """(name, version) of every finished store in the cache, sorted."""
    found = cache_path("stores").glob("*/*/store.json")
    return sorted((path.parent.parent.name, path.parent.name) for path in found if ".building" not in path.parent.name)

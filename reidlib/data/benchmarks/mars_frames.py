"""Frames of MARS from its folders, or straight out of the two archives that hold them."""

from __future__ import annotations

import os
import zipfile
from functools import lru_cache
from pathlib import Path

import numpy as np

from reidlib.data.benchmarks.benchmark import read_files
from reidlib.data.benchmarks.listing import Entry
from reidlib.data.files import explained, plain
from reidlib.data.images import picture_from
from reidlib.errors import ReidError

LARGEST = 1 << 24  # bytes of one picture; those of MARS have a few thousand


def read_frames(root: Path, entry: Entry) -> list[np.ndarray]:
    """The entry's pictures, from bbox_train/ or bbox_test/ where there is such a folder, else from the archive."""
    home = entry.files[0].split("/")[0]
    if (root / home).is_dir():
        return read_files(root, entry)
    path = archive_of(root, home)
    if path is None:
        raise ReidError(f"Found neither {home} nor {home}.zip in {plain(root)}", "one of them", "check the folder")
    with explained(Path(plain(path))):
        facts = path.stat()
    return [picture_from(_member(path, facts.st_size, facts.st_mtime_ns, file), plain(f"{path.name}:{file}"))
            for file in entry.files]


def archive_of(root: Path, home: str) -> Path | None:
    """HOME.zip, whatever the case of its letters."""
    with explained(Path(plain(root))), os.scandir(root) as inside:
        names = sorted(each.name for each in inside if each.name.lower() == f"{home}.zip" and each.is_file())
    return root / names[0] if names else None


def _member(path: Path, size: int, changed: int, file: str) -> bytes:
    """One file of the archive, with or without the folder that the archive is named for."""
    try:
        archive = _opened(path, size, changed, os.getpid())
        for name in (file, file.split("/", 1)[1]):
            if name in archive.NameToInfo:
                if archive.NameToInfo[name].file_size > LARGEST:
                    raise ValueError(f"{archive.NameToInfo[name].file_size:,} bytes")
                return archive.read(name)
    except Exception as error:  # zipfile raises nearly every kind on damaged archives
        raise ReidError(f"{plain(file)} of {plain(path)} cannot be read ({plain(error)})", "a whole archive",
                        "fetch it again") from error
    raise ReidError(f"Found no {plain(file)} in {plain(path)}", "every name of the lists", "fetch the archive again")


@lru_cache(maxsize=2)
def _opened(path: Path, size: int, changed: int, process: int) -> zipfile.ZipFile:
    """Kept open, since its list of names is long; anew for a changed file, and in a forked process."""
    return zipfile.ZipFile(path)

"""MATLAB's v7.3 files, which are HDF5: opened so that nothing but the file itself is read, errors as sentences."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reidlib.data.files import plain
from reidlib.errors import ReidError

if TYPE_CHECKING:
    import h5py

LARGEST = 1 << 26  # numbers in one array; a picture or a table has far fewer


@contextmanager
def opened(path: Path) -> Iterator[h5py.File]:
    """The file, read-only; whatever its library finds wrong with it comes out as ReidError."""
    try:
        import h5py
    except ImportError as error:
        raise ReidError(f"{plain(path)} is an HDF5 file, and h5py is not installed", "h5py 3.11 or newer",
                        'pip install "reidlib[data]"') from error
    try:
        with h5py.File(path, "r", locking="best-effort") as file:
            yield file
    except ReidError:
        raise
    except Exception as error:  # h5py raises nearly every kind
        raise damaged(path, error) from error


def damaged(path: Path | str, error: object) -> ReidError:
    return ReidError(f"{plain(path)} cannot be read ({plain(error)})", "a whole MATLAB file as its holder gave it out",
                     "unpack or fetch it again")


def dataset(file: h5py.File, key: object) -> h5py.Dataset:
    """An array by name or reference that lies in this very file; links to other files are refused.

    It is turned round as MATLAB stores it: `array` gives MATLAB's order of axes.
    """
    import h5py

    if isinstance(key, str):
        link = file.get(key, getlink=True)
        if link is None:
            raise damaged(file.filename, f"it lacks {key}; it has {', '.join(sorted(file)[:8])}")
        if not isinstance(link, h5py.HardLink):
            raise damaged(file.filename, f"{key} is a link to elsewhere")
    found = file[key]
    if not isinstance(found, h5py.Dataset) or found.shape is None:
        raise damaged(file.filename, f"{plain(key) if isinstance(key, str) else 'a cell'} is no array")
    if found.is_virtual or found.external:
        raise damaged(file.filename, "it points to other files")
    if found.size > LARGEST:
        raise damaged(file.filename, f"an array of {found.size:,} numbers")
    return found


def array(found: h5py.Dataset) -> np.ndarray:
    """Its numbers, or references of a cell array, with axes as in MATLAB."""
    return np.asarray(found[()]).T


def cells(file: h5py.File, key: object) -> np.ndarray:
    """References of a cell array, axes as in MATLAB."""
    return array(_references(file, key))


def cell(file: h5py.File, key: object, *place: int) -> h5py.Reference:
    """One of them, from 0, without reading the others."""
    return _references(file, key)[place[::-1]]


def _references(file: h5py.File, key: object) -> h5py.Dataset:
    import h5py

    found = dataset(file, key)
    if h5py.check_ref_dtype(found.dtype) is not h5py.Reference:
        raise damaged(file.filename, f"{plain(key) if isinstance(key, str) else 'a cell'} is no cell array")
    return found

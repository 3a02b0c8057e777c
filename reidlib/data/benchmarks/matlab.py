"""Small tables from .mat files of versions 5 to 7.3: whole numbers and lists of text, whatever else is in the file.

Version 5 is read here and not by scipy.io.loadmat, which ends the whole process on some damaged files (its fuzz test
found one within 10,000). Compressed parts are expanded up to a limit, only the asked variables are looked at, and cells
hold text and nothing else, as a hostile file could use any of these to fill the memory. The tests compare with scipy.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reidlib.data.benchmarks import hdf5
from reidlib.data.files import explained, plain
from reidlib.errors import ReidError

if TYPE_CHECKING:
    import h5py

LONGEST = 1000  # letters of a name
LARGEST = 1 << 26  # bytes, packed or expanded; official tables have less than a tenth of that
_HDF5 = b"\x89HDF\r\n\x1a\n"
_INT32, _MATRIX, _COMPRESSED = 5, 14, 15  # kinds of element
_STORED = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
_COMPLEX = 0x800
_CELL, _CHARACTERS, _NUMBERS = 1, 4, range(6, 16)  # classes of array


def read_mat(path: Path, *keys: str) -> dict[str, np.ndarray]:
    """Variables by name; cell arrays of text come as flat object arrays of str. ReidError for anything else."""
    with explained(Path(plain(path))):
        if path.stat().st_size > LARGEST:
            raise hdf5.damaged(path, f"{path.stat().st_size:,} bytes")
        content = path.read_bytes()
    if _HDF5 in (content[:8], content[512:520]):
        return _from_hdf5(path, keys)
    try:
        found = _variables(content, keys)
    except (ValueError, struct.error, zlib.error, OverflowError, MemoryError) as error:
        raise hdf5.damaged(path, error) from error
    for key in keys:
        if key not in found:
            raise _lacking(path, key)
    return found


def whole_numbers(path: Path, key: str, values: np.ndarray, columns: int | None = None) -> np.ndarray:
    """(n,) int64, or (n, columns) where asked; ReidError for fractions, NaN, text and other shapes."""
    good = values.dtype.kind in "iuf" and values.ndim == 2
    good = good and (1 in values.shape or values.size == 0 if columns is None else values.shape[1] == columns)
    if good and np.all(np.isfinite(values)) and np.all(np.abs(values.astype(np.float64)) < 2**53):
        numbers = values.astype(np.int64)
        if np.array_equal(numbers, values):
            return numbers.reshape(-1) if columns is None else numbers
    shape = "a row or column" if columns is None else f"a table of {columns} columns"
    raise ReidError(f"{key} in {plain(path)} has dtype {values.dtype} and shape {values.shape}",
                    f"{shape} of whole numbers", "fetch the official file again")


def _lacking(path: Path, key: str) -> ReidError:
    return ReidError(f"{plain(path)} has no variable {key} of numbers or text", key, "fetch the official file again")


def _variables(content: bytes, keys: tuple[str, ...]) -> dict[str, np.ndarray]:
    """The asked ones among those of a file of version 5 that are numbers or cells of text."""
    order = {b"IM": "<", b"MI": ">"}.get(content[126:128])
    if order is None:
        raise ValueError("no MATLAB file of version 5 or later")
    found, room = {}, LARGEST
    for kind, begin, end, start in _elements(content, 128, len(content), order):
        matrix = content[start:end]
        if kind == _COMPRESSED:
            matrix = zlib.decompressobj().decompress(content[begin:end], room + 1)
            room -= len(matrix)
            if room < 0:
                raise ValueError(f"more than {LARGEST:,} bytes when expanded")
        for inner, first, last, _ in _elements(matrix, 0, len(matrix), order):
            if inner == _MATRIX:
                name, values = _array(matrix[first:last], order, keys)
                if values is not None:
                    found[name] = values
            break
    return found


def _array(content: bytes, order: str, keys: tuple[str, ...]) -> tuple[str, np.ndarray | None]:
    """Name and values of an array that is asked for; None for another or one of another class."""
    kind, dims, name, parts = _head(content, order)
    if name not in keys:
        return name, None
    if kind in _NUMBERS:
        stored, begin, end = parts[0] if parts else (0, 0, 0)
        dtype = np.dtype(order + _STORED.get(stored, "V0"))
        if dtype.itemsize * math.prod(dims) != end - begin or dtype.kind == "V" or len(parts) != 1:
            raise ValueError(f"{name} says {dims} and holds {end - begin} bytes of kind {stored}")
        return name, np.frombuffer(content[begin:end], dtype).reshape(dims, order="F")
    if kind != _CELL or any(child != _MATRIX for child, _, _ in parts):
        return name, None
    texts = [_text_of(content[begin:end], order) for _, begin, end in parts]
    if None in texts:
        return name, None
    if len(texts) != math.prod(dims):
        raise ValueError(f"{name} says {dims} and holds {len(texts)} cells")
    return name, np.array(texts, object)


def _text_of(content: bytes, order: str) -> str | None:
    """A row of letters; None for anything else."""
    kind, dims, _, parts = _head(content, order) if content else (0, (), "", [])
    if kind != _CHARACTERS or len(parts) != 1 or dims[0] > 1:
        return None
    stored, begin, end = parts[0]
    ends = "le" if order == "<" else "be"
    code = {1: "latin-1", 2: "latin-1", 4: f"utf-16-{ends}", 16: "utf-8", 17: f"utf-16-{ends}", 18: f"utf-32-{ends}"}
    if stored not in code or end - begin > LONGEST:
        raise ValueError("a cell holds no text")
    return content[begin:end].decode(code[stored])


def _head(content: bytes, order: str) -> tuple[int, tuple[int, ...], str, list[tuple[int, int, int]]]:
    """Class, shape and name of an array, and (kind, begin, end) of what follows."""
    parts = [part[:3] for part in _elements(content, 0, len(content), order)]
    if len(parts) < 3 or parts[0][2] - parts[0][1] != 8 or parts[1][0] != _INT32:
        raise ValueError("an array without its head")
    flags = struct.unpack_from(order + "I", content, parts[0][1])[0]
    count = (parts[1][2] - parts[1][1]) // 4
    dims = struct.unpack_from(f"{order}{count}i", content, parts[1][1])
    if not 2 <= count <= 8 or min(dims) < 0:
        raise ValueError(f"an array of shape {dims[:8]}")
    name = content[parts[2][1]:parts[2][2]].decode("latin-1")
    return (0 if flags & _COMPLEX else flags & 0xFF), dims, name, parts[3:]


def _elements(data: bytes, place: int, end: int, order: str) -> Iterator[tuple[int, int, int, int]]:
    """(kind, begin of the data, end, begin of the element) of each element; small ones keep their data in the tag."""
    while place + 8 <= end:
        kind, size = struct.unpack_from(order + "II", data, place)
        begin = place + 8
        following = begin + size + (0 if kind == _COMPRESSED else -size % 8)
        if kind >> 16:
            kind, size, begin, following = kind & 0xFFFF, kind >> 16, place + 4, place + 8
        if begin + size > min(end, following):
            raise ValueError("it is cut off")
        yield kind, begin, begin + size, place
        place = following


def _from_hdf5(path: Path, keys: tuple[str, ...]) -> dict[str, np.ndarray]:
    found_all: dict[str, np.ndarray] = {}
    with hdf5.opened(path) as file:
        for key in keys:
            found = hdf5.dataset(file, key)
            if found.dtype.kind == "O":
                references = hdf5.cells(file, key).flatten()
                found_all[key] = np.array([_text(hdf5.dataset(file, each)) for each in references], object)
            else:
                found_all[key] = hdf5.array(found)
    return found_all


def _text(found: h5py.Dataset) -> str:
    """Letters as MATLAB stores them, one number each."""
    if found.dtype.kind != "u" or found.size > LONGEST:
        raise ValueError("a cell holds no text")
    return "".join(map(chr, hdf5.array(found).flatten().tolist()))

"""Layout: how one array with a row per frame lies on disk, and the .npy header in front of it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reidlib.errors import ReidError

# numpy pads its own headers to 64 bytes, by rules that changed between versions. A fixed size lets the row count be
# written last, in place, and keeps the bytes the same whatever numpy is installed.
HEADER_BYTES = 128
DTYPES = ("bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64",
          "float16", "float32", "float64")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_TAKEN = {"frames", "index", "store", "column", "con", "prn", "aux", "nul"}  # the last four are devices on Windows


@dataclass(frozen=True)
class Layout:
    """One row per frame. bool rows are packed, eight pixels a byte, each row starting on a new byte."""

    dtype: str
    shape: tuple[int, ...]

    @classmethod
    def checked(cls, name: str, dtype: object, shape: object) -> Layout:
        """A layout from what a user asked for; ReidError for a dtype or shape that cannot be stored."""
        try:
            kind = np.dtype(dtype).name
            sizes = tuple(int(size) for size in shape)
        except (TypeError, ValueError):
            kind, sizes = "", ()
        if kind not in DTYPES or any(size < 1 for size in sizes) or len(sizes) > 4:
            raise ReidError(f"Column {name} with dtype {dtype!r} and row shape {shape!r}",
                            f"a dtype of {', '.join(DTYPES)} and at most 4 sizes of 1 or more",
                            'write for example {"visibility": ("float32", ())}')
        return cls(kind, sizes)

    @property
    def stored_dtype(self) -> np.dtype:
        return np.dtype("uint8" if self.dtype == "bool" else self.dtype).newbyteorder("<")

    @property
    def stored_shape(self) -> tuple[int, ...]:
        return ((math.prod(self.shape) + 7) // 8,) if self.dtype == "bool" else self.shape

    @property
    def row_bytes(self) -> int:
        return self.stored_dtype.itemsize * math.prod(self.stored_shape)

    def file_bytes(self, rows: int) -> int:
        return HEADER_BYTES + rows * self.row_bytes

    def accepts(self, rows: np.ndarray) -> bool:
        return rows.dtype == np.dtype(self.dtype) and rows.shape[1:] == self.shape

    def pack(self, rows: np.ndarray) -> np.ndarray:
        """Rows as they lie on disk, contiguous."""
        if self.dtype == "bool":
            return np.packbits(rows.reshape(len(rows), -1), axis=1)
        return np.ascontiguousarray(rows, dtype=self.stored_dtype)

    def unpack(self, rows: np.ndarray) -> np.ndarray:
        """The inverse of `pack`; a view unless the rows are packed bits. Read-only, as what comes from a store is."""
        if self.dtype != "bool":
            return rows
        bits = np.unpackbits(rows, axis=1, count=math.prod(self.shape))
        bits = bits.reshape(len(rows), *self.shape).view(np.bool_)
        bits.flags.writeable = False
        return bits

    def header(self, rows: int) -> bytes:
        """The .npy header (format 1.0) of `rows` rows, always HEADER_BYTES long."""
        shape = (rows, *self.stored_shape)
        text = f"{{'descr': {self.stored_dtype.str!r}, 'fortran_order': False, 'shape': {shape!r}, }}"
        room = HEADER_BYTES - 10
        if len(text) >= room:
            raise ReidError(f"An array of shape {shape}", f"a shape that fits a header of {HEADER_BYTES} bytes",
                            "split the data into several stores")
        return b"\x93NUMPY\x01\x00" + room.to_bytes(2, "little") + text.ljust(room - 1).encode("ascii") + b"\n"

    def open(self, path: Path, rows: int) -> np.ndarray:
        """A read-only memory map of a finished file."""
        if rows == 0:  # nothing to map
            empty = np.empty((0, *self.stored_shape), self.stored_dtype)
            empty.flags.writeable = False
            return empty
        return np.memmap(path, self.stored_dtype, "r", HEADER_BYTES, (rows, *self.stored_shape))


def checked_name(name: object) -> str:
    """A column's name, which is also its file's name on every system."""
    if not isinstance(name, str) or not _NAME.fullmatch(name) or name in _TAKEN:
        raise ReidError(f"Column name {name!r}", f"small letters, digits and _, a letter first, none of "
                        f"{', '.join(sorted(_TAKEN))}", "rename the column, for example to visibility")
    return name


def checked_layouts(columns: Mapping[str, tuple[str, tuple[int, ...]]]) -> dict[str, Layout]:
    """{"mask": ("bool", (128, 64))} -> {"mask": Layout(...)}, in the order of the names."""
    layouts = {}
    for name in sorted(columns, key=str):
        try:
            dtype, shape = columns[name]
        except (TypeError, ValueError):
            dtype, shape = columns[name], None
        layouts[checked_name(name)] = Layout.checked(name, dtype, shape)
    return layouts

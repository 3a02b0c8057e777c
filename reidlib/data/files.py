"""Writing so that a kill, a full disk or a power cut never leaves half a file, and saying what went wrong."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from reidlib.errors import ReidError

_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}
_CHUNK = 1 << 24  # one write of more than 2 GiB fails on macOS


def write_at(fd: int, offset: int, data: bytes | memoryview) -> None:
    """All of `data` at `offset`; the system may take it in several pieces."""
    os.lseek(fd, offset, os.SEEK_SET)
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view[:_CHUNK]):]


def write_whole(path: Path, data: bytes) -> None:
    """A small file that is there whole or not at all."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o666)
        try:
            write_at(fd, 0, data)
            os.fsync(fd)
        finally:
            os.close(fd)
        os.replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes names inside `folder` survive a power cut. Windows cannot open a folder, and does this by itself."""
    if os.name == "nt":
        return
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network file systems cannot sync folders
            raise
    finally:
        os.close(fd)


def move_folder(source: Path, target: Path) -> None:
    """Renames a folder to a free name. On Windows a virus scanner may hold a file of it open for a moment."""
    for attempt in range(20):
        try:
            os.replace(source, target)
            return
        except PermissionError:
            if os.name != "nt" or attempt == 19:
                raise
            time.sleep(0.1)


def sha256_of(path: Path, done: Callable[[int], None] = lambda count: None) -> str:
    """Hex digest of a file; `done` hears how many bytes each step read."""
    digest = hashlib.sha256()
    buffer = bytearray(1 << 20)
    view = memoryview(buffer)
    with open(path, "rb", buffering=0) as file:
        while count := file.readinto(buffer):
            digest.update(view[:count])
            done(count)
    return digest.hexdigest()


def canonical(value: object) -> bytes:
    """One value, one byte string: JSON with sorted keys, ASCII only. ValueError or TypeError for what JSON lacks."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_from_numpy).encode()


def readable(value: object) -> bytes:
    """The same, indented, for files that people open."""
    return (json.dumps(value, sort_keys=True, indent=1, allow_nan=False, default=_from_numpy) + "\n").encode()


def _from_numpy(value: object) -> object:
    if isinstance(value, (np.generic, np.ndarray)):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def free_bytes(folder: Path) -> int | None:
    """Free space at `folder` or its nearest parent that exists; None where the system does not tell."""
    for place in (folder, *folder.parents):
        try:
            return shutil.disk_usage(place).free
        except OSError:
            continue
    return None


def explain(error: OSError, path: Path, safe: str = "") -> ReidError:
    """An operating system's error as a sentence with the way out; `safe` says what is not lost."""
    if error.errno in _FULL:
        free = free_bytes(path)
        there = "" if free is None else f" ({free / 1e6:,.0f} MB free)"
        return ReidError(f"The disk of {path} is full{there}" + (f"; {safe}" if safe else ""),
                         "more free space, or a larger quota or file size limit",
                         "free some space, or point REIDLIB_CACHE to another disk, and run the same command again")
    if error.errno in _REFUSED:
        return ReidError(f"Access to {path} was refused ({error.strerror})" + (f"; {safe}" if safe else ""),
                         "a folder that you may read and write",
                         "set REIDLIB_CACHE to a folder of your own, or ask for permission, and run the same command "
                         "again")
    return ReidError(f"{path} could not be used ({error.strerror or error})" + (f"; {safe}" if safe else ""),
                     "a disk that answers and a path that exists", "check the path and run the same command again")


@contextmanager
def explained(path: Path, safe: str = "") -> Iterator[None]:
    """Turns any OSError inside into the sentence of `explain`."""
    try:
        yield
    except OSError as error:
        raise explain(error, path, safe) from error


def plain(name: object) -> str:
    """A name of somebody's file for a terminal: what cannot be printed comes as \\x1b, so that it commands nothing."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in str(name))

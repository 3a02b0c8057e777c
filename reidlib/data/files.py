"""Writing so that a kill, a full disk or a power cut never leaves half a file, and saying what went wrong."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import stat
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from reidlib.errors import ReidError

_QUOTA = getattr(errno, "EDQUOT", errno.ENOSPC)
_FULL = {errno.ENOSPC, _QUOTA}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}
_ABSENT = {errno.ENOENT, errno.ENOTDIR}
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


def may_write(folder: Path) -> bool:
    """Whether a file can be made in `folder`, found out by making one without a name: permission bits do not tell of
    read-only disks.

    Only a refusal is a no; a full disk is a yes, since whoever then writes explains it better.
    """
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return error.errno not in _REFUSED
    return True


def kind_of(path: str | Path) -> str:
    """"file", "folder", "other", or "" where nothing is; ReidError where the system does not let one look."""
    try:
        mode = os.stat(path).st_mode
    except ValueError:  # a name that no system allows
        return ""
    except OSError as error:
        if error.errno in _ABSENT or error.errno == errno.EINVAL:  # EINVAL: Windows, for names such as street:0
            return ""
        raise explain(error, Path(path)) from error
    return "file" if stat.S_ISREG(mode) else "folder" if stat.S_ISDIR(mode) else "other"


def explain(error: OSError, path: Path, safe: str = "") -> ReidError:
    """An operating system's error as a sentence with the way out; `safe` says what is not lost."""
    name, safe, again = plain(path), f"; {safe}" if safe else "", "and run the same command again"
    cached = _in_cache(path)
    if error.errno in _FULL:
        free = free_bytes(path)
        there = "" if free is None else f" ({free / 1e6:,.0f} MB free)"
        quota = error.errno == _QUOTA != errno.ENOSPC
        return ReidError((f"Your quota on the disk of {name} is used up" if quota else
                          f"The disk of {name} is full{there}") + safe,
                         "a larger quota" if quota else "more free space", "free some space, or "
                         f"{'point REIDLIB_CACHE to' if cached else 'choose a folder on'} another disk, {again}")
    if error.errno == errno.EFBIG:
        return ReidError(f"The file size limit was reached in {name}{safe}",
                         "a larger limit, or a disk that takes larger files",
                         f"type ulimit -f unlimited, or choose another disk, {again}")
    reason = error.strerror or error
    if error.errno in _REFUSED:
        if os.path.isfile(path) and not os.access(path, os.R_OK):
            return ReidError(f"Access to {name} was refused ({reason}){safe}", "a file that you may read",
                             f"ask for permission to read it, {again}")
        way = "set REIDLIB_CACHE to a folder of your own" if cached else "choose another folder"
        return ReidError(f"Access to {name} was refused ({reason}){safe}", "a folder that you may read and write"
                         if cached else "a place that you have access to", f"{way}, or ask for permission, {again}")
    needed = "a path that exists" if error.errno in _ABSENT else \
        "a file, not a folder" if error.errno == errno.EISDIR else "a disk that answers and a path that exists"
    return ReidError(f"{name} could not be used ({reason}){safe}", needed, f"check the path {again}")


def _in_cache(path: Path) -> bool:
    from reidlib.data.cache import cache_path  # which itself needs this file

    return Path(path).absolute().is_relative_to(cache_path())


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

"""One builder at a time for each folder; the lock vanishes with its process, however that ends."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from reidlib.data.files import explain
from reidlib.errors import ReidError

_held: dict[Path, int] = {}  # lock file -> the thread of this process that holds it
_guard = threading.Lock()


def tell_stderr(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


class FolderLock:
    """An exclusive lock for building `folder`, kept in `<folder>.lock` beside it.

    The file stays after release: deleting it would let two waiting builders lock two different files.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder.with_name(folder.name + ".lock")
        self._lock = FileLock(self.path)

    def acquire(self, tell: Callable[[str], None]) -> None:
        """Waits as long as another builder works, and says so once."""
        with _guard:
            if _held.get(self.path) == threading.get_ident():
                raise ReidError(f"This program already writes beside {self.path}", "one writer for a folder at a time",
                                "leave the first `with` block before entering the second")
        try:
            try:
                self._lock.acquire(timeout=0)
            except Timeout:
                tell(f"Another process holds {self.path}; waiting until it is done ...")
                self._lock.acquire()
        except (OSError, NotImplementedError) as error:
            if not isinstance(error, OSError):
                error = OSError(0, "this file system cannot lock files")
            raise explain(error, self.path) from error
        with _guard:
            _held[self.path] = threading.get_ident()

    def release(self) -> None:
        with _guard:
            _held.pop(self.path, None)
        self._lock.release()

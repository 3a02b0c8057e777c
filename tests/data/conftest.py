"""Fixtures of the data room: a folder that refuses writing, even for root."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = os.name != "nt" and os.geteuid() == 0  # root may write anywhere, so it becomes somebody else for the test
NOBODY = 65534


class ReadOnlyFolder(type(Path())):
    """A folder in which nothing can be written, but inside `with folder.writable()`."""

    @contextmanager
    def writable(self) -> Iterator[None]:
        self.allow(True)
        yield
        self.allow(False)

    def allow(self, writing: bool) -> None:
        if ROOT:
            os.seteuid(0 if writing else NOBODY)
        else:
            for place, _, _ in os.walk(self):
                os.chmod(place, 0o755 if writing else 0o555)


@pytest.fixture
def read_only() -> Iterator[ReadOnlyFolder]:
    if os.name == "nt":
        pytest.skip("Windows has other permissions")
    folder = ReadOnlyFolder(tempfile.mkdtemp(prefix="read-only-"))  # pytest's own folders are closed to other users
    folder.chmod(0o755)
    try:
        folder.allow(False)
    except OSError as error:
        shutil.rmtree(folder)
        pytest.skip(f"this system lets nobody become another user ({error})")
    yield folder
    folder.allow(True)
    shutil.rmtree(folder)

"""The crash-safe protocol behind both writers.

Everything happens in `<folder>.building`, under a lock. Each tracklet first adds its rows to the arrays, then one line
with their CRC-32 to the journal, which later serves as the index. So whatever a kill or a power cut leaves, the longest
run of lines whose rows are on disk as promised is kept, the rest is cut off, and the build goes on from there. The
last step renames the folder, so a reader finds either nothing or all of it.
"""

from __future__ import annotations

import json
import os
import shutil
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from reidlib.data import document as documents
from reidlib.data.document import INDEX
from reidlib.data.files import canonical, explain, explained, move_folder, sync_folder, write_at, write_whole
from reidlib.data.layout import Layout
from reidlib.data.locks import FolderLock, tell_stderr
from reidlib.errors import ReidError

Progress = Callable[[int, int], None]


class Build:
    """One folder in the making. `journal` lists the tracklets that are safe; `complete` means nothing is left to do."""

    def __init__(self, folder: Path, filename: str, plan: Mapping, layouts: Mapping[str, Layout],
                 tell: Callable[[str], None] = tell_stderr) -> None:
        self.folder = Path(os.path.abspath(folder))
        self.building = self._beside(".building")
        self.filename, self.layouts, self.tell = filename, dict(layouts), tell
        self.plan = documents.plan_of(plan)
        self.journal: list[dict] = []
        self.rows = 0
        self._files: dict[str, int] = {}
        self._journal_bytes = 0
        self._lock: FolderLock | None = None
        self.complete = self._finished_before()

    def _beside(self, ending: str) -> Path:
        return self.folder.with_name(self.folder.name + ending)

    def _finished_before(self) -> bool:
        """Whether the folder already holds just this; ReidError when it holds anything else."""
        with explained(self.folder):
            if not self.folder.exists() or (self.folder.is_dir() and not any(self.folder.iterdir())):
                return False
        document = documents.read_document(self.folder, self.filename)
        if not documents.is_complete(document):
            raise ReidError(f"{self.folder} holds an unfinished build under the name of a finished one",
                            "a finished store or a free name", f"delete the folder {self.folder} and build again")
        there = {key: document.get(key) for key in self.plan}
        if there != self.plan:
            what = documents.difference(there, self.plan)
            raise ReidError(f"{self.folder} already holds something else: {what}", "a free folder, or the same plan",
                            f"choose another folder or version, or delete {self.folder} if nobody needs it")
        return True

    def open(self, progress: Progress | None = None) -> None:
        """Takes the lock and goes on where a killed build stopped. Another builder may finish while we wait."""
        if self.complete:
            return
        with explained(self.folder.parent):
            self.folder.parent.mkdir(parents=True, exist_ok=True)
        self._lock = FolderLock(self.folder)
        self._lock.acquire(self.tell)
        try:
            self.complete = self._finished_before()
            if self.complete:
                self.close()
                return
            with explained(self.building):
                self._clear_the_way()
                self._resume(progress)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Leaves the folder as it is, for a later resume, and frees the lock."""
        for fd in self._files.values():
            os.close(fd)
        self._files = {}
        if self._lock:
            self._lock.release()
            self._lock = None

    def _clear_the_way(self) -> None:
        """Makes `building` a folder with our plan, without destroying what may be somebody's."""
        new, old = self._beside(".building.new"), self._beside(".building.old")
        for leftover in (new, old):  # both names are only used here, under the lock
            if leftover.exists():
                shutil.rmtree(leftover)
        if self.building.exists():
            try:
                there = documents.read_document(self.building, self.filename)
            except ReidError:
                there = None
            if there and {key: there.get(key) for key in self.plan} == self.plan:
                return
            if there:
                self.tell(f"Removing an unfinished build of another plan in {self.building} "
                          f"({documents.difference({key: there.get(key) for key in self.plan}, self.plan)}).")
                move_folder(self.building, old)
                shutil.rmtree(old)
            else:
                aside = next(path for number in range(1, 10**6)
                             if not (path := self._beside(f".building.aside-{number}")).exists())
                self.tell(f"{self.building} was not written by a build; it is now {aside}.")
                move_folder(self.building, aside)
        new.mkdir()
        write_whole(new / self.filename, documents.sealed(self.plan))
        move_folder(new, self.building)

    def _resume(self, progress: Progress | None) -> None:
        for leftover in sorted(self.building.glob("*.tmp")):
            leftover.unlink()
        for name in (*(f"{name}.npy" for name in self.layouts), INDEX):
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
            self._files[name] = os.open(self.building / name, flags, 0o666)
        lines = (self.building / INDEX).read_bytes().splitlines(keepends=True)
        promised = _parse(lines)
        good = documents.intact(self.building, self.layouts, promised, progress)
        self.journal = promised[:good]
        self.rows = sum(facts["length"] for facts in self.journal)
        self._journal_bytes = sum(len(line) for line in lines[:good])

    def _need_open(self) -> None:
        if not self._files:
            raise ReidError(f"{self.folder} is not open for writing", "an open writer", "append and finish inside the "
                            "`with` block, append only while writer.complete is False; after an error run again")

    def append(self, arrays: Mapping[str, np.ndarray], facts: Mapping) -> None:
        """Adds one tracklet; on any error what was written of it is forgotten, and the call may be repeated."""
        self._need_open()
        length = len(next(iter(arrays.values())))
        crc32 = {}
        try:
            for name, layout in self.layouts.items():
                data = memoryview(layout.pack(arrays[name])).cast("B")
                crc32[name] = zlib.crc32(data)
                write_at(self._files[f"{name}.npy"], layout.file_bytes(self.rows), data)
            facts = {**facts, "length": length, "crc32": crc32}
            line = canonical(facts) + b"\n"
            write_at(self._files[INDEX], self._journal_bytes, line)
        except OSError as error:
            raise explain(error, self.building, f"{len(self.journal)} tracklets are safe") from error
        self.journal.append(json.loads(line))
        self.rows += length
        self._journal_bytes += len(line)

    def publish(self, progress: Progress | None = None) -> None:
        """Cuts, syncs and hashes the files, writes the document and gives the folder its name."""
        self._need_open()
        with explained(self.building, f"{len(self.journal)} tracklets are safe"):
            for name, layout in self.layouts.items():
                fd = self._files[f"{name}.npy"]
                os.ftruncate(fd, layout.file_bytes(self.rows))
                write_at(fd, 0, layout.header(self.rows))
            os.ftruncate(self._files[INDEX], self._journal_bytes)
            names = sorted(self._files)
            for name in names:
                os.fsync(self._files[name])
            for name in names:
                os.close(self._files.pop(name))
            files = documents.files_entry(self.building, names, progress)
            document = {**self.plan, "tracklets": len(self.journal), "frames": self.rows, "files": files}
            write_whole(self.building / self.filename, documents.sealed(document))
            if self.folder.exists():  # an empty folder, made beforehand; Windows cannot replace it
                self.folder.rmdir()
            move_folder(self.building, self.folder)
            sync_folder(self.folder.parent)
        self.complete = True
        self.close()


def _parse(lines: list[bytes]) -> list[dict]:
    """The journal's lines up to the first that a kill left torn or that a power cut left blank."""
    journal = []
    for line in lines:
        try:
            facts = json.loads(line) if line.endswith(b"\n") else None
        except ValueError:
            facts = None
        if not isinstance(facts, dict) or "crc32" not in facts:
            break
        journal.append(facts)
    return journal

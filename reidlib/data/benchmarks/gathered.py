"""What somebody brings, an archive, a folder, a folder of archives, as one folder that can be read."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from reidlib.data.benchmarks.benchmark import Benchmark
from reidlib.data.benchmarks.unpack import official_archives, unpack
from reidlib.data.cache import cache_folder
from reidlib.data.files import canonical, explained, kind_of, plain
from reidlib.data.locks import FolderLock
from reidlib.errors import ReidError

Progress = Callable[[str, int, int], None]
ARCHIVES = ("*.zip", "*.tar", "*.tar.gz", "*.tgz", "*.tar.bz2", "*.tar.xz")
SMALL = 1 << 28  # bytes; lists and tables that lie beside archives are copied, pictures never


Passed = tuple[tuple[str, str], ...]


def gathered(benchmark: Benchmark, source: Path,
             progress: Progress = lambda what, done, total: None) -> tuple[Path, Passed]:
    """(the folder where the benchmark's layout begins, what was left in its archives), unpacked into the cache if need
    be.

    A folder that is unpacked already is used where it lies; nothing is written into it. `progress` hears (name of the
    archive, bytes done, all). What was left: (name, why) of links, devices, names that lead out.
    """
    found = _found(benchmark, source)
    if isinstance(found, Path):
        return found, ()
    folder, passed = _copied(source, found, _place(benchmark, found), progress)
    return _root(benchmark, folder, source), passed


@contextmanager
def looked_into(benchmark: Benchmark, source: Path, progress: Progress,
                tell: Callable[[str], None]) -> Iterator[tuple[Path, Passed]]:
    """What `gathered` gives, for the time of a `with` block: a copy that had to be unpacked for it is removed after it.

    A copy of these archives that `gathered` made before is used, and stays. An unpack that breaks off leaves what it
    has for the next call. `tell` hears what was removed.
    """
    found = _found(benchmark, source)
    if isinstance(found, Path):
        yield found, ()
        return
    place = _place(benchmark, found)
    if os.path.lexists(place):
        folder, passed = _copied(source, found, place, progress)
        yield _root(benchmark, folder, source), passed
        return
    # A name of its own: nobody who prepares the data set meanwhile loses the ground under his feet.
    place = place.with_name(f"{place.name}-check")
    lock = FolderLock(place)
    lock.acquire(tell)
    try:
        folder, passed = _copied(source, found, place, progress)
        try:
            yield _root(benchmark, folder, source), passed
        finally:
            with explained(place):
                shutil.rmtree(place)
            tell(f"removed the copy that was unpacked to be looked into: {place}")
    finally:
        lock.release()


def _found(benchmark: Benchmark, source: Path) -> Path | list[Path]:
    """The folder where the layout begins, or the archives that have to be unpacked first."""
    if not (kind := kind_of(source)):
        raise ReidError(f"Found nothing at {plain(source)}", f"the archive or the folder of {benchmark.title}",
                        f"check the path; it is given out by {benchmark.holder}: {benchmark.place}")
    if kind == "file":
        return [source]
    try:
        return benchmark.root(source)
    except ReidError:
        archives = official_archives(source, ARCHIVES)
        if not archives:
            raise
        return archives


def _copied(source: Path, archives: list[Path], target: Path, progress: Progress) -> tuple[Path, Passed]:
    """(folder with what the archives hold, what was left in them)."""
    if archives == [source]:
        done = unpack(source, target, progress=_named(progress, source))
        return done.folder, done.passed
    passed: Passed = ()
    for archive in archives:
        passed += unpack(archive, target / _stem(archive), progress=_named(progress, archive)).passed
    merged = target / "merged"
    with explained(merged):
        merged.mkdir(exist_ok=True)
        for part in sorted(target / _stem(archive) for archive in archives):
            _merge(part, merged)
        for beside in sorted(source.iterdir()):
            _copy(beside, merged)
    return merged, passed


def _root(benchmark: Benchmark, folder: Path, source: Path) -> Path:
    """An error names what the user brought, not its copy."""
    try:
        return benchmark.root(folder)
    except ReidError as error:
        raise ReidError(error.found.replace(plain(folder), plain(source)), error.needed, error.todo) from error


def _merge(part: Path, merged: Path) -> None:
    """Hard links of what an archive held: its one folder, or, where it held several things, a folder of its name."""
    inside = [each for each in sorted(part.iterdir()) if not each.name.startswith((".", "__MACOSX"))]
    top = inside[0] if len(inside) == 1 and inside[0].is_dir() else part
    for folder, _, files in os.walk(top):
        there = merged / top.name / Path(folder).relative_to(top)
        there.mkdir(parents=True, exist_ok=True)
        for name in files:
            if not name.startswith(".") and not (there / name).exists():
                try:
                    os.link(Path(folder, name), there / name)
                except OSError:  # a disk without hard links
                    _whole(shutil.copyfile, Path(folder, name), there / name)


def _copy(beside: Path, merged: Path) -> None:
    """Lists and tables that the holder gives out beside the archives, such as MARS's info."""
    target = merged / beside.name
    if beside.name.startswith(".") or target.exists() or beside.is_symlink():
        return
    if beside.is_dir():
        if sum(each.stat().st_size for each in beside.rglob("*") if each.is_file()) <= SMALL:
            _whole(lambda source, there: shutil.copytree(source, there, symlinks=True), beside, target)
    elif beside.stat().st_size <= SMALL and not any(beside.match(pattern) for pattern in ARCHIVES):
        _whole(shutil.copyfile, beside, target)


def _whole(copy: Callable[[Path, Path], object], source: Path, target: Path) -> None:
    """A copy that has its name only when it is complete."""
    partial = target.with_name(f".{target.name}.copying")
    if partial.is_dir():
        shutil.rmtree(partial)
    copy(source, partial)
    os.replace(partial, target)


def _place(benchmark: Benchmark, archives: list[Path]) -> Path:
    """A folder of the cache for these very archives."""
    with explained(archives[0]):
        facts = [[str(each.absolute()), each.stat().st_size, each.stat().st_mtime_ns] for each in archives]
    digest = hashlib.sha256(canonical(facts)).hexdigest()[:12]
    return cache_folder("unpacked") / f"{benchmark.name}-{digest}"


def _stem(archive: Path) -> str:
    name = archive.name
    for suffix in (".tar.gz", ".tar.bz2", ".tar.xz", ".tgz", ".tar", ".zip"):
        if name.lower().endswith(suffix):
            return name[: -len(suffix)] or "archive"
    return name


def _named(progress: Progress, archive: Path) -> Callable[[int, int], None]:
    return lambda done, total: progress(f"unpacking {plain(archive.name)}", done, total)

"""Archives, opened so that nothing is written elsewhere and nothing half-made is ever seen.

Everything happens in `<target>.unpacking`, under a lock: each file is written under one spare name and gets its own
name when it is complete and its checksum is right. A killed unpack, started again, keeps those and goes on. The last
step renames the folder, so `target` is there whole or not at all.
"""

from __future__ import annotations

import fnmatch
import hashlib
import json
import os
import shutil
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from reidlib.data.benchmarks.containers import Tar, Zip, broken, open_archive
from reidlib.data.benchmarks.members import MARK, Limits, Member, Plan, UnusableArchive
from reidlib.data.files import explained, free_bytes, move_folder, plain, readable, sync_folder, write_at, write_whole
from reidlib.data.locks import FolderLock, tell_stderr
from reidlib.errors import ReidError

FORMAT = "reidlib unpacked 1"
Progress = Callable[[int, int], None]
_PLAN, _TREE, _PART = "plan.json", "tree", "part"
_ENDS = 1 << 20  # bytes at both ends of an archive that tell it from another
_BLOCK = 4096  # what a file takes on disk comes in such steps


@dataclass(frozen=True)
class Unpacked:
    """folder : the tree. members : files in it. bytes : theirs together. passed : (escaped name, why it was passed
    over). before : True when the folder was there already and nothing was done."""

    folder: Path
    members: int
    bytes: int
    passed: tuple[tuple[str, str], ...]
    before: bool


def unpack(archive: str | Path, target: str | Path, *, progress: Progress | None = None,
           tell: Callable[[str], None] = tell_stderr, limit_bytes: int = 1 << 37, limit_members: int = 4_000_000,
           limit_ratio: float = 100.0) -> Unpacked:
    """The plain files of a zip, tar, tar.gz, tar.bz2 or tar.xz archive in the new folder `target`.

    Written are plain files and folders, never outside `target`. Passed over, with the reason: links and devices, names
    that lead out or that some system cannot write, the later of two names that some disk takes for one. Archives in
    the archive stay as they are. A folder that holds this very archive (size and both ends, see its `.unpacked.json`)
    is returned at once.

    Parameters
    ----------
    progress : called as progress(done, all) in bytes, after the archive has been looked through.
    tell : hears one sentence when another process unpacks into the same folder.
    limit_bytes, limit_members, limit_ratio : where an archive counts as a bomb: unpacked bytes, members, and unpacked
        bytes for each packed one (asked only above 16 MiB). Images hardly compress, so honest ones stay near ratio 1.

    ReidError for encrypted, damaged or unknown archives, bombs, a `target` that holds something else, full disks.
    """
    archive, target = Path(os.path.abspath(archive)), Path(os.path.abspath(target))
    limits = Limits(limit_bytes, limit_members, limit_ratio)
    facts = _facts(archive)
    building = target.with_name(target.name + ".unpacking")
    with explained(target):
        there = _finished(target, facts)
        if there and not os.path.lexists(building):
            return there
        target.parent.mkdir(parents=True, exist_ok=True)
    lock = FolderLock(building)
    lock.acquire(tell)
    try:
        with explained(target):
            there = _finished(target, facts)
            if there:  # a kill struck between the last rename and tidying up
                if _plan_of(building) is not None:
                    _remove(building)
                return there
        try:
            with closing(open_archive(archive)) as container:
                plan = Plan(plain(archive), facts["size"], limits)
                container.scan(plan)
                if not plan.members:
                    raise UnusableArchive(f"{plain(archive)} holds no file that can be written ({len(plan.passed)} "
                                        f"members passed over{_first(plan)})", "an archive of images",
                                        "check that it is the right one")
                with explained(building):
                    _clear_the_way(building, facts)
                _write(container, plan, archive, building, progress)
            return _publish(plan, facts, building, target)
        except UnusableArchive:
            with explained(building):
                if _plan_of(building) == facts:
                    _remove(building)
            raise
    finally:
        lock.release()


def official_archives(folder: str | Path, patterns: Iterable[str]) -> list[Path]:
    """Files in `folder` itself that one of the patterns ("prid*.zip") names, whatever their case; sorted, each once."""
    patterns = [pattern.lower() for pattern in patterns]
    with explained(Path(folder)), os.scandir(folder) as entries:
        names = [entry.name for entry in entries if not entry.name.startswith(".") and entry.is_file()]
    return [Path(folder) / name for name in sorted(names)
            if any(fnmatch.fnmatchcase(name.lower(), pattern) for pattern in patterns)]


def _first(plan: Plan) -> str:
    return f", first {plan.passed[0][0][:100]}: {plan.passed[0][1]}" if plan.passed else ""


def _facts(archive: Path) -> dict:
    """What tells this archive from another, read in a moment whatever its size. Its name and date may change."""
    with explained(archive):
        if not archive.is_file():  # opening a pipe would wait for ever
            what = "is a folder" if archive.is_dir() else "is no file" if archive.exists() else "does not exist"
            raise ReidError(f"{plain(archive)} {what}", "an archive file", "check the path")
        with open(archive, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            digest = hashlib.sha256(file.read(_ENDS))
            file.seek(max(0, size - _ENDS))
            digest.update(file.read(_ENDS))
    return {"format": FORMAT, "size": size, "ends": digest.hexdigest()}


def _read_json(path: Path) -> dict | None:
    """None where there is no such file, or none of ours."""
    try:
        content = json.loads(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError, ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) and content.get("format") == FORMAT else None


def _finished(target: Path, facts: dict) -> Unpacked | None:
    """What `target` holds already; None where it is free, ReidError where it holds anything else."""
    if not os.path.lexists(target) or (target.is_dir() and not target.is_symlink() and not any(target.iterdir())):
        return None
    mark = _read_json(target / MARK)
    if mark is None or any(mark.get(key) != value for key, value in facts.items()):
        what = "something else" if mark is None else f"what another archive held ({plain(mark.get('name'))})"
        raise ReidError(f"{plain(target)} already holds {what}", "a free folder",
                        "name another folder, or delete this one if nobody needs it")
    try:
        passed = tuple((str(name), str(reason)) for name, reason in mark["passed"])
        return Unpacked(target, int(mark["members"]), int(mark["bytes"]), passed, before=True)
    except (KeyError, TypeError, ValueError) as error:
        raise ReidError(f"{plain(target / MARK)} was changed", "the file as it was written",
                        f"delete the folder {plain(target)} and run the same command again") from error


def _plan_of(building: Path) -> dict | None:
    """Its plan; {} where a kill struck while that was written or removed; None where it is somebody else's."""
    if building.is_symlink() or not building.is_dir():
        return None
    if all(each.name.startswith(_PLAN) for each in building.iterdir()):
        return _read_json(building / _PLAN) or {}
    return _read_json(building / _PLAN)


def _remove(building: Path) -> None:
    """The plan goes last: as long as anything is there, it is known for ours."""
    if os.path.lexists(building / _TREE):
        shutil.rmtree(building / _TREE)
    (building / _PART).unlink(missing_ok=True)
    shutil.rmtree(building)


def _clear_the_way(building: Path, facts: dict) -> None:
    """Makes `building` a folder for this archive. What no unpack has written is left alone."""
    if os.path.lexists(building):
        plan = _plan_of(building)
        if plan == facts:
            return
        if plan is None:
            raise ReidError(f"{plain(building)} was not written by reidlib", "a free name for the work in progress",
                            "move it away, or name another target")
        _remove(building)
    building.mkdir()
    write_whole(building / _PLAN, readable(facts))


def _write(container: Zip | Tar, plan: Plan, archive: Path, building: Path, progress: Progress | None) -> None:
    """Every member under its own name in the tree; those that an earlier run completed are only read."""
    tree, part = building / _TREE, building / _PART
    done = safe = 0
    with explained(tree):
        tree.mkdir(exist_ok=True)
        there = _kept(tree, plan)
        need = sum(-(-member.size // _BLOCK) * _BLOCK for member in plan.members if member.path not in there)
        free = free_bytes(building)
    if free is not None and free < need:
        raise ReidError(f"{plain(archive)} needs {need / 1e6:,.1f} MB, and the disk of {plain(building)} has "
                        f"{free / 1e6:,.1f} MB free", "that much free space",
                        "free some space, or unpack to another disk, and run the same command again")
    made: set[Path] = set()
    for member in plan.members:
        path = tree / member.path
        with explained(building, f"{safe} of {len(plan.members)} members are safe"):
            if path.parent not in made:
                path.parent.mkdir(parents=True, exist_ok=True)
                made.add(path.parent)
            if member.path not in there or _crc_of(path) != member.crc:
                for count in _write_part(container, member, archive, part):
                    if progress:
                        progress(done + count, plan.bytes)
                os.replace(part, path)
        done, safe = done + member.size, safe + 1
        if progress:
            progress(done, plan.bytes)


def _kept(tree: Path, plan: Plan) -> set[str]:
    """Paths of members that are there with the right size. Everything else that lies in the tree is removed."""
    sizes = {member.path: member.size for member in plan.members}
    there = set()
    folders = [""]
    while folders:
        folder = folders.pop()
        with os.scandir(tree / folder) as entries:
            for entry in entries:
                path = f"{folder}/{entry.name}" if folder else entry.name
                if entry.is_dir(follow_symlinks=False):
                    folders.append(path)
                    if path in sizes:
                        shutil.rmtree(tree / path)
                        folders.pop()
                elif entry.is_file(follow_symlinks=False) and sizes.get(path) == entry.stat(
                        follow_symlinks=False).st_size:
                    there.add(path)
                else:
                    os.unlink(entry.path)
    return there


def _crc_of(path: Path) -> int:
    crc = 0
    with open(path, "rb", buffering=0) as file:
        while data := file.read(_ENDS):
            crc = zlib.crc32(data, crc)
    return crc


def _write_part(container: Zip | Tar, member: Member, archive: Path, part: Path) -> Iterator[int]:
    """Writes one member under the spare name, yields how far it is; UnusableArchive unless size and CRC are right."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    count = crc = 0
    fd = os.open(part, flags, 0o666)
    try:
        with closing(container.chunks(member)) as chunks:
            for data in chunks:
                if count + len(data) > member.size:
                    raise broken(archive, f"member {member.path} is longer than it says")
                write_at(fd, count, data)
                count, crc = count + len(data), zlib.crc32(data, crc)
                if count < member.size:
                    yield count
    finally:
        os.close(fd)
    if (count, crc) != (member.size, member.crc):
        raise broken(archive, f"member {member.path} has {count} bytes of {member.size}, or a wrong checksum")


def _publish(plan: Plan, facts: dict, building: Path, target: Path) -> Unpacked:
    """The mark, then the name."""
    result = Unpacked(target, len(plan.members), plan.bytes, tuple(plan.passed), before=False)
    with explained(building, "all members are safe"):
        for folder in plan.folders:
            (building / _TREE / folder).mkdir(parents=True, exist_ok=True)
        if hasattr(os, "sync"):  # once for all files: a sync for each of a million takes hours
            os.sync()
        write_whole(building / _TREE / MARK, readable({
            **facts, "name": os.path.basename(plan.archive), "members": result.members, "bytes": result.bytes,
            "passed": result.passed}))
        if target.exists():  # an empty folder, made beforehand; Windows cannot replace it
            target.rmdir()
        move_folder(building / _TREE, target)
        sync_folder(target.parent)
        _remove(building)
    return result

"""Which members of an archive are written, and under which names: plain files, inside, the same on every system."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

from reidlib.data.files import plain
from reidlib.errors import ReidError

MARK = ".unpacked.json"  # in the folder of an unpacked archive: which archive it was
FILE, FOLDER = "a file", "a folder"  # every other kind is passed over under its own name, "a symbolic link" ...
HARMLESS = 1 << 24  # below 16 MiB no ratio is a bomb: small archives of equal bytes are common
_DEVICES = {"con", "prn", "aux", "nul", "conin$", "conout$", "clock$",
            *(f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789¹²³")}
_PART, _NAME, _DEEP = 255, 1000, 64  # bytes that one part and a whole name may have, parts of a name


class UnusableArchive(ReidError):
    """The archive itself is at fault, so what was unpacked of it is not kept."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What no honest archive of a benchmark reaches: bytes unpacked, members, bytes unpacked for each packed one."""

    bytes: int
    members: int
    ratio: float

    def __post_init__(self) -> None:
        for name, value in (("bytes", self.bytes), ("members", self.members), ("ratio", self.ratio)):
            if not value > 0:
                raise ReidError(f"limit_{name} {value!r}", "a number above 0", f"leave limit_{name} away")

    def check(self, archive: str, packed: int, unpacked: int, members: int) -> None:
        """UnusableArchive as soon as one limit is passed."""
        for found, limit, what in ((unpacked, self.bytes, "bytes"), (members, self.members, "members"),
                                   (unpacked / max(packed, 1) if unpacked > HARMLESS else 0, self.ratio, "ratio")):
            if found > limit:
                unit = {"bytes": "bytes", "members": "members", "ratio": "bytes for each packed byte"}[what]
                raise UnusableArchive(f"{archive} unpacks to more than {limit:,} {unit}, as an archive bomb would",
                                    "an official archive of a benchmark",
                                    f"if you trust it, unpack it by hand and give the folder, or raise limit_{what}")


@dataclass(frozen=True, slots=True)
class Member:
    """One file to write. path : safe, with "/". size : bytes. crc : its CRC-32. place : where its container has it."""

    path: str
    size: int
    crc: int
    place: object


@dataclass
class Plan:
    """What will be written of one archive, and what is passed over and why; `add` judges member after member."""

    archive: str
    packed: int
    limits: Limits
    members: list[Member] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    passed: list[tuple[str, str]] = field(default_factory=list)
    bytes: int = 0
    _seen: int = 0
    _files: set[str] = field(default_factory=lambda: {_key(MARK)})
    _folders: set[str] = field(default_factory=set)

    def add(self, name: str, kind: str, size: int, crc: int, place: object) -> None:
        """A member as its container names it. The first of equal names is kept, also where only their case differs."""
        self._seen += 1
        self.limits.check(self.archive, self.packed, self.bytes + (size if kind == FILE else 0), self._seen)
        path, reason = safe_path(name)
        if kind not in (FILE, FOLDER):
            reason = kind
        if path == "." and not reason:  # the folder that was packed
            if kind == FOLDER:
                return
            reason = "a file without a name"
        if not reason:
            reason = self._collision(path, kind)
        if reason:
            self.passed.append((plain(name), reason))
            return
        if kind == FOLDER:
            self.folders.append(path)
            self._enter(path)
        else:
            self.members.append(Member(path, size, crc, place))
            self.bytes += size
            self._files.add(_key(path))
            self._enter(path.rpartition("/")[0])

    def _enter(self, folder: str) -> None:
        while folder and (key := _key(folder)) not in self._folders:
            self._folders.add(key)
            folder = folder.rpartition("/")[0]

    def _collision(self, path: str, kind: str) -> str:
        key = _key(path)
        if key in self._files:
            return "a name that another member has, or that differs from it only in case"
        if kind == FILE and key in self._folders:
            return "the name of a folder"
        above = key.rpartition("/")[0]
        while above and above not in self._folders:
            if above in self._files:
                return "inside what is a file"
            above = above.rpartition("/")[0]
        return ""


def safe_path(name: str) -> tuple[str, str]:
    """(path with "/" that stays inside and that every system can write, "") or ("", why not). "." is the folder itself.

    A backslash parts folders, as on Windows, so that one archive gives one tree on every system.
    """
    name = name.replace("\\", "/")
    if name.startswith("/"):
        return "", "an absolute path"
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in name):
        return "", "a name with control characters, or one that is no Unicode"
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if ".." in parts:
        return "", "a path that leads out of the folder (..)"
    if len(name.encode()) > _NAME or len(parts) > _DEEP or any(len(part.encode()) > _PART for part in parts):
        return "", "too long a name"
    for part in parts:
        if ":" in part:
            return "", "a name with a drive letter or a colon"
        if set(part) & set('<>"|?*') or part[-1] in ". ":
            return "", "a name that Windows cannot write"
        if part.split(".")[0].rstrip(" ").lower() in _DEVICES:
            return "", "the name of a Windows device"
    return "/".join(parts) or ".", ""


def _key(path: str) -> str:
    """Equal for two names that some disk takes for one: case (Windows, macOS) and composed letters (macOS)."""
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", path).casefold())

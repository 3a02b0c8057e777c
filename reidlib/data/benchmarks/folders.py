"""Folders of persons and of frames, as somebody unpacked them: which names count, in which order."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from reidlib.data.benchmarks.scan import litter
from reidlib.data.files import explained, plain
from reidlib.errors import ReidError

OTHER = "other names"


def holds(*places: str) -> Callable[[Path], bool]:
    """Whether all these folders are in a folder, as a question for `scan.find_root`."""
    return lambda folder: all(os.path.isdir(folder / place) for place in places)


def names(folder: Path, ignored: Counter[str]) -> tuple[list[str], list[str]]:
    """(folders, files), both sorted; what systems leave behind, and what is neither, is counted in `ignored`."""
    folders: list[str] = []
    files: list[str] = []
    with explained(Path(plain(folder))), os.scandir(folder) as found:
        for each in sorted(found, key=lambda entry: entry.name):
            if left := litter(each.name):
                ignored[left] += 1
            elif each.is_dir():
                folders.append(each.name)
            elif each.is_file():
                files.append(each.name)
            else:
                ignored["neither file nor folder"] += 1
    return folders, files


def pictures(folder: Path, pattern: re.Pattern[str], ignored: Counter[str]) -> list[str]:
    """Names of frames in order of time: of the number that the group "frame" of `pattern` finds in the whole name."""
    folders, files = names(folder, ignored)
    ignored[OTHER] += len(folders)
    found: dict[int, str] = {}
    for name in files:
        match = pattern.fullmatch(name)
        if match is None:
            ignored[OTHER] += 1
            continue
        number = int(match["frame"])
        if number in found:
            raise ReidError(f"Found frame {number} twice in {plain(folder)}: {plain(found[number])} and {plain(name)}",
                            "one picture of each frame", "unpack the archive anew into an empty folder")
        found[number] = name
    return [found[number] for number in sorted(found)]


def videos(root: Path, place: str, person: re.Pattern[str], frame: Callable[[str], re.Pattern[str]],
           ignored: Counter[str]) -> Iterator[tuple[str, int, list[str]]]:
    """(name of a person's folder in `place`, its number, paths of its frames below `root`); `frame` is of that name."""
    folders, files = names(root / place, ignored)
    ignored[OTHER] += len(files)
    for name in folders:
        match = person.fullmatch(name)
        if match is None:
            ignored[OTHER] += 1
            continue
        frames = pictures(root / place / name, frame(name), ignored)
        if frames:
            yield name, int(match[1]), [f"{place}/{name}/{each}" for each in frames]
        else:
            ignored["person folders without a picture"] += 1


def beside(root: Path, *places: str) -> Path | None:
    """The first of these files in the root or in the folder around it."""
    around = Path(os.path.abspath(root)).parent  # of "." too
    there = (base / place for base in (root, around) for place in places)
    return next((path for path in there if os.path.isfile(path)), None)


def content(path: Path, limit: int, title: str) -> bytes:
    """All bytes of a small file; ReidError where it is larger than any such list can be."""
    with explained(Path(plain(path))), open(path, "rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise ReidError(f"{plain(path)} is larger than {limit:,} bytes", title, "take it anew from the archive")
    return data

"""A folder tree person/camera/*.jpg of your own as tracklets."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reidlib.data.files import explained, kind_of, plain
from reidlib.data.images import SUFFIXES, read_picture
from reidlib.data.own.natural import natural
from reidlib.data.tracklet import Tracklet
from reidlib.data.transforms import resize_frames
from reidlib.errors import ReidError

LAYOUT = "person/camera/frame1.jpg, such as anna/door/0001.jpg and anna/hall/0001.jpg"


@dataclass(frozen=True)
class Sequence:
    """The pictures of one person under one camera, in order; names as the folders have them."""

    person: str
    camera: str
    files: tuple[str, ...]
    pid: int
    camid: int

    @property
    def name(self) -> str:
        return f"{plain(self.person)}_{plain(self.camera)}"


@dataclass(frozen=True)
class Tree:
    """What lies in a tree. dropped : {reason: how many}; "sequences" there are those of too few frames."""

    root: Path
    sequences: tuple[Sequence, ...]
    dropped: Mapping[str, int]

    @property
    def persons(self) -> list[str]:
        return sorted({each.person for each in self.sequences}, key=natural)

    @property
    def cameras(self) -> list[str]:
        return sorted({each.camera for each in self.sequences}, key=natural)

    @property
    def frames(self) -> int:
        return sum(len(each.files) for each in self.sequences)


def read_tree(folder: str | Path, min_frames: int = 1) -> Tree:
    """Lists the tree without opening a picture.

    Names of persons and cameras are free text. Sorted as people count (p2 before p10) they get pids from 1 and camids
    from 0, over all that the tree holds; pid 0 is left to distractors. Hidden files, files of other kinds and files at
    the wrong depth are passed over and counted, and so are sequences of fewer than `min_frames`.

    Raises
    ------
    ReidError : no folder, a folder that cannot be read, no picture at the right depth, links that lead back up.
    """
    root = Path(folder)
    if kind_of(root) != "folder":
        raise ReidError(f"Found no folder {plain(root)}", f"a folder {LAYOUT}", "check the path")
    dropped: Counter[str] = Counter()
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    with explained(root):
        for person in _folders(root, dropped):
            for camera in _folders(root / person, dropped):
                files = _pictures(root / person / camera, dropped)
                if files:
                    found[person, camera] = files
    if not found:
        others = ", ".join(f"{count} × {reason}" for reason, count in sorted(dropped.items())) or "it is empty"
        raise ReidError(f"Found no picture two folders below {plain(root)} ({others})", f"folders {LAYOUT}",
                        "sort the pictures of each person into one folder for each camera")
    pids = {name: number for number, name in enumerate(sorted({key[0] for key in found}, key=natural), 1)}
    camids = {name: number for number, name in enumerate(sorted({key[1] for key in found}, key=natural))}
    kept = []
    for person, camera in sorted(found, key=lambda key: (pids[key[0]], camids[key[1]])):
        if len(found[person, camera]) < min_frames:
            dropped["sequences of too few frames"] += 1
            continue
        kept.append(Sequence(person, camera, found[person, camera], pids[person], camids[camera]))
    _names_differ(kept, root)
    return Tree(root, tuple(kept), dict(sorted(dropped.items())))


def tracklets_from_folder(folder: str | Path, size: tuple[int, int] = (128, 64), min_frames: int = 1,
                          skip: int = 0, progress: Callable[[int, int], None] | None = None) -> Iterator[Tracklet]:
    """The tracklets of a tree person/camera/*.jpg|png, one by one, every frame resized to `size` (H×W).

    Order, ids and what is passed over: as in `read_tree`. Each tracklet is called PERSON_CAMERA; both names stand in
    its info. `skip` leaves out the first ones; `progress` hears (frames done, all).
    """
    tree = read_tree(folder, min_frames)
    done = sum(len(each.files) for each in tree.sequences[:skip])
    for each in tree.sequences[skip:]:
        frames = np.empty((len(each.files), *size, 3), np.uint8)
        for number, file in enumerate(each.files):
            frames[number] = resize_frames(read_picture(tree.root / each.person / each.camera / file)[None], size)[0]
            done += 1
            if progress is not None:
                progress(done, tree.frames)
        yield Tracklet(frames, each.pid, each.camid, each.name,
                       info={"person": plain(each.person), "camera": plain(each.camera)})


def _folders(folder: Path, dropped: Counter[str]) -> list[str]:
    names = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") or entry.name == "__MACOSX":
                dropped["hidden"] += 1
            elif entry.is_dir():
                names.append(entry.name)
            else:
                dropped["files that lie too high"] += 1
    return sorted(names, key=natural)


def _pictures(folder: Path, dropped: Counter[str]) -> tuple[str, ...]:
    names = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                dropped["hidden"] += 1
            elif entry.is_dir():
                dropped["folders that lie too deep"] += 1
            elif entry.name.lower().endswith(SUFFIXES) and entry.is_file():  # not a pipe, which would wait for ever
                names.append(entry.name)
            else:
                dropped["files of other kinds"] += 1
    return tuple(sorted(names, key=natural))


def _names_differ(kept: list[Sequence], root: Path) -> None:
    twice = [name for name, count in Counter(each.name for each in kept).items() if count > 1]
    if twice:
        raise ReidError(f"Found two folders in {plain(root)} that would both be called {twice[0]}",
                        "names that differ when person and camera are joined by _", "rename one of the folders")

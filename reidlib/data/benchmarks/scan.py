"""Looking through somebody's folder: where a layout begins in it, which pictures lie there, and what is passed over."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from reidlib.data.files import explained, plain
from reidlib.data.images import SUFFIXES
from reidlib.errors import ReidError

SYSTEM = ("Thumbs.db", "desktop.ini", ".DS_Store", "__MACOSX")
WIDE = 100  # a folder of more folders than this holds data, not another layout


def find_root(folder: Path, fits: Callable[[Path], bool], title: str, tree: str, depth: int = 2) -> Path:
    """`folder`, or the first folder at most `depth` below it (nearest first, then by name) that `fits`."""
    near = [folder]
    with explained(Path(plain(folder))):
        for _ in range(depth + 1):
            for place in near:
                if fits(place):
                    return place
            near = [inner for place in near for inner in folders(place)]
    raise ReidError(f"Found no {title} in {plain(folder)}", f"this layout:\n{tree}",
                    "name the folder that holds it, or unpack the official archive anew")


def folders(place: Path, most: int | None = WIDE) -> list[Path]:
    """Folders inside, sorted, without hidden ones; none where `place` is no folder or holds more than `most`."""
    if not place.is_dir():
        return []
    with explained(Path(plain(place))), os.scandir(place) as inside:
        found = [each.name for each in inside if not each.name.startswith((".", "__MACOSX")) and each.is_dir()]
    return [place / name for name in sorted(found)] if most is None or len(found) <= most else []


def pictures(folder: Path, suffixes: tuple[str, ...] = SUFFIXES) -> tuple[list[str], Counter]:
    """Names of the pictures in a folder, sorted, whatever the case of their suffix; {reason: count} of the rest."""
    names: list[str] = []
    ignored: Counter = Counter()
    with explained(Path(plain(folder))), os.scandir(folder) as inside:
        for each in inside:
            if left := litter(each.name):
                ignored[left] += 1
            elif each.is_dir():
                ignored["folders"] += 1
            elif each.name.lower().endswith(suffixes):
                names.append(each.name)
            else:
                ignored["other kinds of file"] += 1
    return sorted(names), ignored


def litter(name: str) -> str:
    """What a system or a packer leaves in folders of pictures; "" for anything else."""
    for known in SYSTEM:
        if name.casefold() == known.casefold():
            return known
    return "hidden files" if name.startswith(".") else ""

"""Are these the files that a store was made from? Told by their bytes.

Names and sizes miss a picture that was replaced by another of its size; dates miss those that were unpacked or copied
with the old date, and differ in a mere copy. Hashing 20,000 pictures of 5.5 KB takes 0.8 to 2.3 s, decoding and
resizing as many 22 s by what 1,000 took (one core of a busy machine), so the bytes are asked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from reidlib.data.files import canonical, explained, kind_of, plain, sha256_of
from reidlib.data.own.folder_tree import Tree
from reidlib.data.own.video import FrameFolder, Video
from reidlib.data.store import Store
from reidlib.errors import ReidError


def file_content(path: str | Path) -> str:
    """sha256 of one file."""
    with explained(Path(path)):
        return sha256_of(Path(path))


def source_content(source: Video | FrameFolder, progress: Callable[[str, int, int], None]) -> str:
    """sha256 of a video; of a folder of frames, over names and bytes. `progress` hears (what, bytes or files, all)."""
    what = f"Checking {source.name}"
    if isinstance(source, FrameFolder):
        return _hash([[file.name, digest] for file, digest in
                      zip(source.files, _each(source.files, lambda done, total: progress(what, done, total)),
                          strict=True)])
    total, read = source.path.stat().st_size, 0

    def hear(count: int) -> None:
        nonlocal read
        read += count
        progress(what, read, total)

    with explained(source.path):
        return sha256_of(source.path, hear)


def tree_content(tree: Tree, progress: Callable[[int, int], None]) -> str:
    """sha256 over persons, cameras, names and bytes of the pictures that are kept. `progress` hears (files, all)."""
    paths = [tree.root / each.person / each.camera / file for each in tree.sequences for file in each.files]
    digests = iter(_each(paths, progress))
    return _hash([[each.person, each.camera, [[file, next(digests)] for file in each.files]]
                  for each in tree.sequences])


def refuse_other_pictures(out: Path, spec: dict, folder: str | Path) -> None:
    """ReidError in plain words where the finished store `out` differs from `spec` in nothing but the pictures."""
    if kind_of(out / "store.json") != "file":
        return
    made = Store.open(out).spec
    if made != spec and {**made, "content": None} == {**spec, "content": None}:
        raise ReidError(f"The store {plain(out)} was made from other pictures than {plain(folder)} holds now: some "
                        "were replaced, added or taken away", "a free folder for the new store",
                        f"pass another --out, or delete {plain(out)} and type the same command again")


def _each(paths: list[Path], progress: Callable[[int, int], None]) -> list[str]:
    digests = []
    for number, path in enumerate(paths, 1):
        digests.append(file_content(path))
        progress(number, len(paths))
    return digests


def _hash(value: object) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()

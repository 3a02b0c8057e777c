"""Somebody's own pictures: a folder of people as the gallery, single files as probes, as one episode."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from reidlib.arm.episodes import Episodes
from reidlib.arm.items import Items, device_of
from reidlib.arm.stills import SIZE
from reidlib.data.files import canonical, kind_of, plain, sha256_of
from reidlib.data.images import SUFFIXES, read_picture
from reidlib.data.transforms import resize_frames
from reidlib.errors import ReidError

UNKNOWN = -1  # pid of a probe
LAYOUT = "PERSON/*.jpg, PERSON/CAMERA/*.jpg or PERSON_….jpg, also .jpeg and .png"


class Pictures:
    """A gallery folder and probe files as a source, gallery first, as `Stills` is one.

    The gallery is laid out as PERSON/*.jpg, PERSON/CAMERA/*.jpg, or PERSON_….jpg in the folder itself: what stands
    before the first underscore names the person. Suffixes may be upper-case; hidden files and other kinds are passed
    over. A camera that no folder names is one for the whole gallery; the probes come from another that the gallery does
    not know. Pictures are turned as their EXIF says and resized to `size`, whatever their shape was.

    Attributes
    ----------
    people : names; the pid of a gallery item is its person's place among them, a probe's is −1.
    cameras : names, "" where none is given; a probe's camid is one beyond them.
    paths : of all items.
    gallery, probes : numbers of items.
    loose : how many gallery pictures lie in the folder itself, where their names alone say who they show.

    Raises
    ------
    ReidError : no folder, no picture, fewer than two people, a person without pictures, a file that is no picture.
    """

    def __init__(self, gallery: str | Path, probes: Sequence[str | Path], size: tuple[int, int] = SIZE) -> None:
        folder, self.size = Path(gallery), tuple(size)
        found = _gallery(folder)
        self.people = tuple(sorted({person for person, _, _ in found}))
        self.cameras = tuple(sorted({camera for _, camera, _ in found}))
        if len(self.people) < 2:
            raise ReidError(f"Found pictures of {len(self.people)} person in {plain(folder)}, {plain(self.people[0])}",
                            "two people or more: the probabilities sum to 1, so a single person gets 100 % of any "
                            "probe", f"add people: {LAYOUT}")
        if not probes:
            raise ReidError("Found no probe", "one picture or more", "pass --probe IMAGE")
        self.paths = (*(path for _, _, path in found), *map(Path, probes))
        self.frames = np.concatenate([resize_frames(read_picture(path)[None], self.size) for path in self.paths])
        self.loose = sum(path.parent == folder for _, _, path in found)
        self.gallery = np.arange(len(found))
        self.probes = np.arange(len(found), len(self.paths))
        pids = [self.people.index(person) for person, _, _ in found] + [UNKNOWN] * len(self.probes)
        camids = [self.cameras.index(camera) for _, camera, _ in found] + [len(self.cameras)] * len(self.probes)
        ids = [np.array(each, np.int64) for each in (pids, camids, np.zeros(len(pids)))]
        digest = hashlib.sha256(canonical([list(self.size), pids, camids]) + self.frames.tobytes())
        self.items = Items(*ids, plain(folder.name), digest.hexdigest())

    def __len__(self) -> int:
        return len(self.paths)

    def gather(self, numbers: torch.Tensor | np.ndarray) -> torch.Tensor:
        """Item numbers of any shape (...) -> images (..., 3, H, W) float32 in [−1, 1], on the numbers' device."""
        rows = self.items.rows(numbers)
        pixels = torch.from_numpy(self.frames[rows.ravel()]).to(device_of(numbers))
        images = pixels.movedim(-1, -3).to(torch.float32, memory_format=torch.contiguous_format)
        return images.div_(127.5).sub_(1).view(*rows.shape, *images.shape[1:])

    def episode(self) -> Episodes:
        """All of the gallery and all probes as one episode (B = 1). Nobody knows the probes: their labels are −1."""
        def side(numbers: np.ndarray) -> tuple[torch.Tensor, ...]:
            mask = np.ones(len(numbers), bool)
            arrays = numbers, mask, *(ids[numbers] for ids in (self.items.pids, self.items.camids, self.items.days))
            return tuple(torch.from_numpy(array)[None] for array in arrays)

        return Episodes(*side(self.gallery), *side(self.probes), ways=len(self.people))

    def counts(self) -> np.ndarray:
        """(people,) gallery pictures of each."""
        return np.bincount(self.items.pids[self.gallery], minlength=len(self.people))

    def twins(self) -> dict[Path, Path]:
        """Probe files that are a gallery picture, byte by byte, and the first such picture."""
        known: dict[str, Path] = {}
        for number in self.gallery:
            known.setdefault(sha256_of(self.paths[number]), self.paths[number])
        digests = {self.paths[number]: sha256_of(self.paths[number]) for number in self.probes}
        return {path: known[digest] for path, digest in digests.items() if digest in known}


def _gallery(folder: Path) -> list[tuple[str, str, Path]]:
    """(person, camera, path) of each picture, sorted by name."""
    if kind_of(folder) != "folder":
        raise ReidError(f"Found no folder {plain(folder)}", f"one of people: {LAYOUT}", "check the path")
    found = [(path.stem.split("_")[0] or path.stem, "", path) for path in _pictures(folder)]
    for person in _folders(folder):
        own = [(person.name, "", path) for path in _pictures(person)]
        own += [(person.name, camera.name, path) for camera in _folders(person) for path in _pictures(camera)]
        if not own:
            raise ReidError(f"Found no picture in {plain(person)}", "one or more of each person",
                            f"put one there, or take the folder away; a gallery is {LAYOUT}")
        found += own
    if not found:
        raise ReidError(f"Found no picture in {plain(folder)}", LAYOUT, "check the path")
    return found


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise ReidError(f"The folder {plain(folder)} cannot be read ({error.strerror})", "a folder that you may read",
                        "check its permissions") from error


def _pictures(folder: Path) -> list[Path]:
    return [path for path in _listed(folder) if path.suffix.lower() in SUFFIXES and not path.is_dir()]


def _folders(folder: Path) -> list[Path]:
    return [path for path in _listed(folder) if path.is_dir()]

"""iLIDS-VID, PRID-2011 and CUHK01 at their published sizes in empty files, with oddities known of the real ones.

torchreid asserts or takes for granted the published numbers of persons, which the tests' small trees do not have. Files
are made in a shuffled order, so that no order comes from the disk, and videos are short but where their length counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from scipy.io import savemat

TIMES = 10
LONG = 21  # frames of the persons whom PRID-2011's published divisions take
ILIDS = [*[number for number in range(1, 320) if number % 17][:299], 319]  # numbers of the 300 folders have gaps
ILIDS_CAPITAL = "sequences/cam1/person002/cam1_person002_00003"
PRID_SAME, PRID_A, PRID_B = 200, 385, 749
PRID_LONG = [number for number in range(1, PRID_SAME + 1) if number % 9][:178]
PRID_CAPITAL = "multi_shot/cam_b/person_0003/0021"
PRID_STILL = ("single_shot/cam_a/person_0005", "single_shot/cam_b/person_0300")  # a capital suffix, and a lost image
CUHK01 = {person: (1, 2, 3, 4) for person in range(1, 972)}
# Numbers have gaps; 7 lacks camera B, 9 an image of each camera; an image 5 is of no camera.
CUHK01_ODD = {1: (1, 2, 3, 4, 5), 2: (1, 2, 3, 4), 5: (1, 2, 3, 4), 7: (1, 2), 9: (2, 3), 971: (1, 2, 3, 4)}


def fill(top: Path, names: Iterable[str]) -> None:
    """Empty files of these names, in a shuffled order."""
    names = sorted(names)
    for folder in {(top / name).parent for name in names}:
        folder.mkdir(parents=True, exist_ok=True)
    for number in np.random.default_rng(0).permutation(len(names)):
        (top / names[number]).touch()


def capitals(path: Path) -> None:
    """path.png becomes path.PNG."""
    path.with_suffix(".png").rename(path.with_suffix(".PNG"))


def ilids(top: Path) -> None:
    """i-LIDS-VID and the table of its ten divisions; one video passes frame 99999, where names get longer."""
    home, names = top / "i-LIDS-VID", []
    for camera in (1, 2):
        for place, person in enumerate(ILIDS):
            start = 99998 if (camera, person) == (1, 319) else 1 + place % 5 * camera
            names += [f"sequences/cam{camera}/person{person:03d}/cam{camera}_person{person:03d}_{number:05d}.png"
                      for number in range(start, start + 3 + place % 3)]
    fill(home, [*names, "images/cam1/person001/cam1_person001.png", "sequences/cam1/.DS_Store",
                "sequences/cam1/person001/Thumbs.db"])
    capitals(home / ILIDS_CAPITAL)
    table = top / "train-test people splits" / "train_test_splits_ilidsvid.mat"
    table.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(1)
    savemat(table, {"ls_set": np.stack([rng.permutation(300) + 1 for _ in range(TIMES)]).astype(np.uint16)})


def prid(top: Path) -> None:
    """prid_2011 with videos and images, and a file of ten divisions of the form of the published one."""
    home, names = top / "prid_2011", []
    for view, count in (("cam_a", PRID_A), ("cam_b", PRID_B)):
        for person in range(1, count + 1):
            frames = LONG if person in PRID_LONG else 1 + person % 2
            names += [f"multi_shot/{view}/person_{person:04d}/{number:04d}.png" for number in range(1, frames + 1)]
            names.append(f"single_shot/{view}/person_{person:04d}.png")
    fill(home, [*names, "multi_shot/cam_a/person_0001/Thumbs.db", "multi_shot/cam_a/Thumbs.db",
                "single_shot/cam_a/Thumbs.db", "single_shot/cam_b/.DS_Store"])
    capitals(home / PRID_CAPITAL)
    capitals(home / PRID_STILL[0])
    (home / PRID_STILL[1]).with_suffix(".png").unlink()
    rng, splits = np.random.default_rng(2), []
    for _ in range(TIMES):
        drawn = [f"person_{number:04d}" for number in rng.permutation(PRID_LONG)]
        splits.append({"train": sorted(drawn[:89]), "test": sorted(drawn[89:])})
    (top / "splits_prid2011.json").write_text(json.dumps(splits), encoding="ascii")


def cuhk01(top: Path, images: Mapping[int, Iterable[int]]) -> None:
    """campus."""
    fill(top, [*[f"campus/{person:04d}{number:03d}.png" for person, numbers in images.items() for number in numbers],
               "campus/Thumbs.db", "campus/.DS_Store"])
    capitals(top / "campus" / "0002001")

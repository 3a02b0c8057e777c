"""People made in a moment: coloured pictures as a store, and features in which every camera speaks its own language."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from reidlib.arm.cached import Features
from reidlib.data.store import Store
from reidlib.data.tracklet import Tracklet
from reidlib.data.writer import StoreWriter

PERSONS, CAMERAS, DAYS = 16, 2, 3
SIZE = (64, 32)  # what Stills takes without resizing
FIRST_PID = 100


def tiny_people(folder: Path, persons: int = PERSONS, cameras: int = CAMERAS, days: int = DAYS, images: int = 2,
                name: str = "tiny") -> Store:
    """Each person is 8 × 4 patches of colour under noise; pids begin at 100 and have gaps; each walk has `images`."""
    with StoreWriter(folder, name=name, version="1", height=SIZE[0], width=SIZE[1]) as writer:
        for person in range(persons):
            rng = np.random.default_rng(person)
            patches = rng.integers(0, 256, (8, 4, 3)).repeat(8, 0).repeat(8, 1)
            for camera in range(cameras):
                for day in range(days):
                    frames = patches + rng.integers(-25, 26, (images, *patches.shape))
                    pid = FIRST_PID + 3 * person
                    writer.append(Tracklet(np.clip(frames, 0, 255).astype(np.uint8), pid, camera,
                                           f"p{pid}_c{camera}_d{day}", {}, {"day": day} if days > 1 else {}))
        return writer.finish()


def two_languages(persons: int, seed: int, images: int = 2, size: int = 6, noise: float = 0.1,
                  shuffled: bool = False) -> Features:
    """Person p is a vector s_p; camera 0 says (s_p, 0), camera 1 says (0, s_p): no item is like another camera's until
    a network has learned to translate. `shuffled` deals the people of camera 1 out anew: nothing is left to learn."""
    rng = np.random.default_rng(seed)
    people = rng.normal(size=(persons, size))
    pids = np.tile(np.repeat(np.arange(persons), images), 2)
    camids = np.repeat([0, 1], persons * images)
    feats = np.zeros((len(pids), 2 * size), np.float32)
    for camera in (0, 1):
        here = camids == camera
        feats[here, camera * size:(camera + 1) * size] = people[pids[here]] + rng.normal(
            size=(here.sum(), size), scale=noise)
    if shuffled:
        pids = np.where(camids == 1, rng.permutation(persons)[pids], pids)
    return Features(feats, pids, camids, name="languages")


def clouds(persons: int = 12, seed: int = 0, images: int = 2, size: int = 8, cameras: int = 2,
           days: int = 1) -> Features:
    """Person p is a cloud around a point of its own, the same in every camera."""
    rng = np.random.default_rng(seed)
    people = rng.normal(size=(persons, size))
    pids, camids, days_, _ = (each.ravel() for each in np.meshgrid(
        np.arange(persons), np.arange(cameras), np.arange(days), np.arange(images), indexing="ij"))
    feats = people[pids] + rng.normal(size=(len(pids), size), scale=0.3)
    return Features(feats, pids, camids, days_, name="clouds")

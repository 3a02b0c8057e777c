"""A store of small coloured people that is made in a second: 20 persons, 2 cameras, tracklets of 1 to 19 frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from reidlib.data.store import Store
from reidlib.data.tracklet import Tracklet
from reidlib.data.writer import StoreWriter
from reidlib.flow.extract import extract_flow

PERSONS, FIRST_PID = 20, 100
LENGTHS = (3, 17, 6, 1, 18)  # of the first camera; the second sees one frame more


def tiny_street(folder: Path, persons: int = PERSONS, cameras: int = 2, size: tuple[int, int] = (128, 64)) -> Store:
    """Each person is 8 × 4 patches of colour that move to the right; pids begin at 100 and have gaps."""
    height, width = size
    with StoreWriter(folder, name="tiny", version="1", height=height, width=width) as writer:
        for person in range(persons):
            rng = np.random.default_rng(person)
            patches = rng.integers(0, 256, (8, 4, 3)).repeat(height // 8, 0).repeat(width // 4, 1)
            for camera in range(cameras):
                length = LENGTHS[person % len(LENGTHS)] + camera
                frames = np.stack([np.roll(patches, t + 5 * camera, axis=1) for t in range(length)])
                noisy = np.clip(frames + rng.integers(-25, 26, frames.shape), 0, 255).astype(np.uint8)
                pid = FIRST_PID + 3 * person
                writer.append(Tracklet(noisy, pid, camera, f"p{pid}_c{camera}"))
        store = writer.finish()
    if size == (128, 64):
        extract_flow(store, workers=1)
        extract_flow(store, "mclaughlin", column="flow_mclaughlin", workers=1)
    return store

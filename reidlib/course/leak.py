"""A leak to find: the same tracklet in two parts under two names, planted on purpose and found again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from reidlib.data.tracklet import Tracklet
from reidlib.errors import ReidError


def find_leak(train: Sequence[Tracklet], test: Sequence[Tracklet]) -> set[tuple[int, int]]:
    """Pairs (pid in train, pid in test) that belong to one person: the same pid, or one frame with the same pixels.

    Labels alone cannot tell: a person who was given two pids has one in each part. Frames are compared one by one, so a
    copy is found although it begins later or is shorter; a copy with other pixels (scaled, compressed again) is not.
    """
    seen: dict[bytes, set[int]] = {}
    for tracklet in train:
        for frame in tracklet.frames:
            seen.setdefault(hashlib.blake2b(frame.tobytes(), digest_size=16).digest(), set()).add(tracklet.pid)
    train_pids = {tracklet.pid for tracklet in train}
    leaks = {(tracklet.pid, tracklet.pid) for tracklet in test if tracklet.pid in train_pids}
    for tracklet in test:
        for frame in tracklet.frames:
            owners = seen.get(hashlib.blake2b(frame.tobytes(), digest_size=16).digest(), set())
            leaks |= {(owner, tracklet.pid) for owner in owners}
    return leaks


def plant_leak(
    train: Sequence[Tracklet], test: Sequence[Tracklet], rng: np.random.Generator, count: int = 1
) -> tuple[list[Tracklet], set[tuple[int, int]]]:
    """A copy of `test` with `count` people of `train` slipped in, and the pairs (old pid, new pid) as the truth.

    Each is a piece of one of their tracklets under a new pid and a new name, as happens when a data set is put together
    from two recordings of one place. Tracklets of one frame are slipped in whole.
    """
    people = sorted({tracklet.pid for tracklet in train})
    if not 0 < count <= len(people):
        raise ReidError(f"Found {count} people to slip from a train part of {len(people)}", f"1 to {len(people)}",
                        "choose fewer people, or give a larger train part")  # fmt: skip
    chosen = rng.choice(len(people), size=count, replace=False)
    free = 1 + max(tracklet.pid for tracklet in (*train, *test))
    planted, truth = list(test), set()
    for new_pid, old_pid in zip(range(free, free + count), (people[i] for i in chosen), strict=True):
        source = next(tracklet for tracklet in train if tracklet.pid == old_pid)
        start = int(rng.integers(1, source.T)) if source.T > 1 else 0
        piece = source.window(start, source.T - start)
        planted.insert(int(rng.integers(len(planted) + 1)),
                       replace(piece, pid=new_pid, name=f"p{new_pid:04d}_c{source.camid + 1}"))  # fmt: skip
        truth.add((old_pid, new_pid))
    return planted, truth

"""One tracklet of each person under each of two cameras, out of whatever a store holds: enough for a comparison."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from reidlib.data.store import Store
from reidlib.errors import ReidError


def two_cameras(store: Store, most: int | None = None, *, nobody: tuple[int, ...] = (-1,), shortest: int = 1,
                fewest: int = 4) -> np.ndarray:
    """(2P,) tracklet numbers: person by person in order of pid, under the lower camid and under the higher.

    The two cameras are those that share the most people (of equals the first pair); of several tracklets each person
    gives the longest (of equals the first).

    Parameters
    ----------
    most : people; those of the lowest pids.
    nobody : pids that name no person: junk, and where a benchmark says so distractors (0).
    shortest : frames of a tracklet; those of fewer are passed over.
    fewest : people.

    Raises
    ------
    ReidError : fewer than `fewest` people whom two cameras saw.
    """
    longest: dict[tuple[int, int], int] = {}
    for number in np.argsort(-store.lengths, kind="stable").tolist():
        if store.pids[number] not in nobody and store.lengths[number] >= shortest:
            longest.setdefault((int(store.pids[number]), int(store.camids[number])), number)
    seen = {camid: {pid for pid, other in longest if other == camid} for camid in np.unique(store.camids).tolist()}
    pairs = {pair: sorted(seen[pair[0]] & seen[pair[1]]) for pair in combinations(sorted(seen), 2)}
    pair = max(pairs, key=lambda each: len(pairs[each]), default=None)  # of equals the first
    people = pairs.get(pair, [])[:most]
    if len(people) < fewest:
        long = f" in {shortest} frames or more each" if shortest > 1 else ""
        raise ReidError(f"Found {len(people)} people whom two cameras saw{long} among the {len(store)} tracklets of "
                        f"{store.name}", f"{fewest} people or more", "choose a store of more people who crossed from "
                        "one camera to another, as in iLIDS-VID, PRID-2011 and MARS")
    return np.array([longest[pid, camid] for pid in people for camid in pair])

"""One tracklet of each person under each of two cameras."""

from __future__ import annotations

import numpy as np
import pytest

from reidlib.data.tracklet import Tracklet
from reidlib.data.two_cameras import two_cameras
from reidlib.data.writer import StoreWriter
from reidlib.errors import ReidError


def store_of(folder, rows):
    """rows : (pid, camid, frames)."""
    with StoreWriter(folder, name="brought", version="1", height=4, width=2) as writer:
        for number, (pid, camid, length) in enumerate(rows):
            writer.append(Tracklet(np.zeros((length, 4, 2, 3), np.uint8), pid, camid, f"t{number}"))
        return writer.finish()


def named(store, numbers):
    return [(int(store.pids[n]), int(store.camids[n]), int(store.lengths[n])) for n in numbers]


def test_the_pair_of_cameras_that_shares_most_people_and_the_longest_tracklets(tmp_path):
    rows = [(pid, camid, 2) for pid in range(4) for camid in (0, 1)]
    rows += [(pid, camid, 3) for pid in range(9, 4, -1) for camid in (4, 2)]  # five people, camera 4 first
    rows += [(7, 4, 9), (7, 4, 9), (-1, 2, 50), (-1, 4, 50)]
    store = store_of(tmp_path / "s", rows)
    numbers = two_cameras(store)
    expected = [(pid, camid, 9 if (pid, camid) == (7, 4) else 3) for pid in range(5, 10) for camid in (2, 4)]
    assert named(store, numbers) == expected
    assert store.names[numbers[5]] == "t18"  # of two that are equally long the first
    assert named(store, two_cameras(store, most=4)) == expected[:8]
    assert named(store, two_cameras(store, shortest=3)) == expected
    with pytest.raises(ReidError, match="Found 0 people whom two cameras saw in 4 frames or more each"):
        two_cameras(store, shortest=4)
    with pytest.raises(ReidError, match="6 people or more"):
        two_cameras(store, fewest=6)


def test_of_equal_pairs_the_first(tmp_path):
    store = store_of(tmp_path / "s", [(pid, camid, 1) for pid in range(4) for camid in (0, 1, 2)])
    assert set(store.camids[two_cameras(store)].tolist()) == {0, 1}


def test_nobody_is_no_person(tmp_path):
    store = store_of(tmp_path / "s", [(pid, camid, 1) for pid in range(6) for camid in (0, 1)])
    assert store.pids[two_cameras(store, nobody=(-1, 0))].min() == 1
    assert store.pids[two_cameras(store)].min() == 0


@pytest.mark.parametrize("rows", [
    [(pid, 0, 1) for pid in range(9)],
    [(pid, camid, 1) for pid in range(3) for camid in (0, 1)],
    [(pid, pid % 3, 1) for pid in range(12)],
    [(-1, camid, 1) for camid in (0, 1)],
])
def test_too_few_who_crossed(rows, tmp_path):
    with pytest.raises(ReidError, match=r"Found [0-3] people whom two cameras saw"):
        two_cameras(store_of(tmp_path / "s", rows))

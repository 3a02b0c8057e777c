"""The leak that is planted is the leak that is found, and a clean split has none."""

from __future__ import annotations

import numpy as np
import pytest

from reidlib.course.leak import find_leak, plant_leak
from reidlib.data.tracklet import Tracklet
from reidlib.errors import ReidError


def people(rng, pids, length=6):
    return [Tracklet(rng.integers(0, 256, (length, 4, 2, 3), dtype=np.uint8), pid, camid, f"p{pid:04d}_c{camid + 1}")
            for pid in pids for camid in (0, 1)]  # fmt: skip


@pytest.fixture
def parts():
    rng = np.random.default_rng(0)
    return people(rng, (1, 5, 7)), people(rng, (2, 9))


def test_a_clean_split_has_no_leak(parts):
    assert find_leak(*parts) == set()


@pytest.mark.parametrize("count", [1, 3])
def test_what_was_planted_is_found(parts, count):
    train, test = parts
    leaky, truth = plant_leak(train, test, np.random.default_rng(1), count)
    assert len(truth) == count
    assert find_leak(train, leaky) == truth
    assert {new for _, new in truth} == set(range(10, 10 + count))
    assert len(leaky) == len(test) + count
    assert [t for t in leaky if t.pid < 10] == test, "the others stay, in order"
    names = [t.name for t in (*train, *leaky)]
    assert len(set(names)) == len(names)


def test_the_copy_begins_later_so_first_frames_differ(parts):
    train, test = parts
    for seed in range(20):
        leaky, truth = plant_leak(train, test, np.random.default_rng(seed))
        (old, new), = truth
        copy = next(t for t in leaky if t.pid == new)
        sources = [t for t in train if t.pid == old]
        assert not any(np.array_equal(copy.frames[0], t.frames[0]) for t in sources)
        assert any(np.array_equal(copy.frames, t.frames[-copy.T :]) for t in sources)


def test_the_same_seed_plants_the_same_leak(parts):
    one, two = (plant_leak(*parts, np.random.default_rng(3)) for _ in range(2))
    assert one[1] == two[1]
    assert [t.name for t in one[0]] == [t.name for t in two[0]]


def test_tracklets_of_one_frame():
    rng = np.random.default_rng(0)
    train, test = people(rng, (1,), length=1), people(rng, (2,), length=1)
    leaky, truth = plant_leak(train, test, rng)
    assert find_leak(train, leaky) == truth == {(1, 3)}


def test_the_same_pid_is_a_leak_whatever_the_frames():
    rng = np.random.default_rng(0)
    assert find_leak(people(rng, (1, 2)), people(rng, (2, 3))) == {(2, 2)}


@pytest.mark.parametrize("count", [0, 4])
def test_more_people_than_there_are(parts, count):
    with pytest.raises(ReidError, match=f"Found {count} people.*1 to 3"):
        plant_leak(*parts, np.random.default_rng(0), count)

"""Parts of a source: the same content under new numbers, certain days, few pictures spread over cameras."""

from collections import Counter

import numpy as np
import pytest
import torch
from tiny_people import clouds

from reidlib.arm.cached import Features
from reidlib.arm.parts import Part, few_each, on_days
from reidlib.errors import ReidError


def test_a_part_shows_the_same_items_under_new_numbers():
    source = clouds(6)
    kept = source.items.pids % 2 == 1
    part = Part(source, kept)
    assert len(part) == kept.sum()
    assert np.array_equal(part.items.pids, source.items.pids[kept])
    assert np.array_equal(part.items.camids, source.items.camids[kept])
    assert torch.equal(part.gather(torch.arange(len(part))), source.feats[torch.from_numpy(kept)])
    numbers = np.array([[3, 0], [1, 1]])
    assert torch.equal(part.gather(numbers), source.feats[torch.from_numpy(np.flatnonzero(kept)[numbers])])


@pytest.mark.parametrize("number", [torch.tensor(1), np.array(1)])
def test_one_number_gives_one_item(number):
    source = clouds(6)
    part = Part(source, [3, 2])
    assert torch.equal(part.gather(number), source.feats[2])
    assert torch.equal(source.gather(number), source.feats[1])


def test_parts_of_parts_and_their_names():
    source = clouds(6)
    inner = Part(Part(source, source.items.camids == 1), np.array([2, 5]))
    there = np.flatnonzero(source.items.camids == 1)[[2, 5]]
    assert torch.equal(inner.gather([0, 1]), source.feats[there])
    hashes = {Part(source, numbers).items.hash for numbers in ([0, 1], [1, 0], [0, 2])} | {source.items.hash}
    assert len(hashes) == 4
    assert Part(source, [0, 1]).items.hash == Part(clouds(6), np.arange(len(source)) < 2).items.hash
    assert inner.items.name == "clouds"


@pytest.mark.parametrize(("kept", "sentence"), [
    ([], "no item of clouds in this part"),
    (np.zeros(24, bool), "no item of clouds in this part"),
    (np.ones(23, bool), "dtype bool"),
    ([0.5], "dtype float64"),
    ([0, 24], "from 0 to 24"),
    ([-1], "from -1 to -1"),
    ([3, 3], "some of them twice"),
    ([[1, 2]], "one axis"),
])
def test_what_cannot_be_kept_is_a_sentence(kept, sentence):
    with pytest.raises(ReidError, match=sentence):
        Part(clouds(6), kept)
    with pytest.raises(ReidError, match="item numbers"):
        Part(clouds(6), [0, 1]).gather([2])


def test_on_days():
    source = clouds(4, days=5)
    part = on_days(source, range(1, 3))
    assert Counter(part.items.days.tolist()) == {1: 16, 2: 16}
    assert np.array_equal(on_days(source, [4]).items.days, np.full(16, 4))
    with pytest.raises(ReidError, match="no item"):
        on_days(source, [7])


@pytest.mark.parametrize("images", [1, 2, 3, 4, 5, 6, 7, 99])
def test_few_each_spreads_over_cameras(images):
    """Cameras of 1, 2 and 4 pictures: no camera has two more than one that has some left; by loops."""
    own = {0: 1, 1: 2, 2: 4}
    rows = [(p, c) for p in range(30) for c, count in own.items() for _ in range(count)]
    pids, camids = np.array(rows).T
    source = Features(np.random.default_rng(0).normal(size=(len(rows), 2)), pids, camids)
    part = few_each(source, images, 1)
    firsts = Counter()
    for pid in range(30):
        counts = Counter(part.items.camids[part.items.pids == pid].tolist())
        assert sum(counts.values()) == min(images, 7)
        for c, there in own.items():
            if counts[c] < there:
                assert all(counts[other] <= counts[c] + 1 for other in own)
        firsts += Counter(counts.keys())
    if images == 1:  # the camera is drawn, not the first one
        assert set(firsts) == {0, 1, 2}
    assert np.all(np.diff(part.numbers) > 0)


def test_few_each_is_drawn_by_the_seed():
    source = clouds(12, images=6)
    one, again, other = (few_each(source, 3, seed) for seed in (1, 1, 2))
    assert np.array_equal(one.numbers, again.numbers)
    assert not np.array_equal(one.numbers, other.numbers)
    drawn = Counter(number for seed in range(60) for number in few_each(source, 3, seed).numbers.tolist())
    assert len(drawn) == len(source.items)  # every picture has its chance
    with pytest.raises(ReidError, match="images=0"):
        few_each(source, 0)

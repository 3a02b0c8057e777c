"""Pairs of a training step: their kinds, their balance, and that a step's draw depends on (seed, step) alone."""

from __future__ import annotations

import numpy as np
import pytest

from reidlib.data.pairs import IdentitySampler, PairSampler
from reidlib.errors import ReidError

PIDS = np.repeat(np.arange(100, 112), 4)
CAMIDS = np.tile([1, 1, 2, 3], 12)
NUMBERS = np.flatnonzero(PIDS < 110)


@pytest.mark.parametrize("pairs", [2, 6])
def test_half_of_the_pairs_are_positive_and_cross_cameras(pairs):
    sampler = PairSampler(PIDS, CAMIDS, NUMBERS, pairs=pairs, seed=3)
    for step in range(40):
        draw = sampler.draw(step)
        pids, camids = PIDS[draw.numbers], CAMIDS[draw.numbers]
        assert np.isin(draw.numbers, NUMBERS).all()
        assert draw.same.sum() == pairs // 2
        np.testing.assert_array_equal(pids[draw.first] == pids[draw.second], draw.same)
        assert (camids[draw.first] != camids[draw.second])[draw.same].all()


def test_negatives_take_every_combination_of_cameras():
    sampler = PairSampler(PIDS, CAMIDS, NUMBERS, seed=1)
    seen = set()
    for step in range(300):
        draw = sampler.draw(step)
        (k,) = np.flatnonzero(~draw.same)
        seen.add((int(CAMIDS[draw.numbers[draw.first[k]]]), int(CAMIDS[draw.numbers[draw.second[k]]])))
    assert len(seen) == 9


def test_one_pair_a_step_alternates_beginning_with_a_negative():
    sampler = PairSampler(PIDS, CAMIDS, NUMBERS, pairs=1, seed=0)
    assert [bool(sampler.draw(step).same[0]) for step in range(6)] == [False, True] * 3


@pytest.mark.parametrize("pairs", [1, 2])
def test_positives_walk_through_all_identities_before_one_comes_again(pairs):
    sampler = PairSampler(PIDS, CAMIDS, NUMBERS, pairs=pairs, seed=5)
    laps = []
    for step in range(40):
        draw = sampler.draw(step)
        laps += [int(PIDS[draw.numbers[draw.first[k]]]) for k in np.flatnonzero(draw.same)]
    assert sorted(laps[:10]) == sorted(laps[10:20]) == list(range(100, 110))
    assert laps[:10] != laps[10:20]


def test_identities_times_tracklets():
    sampler = IdentitySampler(PIDS, CAMIDS, NUMBERS, identities=5, tracklets=3, seed=2)
    for lap in range(4):
        people = []
        for step in (2 * lap, 2 * lap + 1):
            draw = sampler.draw(step)
            pids = PIDS[draw.numbers]
            people += np.unique(pids).tolist()
            assert np.unique(pids, return_counts=True)[1].tolist() == [3] * 5
            for pid in np.unique(pids):
                assert len(set(CAMIDS[draw.numbers[pids == pid]].tolist())) == 3, "a camera twice while another waits"
            assert len(draw.first) == 15 * 14 // 2
            assert draw.same.sum() == 5 * 3
            np.testing.assert_array_equal(pids[draw.first] == pids[draw.second], draw.same)
        assert sorted(people) == list(range(100, 110))


def test_too_few_tracklets_are_taken_again():
    numbers = np.flatnonzero((PIDS < 104) & (CAMIDS == 2))
    draw = IdentitySampler(PIDS, CAMIDS, numbers, identities=2, tracklets=2).draw(0)
    assert len(set(draw.numbers.tolist())) == 2
    assert len(draw.numbers) == 4


@pytest.mark.parametrize("kind", [PairSampler, IdentitySampler])
def test_a_draw_depends_on_seed_and_step_alone(kind):
    one, two, other = (kind(PIDS, CAMIDS, NUMBERS, seed=seed) for seed in (7, 7, 8))
    forwards = [one.draw(step).numbers for step in range(20)]
    backwards = [two.draw(step).numbers for step in reversed(range(20))][::-1]
    np.testing.assert_array_equal(forwards, backwards)
    assert not np.array_equal(forwards, [other.draw(step).numbers for step in range(20)])


def test_impossible_requests_are_refused():
    with pytest.raises(ReidError, match="1 identities"):
        PairSampler(PIDS, CAMIDS, np.flatnonzero(PIDS == 100))
    with pytest.raises(ReidError, match="two cameras"):
        PairSampler(PIDS, np.ones_like(CAMIDS), NUMBERS)
    with pytest.raises(ReidError, match="3 pairs"):
        PairSampler(PIDS, CAMIDS, NUMBERS, pairs=3)
    with pytest.raises(ReidError, match="identities=8"):
        IdentitySampler(PIDS, CAMIDS, NUMBERS, identities=11)

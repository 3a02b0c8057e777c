"""Splits and seeds: hand-computed scatters, and whether the interval covers when splits share their persons."""

import numpy as np
import pytest
from scipy import stats

from reidlib.errors import ReidError
from reidlib.evaluation.spread import spread


def test_scatters_by_hand():
    result = spread([[0.5, 0.7], [0.6, 0.6], [0.7, 0.9]])
    assert result.mean == pytest.approx(2 / 3)
    assert result.sd_splits == pytest.approx(np.sqrt((0.0667**2 * 2 + 0.1333**2) / 2), abs=1e-4)
    assert result.sd_seeds == pytest.approx(np.sqrt((0.02 + 0 + 0.02) / 3))
    assert (result.splits, result.seeds) == (3, 2)
    t = stats.t.ppf(0.975, 2)
    assert result.interval.high - result.mean == pytest.approx(t * result.sd_splits * np.sqrt(1 / 3 + 1))
    assert result.mean - result.naive.low == pytest.approx(t * result.sd_splits / np.sqrt(3))


def test_share_of_test_persons_decides_the_width():
    values = np.random.default_rng(0).random(10)
    half, small = spread(values), spread(values, test_share=0.1)
    ratio = (half.interval.high - half.mean) / (small.interval.high - small.mean)
    assert ratio == pytest.approx(np.sqrt((0.1 + 1) / (0.1 + 1 / 9)))
    assert half.naive == small.naive


def test_coverage_when_ten_half_splits_share_300_persons():
    """A fixed model on persons drawn afresh in each of 1,000 studies: truth .6, each split tests a random half."""
    rng = np.random.default_rng(5)
    covered = {"corrected": 0, "naive": 0}
    for _ in range(1000):
        hits = rng.random(300) < 0.6
        result = spread([hits[rng.permutation(300)[:150]].mean() for _ in range(10)])
        covered["corrected"] += 0.6 in result.interval
        covered["naive"] += 0.6 in result.naive
    assert 0.92 < covered["corrected"] / 1000 < 0.98
    assert covered["naive"] / 1000 < 0.6


def test_a_single_split_has_no_interval_and_a_single_seed_no_scatter():
    one = spread([[0.5, 0.6, 0.7]])
    assert np.isnan(one.sd_splits)
    assert one.sd_seeds == pytest.approx(0.1)
    assert not one.interval.known
    assert np.isnan(spread([0.5, 0.6]).sd_seeds)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: spread([0.5, np.nan]), "nan at index 1"),
        (lambda: spread(np.zeros((0, 3))), "shape (0, 3)"),
        (lambda: spread([0.5, 0.6], test_share=1), "test_share=1"),
        (lambda: spread(np.zeros((2, 2, 2))), "shape (2, 2, 2)"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ReidError) as error:
        call()
    assert words in str(error.value)

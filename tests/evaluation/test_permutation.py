"""The permutation test against every assignment written out, scipy, and its rate of false alarms."""

from itertools import product

import numpy as np
import pytest
from scipy import stats

from reidlib.errors import ReidError
from reidlib.evaluation.permutation import permutation_test


def _by_hand(difference, persons):
    sums = [difference[persons == p].sum() for p in np.unique(persons)]
    totals = [abs(sum(s * x for s, x in zip(signs, sums, strict=True))) for signs in product((1, -1), repeat=len(sums))]
    return np.mean(np.array(totals) >= abs(sum(sums)) - 1e-9)


def test_small_cases_are_exact_over_persons():
    rng = np.random.default_rng(0)
    for _ in range(20):
        first, second = rng.integers(0, 4, (2, 18)) / 4
        persons = rng.integers(0, 7, 18)
        result = permutation_test(first, second, persons)
        assert result.p == pytest.approx(_by_hand(first - second, persons))
        assert result.statistic == pytest.approx((first - second).mean())
        assert (result.method, result.n) == ("permutation, exact", len(np.unique(persons)))


def test_tenths_that_do_not_add_up_in_binary_still_tie():
    """.7 + .3 − .4 − .4 comes out a hair above .2, the smallest sum that any assignment of names can give."""
    assert permutation_test([0.7, 0.3, 0.0, 0.0], [0.0, 0.0, 0.4, 0.4]).p == 1
    assert _by_hand(np.array([7, 3, -4, -4]), np.arange(4)) == 1


def test_large_cases_agree_with_scipy():
    rng = np.random.default_rng(4)
    first = rng.random(80)
    second = first - 0.03 + 0.15 * rng.standard_normal(80)
    ours = permutation_test(first, second, resamples=20_000)
    theirs = stats.permutation_test(
        (first, second), lambda a, b, axis: (a - b).mean(axis=axis), permutation_type="samples", n_resamples=20_000,
        vectorized=True, rng=np.random.default_rng(1),
    )  # fmt: skip
    assert ours.p == pytest.approx(theirs.pvalue, abs=0.012)
    assert ours.method == "permutation, 20000 draws"


def test_false_alarms_come_as_often_as_promised_and_differences_are_found():
    rng = np.random.default_rng(1)
    null, real = [], []
    for _ in range(400):
        first, second = rng.random((2, 40))
        null.append(permutation_test(first, second, resamples=400).p)
        real.append(permutation_test(first + 0.25, second, resamples=400).p)
    assert 0.025 < np.mean(np.array(null) <= 0.05) < 0.08
    assert np.mean(np.array(real) <= 0.05) > 0.8


def test_p_is_never_zero_and_identical_systems_give_one():
    assert permutation_test(np.arange(1.0, 101), np.zeros(100), resamples=99).p == 1 / 100
    assert permutation_test([1, 0, 1], [1, 0, 1]).p == 1


def test_seed_decides():
    first, second = np.random.default_rng(0).random((2, 60))
    assert permutation_test(first, second, seed=3) == permutation_test(first, second, seed=3)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: permutation_test([1, 0], [1]), "first has 2 queries, second 1"),
        (lambda: permutation_test([], []), "first is empty"),
        (lambda: permutation_test([1], [0], resamples=0), "resamples=0"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ReidError) as error:
        call()
    assert words in str(error.value)

"""Luck, counted: exact formulas against every outcome of small studies and against simulation."""

from itertools import product

import numpy as np
import pytest
from scipy import stats

from reidlib.errors import ReidError
from reidlib.evaluation.chance import best_by_chance, range_by_chance


def test_range_and_best_are_sums_over_every_outcome():
    n, runs, rate = 5, 3, 0.7
    chance = stats.binom.pmf(np.arange(n + 1), n, rate)
    outcomes = [(max(o) - min(o), max(o), np.prod(chance[list(o)])) for o in product(range(n + 1), repeat=runs)]
    for g in range(n + 1):
        exact = sum(p for gap, _, p in outcomes if gap >= g)
        assert range_by_chance(n, runs, rate, g).probability == pytest.approx(exact)
        assert best_by_chance(n, runs, rate, g).probability == pytest.approx(sum(p for _, b, p in outcomes if b >= g))
    assert range_by_chance(n, runs, rate, 2).mean_gap == pytest.approx(sum(gap * p for gap, _, p in outcomes))
    best = best_by_chance(n, runs, rate, 4)
    assert best.mean_hits == pytest.approx(sum(b * p for _, b, p in outcomes))
    assert best.flattery == pytest.approx(best.mean_hits / n - rate)


def test_shared_difficulty_narrows_the_range_and_its_translation_is_right():
    n, rate, shared = 40, 0.675, 0.6
    result = range_by_chance(n, 6, rate, 7, shared=shared)
    rng = np.random.default_rng(9)
    pair = rng.multivariate_normal([0, 0], [[1, shared], [shared, 1]], 400_000) < stats.norm.ppf(rate)
    assert result.hit_correlation == pytest.approx(np.corrcoef(pair.T)[0, 1], abs=0.01)
    independent = range_by_chance(n, 6, rate, 7)
    assert result.probability < independent.probability - 0.2
    assert result.mean_gap < independent.mean_gap - 1
    nearly = range_by_chance(n, 6, rate, 7, shared=1e-9)
    assert nearly.probability == pytest.approx(independent.probability, abs=0.015)
    assert nearly.mean_gap == pytest.approx(independent.mean_gap, abs=0.06)
    assert range_by_chance(n, 6, rate, 7, shared=shared) == result


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: range_by_chance(40, 1, 0.5, 2), "runs=1"),
        (lambda: range_by_chance(40, 6, 67, 2), "rate=67"),
        (lambda: range_by_chance(40, 6, 0.5, 41), "gap=41"),
        (lambda: range_by_chance(40, 6, 0.5, 4, shared=1), "shared=1"),
        (lambda: best_by_chance(40, 6, 0.5, -1), "hits=-1"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ReidError) as error:
        call()
    assert words in str(error.value)

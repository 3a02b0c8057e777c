"""Wilson's interval against its definition, scipy, and its coverage computed without any sampling."""

import json

import numpy as np
import pytest
from scipy import stats

from reidlib.errors import ReidError
from reidlib.evaluation.intervals import Interval, wilson, wilson_bounds


@pytest.mark.parametrize(("hits", "n"), [(0, 40), (1, 7), (24, 40), (31, 40), (40, 40), (130, 225)])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_wilson_equals_scipy(hits, n, level):
    ours, theirs = wilson(hits, n, level), stats.binomtest(hits, n).proportion_ci(level, method="wilson")
    assert ours.low == pytest.approx(theirs.low, abs=1e-12)
    assert ours.high == pytest.approx(theirs.high, abs=1e-12)
    assert (ours.estimate, ours.n, ours.level) == (hits / n, n, level)


def test_wilson_ends_are_the_rates_that_the_score_test_just_keeps():
    hits, n = np.arange(1, 40), 40
    for end in wilson_bounds(hits, n):
        assert abs(hits / n - end) / np.sqrt(end * (1 - end) / n) == pytest.approx(1.959964, abs=1e-5)


def _coverage(low, high, n, rates):
    hits = np.arange(n + 1)
    inside = (low[:, None] <= rates) & (rates <= high[:, None])
    return (stats.binom.pmf(hits[:, None], n, rates) * inside).sum(axis=0)


def test_wilson_covers_as_promised_where_the_textbook_interval_does_not():
    n, rates = 40, np.linspace(0.02, 0.98, 385)
    share = np.arange(n + 1) / n
    half = 1.959964 * np.sqrt(share * (1 - share) / n)
    ours = _coverage(*wilson_bounds(np.arange(n + 1), n), n, rates)
    textbook = _coverage(share - half, share + half, n, rates)
    assert abs(ours.mean() - 0.95) < 0.01
    assert ours.min() > 0.88
    assert textbook.mean() < 0.925
    assert textbook.min() < 0.6


def test_bounds_broadcast_and_stay_inside():
    low, high = wilson_bounds(np.array([[0], [5]]), np.array([5, 10, 20]))
    assert low.shape == high.shape == (2, 3)
    assert (low >= 0).all()
    assert (high <= 1).all()
    assert low[0].tolist() == [0, 0, 0]
    assert high[1, 0] == 1


@pytest.mark.parametrize(("hits", "n"), [(41, 40), (-1, 40), (0, 0), (np.nan, 4)])
def test_impossible_counts_are_named(hits, n):
    with pytest.raises(ReidError, match="hits of"):
        wilson(hits, n)


def test_interval_speaks_and_survives_json():
    known = Interval(0.5, 0.25, 0.75, 10)
    unknown = Interval(0.5, np.nan, np.nan, 1)
    assert 0.3 in known
    assert 0.8 not in known
    assert 0.5 not in unknown
    assert str(known) == "0.500 [0.250, 0.750], n=10"
    assert "no interval" in str(unknown)
    assert json.loads(json.dumps(unknown.as_dict(), allow_nan=False))["low"] is None

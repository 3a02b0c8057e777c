"""The CMC band against counting, and against the interval of each rank on its own."""

import numpy as np
import pytest

from reidlib.errors import ReidError
from reidlib.evaluation.bootstrap import bootstrap_interval
from reidlib.evaluation.cmc_band import cmc_band


def test_curve_and_band_by_rank():
    rng = np.random.default_rng(0)
    first, pids = rng.geometric(0.3, 200), np.arange(200) // 2
    band = cmc_band(first, pids, max_rank=6, resamples=800)
    for k in range(1, 7):
        expected = bootstrap_interval(first <= k, pids, resamples=800)
        assert (band.cmc[k - 1], band.low[k - 1], band.high[k - 1]) == pytest.approx(
            (expected.estimate, expected.low, expected.high)
        )
    assert (band.queries, band.identities) == (200, 100)


def test_everybody_found_is_not_certainty():
    band = cmc_band(np.repeat([1, 2], [30, 10]), np.repeat(np.arange(20), 2), max_rank=3)
    assert band.cmc.tolist() == [0.75, 1, 1]
    assert band.low[1:] == pytest.approx(20 / (20 + 1.959964**2))  # Wilson's lower end for 20 of 20 persons
    assert band.high[1:].tolist() == [1, 1]


def test_queries_without_a_match_are_left_out_and_draws_are_averaged():
    assert cmc_band([1, 0, 3], max_rank=3).cmc.tolist() == [0.5, 0.5, 1]
    draws = np.array([[1, 2, 0], [3, 2, 0], [2, 0, 0]])
    band = cmc_band(draws, [7, 8, 9], max_rank=3)
    assert band.queries == 2
    assert band.cmc == pytest.approx([(1 / 3 + 0) / 2, (2 / 3 + 1) / 2, 1])


@pytest.mark.parametrize(
    ("ranks", "pids", "words"),
    [
        ([0, 0], None, "none of 2 queries has a match"),
        ([1, -1], None, "first_ranks of shape (2,)"),
        ([1.5], None, "whole ranks"),
        ([1, np.nan], None, "nan at index 1"),
        ([1, 2], [1], "pids has shape (1,)"),
        (np.empty((1, 0)), None, "shape (1, 0)"),
    ],
)
def test_bad_ranks_are_named(ranks, pids, words):
    with pytest.raises(ReidError) as error:
        cmc_band(ranks, pids)
    assert words in str(error.value)

"""Notebook 07: the place of the first match as built is that of the library, at ties of every kind."""

import numpy as np
import pytest
from test_built_equals_library import built

from reidlib.evaluation.ranking import rank


@pytest.mark.parametrize("ties", ["optimistic", "stable", "pessimistic"])
@pytest.mark.parametrize("seed", range(5))
def test_first_ranks(seed, ties):
    rng = np.random.default_rng(seed)
    probes, gallery = rng.integers(0, 12, 25), rng.integers(0, 9, 33)  # some probes have no match, some have many
    distance = rng.integers(0, 5, (25, 33)) if seed else rng.random((25, 33))
    mine = built("07_training_and_ranking", "first_ranks")["first_ranks"](distance, probes, gallery, ties)
    library = rank(distance, probe_pids=probes, gallery_pids=gallery, probe_camids=np.zeros(25, int),
                   gallery_camids=np.ones(33, int), protocol="camera_pair", ties=ties)  # fmt: skip
    np.testing.assert_array_equal(mine, library.first_rank)
    assert (mine == 0).any()


def test_the_rule_for_ties_matters():
    """Features that collapsed into one point: an optimist finds everybody, a pessimist nobody."""
    first_ranks = built("07_training_and_ranking", "first_ranks")["first_ranks"]
    same, pids = np.zeros((7, 7)), np.arange(7)
    assert (first_ranks(same, pids, pids, "optimistic") == 1).all()
    assert (first_ranks(same, pids, pids, "stable") == 1 + pids).all()
    assert (first_ranks(same, pids, pids, "pessimistic") == 7).all()

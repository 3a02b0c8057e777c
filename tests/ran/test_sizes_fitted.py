"""A recipe's batches shrink to the people there are; what cannot shrink stays, and is refused by the sampler."""

import pytest

from reidlib.ran.recipes import recipe
from reidlib.ran.sizes import fitted


@pytest.mark.parametrize(("people", "identities"), [(20, 8), (8, 8), (6, 6), (2, 2), (1, 8)])
def test_identities_of_a_step(people, identities):
    pids = [pid for pid in range(people) for _ in range(2)]
    assert fitted(recipe("spread"), pids).identities == identities


def test_who_has_too_few_tracklets_does_not_count():
    assert fitted(recipe("spread"), [0, 0, 1, 1, 2, 2, 3, 4, 5, 6, 7]).identities == 3


def test_pairs_stay():
    assert fitted(recipe("pairs"), [0, 0, 1, 1]) == recipe("pairs")

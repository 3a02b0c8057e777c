"""RAN's Tables 4 and 5: hits behind the percentages, and what 40 and 225 identities can tell apart."""

from itertools import product

import numpy as np
import pytest
from scipy import stats

from reidlib.errors import ReidError
from reidlib.evaluation.papers import (
    TABLE_4,
    TABLE_5,
    PrintedTable,
    cells_explained,
    hits_of,
    pairings,
    possible_hits,
    printed,
    study,
)


def test_only_cutting_off_explains_every_cell_of_table_4():
    """62, 77, 92 and 97 are 62.5, 77.5, 92.5 and 97.5 of 40, cut off; 225 identities reach every percentage."""
    assert cells_explained(TABLE_4) == {"floor": (24, 24), "half_up": (12, 24), "half_even": (14, 24)}
    assert set(cells_explained(TABLE_5).values()) == {(24, 24)}


@pytest.mark.parametrize("n", [7, 40, 225])
def test_every_count_is_printed_as_one_percentage(n):
    for hits in range(n + 1):
        share = 100 * hits / n
        assert printed(hits, n, "floor") == int(share + 1e-9)
        assert printed(hits, n, "half_up") == int(share + 0.5 + 1e-9)
        assert printed(hits, n, "half_even") == int(np.round(np.round(share, 9)))
        assert hits in possible_hits(printed(hits, n), n)


def test_hits_of_table_4_are_unique_and_those_of_table_5_nearly():
    assert hits_of(TABLE_4) == [[24], [28], [25], [31], [28], [26]]
    assert [h[0] for h in hits_of(TABLE_4, 5)] == [37, 38, 38, 39, 39, 39]
    assert hits_of(TABLE_5) == [[126, 127, 128], [129, 130], [126, 127, 128], [126, 127, 128], [131, 132], [131, 132]]
    assert possible_hits(62, 40, "half_up") == []


def test_table_4_shows_no_difference():
    result = study(TABLE_4)
    assert result.hits == [24, 28, 25, 31, 28, 26]
    assert (result.best, result.gap) == (3, 7)
    for i, hits in enumerate(result.hits):
        ends = stats.binomtest(hits, 40).proportion_ci(method="wilson")
        assert (result.intervals[i].low, result.intervals[i].high) == pytest.approx((ends.low, ends.high))
    assert (result.intervals[3].low, result.intervals[3].high) == pytest.approx((0.625, 0.877), abs=5e-4)
    assert (result.intervals[0].low, result.intervals[0].high) == pytest.approx((0.446, 0.737), abs=5e-4)
    assert result.equal.p == pytest.approx(0.601, abs=5e-4)
    assert result.equal_p_range == (result.equal.p, result.equal.p)
    assert result.against_none.p == pytest.approx(0.147, abs=5e-4)


def test_table_4_is_what_luck_gives():
    result = study(TABLE_4)
    rng = np.random.default_rng(0)
    runs = rng.binomial(40, 162 / 240, (200_000, 6))
    gap = runs.max(axis=1) - runs.min(axis=1)
    assert result.range_chance.probability == pytest.approx((gap >= 7).mean(), abs=0.005)
    assert result.range_chance.mean_gap == pytest.approx(gap.mean(), abs=0.01)
    assert result.best_chance.probability == pytest.approx((runs.max(axis=1) >= 31).mean(), abs=0.005)
    assert result.best_chance.flattery == pytest.approx(runs.max(axis=1).mean() / 40 - 162 / 240, abs=0.001)
    assert result.range_chance.probability == pytest.approx(0.627, abs=5e-4)


def test_two_reversals_end_the_significance_of_table_4():
    paired = study(TABLE_4).paired
    assert [p.p for p in paired[:3]] == pytest.approx([2 / 2**7, 2 * (1 + 9) / 2**9, 2 * (1 + 11 + 55) / 2**11])
    assert paired[1].p < 0.05 < paired[2].p
    assert len(paired) == 10  # 9 queries are left that the better row misses
    assert len(pairings(31, 24, 40)) == len(pairings(24, 31, 40))


def test_table_5_is_flat_whichever_hits_are_behind_it():
    result = study(TABLE_5)
    assert result.hits == [127, 129, 127, 127, 131, 131]
    assert result.best == 4
    choices = np.array(list(product(*result.allowed)))
    rate = choices.mean(axis=1, keepdims=True) / 225
    chi = ((choices - 225 * rate) ** 2 / (225 * rate * (1 - rate))).sum(axis=1)
    p = stats.chi2.sf(chi, 5)
    assert result.equal_p_range == pytest.approx((p.min(), p.max()))
    assert result.equal_p_range[0] > 0.97
    assert result.equal_p_range[0] <= result.equal.p <= result.equal_p_range[1]
    assert result.range_chance.probability > 0.99
    assert result.against_none.p > 0.7


def test_shared_queries_make_the_same_range_less_likely():
    assert study(TABLE_4, shared=0.6).range_chance.probability < study(TABLE_4).range_chance.probability


def test_other_ranks_can_be_asked_and_constant_ones_are_refused():
    assert study(TABLE_4, 5).gap == 2
    with pytest.raises(ReidError, match="all 40 queries are hits"):
        study(TABLE_4, 20)
    with pytest.raises(ReidError, match="rank=3"):
        study(TABLE_4, 3)


def test_a_table_of_ones_own_and_a_rounding_that_cannot_be():
    own = PrintedTable("mine", "street", 40, (1,), {0: (78,), 1: (63,)})
    assert study(own, rounding="half_up").hits == [31, 25]
    with pytest.raises(ReidError, match="78 %, which no number of 40 gives by floor"):
        study(own)
    with pytest.raises(ReidError, match="rounding='up'"):
        printed(1, 2, "up")
    with pytest.raises(ReidError, match="41 and 3 hits of 40"):
        pairings(41, 3, 40)

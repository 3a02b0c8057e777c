"""Exact tests against statsmodels, scipy, formulas and hand-computed cases."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar

from reidlib.errors import ReidError
from reidlib.evaluation.exact_tests import equal_rates, fisher_exact, holm, mcnemar_counts, mcnemar_exact


def test_mcnemar_by_hand():
    assert mcnemar_counts(7, 0, 40).p == 2 / 2**7
    assert mcnemar_counts(0, 0, 40).p == 1
    assert mcnemar_counts(3, 3, 40).p == 1
    assert mcnemar_counts(9, 2, 40).p == pytest.approx(2 * (1 + 11 + 55) / 2**11)


def test_mcnemar_equals_statsmodels_on_every_small_table():
    for first_only in range(9):
        for second_only in range(9):
            ours = mcnemar_counts(first_only, second_only, 30).p
            theirs = mcnemar([[5, first_only], [second_only, 3]], exact=True).pvalue
            assert ours == pytest.approx(min(theirs, 1), abs=1e-12)


def test_mcnemar_counts_the_discordant_queries():
    first, second = np.array([1, 1, 1, 0, 0, 1], bool), np.array([1, 0, 0, 1, 0, 0], bool)
    result = mcnemar_exact(first, second)
    assert result == mcnemar_counts(3, 1, 6)
    assert result.statistic == 0.75


def test_fisher_and_equal_rates():
    ours = fisher_exact(31, 40, 24, 40)
    assert ours.p == pytest.approx(stats.fisher_exact([[31, 9], [24, 16]])[1])
    assert ours.statistic == pytest.approx(0.175)
    hits, n = np.array([24, 28, 25, 31, 28, 26]), 40
    rate = hits.sum() / (6 * n)
    chi = ((hits - n * rate) ** 2 / (n * rate * (1 - rate))).sum()
    result = equal_rates(hits.tolist(), n)
    assert result.statistic == pytest.approx(chi)
    assert result.p == pytest.approx(stats.chi2.sf(chi, 5))
    assert equal_rates([40, 40], 40).p == 1


def test_holm_by_hand():
    rows = holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005})
    assert [(r.name, r.adjusted, r.rejected) for r in rows] == [
        ("a", pytest.approx(0.03), True), ("b", pytest.approx(0.06), False),
        ("c", pytest.approx(0.06), False), ("d", pytest.approx(0.02), True),
    ]  # fmt: skip
    assert [r.adjusted for r in holm([0.6, 0.7])] == [1, 1]


def _step_down(p, level):
    """Holm in words: smallest first, each against level / (how many are left), the first failure stops the rest."""
    rejected = set()
    for step, i in enumerate(sorted(range(len(p)), key=lambda i: p[i])):
        if p[i] > level / (len(p) - step):
            break
        rejected.add(i)
    return rejected


def test_holm_rejects_what_the_step_down_rule_rejects():
    rng = np.random.default_rng(0)
    counts = []
    for _ in range(12):
        p = rng.random(6) ** 3
        rows = holm(p.tolist(), level=0.1)
        assert {i for i, row in enumerate(rows) if row.rejected} == _step_down(p, 0.1)
        assert all(row.adjusted >= row.p == p[i] for i, row in enumerate(rows))
        counts.append(sum(row.rejected for row in rows))
    assert min(counts) < max(counts)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: mcnemar_exact([1, 0], [1]), "first has 2 queries, second 1"),
        (lambda: mcnemar_exact([1, 0.5], [1, 0]), "other than 0 and 1"),
        (lambda: mcnemar_counts(30, 11, 40), "30 and 11 discordant queries of 40"),
        (lambda: fisher_exact(41, 40, 2, 40), "41 of 40"),
        (lambda: equal_rates([3, 50], 40), "hits [3, 50] of 40"),
        (lambda: equal_rates([3], 40), "two or more"),
        (lambda: holm([0.2, 1.2]), "1.2"),
        (lambda: holm([]), "p_values=[]"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ReidError) as error:
        call()
    assert words in str(error.value)

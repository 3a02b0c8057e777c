"""The bootstrap against all resamples written out, scipy's bootstrap, and its coverage in simulation."""

import time
from itertools import product

import numpy as np
import pytest
from scipy import stats

from reidlib.errors import ReidError
from reidlib.evaluation import bootstrap
from reidlib.evaluation.bootstrap import bootstrap_interval, paired_bootstrap, resample_means

VALUES = np.array([1.0, 0.0, 4.0, 2.0, 2.0, 7.0])
PERSONS = np.array(["c", "a", "a", "b", "c", "c"])


def test_replicates_follow_the_exact_distribution_over_persons():
    """Three persons have 27 equally likely resamples: the drawn means must be those, as often as they should."""
    by_person = [VALUES[p == PERSONS] for p in "abc"]
    exact = [np.concatenate([by_person[i] for i in draw]).mean() for draw in product(range(3), repeat=3)]
    drawn = resample_means(VALUES, PERSONS, resamples=40_000, seed=1)
    values, counts = np.unique(np.round(exact, 9), return_counts=True)
    found, found_counts = np.unique(np.round(drawn.replicates[:, 0], 9), return_counts=True)
    assert found.tolist() == values.tolist()
    assert stats.chisquare(found_counts, counts / 27 * 40_000).pvalue > 1e-3
    assert drawn.estimate[0] == pytest.approx(VALUES.mean())
    without = [np.concatenate([by_person[j] for j in range(3) if j != i]).mean() for i in range(3)]
    assert drawn.left_out[:, 0] == pytest.approx(without)


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_ends_agree_with_scipy(method):
    sample = np.random.default_rng(3).exponential(size=35)
    ours = bootstrap_interval(sample, resamples=60_000, method=method)
    theirs = stats.bootstrap((sample,), np.mean, n_resamples=60_000, method=method, rng=np.random.default_rng(0))
    width = theirs.confidence_interval.high - theirs.confidence_interval.low
    assert ours.low == pytest.approx(theirs.confidence_interval.low, abs=0.02 * width)
    assert ours.high == pytest.approx(theirs.confidence_interval.high, abs=0.02 * width)


def test_bca_moves_the_ends_of_skewed_data_only():
    skewed = np.random.default_rng(0).exponential(size=30)
    plain, corrected = bootstrap_interval(skewed), bootstrap_interval(skewed, method="bca")
    assert corrected.high > plain.high + 0.01
    even = np.concatenate([np.arange(30.0), -np.arange(30.0)])
    assert bootstrap_interval(even, method="bca").high == pytest.approx(bootstrap_interval(even).high, abs=0.3)
    constant = bootstrap_interval(np.ones(30), method="bca")
    assert (constant.low, constant.high) == (1, 1)


def test_coverage_over_persons_and_what_ignoring_them_costs():
    """5 queries a person that mostly succeed or fail together; truth .6; 400 studies of 60 persons."""
    rng = np.random.default_rng(7)
    studies, persons, queries = 400, 60, 5
    ease = rng.beta(0.6, 0.4, (studies, persons))
    hits = rng.random((studies, persons, queries)) < ease[..., None]
    owner = np.repeat(np.arange(persons), queries)
    covered = {"persons": 0, "queries": 0}
    for study in hits.reshape(studies, -1):
        covered["persons"] += 0.6 in bootstrap_interval(study, owner, resamples=1000)
        covered["queries"] += 0.6 in bootstrap_interval(study, resamples=1000)
    assert 0.91 < covered["persons"] / studies < 0.975
    assert covered["queries"] / studies < 0.8


def test_paired_difference_cancels_shared_difficulty():
    rng = np.random.default_rng(2)
    easy = rng.random(300)
    first, second = (easy + 0.03 * rng.standard_normal(300) + shift for shift in (0.02, 0.0))
    paired = paired_bootstrap(first, second)
    apart = bootstrap_interval(first), bootstrap_interval(second)
    assert paired.estimate == pytest.approx(first.mean() - second.mean())
    assert paired.low > 0
    assert paired.high - paired.low < 0.25 * sum(i.high - i.low for i in apart)
    swapped = paired_bootstrap(second, first)
    assert (swapped.low, swapped.high) == pytest.approx((-paired.high, -paired.low))


def test_pooled_splits_that_share_persons_need_the_persons_as_units():
    """Four random halves of 120 persons; a person's difference stays much the same from split to split; truth .1."""
    rng, covered = np.random.default_rng(3), {"persons": 0, "rows": 0}
    for _ in range(300):
        person = rng.normal(0.1, 0.3, 120)
        owner = np.concatenate([rng.permutation(120)[:60] for _ in range(4)])
        first = person[owner] + rng.normal(0, 0.1, 240)
        covered["persons"] += 0.1 in paired_bootstrap(first, np.zeros(240), owner, resamples=600)
        covered["rows"] += 0.1 in paired_bootstrap(first, np.zeros(240), resamples=600)
    assert 0.91 < covered["persons"] / 300 < 0.98
    assert covered["rows"] / 300 < 0.88


def test_columns_share_their_draws():
    table = np.random.default_rng(0).random((50, 3))
    drawn = resample_means(np.column_stack([table, table[:, 0] - table[:, 1]]), resamples=500)
    assert drawn.replicates[:, 3] == pytest.approx(drawn.replicates[:, 0] - drawn.replicates[:, 1])
    for k in range(3):
        assert resample_means(table[:, k], resamples=500).replicates[:, 0] == pytest.approx(drawn.replicates[:, k])


def test_seed_decides_and_block_size_does_not(monkeypatch):
    values, owner = np.random.default_rng(0).random(200), np.arange(200) // 3
    once = resample_means(values, owner, resamples=300, seed=5).replicates
    monkeypatch.setattr(bootstrap, "_BLOCK", 1000)
    again = resample_means(values, owner, resamples=300, seed=5).replicates
    assert again == pytest.approx(once, rel=1e-13)  # sums may round differently, draws may not differ
    assert not np.array_equal(once, resample_means(values, owner, resamples=300, seed=6).replicates)


def test_ten_thousand_paired_resamples_of_a_thousand_persons_in_a_second():
    first, second = np.random.default_rng(0).random((2, 1000)) < 0.6
    begin = time.perf_counter()
    paired_bootstrap(first, second, np.arange(1000), resamples=10_000)
    assert time.perf_counter() - begin < 1


def test_progress_reaches_the_end():
    seen = []
    resample_means(np.arange(1000.0), resamples=1000, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (1000, 1000)
    assert seen == sorted(seen)


def test_one_person_allows_no_interval():
    alone = bootstrap_interval([1.0, 0.0, 1.0], ["p", "p", "p"])
    assert alone.estimate == pytest.approx(2 / 3)
    assert not alone.known


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: paired_bootstrap([1, 0], [1]), "first has 2 queries, second 1"),
        (lambda: bootstrap_interval([]), "values is empty"),
        (lambda: bootstrap_interval([0.5, np.nan]), "nan at index 1"),
        (lambda: bootstrap_interval([0.5, 1], method="basic"), "method='basic'"),
        (lambda: bootstrap_interval([0.5, 1], level=1), "level=1"),
        (lambda: bootstrap_interval([0.5, 1], resamples=0), "resamples=0"),
        (lambda: resample_means(np.zeros((2, 2, 2))), "shape (2, 2, 2)"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ReidError) as error:
        call()
    assert words in str(error.value)

"""Ranking from distances: against plain Python, scikit-learn and hand-computed cases."""

from __future__ import annotations

import numpy as np
import pytest
from brute_ranking import assert_same, brute, pair_rule
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from reidlib.errors import ReidError
from reidlib.evaluation import counting, identities, sources
from reidlib.evaluation.matching import TIES
from reidlib.evaluation.protocols import CameraPair
from reidlib.evaluation.ranking import rank

DTYPES = (np.float16, np.float32, np.float64, np.int8, np.uint16, np.int64)


def labels(pp, gp, pc, gc):
    return dict(probe_pids=pp, gallery_pids=gp, probe_camids=pc, gallery_camids=gc)


@st.composite
def evaluations(draw):
    """Small evaluations with all that goes wrong: ties, junk, distractors, probes without a match, one camera."""
    probes, gallery = draw(st.integers(1, 6)), draw(st.integers(1, 40))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    dtype = draw(st.sampled_from(DTYPES))
    levels = draw(st.sampled_from([1, 2, 5, 100]))
    distance = rng.integers(0, levels, (probes, gallery))
    if dtype in (np.float16, np.float32, np.float64):
        # Signs, both zeros, and differences that float32 cannot see.
        distance = distance * rng.choice([-1.0, 1.0, 1.0, 1.0 + 2**-40], (probes, gallery))
    persons, cameras = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    pids = np.arange(-1, persons)
    return distance.astype(dtype), labels(
        rng.choice(pids, probes), rng.choice(pids, gallery), rng.integers(0, cameras, probes),
        rng.integers(0, cameras, gallery),
    )  # fmt: skip


@pytest.fixture(params=["as it is", "pick all", "pass over all", "sort all", "tiny blocks"])
def way(request, monkeypatch):
    """Each way through the counter, also with blocks so small that everything is split."""
    if request.param in ("pick all", "sort all"):
        monkeypatch.setattr(counting, "COMPARED_PER_PICK", 0)
        monkeypatch.setattr(counting, "SORT_FROM", 10**9 if request.param == "pick all" else 0)
    elif request.param == "pass over all":
        monkeypatch.setattr(counting, "COMPARED_PER_PICK", 10**9)
    elif request.param == "tiny blocks":
        monkeypatch.setattr(counting, "COMPARED_PER_PICK", 8)
        monkeypatch.setattr(counting, "SORT_FROM", 2)
        monkeypatch.setattr(counting, "TABLE_BYTES", 1)
        monkeypatch.setattr(sources, "BLOCK", 7)
        monkeypatch.setattr(identities, "PAIRS", 3)
    return request.param


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.usefixtures("way")
def test_equals_plain_python(ties):
    seen = {"valid": 0, "none": 0}

    @settings(max_examples=150, deadline=None)
    @given(evaluations(), st.sampled_from(["step", "trapezoid"]))
    def check(evaluation, ap):
        distance, ids = evaluation
        expected = brute(distance.tolist(), *(v.tolist() for v in ids.values()), ap=ap, ties=ties)
        if all(e is None for e in expected):
            with pytest.raises(ReidError, match="Found no valid query"):
                rank(distance, ap=ap, ties=ties, **ids)
            seen["none"] += 1
        else:
            assert_same(rank(distance, ap=ap, ties=ties, max_rank=12, **ids), expected)
            seen["valid"] += 1

    check()
    assert min(seen.values()) > 5


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("spread", [0.05, 0.5, 3.0])
def test_wide_galleries_easy_to_hard(spread):
    """Rows longer than a byte can count, with few and with many items before the worst match."""
    rng = np.random.default_rng(5)
    pids, gp = rng.integers(0, 20, 9), rng.integers(-1, 30, 5000)
    pc, gc = rng.integers(0, 3, 9), rng.integers(0, 3, 5000)
    distance = (rng.random((9, 5000)) + spread * (pids[:, None] != gp) / 2 + spread).astype(np.float32)
    distance[4] = distance[4].round(1)
    expected = brute(distance.tolist(), pids.tolist(), gp.tolist(), pc.tolist(), gc.tolist())
    assert_same(rank(distance, **labels(pids, gp, pc, gc)), expected)


def test_order_within_float32s_rounding_is_float64s():
    """float64 distances that are all one float32 keep their order."""
    rng = np.random.default_rng(2)
    distance = 1e6 + rng.permutation(400).reshape(4, 100) * 1e-9
    pids, gp, gc = np.arange(4), rng.integers(0, 4, 100), np.ones(100, int)
    assert len(np.unique(distance)) == 400
    assert len(np.unique(distance.astype(np.float32))) == 1
    expected = brute(distance.tolist(), pids.tolist(), gp.tolist(), [0] * 4, gc.tolist())
    assert_same(rank(distance, **labels(pids, gp, np.zeros(4, int), gc)), expected)


def test_step_ap_is_scikit_learns():
    rng = np.random.default_rng(0)
    distance, gp = rng.random((20, 300)), rng.integers(0, 20, 300)
    ranking = rank(distance, **labels(np.arange(20), gp, np.zeros(20, int), np.ones(300, int)))
    for i in range(20):
        assert abs(ranking.average_precision[i] - average_precision_score(gp == i, -distance[i])) < 1e-12


def test_by_hand():
    """One probe, ten items: junk and the own camera's item do not count; matches come at ranks 2, 3 and 7."""
    #            wrong junk own  match match wrong dist  wrong match wrong
    gp = np.array([2, -1, 1, 1, 1, 3, 0, 2, 1, 3])
    gc = np.array([0, 0, 0, 1, 2, 0, 1, 1, 1, 2])
    distance = np.arange(10.0)[None]
    ids = labels(np.array([1]), gp, np.array([0]), gc)
    step = rank(distance, **ids)
    assert step.first_rank.tolist() == [2]
    assert step.cmc[:3].tolist() == [0, 1, 1]
    assert step.mAP == pytest.approx((1 / 2 + 2 / 3 + 3 / 7) / 3, abs=1e-15)
    assert step.mINP == pytest.approx(3 / 7, abs=1e-15)
    trapezoid = rank(distance, ap="trapezoid", **ids)
    assert trapezoid.mAP == pytest.approx(((0 + 1 / 2) + (1 / 2 + 2 / 3) + (2 / 6 + 3 / 7)) / 6, abs=1e-15)
    # A match at rank 1: the precision before it is 1 by convention.
    first = rank(np.array([[1.0, 2.0]]), ap="trapezoid", **labels([1], [1, 2], [0], [1, 1]))
    assert first.mAP == 1


def test_ties_by_hand():
    """All distances equal: the rule alone decides."""
    ids = labels([1], [2, 2, 1, 2], [0], [1, 1, 1, 1])
    ranks = {ties: rank(np.ones((1, 4)), ties=ties, **ids).first_rank[0] for ties in TIES}
    assert ranks == {"stable": 3, "pessimistic": 4, "optimistic": 1}


def test_cmc_goes_on_flat_beyond_the_gallery():
    ranking = rank(np.array([[2.0, 1.0]]), max_rank=5, **labels([1], [1, 2], [0], [1, 1]))
    assert ranking.cmc.tolist() == [0, 1, 1, 1, 1]
    assert list(ranking.summary()["cmc"]) == ["1", "5"]


def test_summary_and_per_query():
    ranking = rank(np.array([[1.0, 2.0], [1.0, 2.0], [1.0, 2.0]]), **labels([1, 2, 9], [1, 2], [0, 0, 0], [1, 1]))
    assert ranking.summary(ranks=(1, 2)) == {
        "cmc": {"1": 0.5, "2": 1.0}, "mAP": 0.75, "mINP": 0.75, "queries": 2, "probes": 3, "draws": 1,
        "protocol": "market1501", "ap": "step", "ties": "stable",
        "notes": ["1 of 3 probes have no match and are not counted"],
    }  # fmt: skip
    per_query = ranking.per_query()
    assert per_query["first_rank"].tolist() == [1, 2, 0]
    np.testing.assert_array_equal(per_query["average_precision"], [1, 0.5, np.nan])
    np.testing.assert_array_equal(ranking.hits(1), [1, 0, np.nan])


def test_input_stays_untouched_and_layout_does_not_matter():
    rng = np.random.default_rng(1)
    distance, gp = rng.random((50, 60)).astype(np.float32), rng.integers(-1, 9, 60)
    ids = labels(rng.integers(0, 9, 50), gp, rng.integers(0, 2, 50), rng.integers(0, 2, 60))
    copy = distance.copy()
    expected = rank(distance, **ids)
    np.testing.assert_array_equal(distance, copy)
    frozen = np.asfortranarray(distance)
    frozen.flags.writeable = False
    for same in (frozen, np.repeat(distance, 2, axis=1)[:, ::2], distance.astype(np.float64)):
        np.testing.assert_array_equal(rank(same, **ids).average_precision, expected.average_precision)


def test_few_of_many_items_take_part():
    """A camera pair whose gallery is a small part of the items, not at all consecutive."""
    rng = np.random.default_rng(3)
    distance = rng.random((30, 400)).round(2)
    pp, gp, pc, gc = (rng.integers(0, n, s) for n, s in ((9, 30), (9, 400), (4, 30), (9, 400)))
    expected = brute(distance.tolist(), pp.tolist(), gp.tolist(), pc.tolist(), gc.tolist(), pair_rule(2, 5))
    assert_same(rank(distance, protocol=CameraPair(2, 5), **labels(pp, gp, pc, gc)), expected)


def test_progress_ends_at_the_total():
    calls = []
    ids = labels(np.arange(40), np.arange(40) % 30, np.zeros(40, int), np.ones(40, int))
    rank(np.ones((40, 40)), progress=lambda done, total: calls.append((done, total)), **ids)
    assert calls[-1] == (1600, 1600)
    calls.clear()
    rank(
        np.ones((40, 40)),
        protocol="single_gallery_shot:repeats=3",
        progress=lambda done, total: calls.append((done, total)),
        **ids,
    )
    assert calls[-1][0] == calls[-1][1]
    assert [done for done, _ in calls] == sorted(done for done, _ in calls)

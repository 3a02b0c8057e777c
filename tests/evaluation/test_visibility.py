"""The whole score of an attention: parts against independent references, floors, coverage, and named mistakes."""

import json
import time

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from reidlib.errors import ReidError
from reidlib.evaluation.bootstrap import bootstrap_interval, paired_bootstrap
from reidlib.evaluation.strata import auc_by_hidden_share
from reidlib.evaluation.visibility import score_attention


def _street(seed, tracklets=120, shift=0.3):
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, 50, tracklets)
    frames = int(lengths.sum())
    visibility = np.round(np.clip(rng.normal(0.6, 0.4, frames), 0, 1), 2)
    attention = 1 / (1 + np.exp(-(shift * visibility + rng.normal(0, 0.3, frames))))
    return attention, visibility, lengths


@pytest.fixture(scope="module")
def street():
    return _street(0)


@pytest.fixture(scope="module")
def report(street):
    attention, visibility = street[:2]
    return score_attention(*street, features_norm=visibility + attention, sharpness=np.arange(len(attention)),
                           resamples=2000)


def _reference(attention, visibility, lengths):
    auc, rho = [], []
    for a, v in zip(*(np.split(x, np.cumsum(lengths)[:-1]) for x in (attention, visibility)), strict=True):
        auc.append(roc_auc_score(v >= 0.5, a) if len(set(v >= 0.5)) == 2 else np.nan)
        rho.append(stats.spearmanr(a, v).statistic if len(set(v)) > 1 else np.nan)
    return np.array(auc), np.array(rho)


def test_means_and_counts_are_those_of_sklearn_and_scipy(street, report):
    attention, visibility = street[:2]
    auc, rho = _reference(*street)
    assert report.auc_per_tracklet == pytest.approx(auc, nan_ok=True)
    assert report.spearman_per_tracklet == pytest.approx(rho, nan_ok=True)
    assert report.attention.auc.estimate == pytest.approx(np.nanmean(auc))
    assert report.attention.spearman.estimate == pytest.approx(np.nanmean(rho))
    assert report.attention.pooled_auc.estimate == pytest.approx(roc_auc_score(visibility >= 0.5, attention))
    assert (report.tracklets, report.frames) == (120, len(attention))
    assert report.scored == np.isfinite(auc).sum() < 120
    assert report.varied == np.isfinite(rho).sum()
    assert report.visible_share == pytest.approx((visibility >= 0.5).mean())


def test_intervals_are_those_of_the_bootstrap_over_tracklets(street, report):
    auc, rho = (x[np.isfinite(x)] for x in _reference(*street))
    expected = bootstrap_interval(auc, resamples=2000)
    assert (report.attention.auc.low, report.attention.auc.high) == pytest.approx((expected.low, expected.high))
    expected, spearman = bootstrap_interval(rho, resamples=2000), report.attention.spearman
    assert (spearman.low, spearman.high) == pytest.approx((expected.low, expected.high))
    assert report.attention.auc.n == report.scored


def test_floors_and_oracle(street, report):
    assert list(report.floors) == ["uniform", "shuffled", "frame_index", "sharpness", "features_norm", "oracle"]
    uniform = report.floors["uniform"]
    assert (uniform.auc.low, uniform.auc.estimate, uniform.auc.high) == (0.5, 0.5, 0.5)
    assert (uniform.spearman.estimate, uniform.gain.estimate, uniform.pooled_auc.estimate) == (0, 0, 0.5)
    oracle = report.floors["oracle"]
    assert (oracle.auc.estimate, oracle.pooled_auc.estimate) == (1, 1)
    assert oracle.spearman.estimate == pytest.approx(1)
    assert oracle.gain.estimate > report.attention.gain.estimate > 0
    assert 0.5 in report.floors["shuffled"].auc
    assert 0.5 in report.floors["frame_index"].auc
    # Inside a tracklet a running count over all frames orders them as the frame index does.
    assert report.floors["sharpness"].auc == report.floors["frame_index"].auc


def test_leads_are_paired(street, report):
    visibility = street[1]
    assert report.attention.lead is None
    assert report.floors["uniform"].lead.estimate == pytest.approx(report.attention.auc.estimate - 0.5)
    rival = _reference(street[0] + visibility, *street[1:])[0]
    keep = np.isfinite(rival)
    expected = paired_bootstrap(report.auc_per_tracklet[keep], rival[keep], resamples=2000)
    lead = report.floors["features_norm"].lead
    assert (lead.estimate, lead.low, lead.high) == pytest.approx((expected.estimate, expected.low, expected.high))


def test_only_the_order_of_the_weights_counts(street, report):
    attention, visibility, lengths = street
    logits = np.log(attention / (1 - attention)) - 5
    again = score_attention(logits, visibility, lengths, resamples=2000)
    assert again.attention.auc == report.attention.auc
    assert again.attention.spearman == report.attention.spearman
    assert again.attention.gain is None
    assert again.floors["uniform"].gain.estimate == 0


def test_padded_with_mask_equals_flat(street, report):
    attention, visibility, lengths = street
    mask = np.arange(lengths.max()) < lengths[:, None]
    tables = [np.full(mask.shape, np.nan) for _ in range(2)]
    for table, values in zip(tables, (attention, visibility), strict=True):
        table[mask] = values
    again = score_attention(*tables, mask=mask, resamples=2000)
    assert again.attention == report.attention
    assert score_attention(*tables, lengths, resamples=2000).attention == report.attention


def test_threshold_moves_the_classes(street):
    strict = score_attention(*street, threshold=0.9, resamples=10)
    attention, visibility, _ = street
    assert strict.visible_share == pytest.approx((visibility >= 0.9).mean())
    assert strict.attention.pooled_auc.estimate == pytest.approx(roc_auc_score(visibility >= 0.9, attention))


def test_a_frame_at_the_threshold_is_visible():
    report = score_attention([2.0, 1.0], [0.5, 0.49], [2], resamples=10)
    assert report.attention.auc.estimate == 1
    assert report.visible_share == 0.5
    assert not report.attention.auc.known


def test_identities_are_drawn_whole():
    """Both tracklets of a person share how well attention works: 250 studies, truth from 20,000 persons."""

    def study(rng, persons):
        skill = np.repeat(rng.normal(0.5, 1.2, persons), 2)
        visibility = np.tile([0.0, 0.0, 0.0, 1.0, 1.0, 1.0], 2 * persons)
        attention = rng.normal(0, 1, 12 * persons) + np.repeat(skill, 6) * visibility
        return attention, visibility, np.full(2 * persons, 6), np.repeat(np.arange(persons), 2)

    rng = np.random.default_rng(1)
    truth = bootstrap_interval(
        score_attention(*study(rng, 20_000)[:3], resamples=1).auc_per_tracklet, resamples=1
    ).estimate
    covered = {"identities": 0, "tracklets": 0}
    for _ in range(250):
        attention, visibility, lengths, pids = study(rng, 40)
        for clusters, label in (("identities", pids), ("tracklets", None)):
            report = score_attention(attention, visibility, lengths, pids=label, resamples=400)
            assert report.clusters == clusters
            covered[clusters] += truth in report.attention.auc
    assert 0.9 < covered["identities"] / 250 < 0.985
    assert covered["tracklets"] < covered["identities"] - 8


def test_seed_and_progress(street):
    seen = []
    one = score_attention(*street, resamples=200, seed=3, progress=lambda *at: seen.append(at))
    assert seen[0] == (0, 6)
    assert seen[-1] == (6, 6)
    two = score_attention(*street, resamples=200, seed=3)
    assert one.as_dict() == two.as_dict()
    assert one.floors["shuffled"].auc != score_attention(*street, resamples=200, seed=4).floors["shuffled"].auc


def test_json_has_plain_numbers_only(report):
    as_json = json.loads(json.dumps(report.as_dict(), allow_nan=False))
    assert as_json["attention"]["auc"]["estimate"] == report.attention.auc.estimate
    assert as_json["attention"]["lead"] is None
    assert set(as_json["floors"]) == set(report.floors)
    assert as_json["threshold"] == 0.5


def test_ten_thousand_tracklets_in_seconds():
    rng = np.random.default_rng(0)
    lengths = rng.integers(23, 123, 10_000)
    visibility = rng.random(lengths.sum())
    begin = time.perf_counter()
    score_attention(visibility + rng.normal(0, 1, len(visibility)), visibility, lengths, resamples=1000)
    assert time.perf_counter() - begin < 20


def test_strata_by_hidden_share(street, report):
    strata = auc_by_hidden_share(report)
    visibility, lengths = street[1:]
    auc = _reference(*street)[0]
    hidden = np.array([(v < 0.5).mean() for v in np.split(visibility, np.cumsum(lengths)[:-1])])
    for stratum in strata:
        inside = (hidden > stratum.above) & (hidden <= stratum.up_to) & np.isfinite(auc)
        assert stratum.tracklets == inside.sum()
        if inside.any():
            assert stratum.auc.estimate == pytest.approx(auc[inside].mean())
    assert sum(s.tracklets for s in strata) == report.scored
    empty = auc_by_hidden_share(report, (0.0, 1e-6, 1.0))[0]
    assert (empty.tracklets, empty.auc) == (0, None)
    assert json.dumps(empty.as_dict(), allow_nan=False)


def _call(attention=(0.1, 0.2, 0.3, 0.4), visibility=(0.1, 0.9, 0.2, 0.8), lengths=(2, 2), **options):
    return score_attention(attention, visibility, lengths, resamples=10, **options)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"visibility": (1, 1, 0.5, 0.9)}, "the visibility of all 4 frames of 2 tracklets is at or above 0.5"),
        ({"visibility": (0, 0.1, 0.2, 0.3)}, "is below 0.5"),
        ({"visibility": (0.1, 0.1, 0.9, 0.9)}, "none of 2 tracklets"),
        ({"lengths": (1, 1, 1, 1)}, "none of 4 tracklets (the longest has 1 frames)"),
        ({"visibility": (0.1, 1.2, 0.2, 0.8)}, "visibility is 1.2 at frame 1 of tracklet 0"),
        ({"visibility": (10, 90, 20, 80)}, "visibility is 10 at frame 0 of tracklet 0 (4 frames outside)"),
        ({"attention": (0.1, 0.2, np.nan, 0.4)}, "attention is nan at frame 0 of tracklet 1"),
        ({"attention": (0.1, 0.2, 0.3)}, "attention has shape (3,), visibility (4,)"),
        ({"lengths": (2, 3)}, "sum to 5, but attention holds 4"),
        ({"sharpness": (1, 2, 3)}, "attention has shape (4,), sharpness (3,)"),
        ({"features_norm": (1, 2, 3, np.inf)}, "features_norm is inf at frame 1 of tracklet 1"),
        ({"pids": (1, 2, 3)}, "pids has shape (3,)"),
        ({"threshold": 50}, "threshold=50"),
        ({"level": 95}, "level=95"),
    ],
)
def test_mistakes_are_named_with_their_place(change, words):
    with pytest.raises(ReidError) as error:
        _call(**change)
    assert words in error.value.found

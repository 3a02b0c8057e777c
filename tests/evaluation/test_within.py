"""Scores inside tracklets against counting pairs, scikit-learn and scipy, on inputs full of ties."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import roc_auc_score

from reidlib.evaluation.ragged import Layout
from reidlib.evaluation.within import auc_within, gain_within, midranks, pooled_placements, spearman_within


def _pairs(attention, positive):
    """AUC by asking every pair."""
    wins = [(a > b) + 0.5 * (a == b) for a in attention[positive] for b in attention[~positive]]
    return np.mean(wins) if wins else np.nan


def _pieces(values, lengths):
    return np.split(values, np.cumsum(lengths)[:-1])


@given(st.lists(st.lists(st.tuples(st.integers(-2, 2), st.booleans()), min_size=1, max_size=9), min_size=1, max_size=6))
def test_auc_is_the_share_of_pairs_won(tracklets):
    lengths = np.array([len(t) for t in tracklets])
    attention = np.array([float(a) for t in tracklets for a, _ in t])
    positive = np.array([p for t in tracklets for _, p in t])
    layout = Layout(lengths)
    ours = auc_within(midranks(attention, layout), positive, layout)
    expected = [_pairs(a, p) for a, p in zip(_pieces(attention, lengths), _pieces(positive, lengths), strict=True)]
    assert ours == pytest.approx(expected, nan_ok=True, abs=0)
    if positive.any() and not positive.all():
        assert pooled_placements(attention, positive)[0] == pytest.approx(_pairs(attention, positive), abs=1e-15)


@pytest.fixture(scope="module")
def street():
    rng = np.random.default_rng(0)
    lengths = rng.integers(2, 60, 200)
    frames = int(lengths.sum())
    visibility = np.round(np.clip(rng.normal(0.6, 0.4, frames), 0, 1), 1)
    attention = np.round(visibility + rng.normal(0, 0.5, frames), 1).astype(np.float32)
    return attention.astype(np.float64), visibility, Layout(lengths)


def test_auc_and_spearman_equal_sklearn_and_scipy(street):
    attention, visibility, layout = street
    ranks, truth = midranks(attention, layout), midranks(visibility, layout)
    auc, rho = auc_within(ranks, visibility >= 0.5, layout), spearman_within(ranks, truth, layout)
    compared = 0
    pairs = zip(_pieces(attention, layout.lengths), _pieces(visibility, layout.lengths), strict=True)
    for i, (a, v) in enumerate(pairs):
        if len(set(v >= 0.5)) == 2:
            assert auc[i] == pytest.approx(roc_auc_score(v >= 0.5, a), abs=1e-12)
            compared += 1
        else:
            assert np.isnan(auc[i])
        if len(set(a)) > 1 and len(set(v)) > 1:
            assert rho[i] == pytest.approx(stats.spearmanr(a, v).statistic, abs=1e-12)
        else:
            assert rho[i] == 0 if len(set(v)) > 1 else np.isnan(rho[i])
    assert compared > 100


def test_midranks_equal_scipy_tracklet_by_tracklet(street):
    attention, _, layout = street
    expected = np.concatenate([stats.rankdata(a) for a in _pieces(attention, layout.lengths)])
    assert np.array_equal(midranks(attention, layout), expected)


def test_pooled_auc_equals_sklearn_and_its_placements_average_to_it(street):
    attention, visibility, _ = street
    positive = visibility >= 0.5
    auc, placements = pooled_placements(attention, positive)
    assert auc == pytest.approx(roc_auc_score(positive, attention), abs=1e-12)
    assert placements[positive].mean() == pytest.approx(placements[~positive].mean())


def test_constant_attention_scores_one_half_and_zero_and_constant_visibility_nothing():
    layout = Layout(np.array([4, 4, 1]))
    visibility = np.array([0.1, 0.9, 0.8, 0.2, 0.7, 0.7, 0.7, 0.7, 1.0])
    ranks = midranks(np.full(9, 3.3), layout)
    assert auc_within(ranks, visibility >= 0.5, layout).tolist()[0] == 0.5
    rho = spearman_within(ranks, midranks(visibility, layout), layout)
    assert rho[0] == 0
    assert np.isnan(rho[1:]).all()


def test_gain_by_hand_and_only_for_weights():
    layout = Layout(np.array([2, 3]))
    attention, visibility = np.array([3.0, 1, 0, 0, 0]), np.array([1.0, 0, 0.2, 0.4, 0.9])
    assert gain_within(attention, visibility, layout) == pytest.approx([0.75 - 0.5, 0])
    assert gain_within(attention - 1, visibility, layout) is None
    scaled = gain_within(attention * np.array([7, 7, 1, 1, 1]), visibility, layout)
    assert scaled == pytest.approx(gain_within(attention, visibility, layout))

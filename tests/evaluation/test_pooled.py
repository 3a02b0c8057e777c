"""The clustered variance of the pooled AUC against its formula in loops, a cluster bootstrap, and simulation."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from reidlib.evaluation.pooled import pooled_auc


def _study(rng, clusters=60, frames=12):
    """Tracklets with a level of attention of their own, most of them nearly all visible or nearly all hidden."""
    level, share = rng.normal(0, 1, (clusters, 1)), rng.beta(0.5, 0.4, (clusters, 1))
    positive = rng.random((clusters, frames)) < share
    attention = level + rng.normal(0, 1, (clusters, frames)) + 0.8 * positive
    return attention.ravel(), positive.ravel(), np.repeat(np.arange(clusters), frames)


def _obuchowski(attention, positive, cluster):
    """The paper's sums, one pair at a time."""
    x, y = attention[positive], attention[~positive]
    psi = (x[:, None] > y) + 0.5 * (x[:, None] == y)
    auc, count = psi.mean(), cluster.max() + 1
    v10 = [psi.mean(axis=1)[cluster[positive] == i] for i in range(count)]
    v01 = [psi.mean(axis=0)[cluster[~positive] == i] for i in range(count)]
    a = np.array([v.sum() - len(v) * auc for v in v10])
    b = np.array([v.sum() - len(v) * auc for v in v01])
    with_x, with_y = sum(len(v) > 0 for v in v10), sum(len(v) > 0 for v in v01)
    s10 = with_x / ((with_x - 1) * len(x)) * (a**2).sum()
    s01 = with_y / ((with_y - 1) * len(y)) * (b**2).sum()
    s11 = count / (count - 1) * (a * b).sum()
    return auc, s10 / len(x) + s01 / len(y) + 2 * s11 / (len(x) * len(y))


def test_interval_is_the_papers_formula_on_the_logit_scale():
    attention, positive, cluster = _study(np.random.default_rng(0))
    attention = np.round(attention, 1)  # ties
    positive[cluster == 3] = True  # a cluster without the other class
    auc, variance = _obuchowski(attention, positive, cluster)
    ours = pooled_auc(attention, positive, cluster)
    assert ours.estimate == pytest.approx(roc_auc_score(positive, attention))
    half = 1.959964 * np.sqrt(variance) / (auc * (1 - auc))
    logit = np.log([ours.low / (1 - ours.low), ours.high / (1 - ours.high)])
    assert logit == pytest.approx(np.log(auc / (1 - auc)) + half * np.array([-1, 1]), abs=1e-5)
    assert ours.n == 60


def test_interval_agrees_with_a_bootstrap_of_whole_clusters():
    attention, positive, cluster = _study(np.random.default_rng(1))
    ours = pooled_auc(attention, positive, cluster)
    rng, tables = np.random.default_rng(2), np.arange(720).reshape(60, 12)
    drawn = []
    for _ in range(800):
        rows = tables[rng.integers(0, 60, 60)].ravel()
        drawn.append(roc_auc_score(positive[rows], attention[rows]))
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert ours.high - ours.low == pytest.approx(high - low, rel=0.12)


def test_it_covers_the_truth_where_counting_frames_as_independent_does_not():
    rng = np.random.default_rng(3)
    truth = pooled_auc(*_study(rng, clusters=40_000)).estimate
    studies = [_study(rng) for _ in range(300)]
    by_cluster = np.mean([truth in pooled_auc(*study) for study in studies])
    by_frame = np.mean([truth in pooled_auc(a, p, np.arange(len(a))) for a, p, _ in studies])
    assert 0.91 < by_cluster < 0.985
    assert by_frame < 0.85


def test_edges_without_an_interval_and_without_width():
    positive = np.array([True, False, True, False])
    assert not pooled_auc(np.arange(4.0), positive, np.zeros(4, int)).known
    perfect = pooled_auc(positive.astype(float), positive, np.array([0, 0, 1, 1]))
    assert (perfect.low, perfect.estimate, perfect.high) == (1, 1, 1)
    flat = pooled_auc(np.ones(4), positive, np.array([0, 0, 1, 1]))
    assert (flat.low, flat.estimate, flat.high) == (0.5, 0.5, 0.5)
    one_sided = pooled_auc(np.array([3.0, 1, 2, 0]), np.array([True, False, False, False]), np.array([0, 0, 1, 1]))
    assert not one_sided.known

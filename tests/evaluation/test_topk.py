"""Exact top-k against sorting all float64 distances."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from reidlib.errors import ReidError
from reidlib.evaluation import arithmetic as arithmetic_module
from reidlib.evaluation import features as features_module
from reidlib.evaluation.arithmetic import BFloat16, Float32
from reidlib.evaluation.features import Features
from reidlib.evaluation.topk import topk


@pytest.fixture(params=["float32", "bfloat16"])
def arithmetic(request, monkeypatch):
    chosen = Float32() if request.param == "float32" else BFloat16(torch)
    monkeypatch.setattr(arithmetic_module, "fastest", lambda: chosen)


def brute_topk(x, y, k, metric):
    """Indices and distances of the k nearest by (distance, index)."""
    x, y = x.astype(np.float64), y.astype(np.float64)
    if metric == "euclidean":
        order = ((x[:, None] - y) ** 2).sum(axis=2)
        distance = np.sqrt(order)
    else:
        norms = [np.sqrt((v**2).sum(axis=1)) for v in (x, y)]
        order = -(x[:, None] * y).sum(axis=2) / (norms[0][:, None] * norms[1])
        distance = 1 + order
    items = np.argsort(order, axis=1, kind="stable")[:, :k]
    return items, np.take_along_axis(distance, items, axis=1)


@pytest.mark.usefixtures("arithmetic")
@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_small_whole_numbers_full_of_ties(metric):
    @settings(max_examples=60, deadline=None)
    @given(st.integers(0, 2**32 - 1), st.integers(1, 8), st.integers(1, 90), st.integers(1, 20), st.data())
    def check(seed, probes, gallery, dimensions, data):
        k = data.draw(st.integers(1, gallery))
        rng = np.random.default_rng(seed)
        x, y = (rng.integers(-2, 3, (n, dimensions)).astype(np.float32) for n in (probes, gallery))
        for vectors in (x, y):
            vectors[~vectors.any(axis=1), 0] = 1
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(features_module, "TILE_ITEMS", 16)
            patch.setattr(features_module, "TILE_PROBES", 3)
            found = topk(x, y, k, metric=metric)
        items, distances = brute_topk(x, y, k, metric)
        np.testing.assert_array_equal(found.items, items)
        np.testing.assert_allclose(found.distances, distances, rtol=1e-14, atol=1e-15)

    check()


@pytest.mark.usefixtures("arithmetic")
@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("order", ["random", "nearest last"])
def test_many_items(metric, order):
    """The worst order for a bound that tightens: each tile is nearer than all before."""
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((6, 16)).astype(np.float32), rng.standard_normal((20_000, 16)).astype(np.float32)
    if order == "nearest last":
        y = y[np.argsort(-np.linalg.norm(y - x[0], axis=1))]
    y[15_000:15_100] = y[19_000:19_100]
    found = topk(x, y, 50, metric=metric)
    items, distances = brute_topk(x, y, 50, metric)
    np.testing.assert_array_equal(found.items, items)
    np.testing.assert_allclose(found.distances, distances, rtol=1e-13)


def test_identical_items_come_in_index_order(arithmetic):
    found = topk(np.ones((2, 8)), np.full((9000, 8), 2.0), 5)
    assert found.items.tolist() == [[0, 1, 2, 3, 4]] * 2
    assert np.unique(found.distances).tolist() == [np.sqrt(8)]


def test_itself_at_distance_zero():
    """Identical vectors are at distance 0 exactly, which a matrix product alone does not give."""
    y = (np.random.default_rng(0).standard_normal((500, 64)) + 10).astype(np.float32)
    found = topk(y[100:110], y, 1)
    assert found.items[:, 0].tolist() == list(range(100, 110))
    assert (found.distances == 0).all()


def test_coarse_products_give_way(monkeypatch):
    monkeypatch.setattr(arithmetic_module, "fastest", lambda: BFloat16(torch))
    refined = []
    monkeypatch.setattr(Features, "refine", lambda self: refined.append(self) or setattr(self, "arithmetic", Float32()))
    rng = np.random.default_rng(0)
    x, y = 1 + 1e-3 * rng.standard_normal((4, 32)), 1 + 1e-3 * rng.standard_normal((5000, 32))
    found = topk(x, y, 3)
    assert len(refined) == 1
    np.testing.assert_array_equal(found.items, brute_topk(x, y, 3, "euclidean")[0])


def test_progress_ends_at_the_total():
    calls = []
    topk(np.ones((300, 4)), np.ones((5000, 4)), 2, progress=lambda done, total: calls.append((done, total)))
    assert calls[-1] == (1_500_000, 1_500_000)
    assert calls == sorted(calls)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"k": 4}, "k=4 for 3 gallery items"),
        ({"k": 0}, "k=0"),
        ({"gallery_features": np.full((3, 4), np.nan)}, r"nan at gallery_features\[0, 0\]"),
        ({"gallery_features": np.ones((3, 5))}, "of 4 and gallery_features of 5 dimensions"),
        ({"probe_features": np.ones(4)}, r"probe_features of shape \(4,\)"),
        ({"metric": "dot"}, "metric='dot'"),
    ],
)
def test_wrong_input(change, sentence):
    good = dict(probe_features=np.ones((2, 4)), gallery_features=np.ones((3, 4)), k=2)
    assert topk(**good).items.shape == (2, 2)
    with pytest.raises(ReidError, match=sentence):
        topk(**(good | change))

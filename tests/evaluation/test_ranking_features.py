"""Ranking and searching from features: the answer of float64 brute force, whatever arithmetic does the products."""

from __future__ import annotations

import math
import sys

import numpy as np
import pytest
import torch
from brute_ranking import assert_same, brute
from hypothesis import given, settings
from hypothesis import strategies as st

from reidlib.evaluation import arithmetic as arithmetic_module
from reidlib.evaluation import features as features_module
from reidlib.evaluation.arithmetic import BFloat16, Float32
from reidlib.evaluation.features import Features
from reidlib.evaluation.ranking import rank

METRICS = ("euclidean", "cosine")


@pytest.fixture(params=["float32", "bfloat16"])
def arithmetic(request, monkeypatch):
    """Products in float32, or in bfloat16 even where the processor is slow at it."""
    chosen = Float32() if request.param == "float32" else BFloat16(torch)
    monkeypatch.setattr(arithmetic_module, "fastest", lambda: chosen)
    return request.param


def plain_distance(x, y, metric):
    """Distances in plain Python: |x - y|², or minus the cosine."""
    if metric == "euclidean":
        return [[sum((a - b) ** 2 for a, b in zip(p, g, strict=True)) for g in y] for p in x]
    norms = [[math.sqrt(sum(a * a for a in v)) for v in vectors] for vectors in (x, y)]
    return [
        [-sum(a * b for a, b in zip(p, g, strict=True)) / (m * n) for g, n in zip(y, norms[1], strict=True)]
        for p, m in zip(x, norms[0], strict=True)
    ]


def random_labels(rng, probes, gallery, persons=4, cameras=2):
    return dict(
        probe_pids=rng.integers(0, persons, probes),
        gallery_pids=rng.integers(-1, persons, gallery),
        probe_camids=rng.integers(0, cameras, probes),
        gallery_camids=rng.integers(0, cameras, gallery),
    )


@pytest.mark.usefixtures("arithmetic")
@pytest.mark.parametrize("metric", METRICS)
def test_equals_plain_python_with_ties(metric):
    """Features of small whole numbers: float64 is exact, duplicates and equal distances abound."""

    @settings(max_examples=80, deadline=None)
    @given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(20, 60), st.integers(1, 70), st.integers(1, 3))
    def check(seed, probes, gallery, dimensions, spread):
        rng = np.random.default_rng(seed)
        x, y = (rng.integers(-spread, spread + 1, (n, dimensions)) for n in (probes, gallery))
        for vectors in (x, y):
            vectors[~vectors.any(axis=1), 0] = 1
        ids = random_labels(rng, probes, gallery)
        ids["gallery_pids"][0], ids["gallery_camids"][0] = ids["probe_pids"][0], 1 - ids["probe_camids"][0]
        expected = brute(plain_distance(x.tolist(), y.tolist(), metric), *(v.tolist() for v in ids.values()))
        dtype = rng.choice([np.float16, np.float32, np.float64])
        ranking = rank(probe_features=x.astype(dtype), gallery_features=y.astype(dtype), metric=metric, **ids)
        assert_same(ranking, expected)

    check()


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("noise", [0.4, 1.5, 6.0])
def test_easy_to_hard_with_all_pieces_small(metric, noise, arithmetic, monkeypatch):
    monkeypatch.setattr(features_module, "TILE_ITEMS", 37)
    monkeypatch.setattr(features_module, "TILE_PROBES", 5)
    rng = np.random.default_rng(0)
    persons = rng.standard_normal((12, 30))
    ids = random_labels(rng, 40, 300, persons=12)
    x, y = (
        persons[ids[side]] + noise * rng.standard_normal((len(ids[side]), 30)) + 3
        for side in ("probe_pids", "gallery_pids")
    )
    y[200:220] = y[:20]
    expected = brute(plain_distance(x.tolist(), y.tolist(), metric), *(v.tolist() for v in ids.values()))
    assert_same(rank(probe_features=x, gallery_features=y, metric=metric, **ids), expected)


@pytest.mark.parametrize("metric", METRICS)
def test_equal_vectors_are_ties_wherever_they_stand(metric, arithmetic):
    """One vector repeated in blocks and rows of odd sizes must give one distance, so that the index decides."""
    rng = np.random.default_rng(1)
    vector = rng.standard_normal(101).astype(np.float32)
    y = np.tile(vector, (4500, 1))
    ids = dict(probe_pids=[1] * 3, probe_camids=[0] * 3, gallery_camids=np.ones(4500, int))
    gallery_pids = np.full(4500, 2)
    gallery_pids[4321] = 1
    x = rng.standard_normal((3, 101)).astype(np.float32)
    ranking = rank(probe_features=x, gallery_features=y, gallery_pids=gallery_pids, metric=metric, **ids)
    assert ranking.first_rank.tolist() == [4322] * 3


def features_of(kind):
    """20 probes, 150 items, the last 50 nearly copies of the first; in float64."""
    rng = np.random.default_rng(4)
    x, y = (rng.standard_normal((n, 3 if kind == "few dimensions" else 200)) for n in (20, 150))
    if kind == "unit":
        x, y = (v / np.linalg.norm(v, axis=1, keepdims=True) for v in (x, y))
    elif kind == "far from zero":
        x, y = x + 50, y + 50
    elif kind == "mixed lengths":
        x, y = (v * 10.0 ** rng.uniform(-3, 3, (len(v), 1)) for v in (x, y))
    elif kind == "one outlier":
        y[7] *= 1e6
    elif kind in ("tiny", "huge"):
        x, y = (v * {"tiny": 1e-12, "huge": 1e10}[kind] for v in (x, y))
    elif kind == "aligned rounding":
        # bfloat16 takes from each component as much as it can, in the direction of the vector: the bound is nearly met.
        x, y = (np.ones_like(v) * (1 + 2.0**-8 * rng.uniform(0.5, 1.5, (len(v), 1))) for v in (x, y))
        x[:, ::2], y[:, 1::2] = 0.9 * x[:, ::2], 0.9 * y[:, 1::2]
    y[100:] = y[:50] * (1 + 1e-6 * rng.standard_normal(y[:50].shape))
    return x, y


KINDS = (
    "unit", "far from zero", "mixed lengths", "few dimensions", "one outlier", "tiny", "huge", "aligned rounding"
)  # fmt: skip


@pytest.mark.usefixtures("arithmetic")
@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("kind", KINDS)
def test_intervals_hold(metric, kind):
    """No pair of items is decided wrongly: below lo really means nearer, above hi farther; and most are decided."""
    x, y = features_of(kind)
    source = Features(x, y, metric)
    probes, items = np.arange(len(x)), np.arange(len(y))
    values = np.empty((len(x), len(y)), np.float32)
    interval = source.tile(items).fill(source.prepare(probes), values)
    exact = source.exact(np.repeat(probes, len(y)), np.tile(items, len(x))).reshape(values.shape)
    decided = 0
    for j in items:
        lo, hi = interval(probes, exact[:, j])
        below, above = values < lo[:, None], values > hi[:, None]
        assert (exact[below] < np.repeat(exact[:, j], below.sum(axis=1))).all()
        assert (exact[above] > np.repeat(exact[:, j], above.sum(axis=1))).all()
        decided += np.count_nonzero(below | above)
    if kind in ("unit", "few dimensions", "tiny", "huge"):
        assert decided > 0.7 * len(x) * len(y) ** 2


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("kind", KINDS)
def test_the_closer_look_is_as_close_as_it_says(metric, kind, monkeypatch):
    monkeypatch.setattr(arithmetic_module, "fastest", lambda: BFloat16(torch))
    x, y = features_of(kind)
    source = Features(x, y, metric)
    probes, items = np.repeat(np.arange(len(x)), len(y)), np.tile(np.arange(len(y)), len(x))
    value, error = source.closer(probes, items)
    exact = source.exact(probes, items)
    assert (np.abs(value - exact) <= error).all()
    lengths = 1 if metric == "cosine" else np.linalg.norm(x, axis=1)[probes] * np.linalg.norm(y, axis=1)[items]
    if kind != "mixed lengths":
        assert (error <= 1e-4 * lengths).all() or kind == "one outlier"
    source.refine()
    assert source.closer(probes, items) is None


def test_coarse_products_give_way_when_they_decide_too_little(monkeypatch):
    """Features so close together that bfloat16 cannot tell them apart: the source turns to float32 by itself."""
    monkeypatch.setattr(arithmetic_module, "fastest", lambda: BFloat16(torch))
    sources = []
    monkeypatch.setattr(Features, "refine", lambda self: sources.append(self) or setattr(self, "arithmetic", Float32()))
    rng = np.random.default_rng(0)
    x, y = 1 + 1e-3 * rng.standard_normal((8, 64)), 1 + 1e-3 * rng.standard_normal((900, 64))
    ids = random_labels(rng, 8, 900)
    ranking = rank(probe_features=x, gallery_features=y, **ids)
    assert len(sources) == 1
    expected = brute(plain_distance(x.tolist(), y.tolist(), "euclidean"), *(v.tolist() for v in ids.values()))
    assert_same(ranking, expected)


def test_pytorchs_defaults_do_not_matter():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((5, 9)).astype(np.float32)
    expected = BFloat16(torch).rounded(x)
    with torch.device("meta"):
        torch.set_default_dtype(torch.float64)
        try:
            vectors, lost = BFloat16(torch).rounded(x)
        finally:
            torch.set_default_dtype(torch.float32)
    assert torch.equal(vectors, expected[0])
    np.testing.assert_array_equal(lost, expected[1])


def test_pytorch_is_taken_only_when_already_there(monkeypatch):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": True})
    assert isinstance(arithmetic_module.fastest(), BFloat16)
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": False})
    assert isinstance(arithmetic_module.fastest(), Float32)
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"amx_bf16": True})
    monkeypatch.delitem(sys.modules, "torch")
    assert isinstance(arithmetic_module.fastest(), Float32)

"""Whole galleries in context: modes that must agree do, each is what the network says, and bad input is named."""

import numpy as np
import pytest
import torch
from context_maker import FORMS, D, G, P, alone, built, data, minus_cos, plain, same, told, whole

from reidlib.arm.context import MODES, features_in_context, rank_in_context
from reidlib.arm.context_parts import dealt
from reidlib.arm.systems import System
from reidlib.errors import ReidError
from reidlib.evaluation.ranking import rank
from reidlib.training.seeded import seeded

forms = pytest.mark.parametrize("form", FORMS)


def test_without_encoders_full_is_independent_is_the_ranking_of_z():
    given = data()
    given = {name: value.astype(np.float32) if name.endswith("z") else value for name, value in given.items()}
    labels = {name: value for name, value in given.items() if not name.endswith("z")}
    expected = rank(probe_features=given["probe_z"], gallery_features=given["gallery_z"], metric="cosine", **labels)
    assert 0.1 < expected.mAP < 0.9
    for mode in MODES:
        assert same(rank_in_context(plain(), **given, mode=mode, k=7, m=9), expected)
    assert same(rank_in_context(built("arm"), **given, mode="independent"), expected)
    assert rank_in_context(built("arm"), **given).mAP != expected.mAP


@forms
def test_a_shortlist_or_a_chunk_of_everything_is_the_full_gallery(form):
    network, given = built(form), data()
    full = rank_in_context(network, **given)
    assert same(rank_in_context(network, **given, mode="shortlist", k=10 * G), full)
    assert same(rank_in_context(network, **given, mode="chunk", m=10 * G), full)
    f, g = features_in_context(network, **told(given))
    for options in ({"mode": "shortlist", "k": G}, {"mode": "chunk", "m": G}):
        shift = 3 if options["mode"] == "shortlist" else 0
        np.testing.assert_allclose(whole(network, given, **options), minus_cos(f, g) - shift, rtol=0, atol=1e-12)


@forms
def test_full_gives_what_the_network_gives(form):
    network, given = built(form), data(probes=5)
    f, g = features_in_context(network, **told(given))
    for p in range(5):
        expected = alone(network, given["probe_z"], given["gallery_z"], given, p, np.arange(G))
        np.testing.assert_allclose(minus_cos(f[p:p + 1], g)[0], expected, rtol=0, atol=1e-12)


@forms
def test_a_shortlist_ranks_its_items_again_and_leaves_the_rest_behind(form):
    network, given, k = built(form), data(1, probes=6), 10
    independent = minus_cos(given["probe_z"], given["gallery_z"])
    distance = whole(network, given, mode="shortlist", k=k)
    for p in range(6):
        nearest = np.sort(np.argsort(independent[p])[:k])
        rest = np.setdiff1d(np.arange(G), nearest)
        expected = alone(network, given["probe_z"], given["gallery_z"], given, p, nearest)
        np.testing.assert_allclose(distance[p, nearest] + 3, expected, rtol=0, atol=1e-12)
        np.testing.assert_allclose(distance[p, rest], independent[p, rest], rtol=0, atol=1e-12)
        assert distance[p, nearest].max() < distance[p, rest].min()


@forms
def test_a_chunk_is_a_gallery_of_its_own(form):
    network, given, m = built(form), data(2, probes=4), 16
    distance = whole(network, given, mode="chunk", m=m, seed=5)
    items, real = dealt(G, m, 5)
    assert items.shape == (4, 15)
    for chunk, there in zip(items, real, strict=True):
        for p in range(4):
            expected = alone(network, given["probe_z"], given["gallery_z"], given, p, chunk[there])
            np.testing.assert_allclose(distance[p, chunk[there]], expected, rtol=0, atol=1e-12)
    assert np.array_equal(distance, whole(network, given, mode="chunk", m=m, seed=5))
    assert np.abs(distance - whole(network, given, mode="chunk", m=m, seed=6)).max() > 1e-3


@pytest.mark.parametrize(("n", "m"), [(1, 1), (7, 7), (7, 3), (64, 9), (65, 64), (5, 1), (10, 4)])
def test_cards_are_dealt_once_each_in_hands_that_differ_by_one_at_most(n, m):
    items, real = dealt(n, m, 0)
    assert len(items) == -(-n // m)
    sizes = real.sum(1)
    assert sizes.max() <= m
    assert sizes.max() - sizes.min() <= 1
    assert sorted(items[real]) == list(range(n))
    assert all((np.diff(hand[there]) > 0).all() for hand, there in zip(items, real, strict=True))
    assert (items[~real] == items[np.nonzero(~real)[0], 0]).all()


def test_tensors_do_as_well_and_progress_comes_to_its_end():
    network, given = built("arm"), data(10)
    tensors = {name: torch.from_numpy(value) if name.endswith("z") else value for name, value in given.items()}
    for mode in MODES:
        heard = []
        result = rank_in_context(network, **tensors, mode=mode, progress=lambda *parts, to=heard: to.append(parts))
        assert same(result, rank_in_context(network, **given, mode=mode))
        assert heard[-1][0] == heard[-1][1]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda x: x.update(gallery_pids=np.full(G, -1)), "60 gallery items, all of them junk"),
        (lambda x: x.update({name: x[name][:0] for name in x if name[0] == "g"}), r"gallery_z of shape \(0"),
        (lambda x: x.update({name: x[name][:0] for name in x if name[0] == "p"}), r"probe_z of shape \(0"),
        (lambda x: x.update(mode="all"), "mode='all'.*'full' or 'independent'"),
        (lambda x: x.update(mode="shortlist", k=0), "k=0.*from 1"),
        (lambda x: x.update(mode="chunk", m=0), "m=0.*from 1"),
        (lambda x: x["probe_z"].__setitem__((4, 2), np.nan), "1 of 300 rows of probe_z, first in row 4"),
        (lambda x: x["gallery_z"].__setitem__((7, 0), np.inf), "1 of 60 rows of gallery_z, first in row 7"),
        (lambda x: x.update(probe_z=x["probe_z"][:, :5]), "5 and gallery_features of 8 dim"),
        (lambda x: x.update(probe_z=x["probe_z"][:, :5], gallery_z=x["gallery_z"][:, :5]), "5 dimensions.*8, the netw"),
        (lambda x: x.update(gallery_camids=x["gallery_camids"][:9]), "9 gallery_camids for 60"),
        (lambda x: x.update(probe_pids=np.full(P, 500), mode="chunk"), "no valid query: of 300 probes 0"),
    ],
)
def test_bad_input_is_named(change, sentence):
    given = data()
    change(given)
    with pytest.raises(ReidError, match=sentence):
        rank_in_context(built("arm"), **given)


def test_cameras_that_do_not_fit_are_named_without_labels_too():
    given = told(data()) | {"probe_camids": np.zeros(3, np.int64)}
    with pytest.raises(ReidError, match=r"probe_camids of shape \(3,\) for 300"):
        features_in_context(built("arm"), **given)


def test_a_large_gallery_takes_memory_by_the_item_not_by_the_pair():
    """Features of 1,500 × 1,500 in context, and nothing holds a number for each pair."""
    from torch.utils._python_dispatch import TorchDispatchMode

    class Largest(TorchDispatchMode):
        numel = 0

        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            result = function(*args, **(kwargs or {}))
            for each in result if isinstance(result, tuple | list) else [result]:
                if isinstance(each, torch.Tensor):
                    self.numel = max(self.numel, each.numel())
            return result

    with seeded("context"):
        given = {name: torch.randn(1500, D) for name in ("probe_z", "gallery_z")}
    camids = np.arange(1500) % 6
    network = System("arm").on_features(D, neck=False).network(0)
    with Largest() as largest:
        features_in_context(network, **given, probe_camids=camids, gallery_camids=camids)
    assert largest.numel <= 256 * 1500 < 1500**2

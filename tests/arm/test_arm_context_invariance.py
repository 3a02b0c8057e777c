"""What must not reach a ranking in context: labels, junk, other probes; the order of a list, but for an LSTM."""

import inspect

import numpy as np
import pytest
import torch
from context_maker import FORMS, D, G, built, data, minus_cos, plain, same, told, whole, without_junk

from reidlib.arm.context import MODES, PARTS, distances_in_context, features_in_context, flip_rate, rank_in_context
from reidlib.evaluation.ranking import rank

forms = pytest.mark.parametrize("form", FORMS)


@forms
@pytest.mark.parametrize("mode", MODES)
def test_probes_do_not_know_each_other(form, mode):
    network, given = built(form), data(3)
    every = rank_in_context(network, **given, mode=mode, k=8, m=8)
    some = np.array([3, 290, 17])
    fewer = {name: value[some] if name.startswith("probe") else value for name, value in given.items()}
    one = rank_in_context(network, **fewer, mode=mode, k=8, m=8)
    assert np.array_equal(one.first_rank, every.first_rank[some])
    np.testing.assert_array_equal(one.average_precision, every.average_precision[some])


@forms
@pytest.mark.parametrize("mode", MODES)
def test_junk_changes_nothing_and_a_distractor_changes_the_others(form, mode):
    network, given = built(form), data(4)
    options = {"mode": mode, "k": 20, "m": 20}
    results = {}
    for pid in (-1, 0):
        moved = given["gallery_z"].copy()
        moved[given["gallery_pids"] == pid] = 9 * np.random.default_rng(0).normal(size=D)
        results[pid] = rank_in_context(network, **(given | {"gallery_z": moved}), **options)
    as_given = rank_in_context(network, **given, **options)
    assert same(results[-1], as_given)
    assert same(rank_in_context(network, **without_junk(given), **options), as_given)
    assert not np.array_equal(results[0].average_precision, as_given.average_precision)


def test_a_distractor_changes_the_features_of_others():
    network, given = built("arm"), data(4)
    moved = given["gallery_z"].copy()
    moved[0] = 3 * np.random.default_rng(0).normal(size=D)
    (f, g), (f_moved, g_moved) = (features_in_context(network, **(told(given) | {"gallery_z": z}))
                                  for z in (given["gallery_z"], moved))
    assert np.abs(f - f_moved).max(1).min() > 1e-6
    assert np.abs(g - g_moved)[1:].max(1).min() > 1e-6


@forms
@pytest.mark.parametrize("mode", MODES)
def test_other_labels_are_judged_by_the_same_distances(form, mode):
    network, given = built(form), without_junk(data(5))
    if mode in PARTS:
        distance = whole(network, given, mode=mode, k=8, m=8)
    elif mode == "full":
        distance = minus_cos(*features_in_context(network, **told(given)))
    else:
        distance = minus_cos(given["probe_z"], given["gallery_z"])
    labels = {name: value for name, value in given.items() if not name.endswith("z")}
    found = []
    for seed in range(3):
        labels["gallery_pids"] = np.random.default_rng(seed).permutation(given["gallery_pids"])
        result = rank_in_context(network, **(given | labels), mode=mode, k=8, m=8)
        expected = rank(distance, **labels)
        np.testing.assert_array_equal(result.first_rank, expected.first_rank)
        np.testing.assert_allclose(result.average_precision, expected.average_precision, rtol=1e-12)
        found.append(result.mAP)
    assert len(set(found)) == 3
    for function in (features_in_context, distances_in_context, flip_rate):
        assert not any("pid" in name for name in inspect.signature(function).parameters)


@pytest.mark.parametrize("mode", ["full", "shortlist", "chunk"])
def test_the_camera_of_a_probe_is_hidden_from_its_reads_on_request(mode):
    given, options = data(6), {"mode": mode, "k": 20, "m": 20}
    network, hidden = built("arm"), built("hidden")
    shown = rank_in_context(network, **given, **options)
    masked = rank_in_context(network, **given, **options, mask_same_camera=True)
    assert shown.mAP != masked.mAP
    assert same(masked, rank_in_context(hidden, **given, **options))
    assert same(shown, rank_in_context(hidden, **given, **options, mask_same_camera=False))
    assert not network.probe.mask_same_camera
    assert hidden.probe.mask_same_camera
    rank_in_context(plain(), **given, **options, mask_same_camera=True)  # nothing to hide


@forms
def test_only_an_lstm_minds_the_order_of_the_gallery(form):
    network, given = built(form), data(7)
    order = np.random.default_rng(1).permutation(G)
    turned = {name: value[order] if name.startswith("gallery") else value for name, value in given.items()}
    for options in ({}, {"mode": "shortlist", "k": 20}):
        one, other = (rank_in_context(network, **each, **options) for each in (given, turned))
        assert np.array_equal(one.average_precision, other.average_precision, equal_nan=True) == (form != "bilstm")
    flips = flip_rate(network, **told(given), seed=1)
    assert (flips == 0) == (form != "bilstm")
    if form == "bilstm":
        (f, g), (f_turned, g_turned) = (features_in_context(network, **told(each)) for each in (given, turned))
        winners = minus_cos(f, g).argmin(1), order[minus_cos(f_turned, g_turned).argmin(1)]
        assert flips == np.mean(winners[0] != winners[1])


def test_copies_of_one_item_are_no_flip():
    given = told(data(8))
    copied = {name: np.concatenate([value] * 2) if name.startswith("gallery") else value
              for name, value in given.items()}
    assert flip_rate(built("sab"), **copied) == 0


@pytest.mark.parametrize("mode", MODES)
def test_a_network_in_training_is_judged_at_test_and_handed_back(mode):
    network, given = built("bilstm"), data(9, probes=40)
    expected = rank_in_context(network, **given, mode=mode, k=8, m=8)
    network.train()
    for _ in range(2):  # an LSTM in training draws an order at each call
        assert same(rank_in_context(network, **given, mode=mode, k=8, m=8), expected)
    assert network.training
    assert network.gallery.training
    assert torch.is_grad_enabled()


def test_probes_without_a_match_count_in_no_mean():
    network, given = built("arm"), data(11)
    given["probe_pids"][:260] = 500  # all that are judged first
    for mode in PARTS:
        result = rank_in_context(network, **given, mode=mode, k=8, m=8)
        assert not result.valid[:260].any()
        assert result.queries > 20
        assert np.isnan(result.average_precision[:260]).all()

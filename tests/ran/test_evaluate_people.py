"""Ranking at test: against distances by hand, the sixteen crops against a loop, and the line against the ranking."""

import re
from dataclasses import replace

import numpy as np
import pytest
import torch
from tiny_street import tiny_street
from torch import nn

from reidlib.data.transforms import CropFlip
from reidlib.errors import ReidError
from reidlib.evaluation.ranking import rank
from reidlib.ran.embed import Embedded
from reidlib.ran.evaluate import _comparable, evaluate, sides, summed_distances
from reidlib.ran.heads import make_head
from reidlib.ran.network import Network
from reidlib.ran.recipes import Recipe

PROBES, GALLERY = np.array([4, 0, 10, 2]), np.array([11, 1, 3, 5])  # pids 106, 100, 115, 103 and 115, 100, 103, 106
FIRST = Recipe("first", test_frames=3)


class Corner(nn.Module):
    """Five features of a frame that can be computed by hand: the mean of each channel's upper left quarter."""

    features = 5

    def forward(self, frames):
        return frames[:, :, :28, :20].mean((2, 3))


@pytest.fixture
def network():
    return Network(Corner(), make_head("mean", 5, unit=False))


def feature(inputs, number, frames, draw=None):
    channels = inputs.channels(np.array([number]), np.asarray(frames)[None], draw)[0].numpy().astype(np.float64)
    return channels[:, :, :28, :20].mean((0, 2, 3))


def distances(inputs, frames_of_probe, frames_of_gallery, draw=None):
    def of(numbers, choose):
        return [feature(inputs, n, choose(int(inputs.store.lengths[n])), draw) for n in numbers]

    gallery = of(GALLERY, frames_of_gallery)
    return np.array([[np.sqrt(((p - g) ** 2).sum()) for g in gallery] for p in of(PROBES, frames_of_probe)])


def first_ranks(distance, pids):
    return [1 + [int(pids[GALLERY[g]]) for g in np.argsort(row, kind="stable")].index(int(pids[probe]))
            for probe, row in zip(PROBES, distance, strict=True)]


@pytest.mark.parametrize("recipe", [None, FIRST, replace(FIRST, test_last=True, test_frames=2)])
def test_the_ranking_is_that_of_distances_by_hand(street, inputs, network, recipe):
    most = 99 if recipe is None else recipe.test_frames
    last = recipe is not None and recipe.test_last
    by_hand = distances(inputs, lambda T: range(min(T, most)),
                        lambda T: range(max(0, T - most), T) if last else range(min(T, most)))
    result = evaluate(network, inputs, PROBES, GALLERY, recipe)
    expected = first_ranks(by_hand, street.pids)
    assert result.ranking.first_rank.tolist() == expected
    np.testing.assert_allclose(result.ranking.average_precision, 1 / np.array(expected))
    assert str(result.ranking.protocol).startswith("camera_pair:probe_camera=0,gallery_camera=1")
    difference = result.probe.features[:, None].astype(float) - result.found.features[None]
    np.testing.assert_allclose(np.linalg.norm(difference, axis=2), by_hand, atol=1e-5)
    assert [len(each) for each in result.probe.frames] == [min(T, most) for T in street.lengths[PROBES].tolist()]
    assert result.probes is PROBES
    assert result.gallery is GALLERY


def made_up(monkeypatch, points):
    """Features on a line, in the order of probes and gallery."""
    features = np.array(points, np.float32)[:, None]
    monkeypatch.setattr("reidlib.ran.evaluate.embed", lambda *_, **__: Embedded(features, [], [np.arange(1)] * 8))


def test_the_line_says_what_was_counted_by_hand(inputs, network, monkeypatch):
    # Gallery 115, 100, 103, 106 at 0, 1, 2, 3; probes 106 at 2.9, 100 at 1.9, 115 at 3.2, 103 at 2.1.
    made_up(monkeypatch, [2.9, 1.9, 3.2, 2.1, 0, 1, 2, 3])
    result = evaluate(network, inputs, PROBES, GALLERY)
    assert result.ranking.first_rank.tolist() == [1, 2, 4, 1]
    assert result.rank_1.estimate == 0.5
    assert result.mAP.estimate == (1 + 1 / 2 + 1 / 4 + 1) / 4
    z, n = 1.959964, 4  # Wilson (1927), for 2 of 4
    half = z * np.sqrt(0.25 / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    rank_1, low, high, mean, mean_low, mean_high, probes, gallery, chance, level = map(
        float, re.findall(r"\d+(?:\.\d+)?", result.line.removeprefix("rank-1")))
    assert [rank_1, mean, probes, gallery, chance, level] == [50.0, 68.8, 4, 4, 25.0, 95]
    assert [low, high] == [round(100 * (0.5 - half), 1), round(100 * (0.5 + half), 1)]
    assert [mean_low, mean_high] == [round(100 * result.mAP.low, 1), round(100 * result.mAP.high, 1)]
    assert "\n" not in result.line


def test_sixteen_crops_equal_a_loop(inputs, network):
    recipe = Recipe("sixteen", test_frames=3, test_last=True, test_crops="sixteen")
    expected = np.zeros((4, 4))
    single = []
    for offset in range(1, 9):
        for flip in (False, True):
            draw = CropFlip(np.array([offset]), np.array([offset]), np.array([flip]), (56, 40))
            single.append(distances(inputs, lambda T: range(min(T, 3)), lambda T: range(max(0, T - 3), T), draw))
            expected += single[-1]
    result = summed_distances(network, inputs, PROBES, GALLERY, recipe)
    np.testing.assert_allclose(result, expected, rtol=1e-4)
    assert not np.allclose(single[0], single[1])  # the mirror and the offset do something
    assert not np.allclose(single[0], single[2])
    evaluated = evaluate(network, inputs, PROBES, GALLERY, recipe)
    assert evaluated.ranking.first_rank.tolist() == first_ranks(expected, inputs.store.pids)


def test_probes_come_from_the_first_camera(street, half):
    numbers = half.tracklets(street.pids, "test")
    probes, gallery = sides(street, numbers)
    assert set(street.camids[probes]) == {0}
    assert set(street.camids[gallery]) == {1}
    assert sorted([*probes, *gallery]) == numbers.tolist()


@pytest.mark.parametrize("cameras", [1, 3])
def test_other_numbers_of_cameras_are_refused(tmp_path, cameras):
    store = tiny_street(tmp_path / "s", persons=2, cameras=cameras, size=(64, 48))
    with pytest.raises(ReidError, match=rf"Found {cameras} cameras.*tiny.*probes=…, gallery=…"):
        sides(store, np.arange(len(store)))


def test_evaluation_leaves_the_network_as_it_was(inputs, network):
    before = torch.get_rng_state()
    network.train()
    evaluate(network, inputs, PROBES, GALLERY, FIRST)
    assert network.head.training
    assert torch.equal(torch.get_rng_state(), before)


def test_features_that_shrank_to_nothing_are_ranked_all_the_same():
    """Attention as printed may fall to 1e-13 and features with it; one common factor changes no rank."""
    rng = np.random.default_rng(0)
    probe, gallery = rng.normal(size=(2, 6, 4)).astype(np.float32)
    labels = {"probe_pids": np.arange(6), "gallery_pids": np.arange(6), "probe_camids": np.zeros(6, int),
              "gallery_camids": np.ones(6, int), "protocol": "camera_pair"}
    plain = rank(probe_features=probe, gallery_features=gallery, **labels)
    tiny = rank(**_comparable(probe * np.float32(1e-13), gallery * np.float32(1e-13)), **labels)
    np.testing.assert_array_equal(plain.first_rank, tiny.first_rank)
    mixed = _comparable(np.vstack([probe[:5], probe[5:] * np.float32(1e-20)]), gallery)
    assert not mixed["probe_features"][5].any()
    assert not any(side.any() for side in _comparable(0 * probe, 0 * gallery).values())

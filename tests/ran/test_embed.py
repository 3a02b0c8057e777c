"""Features of whole tracklets: the same as one by one, whatever the chunks, the neighbours and the mode before."""

import numpy as np
import pytest
import torch

from reidlib.data.transforms import CropFlip
from reidlib.ran import embed as module
from reidlib.ran.embed import embed, frame_features, pool, used_frames
from reidlib.ran.presets import PRESETS

NUMBERS = [7, 0, 6, 2, 33, 1]  # of 2, 3, 1, 17, 18 and 4 frames
CLOSE = {"rtol": 1e-4, "atol": 1e-5}


def network(preset="corrected", seed=0):
    return PRESETS[preset].network(seed).eval()


@torch.no_grad()
def one_by_one(network, inputs, number, frames):
    """The tracklet alone through the whole network, without padding."""
    return network(inputs.channels(np.array([number]), np.asarray(frames)[None]))


def test_the_tracklets_above_have_many_lengths(street):
    assert street.lengths[NUMBERS].tolist() == [2, 3, 1, 17, 18, 4]


@pytest.mark.parametrize(("preset", "iterations"), [("corrected", 4), ("coupled", 4), ("mclaughlin", 0), ("paper", 4)])
def test_whole_tracklets_equal_one_by_one(street, inputs, preset, iterations):
    net = network(preset)
    result = embed(net, inputs, NUMBERS)
    for number, features, attention, frames in zip(NUMBERS, result.features, result.attention or [()] * 6,
                                                   result.frames, strict=True):
        alone = one_by_one(net, inputs, number, range(street.lengths[number]))
        scale = float(alone.video_feature.norm())
        np.testing.assert_allclose(features, alone.video_feature[0].numpy(), rtol=1e-4, atol=1e-5 * scale)
        assert frames.tolist() == list(range(street.lengths[number]))
        if iterations:
            assert attention.shape == (iterations, street.lengths[number])
            np.testing.assert_allclose(attention, torch.cat(alone.attention).numpy(), **CLOSE)
    assert result.features.dtype == np.float32
    assert len(result.attention) == (6 if iterations else 0)


def test_the_size_of_chunks_does_not_matter(inputs, monkeypatch):
    net = network()
    expected = embed(net, inputs, NUMBERS)
    monkeypatch.setattr(module, "FRAMES_AT_ONCE", 7)
    monkeypatch.setattr(module, "TRACKLETS_AT_ONCE", 2)
    heard = []
    result = embed(net, inputs, NUMBERS, progress=lambda *each: heard.append(each))
    np.testing.assert_allclose(result.features, expected.features, **CLOSE)
    for mine, theirs in zip(result.attention, expected.attention, strict=True):
        np.testing.assert_allclose(mine, theirs, **CLOSE)
    assert heard == [(7, 45), (14, 45), (21, 45), (28, 45), (35, 45), (42, 45), (45, 45)]


@pytest.mark.parametrize("head", ["max", "lstm_mean", "consensus", "astpn"])
def test_a_tracklet_does_not_notice_its_neighbours(head):
    net = PRESETS["corrected"].with_head(head).network(1)
    rng = np.random.default_rng(0)
    short, long, other = (rng.normal(size=(T, 128)).astype(np.float32) for T in (3, 20, 9))
    alone = pool(net.head, [short])
    among = pool(net.head, [long, short, other])
    np.testing.assert_allclose(among.features[1], alone.features[0], **CLOSE)
    assert not np.allclose(among.features[0], alone.features[0], atol=1e-2)
    if alone.attention:
        np.testing.assert_allclose(among.attention[1], alone.attention[0], **CLOSE)
        assert [each.shape[1] for each in among.attention] == [20, 3, 9]


def test_only_the_frames_asked_for_count(street, inputs):
    net = network()
    frames = used_frames(street.lengths[NUMBERS], 3, last=True)
    result = embed(net, inputs, NUMBERS, frames)
    assert [each.tolist() for each in result.frames] == [[0, 1], [0, 1, 2], [0], [14, 15, 16], [15, 16, 17], [1, 2, 3]]
    for number, features, chosen in zip(NUMBERS, result.features, frames, strict=True):
        alone = one_by_one(net, inputs, number, chosen).video_feature[0].numpy()
        np.testing.assert_allclose(features, alone, **CLOSE)
    assert not np.allclose(result.features[3], embed(net, inputs, NUMBERS).features[3], atol=1e-3)


@pytest.mark.parametrize(("most", "last", "expected"), [
    (None, False, [[0, 1, 2, 3, 4], [0, 1]]), (None, True, [[0, 1, 2, 3, 4], [0, 1]]),
    (3, False, [[0, 1, 2], [0, 1]]), (3, True, [[2, 3, 4], [0, 1]]), (5, True, [[0, 1, 2, 3, 4], [0, 1]]),
])
def test_first_or_last_frames(most, last, expected):
    assert [each.tolist() for each in used_frames(np.array([5, 2]), most, last)] == expected


def test_frame_features_are_those_of_the_cnn_at_the_crop_asked_for(inputs):
    net = network()
    draw = CropFlip(np.array([1]), np.array([7]), np.array([True]), (56, 40))
    frames = [np.array([4, 0]), np.array([2])]
    result = frame_features(net.frame_cnn, inputs, [2, 0], frames, draw)
    assert [each.shape for each in result] == [(2, 128), (1, 128)]
    for number, chosen, features in zip([2, 0], frames, result, strict=True):
        with torch.no_grad():
            alone = net.frame_cnn(inputs.channels(np.array([number]), chosen[None], draw)[0]).numpy()
        np.testing.assert_allclose(features, alone, **CLOSE)
    centre = frame_features(net.frame_cnn, inputs, [2, 0], frames)
    assert not np.allclose(centre[0], result[0], atol=1e-2)


def test_dropout_sleeps_meanwhile_and_modes_come_back(inputs):
    net = PRESETS["mclaughlin"].network(0).train()
    one, other = embed(net, inputs, [2]), embed(net, inputs, [2])
    assert np.array_equal(one.features, other.features)
    assert all(module.training for module in net.modules())
    net.eval()
    assert np.array_equal(embed(net, inputs, [2]).features, one.features)
    assert not any(module.training for module in net.modules())


def test_a_part_keeps_what_belongs_together(inputs):
    whole = embed(network(), inputs, NUMBERS)
    part = whole.part(slice(2, 4))
    assert np.array_equal(part.features, whole.features[2:4])
    assert [each.shape[1] for each in part.attention] == [1, 17]
    assert [len(each) for each in part.frames] == [1, 17]

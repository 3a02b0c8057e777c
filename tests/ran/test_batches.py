"""Batches of a training step: a function of (seed, step), made of the right tracklets, people, frames and crops."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from reidlib.errors import ReidError
from reidlib.ran.batches import Batches
from reidlib.ran.recipes import Recipe

PAIRS = Recipe("pairs", sampling="pairs", pairs=4, frames=4)
PEOPLE = Recipe("people", identities=3, tracklets=2, frames=4, window="spread")
RECIPES = pytest.mark.parametrize("recipe", [PAIRS, PEOPLE], ids=lambda recipe: recipe.name)


@pytest.fixture
def numbers(street, half):
    return half.tracklets(street.pids, "train")


def signed(street, numbers):
    """Features that say where they come from: (number of the tracklet, frame)."""
    return [np.stack([np.full(length, number), np.arange(length)], 1).astype(np.float32)
            for number, length in zip(numbers.tolist(), street.lengths[numbers].tolist(), strict=True)]


def same_batch(one, other):
    return all(torch.equal(mine, theirs) for mine, theirs in zip(one, other, strict=True))


@RECIPES
def test_a_batch_is_a_function_of_seed_and_step(inputs, numbers, recipe):
    forwards, backwards = (Batches(inputs, numbers, recipe, seed=5) for _ in range(2))
    first = [forwards(step) for step in range(4)]
    again = [backwards(step) for step in reversed(range(4))][::-1]
    assert all(map(same_batch, first, again))
    assert not any(same_batch(first[0], each) for each in first[1:])
    assert not same_batch(first[0], Batches(inputs, numbers, recipe, seed=6)(0))


@RECIPES
def test_labels_are_classes_by_ascending_pid_and_pairs_are_told_right(street, half, inputs, numbers, recipe):
    batches = Batches(inputs, numbers, recipe, 0, signed(street, numbers))
    assert batches.classes == {pid: k for k, pid in enumerate(sorted(half.train))}
    kinds = set()
    for step in range(6):
        batch = batches(step)
        pids = street.pids[batch.channels[:, 0, 0].long().numpy()]
        assert batch.labels.tolist() == [sorted(half.train).index(pid) for pid in pids]
        same = [bool(pids[a] == pids[b]) for a, b in zip(batch.first, batch.second, strict=True)]
        assert batch.same.tolist() == same
        kinds |= set(same)
        if recipe is PAIRS:
            assert batch.first.tolist() == [0, 2, 4, 6]
            assert batch.second.tolist() == [1, 3, 5, 7]
            assert sum(same) == 2
        else:
            pairs = list(zip(batch.first.tolist(), batch.second.tolist(), strict=True))
            assert pairs == [(a, b) for a in range(6) for b in range(a + 1, 6)]
            assert sum(same) == 3
    assert kinds == {True, False}


@pytest.mark.parametrize("window", ["contiguous", "spread"])
def test_frames_are_a_window_and_short_tracklets_are_masked(street, inputs, numbers, window):
    batches = Batches(inputs, numbers, replace(PEOPLE, window=window), 1, signed(street, numbers))
    beginnings, shortest = set(), 99
    for step in range(20):
        batch = batches(step)
        for features, mask in zip(batch.channels.long().numpy(), batch.mask.numpy(), strict=True):
            number, frames = int(features[0, 0]), features[:, 1]
            length = int(street.lengths[number])
            real = min(4, length)
            shortest = min(shortest, length)
            assert number in numbers
            assert (features[:, 0] == number).all()
            assert mask.tolist() == [True] * real + [False] * (4 - real)
            assert (frames[real:] == length - 1).all()
            if length < 4:
                assert frames[:real].tolist() == list(range(length))
            elif window == "contiguous":
                assert (np.diff(frames) == 1).all()
            else:
                edges = [part * length // 4 for part in range(5)]
                assert all(low <= frame < high for low, frame, high in zip(edges, frames, edges[1:], strict=False))
            beginnings.add(int(frames[0]))
    assert shortest < 4
    assert len(beginnings) > 3


@RECIPES
def test_channels_and_features_see_the_same_frames_and_crops_are_drawn(street, inputs, numbers, recipe, monkeypatch):
    heard = []

    def channels(numbers, frames, draw):
        heard.append((numbers, frames, draw))
        return torch.zeros(*frames.shape, 5, 56, 40)

    monkeypatch.setattr(inputs, "channels", channels)
    with_offset = replace(recipe, first_offset=3)
    seen = Batches(inputs, numbers, with_offset, 7)
    known = Batches(inputs, numbers, with_offset, 7, signed(street, numbers))
    for step in range(10):
        pixels, features = seen(step), known(step)
        assert pixels.channels.shape[2:] == (5, 56, 40)
        assert same_batch(pixels[1:], features[1:])
        tracklets, frames, _ = heard[-1]
        assert np.array_equal(features.channels[..., 0].numpy(), np.broadcast_to(tracklets[:, None], frames.shape))
        assert np.array_equal(features.channels[..., 1].numpy(), frames)
    assert len(heard) == 10  # features ask for no channels
    for name, low in (("top", 3), ("left", 3), ("flip", 0)):
        drawn = np.concatenate([getattr(draw, name) for *_, draw in heard]).astype(int)
        assert drawn.min() == low
        assert drawn.max() == (1 if name == "flip" else 8)


def test_the_channels_are_those_of_the_store(inputs, numbers, monkeypatch):
    heard, real = [], inputs.channels

    def channels(*asked):
        heard.append(asked)
        return real(*asked)

    monkeypatch.setattr(inputs, "channels", channels)
    batch = Batches(inputs, numbers, PAIRS, 0)(3)
    assert torch.equal(batch.channels, real(*heard[0]))
    assert batch.channels.abs().sum() > 0


def test_short_tracklets_can_be_left_out_but_not_their_people(street, half, inputs, numbers):
    recipe = Recipe("long", sampling="pairs", pairs=4, frames=16, shortest=16)
    batches = Batches(inputs, numbers, recipe, 0, signed(street, numbers))
    drawn = {int(n) for step in range(40) for n in batches(step).channels[:, 0, 0]}
    assert drawn == set(numbers[street.lengths[numbers] >= 16].tolist())
    assert drawn < set(numbers.tolist())
    assert batches(0).mask.all()
    assert len(batches.classes) == len(half.train)


@pytest.mark.parametrize("change", [lambda features: features[:-1], lambda features: [features[0][:-1], *features[1:]]])
def test_features_of_other_lengths_are_refused(street, inputs, numbers, change):
    with pytest.raises(ReidError, match="every frame of every training tracklet"):
        Batches(inputs, numbers, PAIRS, 0, change(signed(street, numbers)))

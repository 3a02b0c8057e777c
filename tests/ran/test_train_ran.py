"""Training from a split: reproducible, resumed bit for bit, with a frozen trunk, blind to the test people."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from reidlib.data.splits import hold_out
from reidlib.errors import ReidError
from reidlib.flow.five_channels import InputOptions
from reidlib.ran.embed import embed, frame_features, used_frames
from reidlib.ran.presets import PRESETS
from reidlib.ran.recipes import RECIPES, Recipe
from reidlib.ran.train import train
from reidlib.training.settings import Optimiser

# Without the layer in between and with dropout: light, and with something to draw in every step.
SYSTEM = replace(PRESETS["corrected"], cnn_options={"hidden": None, "dropout": 0.5, "init": "torch"})
RECIPE = Recipe("quick", sampling="pairs", pairs=2, frames=2, steps=4,
                optimiser=Optimiser("adam", 1e-3, multipliers={"network.head": 5.0}))


def bits(network):
    return {name: tensor.clone() for name, tensor in network.state_dict().items()}


def equal(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_one_seed_one_network(inputs, half):
    before = torch.get_rng_state()
    one, again, other = (train(inputs, half, SYSTEM, RECIPE, seed) for seed in (4, 4, 5))
    assert equal(bits(one.network), bits(again.network))
    assert one.fit.history == again.fit.history
    assert not any(torch.equal(mine, theirs) for mine, theirs in
                   zip(bits(one.network).values(), bits(other.network).values(), strict=True))
    assert torch.equal(torch.get_rng_state(), before)
    assert not any(module.training for module in one.network.modules())


class Fell(Exception):
    """What the test throws."""


def test_stopped_and_started_again_it_is_the_same_training(inputs, half, tmp_path, monkeypatch):
    whole = train(inputs, half, SYSTEM, RECIPE, 1)
    real, calls = inputs.channels, []

    def falling(*asked):
        calls.append(asked)
        if len(calls) == 3:
            raise Fell
        return real(*asked)

    monkeypatch.setattr(inputs, "channels", falling)
    with pytest.raises(Fell):
        train(inputs, half, SYSTEM, RECIPE, 1, folder=tmp_path, every=2)
    again = train(inputs, half, SYSTEM, RECIPE, 1, folder=tmp_path, every=2)
    assert len(calls) == 3 + 2
    assert equal(bits(whole.network), bits(again.network))
    assert again.fit.history == whole.fit.history
    for change in ({"seed": 2}, {"recipe": replace(RECIPE, window="spread")}, {"split": hold_out(half, 2, 0)}):
        asked = {"split": half, "recipe": RECIPE, "seed": 1} | change
        with pytest.raises(ReidError, match=r"holds another training.*choose another folder"):
            train(inputs, preset=SYSTEM, folder=tmp_path, **asked)


def test_a_frozen_trunk_stays_bit_identical_while_the_head_learns(inputs, half, street, monkeypatch):
    numbers = half.tracklets(street.pids, "train")
    network = SYSTEM.network(2)
    before = bits(network)
    features = frame_features(network.frame_cnn, inputs, numbers, used_frames(street.lengths[numbers]))
    trunk = network.frame_cnn

    def never(*_):
        raise AssertionError("a frozen trunk has its features already")

    with monkeypatch.context() as patch:
        patch.setattr(inputs, "channels", never)
        done = train(inputs, half, SYSTEM, RECIPE, network=network, features=features)
    after = bits(done.network)
    assert done.network.frame_cnn is trunk
    assert after.keys() == before.keys()
    moved = {name for name, tensor in after.items() if not torch.equal(tensor, before[name])}
    assert {"head.refine_score.weight", "head.refine_score.bias"} <= moved
    assert all(name.startswith("head.") for name in moved)
    assert done.facts["frozen_trunk"]
    assert embed(done.network, inputs, numbers[:2]).features.shape == (2, 128)
    # With all parts awake the trunk moves, so the test above can fail.
    awake = bits(train(inputs, half, SYSTEM, RECIPE, network=SYSTEM.network(2)).network)
    assert not any(torch.equal(tensor, before[name]) for name, tensor in awake.items() if name.startswith("frame_cnn"))


def test_the_loss_falls(inputs, half, street):
    numbers = half.tracklets(street.pids, "train")
    network = SYSTEM.network(2)
    features = frame_features(network.frame_cnn, inputs, numbers, used_frames(street.lengths[numbers]))
    recipe = replace(RECIPE, sampling="identities", identities=8, steps=60)
    total = train(inputs, half, SYSTEM, recipe, network=network, features=features).fit.history["total"]
    assert np.mean(total[-5:]) < 0.7 * np.mean(total[:5])


def test_training_goes_on_from_a_network(inputs, half):
    network = SYSTEM.network(9)
    done = train(inputs, half, SYSTEM, replace(RECIPE, steps=1, optimiser=Optimiser("sgd", 1e-9)), network=network)
    assert done.network is network
    for mine, first in zip(bits(network).values(), bits(SYSTEM.network(9)).values(), strict=True):
        torch.testing.assert_close(mine, first, rtol=0, atol=1e-4)


def test_test_people_are_never_read(inputs, half, street, monkeypatch):
    split, seen = hold_out(half, 3, 0), set()
    real_channels, real_rows = inputs.channels, inputs.rows

    def rows(asked, draw=None):
        seen.update((np.searchsorted(street.starts, asked.ravel(), side="right") - 1).tolist())
        return real_rows(asked, draw)

    def channels(numbers, frames, draw=None):
        seen.update(numbers.tolist())
        return real_channels(numbers, frames, draw)

    monkeypatch.setattr(inputs, "rows", rows)
    monkeypatch.setattr(inputs, "channels", channels)
    everybody = replace(RECIPE, sampling="identities", identities=7, steps=2)
    done = train(inputs, split, SYSTEM, everybody)
    assert {int(street.pids[number]) for number in seen} == set(split.train)
    for part in ("validation", "test"):
        seen.clear()
        result = done.evaluate(inputs, part)
        assert {int(street.pids[number]) for number in seen} == set(split.pids(part))
        assert set(street.pids[result.probes]) == set(split.pids(part))
        assert set(street.camids[result.probes]) == {0}


def test_facts_say_what_decided_the_network(inputs, half, street):
    done = train(inputs, half, SYSTEM, replace(RECIPE, steps=1), 3)
    facts = done.facts
    assert facts["preset"] == SYSTEM.as_dict()
    assert facts["recipe"] == replace(RECIPE, steps=1).as_dict()
    assert facts["split"] == {"name": "half-0", "train": list(half.train), "test": list(half.test)}
    assert (facts["seed"], facts["data_hash"], facts["frozen_trunk"]) == (3, street.hash, False)


def test_inputs_of_other_options_are_refused(inputs, half):
    other = replace(SYSTEM, inputs=InputOptions(channels="colour"))
    with pytest.raises(ReidError, match=r"inputs made with .*channels='both'.*corrected.*channels='colour'"):
        train(inputs, half, other, RECIPE)


def test_a_recipe_also_fits_a_system_without_a_similarity_loss(inputs, half):
    recipe = replace(RECIPES["contiguous"], identities=2, frames=2, steps=1)
    assert "similarity" in recipe.optimiser.multipliers
    done = train(inputs, half, replace(SYSTEM, losses=replace(SYSTEM.losses, similarity=None)), recipe)
    assert "similarity" not in done.fit.history
    wrong = replace(recipe, optimiser=Optimiser(multipliers={"hed": 2.0}))
    with pytest.raises(ReidError, match="multiplier for 'hed'"):
        train(inputs, half, SYSTEM, wrong)

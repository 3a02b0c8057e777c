"""A trained network in a file: built again with the same features, and with what it must say about itself."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from reidlib.errors import ReidError
from reidlib.ran.embed import embed
from reidlib.ran.presets import PRESETS
from reidlib.ran.recipes import Recipe
from reidlib.ran.saved import Saved, load_network, save_network
from reidlib.ran.train import train
from reidlib.training.checkpoints import load_checkpoint, save_checkpoint
from reidlib.world.provenance import NOTE

RECIPE = Recipe("quick", sampling="pairs", pairs=4, frames=2, steps=2)
SYSTEM = PRESETS["corrected"].with_head("ran", R=2, feedback="raw")


@pytest.fixture(scope="module")
def trained(inputs, half):
    return train(inputs, half, SYSTEM, RECIPE, 6)


def test_a_loaded_network_gives_the_same_features(inputs, trained, tmp_path):
    save_network(tmp_path / "network.safetensors", trained, {"rank_1": 0.5})
    before = torch.get_rng_state()
    saved = load_network(tmp_path / "network.safetensors")
    assert torch.equal(torch.get_rng_state(), before)
    mine, theirs = embed(saved.network, inputs, [0, 1, 5]), embed(trained.network, inputs, [0, 1, 5])
    assert np.array_equal(mine.features, theirs.features)
    assert [each.shape[0] for each in mine.attention] == [3, 3, 3]
    assert not np.array_equal(mine.features, embed(SYSTEM.network(6), inputs, [0, 1, 5]).features)
    assert not any(module.training for module in saved.network.modules())
    assert (saved.preset, saved.recipe) == (SYSTEM, RECIPE)
    assert saved.facts == {**trained.facts, "steps_done": 2, "results": {"rank_1": 0.5}}


def test_the_classifiers_are_not_kept(trained, tmp_path):
    save_network(tmp_path / "network.safetensors", trained)
    tensors, _ = load_checkpoint(tmp_path / "network.safetensors")
    assert {name.split(".")[0] for name in tensors} == {"frame_cnn", "head"}
    assert (tmp_path / "network.json").is_file()


@pytest.mark.parametrize(("data", "note"), [
    ("street-v1", NOTE), ("street-v1-small", NOTE), ("ilids", "trained on ilids"),
    ("my-street-", "trained on my-street-"),
])
def test_the_note_says_where_it_was_trained(trained, data, note):
    assert Saved(trained.network, SYSTEM, RECIPE, {"data": data}).note == note
    assert "not validated on real footage" in NOTE


def test_what_is_no_such_network_is_named(trained, tmp_path):
    path = tmp_path / "network.safetensors"
    with pytest.raises(ReidError, match=r"no checkpoint .*reidlib train ran"):
        load_network(path)
    save_checkpoint(path, {"weight": torch.zeros(3)}, {"of": "something else"})
    with pytest.raises(ReidError, match=r"holds no network of RAN.*reidlib train ran.*network\.safetensors"):
        load_network(path)
    save_checkpoint(path, {"weight": torch.zeros(3)}, trained.facts)
    with pytest.raises(ReidError, match=r"lacks.*'weight'"):
        load_network(path)
    other = replace(SYSTEM, head_options={"R": 0})
    save_checkpoint(path, trained.network.state_dict(), {**trained.facts, "preset": other.as_dict()})
    with pytest.raises(ReidError, match="refine_score"):
        load_network(path)
    path.write_bytes(b"no checkpoint at all")
    with pytest.raises(ReidError, match="cannot be read"):
        load_network(path)

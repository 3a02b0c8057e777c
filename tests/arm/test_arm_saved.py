"""A trained network in a file: the same answers, nothing downloaded, and strangers refused by name."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tiny_people import clouds

from reidlib.arm import saved as saving
from reidlib.arm.evaluate import embed
from reidlib.arm.recipes import Recipe
from reidlib.arm.saved import Saved, load_network, load_shipped, save_network, shipped_path
from reidlib.arm.systems import System, system
from reidlib.arm.train import train
from reidlib.data.splits import from_ids
from reidlib.errors import ReidError
from reidlib.ran.shipped import shipped_path as ran_path
from reidlib.training.checkpoints import load_checkpoint, save_checkpoint
from reidlib.world.provenance import NOTE

SPLIT = from_ids(train=range(8), test=range(8, 12), name="toy")
RECIPE = Recipe("quick", ways=(3, 5), identity_weight=0.5, steps=2)
SYSTEM = replace(system("arm").on_features(8), D=16, gallery_options={"cameras": [0, 1]})


@pytest.fixture(scope="module")
def trained():
    return train(clouds(12), SPLIT, SYSTEM, RECIPE, 6)


def test_a_loaded_network_gives_the_same_features(trained, tmp_path):
    path = tmp_path / "network.safetensors"
    save_network(path, trained, {"rank_1": 0.5})
    before = torch.get_rng_state()
    back = load_network(path)
    assert torch.equal(torch.get_rng_state(), before)
    ours, theirs = trained.network.state_dict(), back.network.state_dict()
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    assert torch.equal(embed(back.network, clouds(12)), embed(trained.network, clouds(12)))
    assert not torch.equal(embed(back.network, clouds(12)), embed(SYSTEM.network(6), clouds(12)))
    assert not any(module.training for module in back.network.modules())
    assert (back.system, back.recipe) == (SYSTEM, RECIPE)
    assert back.facts == {**trained.facts, "steps_done": 2, "results": {"rank_1": 0.5}}


def test_the_classifier_of_training_people_is_not_kept(trained, tmp_path):
    path = tmp_path / "network.safetensors"
    save_network(path, trained)
    assert {name.split(".")[0] for name in load_checkpoint(path)[0]} == {"neck", "gallery", "probe", "matching"}
    assert path.with_suffix(".json").is_file()


def test_half_precision_takes_half_the_room_and_moves_little(trained, tmp_path):
    for half in (False, True):
        save_network(tmp_path / f"{half}.safetensors", trained, half=half)
    whole, small = (load_network(tmp_path / f"{half}.safetensors").network for half in (False, True))
    assert all(each.dtype in (torch.float32, torch.int64) for each in small.state_dict().values())
    sizes = [sum(tensor.nbytes for tensor in load_checkpoint(tmp_path / f"{half}.safetensors")[0].values())
             for half in (False, True)]
    assert sizes[0] == pytest.approx(2 * sizes[1], rel=0.01)
    z, rounded = (embed(each, clouds(12)) for each in (whole, small))
    assert not torch.equal(z, rounded)
    torch.testing.assert_close(z, rounded, atol=0.02, rtol=0)
    again = tmp_path / "again.safetensors"
    save_network(again, replace(trained, network=small), half=True)
    assert torch.equal(embed(load_network(again).network, clouds(12)), rounded)


def test_a_network_that_began_with_fetched_weights_fetches_nothing(trained, tmp_path, monkeypatch):
    """`weights` is blanked: all of them are in the file."""
    def never(*_args, **_options):
        raise AssertionError("downloaded")

    monkeypatch.setattr(torch.hub, "load_state_dict_from_url", never)
    mine = System("own", backbone="resnet18", backbone_options={"weights": "IMAGENET1K_V1", "size": (32, 16)}, D=16)
    with pytest.raises(AssertionError, match="downloaded"):
        mine.network(0)
    blank = replace(mine, backbone_options={"weights": None, "size": (32, 16)}).network(5)
    path = tmp_path / "network.safetensors"
    save_checkpoint(path, blank.state_dict(), {**trained.facts, "system": mine.as_dict()})
    back = load_network(path)
    assert torch.equal(back.network.backbone.net.conv1.weight, blank.backbone.net.conv1.weight)
    assert back.system == mine


@pytest.mark.parametrize(("data", "note"), [
    ("street-v1-days-stills", NOTE), ("street-v1", NOTE), ("market", "trained on market"), ("my-street-", "trained on "
                                                                                            "my-street-"),
])
def test_the_note_says_where_it_was_trained(trained, data, note):
    assert Saved(trained.network, SYSTEM, RECIPE, {"data": data}).note == note
    assert "not validated on real footage" in NOTE


def test_a_network_of_ran_is_refused_with_a_sentence(trained, tmp_path):
    if ran_path().is_file():
        with pytest.raises(ReidError, match=r"holds no network of ARM.*reidlib train arm"):
            load_network(ran_path())
    path = tmp_path / "network.safetensors"
    save_checkpoint(path, {"weight": torch.zeros(3)}, {"preset": {"name": "ran"}, "recipe": {}})
    with pytest.raises(ReidError, match=r"holds no network of ARM.*network\.safetensors of its output folder"):
        load_network(path)


def test_what_is_no_such_network_is_named(trained, tmp_path):
    path = tmp_path / "network.safetensors"
    with pytest.raises(ReidError, match="no checkpoint"):
        load_network(path)
    save_checkpoint(path, {"weight": torch.zeros(3)}, trained.facts)
    with pytest.raises(ReidError, match=r"lacks.*'weight'"):
        load_network(path)
    other = replace(SYSTEM, D=32)
    save_checkpoint(path, trained.network.state_dict(), {**trained.facts, "system": other.as_dict()})
    with pytest.raises(ReidError, match="of shape"):
        load_network(path)
    for facts in ({"system": {"name": "x"}}, {"system": {**SYSTEM.as_dict(), "newer": 1}}, {"system": None},
                  {"recipe": {**RECIPE.as_dict(), "newer": 1}}, {"recipe": []}):
        save_checkpoint(path, trained.network.state_dict(), {**trained.facts, **facts})
        with pytest.raises(ReidError, match=r"another version of reidlib"):
            load_network(path)
    path.write_bytes(b"no checkpoint at all")
    with pytest.raises(ReidError, match="cannot be read"):
        load_network(path)


def test_the_shipped_network_is_read_from_the_package(trained, tmp_path, monkeypatch):
    assert shipped_path().parent.name == "weights"
    monkeypatch.setattr(saving, "shipped_path", lambda: tmp_path / Path(shipped_path()).name)
    with pytest.raises(ReidError, match=r"Found no arm_street\.safetensors.*reidlib train arm"):
        load_shipped()
    save_network(saving.shipped_path(), trained, half=True)
    assert load_shipped().system == SYSTEM

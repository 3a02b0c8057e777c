"""Whole systems by name: their choices against a table of the texts, their sizes, and each with every head."""

import json
from dataclasses import replace

import pytest
import torch

from reidlib.errors import ReidError
from reidlib.flow.five_channels import InputOptions
from reidlib.ran.heads import HEADS
from reidlib.ran.inputs import TrackletInputs
from reidlib.ran.presets import PRESETS, Preset, preset
from reidlib.ran.recipes import recipe
from reidlib.ran.train import train

# What the texts and McLaughlin's code fix, and what is ours, system by system.
CLIPPED = InputOptions(deviation="std", flow="clip", flow_limit=4.0, flip_negates_flow=True, centre=False)
CHOICES = {
    "paper": {"margin": 2.0, "hinge": "squared", "similarity": "hadamard", "identity_scale": 1.0, "head": "ran", "R": 3,
              "unit": False, "hidden": 1024, "dropout": 0.0, "inputs": CLIPPED, "flow": "accurate",
              "recipe": "paper", "score_bias": False, "pooling": "sum"},
    "mclaughlin": {"margin": 2.0, "hinge": "linear", "similarity": None, "identity_scale": 1.0, "head": "rnn_mean",
                   "unit": False, "hidden": None, "dropout": 0.6, "flow": "mclaughlin", "recipe": "mclaughlin",
                   "inputs": InputOptions(deviation="sqrt_std", flow="stored", flip_negates_flow=False, centre=True),
                   "pooling": "recurrent"},
    "corrected": {"margin": 1.0, "hinge": "squared", "similarity": "hadamard", "head": "ran", "R": 3, "unit": True,
                  "hidden": 1024, "inputs": CLIPPED, "flow": "accurate", "score_bias": True,
                  "pooling": "weighted_mean"},
    "consensus": {"margin": 1.0, "hinge": "squared", "similarity": "hadamard", "head": "consensus", "R": 3,
                  "unit": True, "hidden": 1024, "inputs": CLIPPED, "flow": "accurate", "recipe": "spread",
                  "pooling": "weighted_mean"},
    "coupled": {"margin": 1.0, "hinge": "squared", "similarity": "hadamard", "head": "coupled", "unit": True,
                "hidden": 1024, "inputs": CLIPPED, "flow": "accurate", "pooling": "weighted_mean"},
}  # fmt: skip


def chosen(system: Preset) -> dict:
    """The choices as the built network has them."""
    network = system.network(0)
    cnn, head = network.frame_cnn, network.head
    found = {name: getattr(system.losses, name) for name in ("margin", "hinge", "similarity", "identity_scale")}
    found |= {name: getattr(system, name) for name in ("head", "inputs", "flow", "recipe")}
    found |= {"hidden": cnn.hidden and cnn.hidden.out_features, "dropout": cnn.dropout.p, "unit": head.unit,
              "pooling": head.pooling, "R": getattr(head, "R", None)}
    if system.head == "ran":
        found["score_bias"] = head.score.bias is not None
    return found


def test_every_system_chooses_as_the_table_says():
    assert list(CHOICES) == list(PRESETS)
    for name, table in CHOICES.items():
        found = chosen(PRESETS[name])
        assert {key: found[key] for key in table} == table
        assert vars(PRESETS[name].losses.weights) == dict.fromkeys(
            ("hinge", "similarity", "identity_1", "identity_2"), 1.0)


def count(module):
    return sum(parameter.numel() for parameter in module.parameters())


def test_the_paper_has_the_sizes_of_the_paper():
    network = PRESETS["paper"].network(0)
    assert count(network.frame_cnn) == 2_794_144
    assert count(network.head.score) == 128
    assert count(network.head.refine_score) == 256
    assert count(network) == 2_794_144 + 128 + 256
    siamese = PRESETS["paper"].siamese(150, 0)
    assert count(siamese.classifier) == 19_350
    assert count(siamese.similarity) == 2 * 128 + 2


def test_the_predecessor_has_the_sizes_of_its_code():
    system = PRESETS["mclaughlin"]
    network = system.network(0)
    assert [count(each) for each in network.frame_cnn.convolutions] == [2_016, 12_832, 25_632]
    assert count(network.frame_cnn.convolutions) == 40_480
    assert count(network.frame_cnn.last) == 327_808
    assert count(network.frame_cnn) == 40_480 + 327_808
    assert count(network.head.memory) == 16_512
    assert count(network.head) == 16_512 + 128
    # The code prints 404,406, because each of its two branches has a first bias of its own.
    assert count(system.siamese(150, 0)) + 128 == 404_406


def in_json(system: Preset) -> Preset:
    return Preset.from_dict(json.loads(json.dumps(system.as_dict())))


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_survives_json(name):
    system = PRESETS[name]
    assert in_json(system) == system
    other = system.with_head("consensus", p=2, temperature=0.3)
    assert in_json(other) == other
    assert other != system
    colours = replace(system, inputs=InputOptions(channels="colour"))
    assert in_json(colours).inputs.channels == "colour"


def test_another_head_has_its_own_options_and_the_rest_stays():
    system = PRESETS["paper"].with_head("ran", R=1)
    assert (system.head, system.head_options) == ("ran", {"R": 1})
    assert system.network(0).head.unit
    assert replace(system, head_options=PRESETS["paper"].head_options) == PRESETS["paper"]
    for head, options, sentence in (("rann", {}, "head 'rann'.*'ran'"), ("mean", {"R": 3}, "option 'R'")):
        with pytest.raises(ReidError, match=sentence):
            PRESETS["paper"].with_head(head, **options)


@pytest.mark.parametrize("name", PRESETS)
def test_the_seed_decides_the_weights_and_the_global_state_stays(name):
    def weights(seed):
        return torch.cat([each.flatten() for each in PRESETS[name].siamese(5, seed).state_dict().values()])

    before = torch.get_rng_state()
    assert torch.equal(weights(1), weights(1))
    assert not torch.equal(weights(1), weights(2))
    PRESETS[name].with_head("rnn_mean")
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("name", PRESETS)
def test_every_system_trains_with_every_head(street, half, name, head):
    system = PRESETS[name]
    if head != system.head:
        system = system.with_head(head)
    if system.cnn_options.get("hidden", 1024):  # the layer in between holds nearly all weights, and nearly all time
        system = replace(system, cnn_options={**system.cnn_options, "hidden": 16})
    made = TrackletInputs(street, system.inputs, system.flow)
    tiny = replace(recipe(system.quick), identities=2, tracklets=2, frames=2, steps=1)
    fresh, done = system.network(3).state_dict(), train(made, half, system, tiny, seed=3)
    assert list(done.fit.history)[:2] == ["hinge_positive", "hinge_negative"]
    assert 0 < done.fit.history["total"][0] < 1000
    assert done.fit.history["gradient_norm"][0] > 0
    moved = [key for key, value in done.network.state_dict().items() if not torch.equal(value, fresh[key])]
    assert any(key.startswith("frame_cnn") for key in moved)


@pytest.mark.parametrize("name", PRESETS)
def test_the_recipe_of_a_system_fits_it(street, half, name):
    system = PRESETS[name]
    made = TrackletInputs(street, system.inputs, system.flow)
    done = train(made, half, system, replace(recipe(system.recipe), identities=2, frames=2, steps=1))
    assert 0 < done.fit.history["total"][0] < 1000


def test_a_preset_is_found_by_name():
    assert preset("coupled") is PRESETS["coupled"]
    with pytest.raises(ReidError, match=r"preset 'corected'.*paper, mclaughlin, .*--preset corrected"):
        preset("corected")

"""Training from a split: reproducible, resumed bit for bit, blind to the test people, the same for pictures."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from tiny_people import FIRST_PID, clouds, tiny_people

from reidlib.arm.recipes import Recipe
from reidlib.arm.stills import Stills
from reidlib.arm.systems import SYSTEMS, system
from reidlib.arm.train import train
from reidlib.data.splits import from_ids
from reidlib.errors import ReidError

SPLIT = from_ids(train=range(0, 16, 2), test=range(1, 16, 2), name="toy")
RECIPE = Recipe("quick", ways=(3, 5), shots=(1, 2), episodes=2, steps=6)
SYSTEM = replace(system("arm").on_features(8), D=16)


def bits(network):
    return {name: tensor.clone() for name, tensor in network.state_dict().items()}


def equal(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_one_seed_one_network():
    before = torch.get_rng_state()
    one, again, other = (train(clouds(16), SPLIT, SYSTEM, RECIPE, seed) for seed in (4, 4, 5))
    assert equal(bits(one.network), bits(again.network))
    assert one.fit.history == again.fit.history
    assert not torch.equal(one.network.neck.linear.weight, other.network.neck.linear.weight)
    assert not equal(bits(one.network), bits(SYSTEM.network(4)))
    assert torch.equal(torch.get_rng_state(), before)
    assert not any(module.training for module in one.network.modules())


def test_what_decided_it_stands_beside_it():
    source = clouds(16)
    trained = train(source, SPLIT, SYSTEM, RECIPE, 4)
    assert trained.facts["system"] == SYSTEM.as_dict()
    assert trained.facts["recipe"] == RECIPE.as_dict()
    assert trained.facts["split"] == {"name": "toy", "train": list(SPLIT.train), "test": list(SPLIT.test)}
    assert (trained.facts["data"], trained.facts["data_hash"], trained.facts["seed"]) == (
        "clouds", source.items.hash, 4)
    assert trained.fit.step == 6


class Fell(Exception):
    """What the test throws."""


@pytest.mark.parametrize("name", [*SYSTEMS, "triplet", "triplet-all", "identity", "identity-bn", "with-identities"])
def test_stopped_and_started_again_it_is_the_same_training(name, tmp_path, monkeypatch):
    chosen = replace(system(name if name in SYSTEMS else "arm").on_features(8), D=16)
    recipe = {"triplet": replace(RECIPE, objective="triplet"),
              "triplet-all": replace(RECIPE, objective="triplet", mining="all"),
              "identity": replace(RECIPE, objective="identity"),
              "identity-bn": replace(RECIPE, objective="identity", batch_norm=True),
              "with-identities": replace(RECIPE, identity_weight=0.5)}.get(name, RECIPE)
    source = clouds(16)
    whole = train(source, SPLIT, chosen, recipe, 1)
    real, calls = source.gather, []
    each = 1 if recipe.objective != "episode" else 2  # gallery and probes
    stop = 3 * each + 1

    def falling(numbers):
        calls.append(numbers)
        if len(calls) == stop:
            raise Fell
        return real(numbers)

    monkeypatch.setattr(source, "gather", falling)
    with pytest.raises(Fell):
        train(source, SPLIT, chosen, recipe, 1, folder=tmp_path, every=2)
    again = train(source, SPLIT, chosen, recipe, 1, folder=tmp_path, every=2)
    assert len(calls) == stop + 3 * each  # the three steps that were left
    assert equal(bits(whole.network), bits(again.network))
    assert again.fit.history == whole.fit.history


def test_another_training_does_not_take_the_folder(tmp_path):
    source = clouds(16)
    train(source, SPLIT, SYSTEM, RECIPE, 1, folder=tmp_path)
    other = from_ids(train=range(8), test=range(8, 16), name="other")
    for change in ({"seed": 2}, {"recipe": replace(RECIPE, shots=(1, 1))}, {"split": other},
                   {"system": SYSTEM.with_encoders("sab")}, {"source": clouds(16, seed=1)}):
        asked = {"source": source, "split": SPLIT, "system": SYSTEM, "recipe": RECIPE, "seed": 1} | change
        with pytest.raises(ReidError, match=r"holds another training.*choose another folder"):
            train(folder=tmp_path, **asked)


@pytest.mark.parametrize("recipe", [RECIPE, replace(RECIPE, mode="any", distractors=1),
                                    replace(RECIPE, objective="triplet"), replace(RECIPE, objective="identity")])
def test_test_people_leave_no_trace(recipe):
    """Their features are changed altogether, and not a bit of the network changes; a training person's do change it."""
    plain = bits(train(clouds(16), SPLIT, SYSTEM, recipe, 1).network)
    for people, same in ((SPLIT.test, True), (SPLIT.train[:1], False)):
        other = clouds(16)
        other.feats[np.isin(other.items.pids, people)] += 3
        assert equal(plain, bits(train(other, SPLIT, SYSTEM, recipe, 1).network)) == same


def test_it_goes_on_from_a_network_that_is_given():
    first = train(clouds(16), SPLIT, SYSTEM, RECIPE, 1)
    before = bits(first.network)
    further = train(clouds(16), SPLIT, SYSTEM, replace(RECIPE, steps=1), 1, network=first.network)
    assert further.network is first.network
    change = (first.network.neck.linear.weight - before["neck.linear.weight"]).abs().max()
    assert 0 < change < 0.01  # one step of Adam at 1e-3, from there and not from the start


def test_pictures_train_as_features_do(tmp_path):
    stills = Stills(tiny_people(tmp_path / "store", persons=6, days=1))
    split = from_ids(train=FIRST_PID + 3 * np.arange(5), test=[FIRST_PID + 15], name="five")
    recipe = replace(RECIPE, ways=3, steps=2, episodes=1)
    small = replace(system("arm"), backbone_options={"width": 16, "groups": 4}, D=16)
    one, again = (train(stills, split, small, recipe, 3).network for _ in range(2))
    assert equal(bits(one), bits(again))
    assert not torch.equal(one.backbone.convolutions[0].weight, small.network(3).backbone.convolutions[0].weight)


def test_features_of_another_size_are_a_sentence():
    with pytest.raises(ReidError, match=r"floats \(\.\.\., 9\)"):
        train(clouds(16), SPLIT, system("arm").on_features(9), RECIPE)


def test_weights_that_are_broken_stop_the_training():
    network = SYSTEM.network(0)
    with torch.no_grad():
        network.neck.linear.weight[0, 0] = torch.nan
    with pytest.raises(ReidError, match=r"not finite|NaN|nan"):
        train(clouds(16), SPLIT, SYSTEM, RECIPE, network=network)

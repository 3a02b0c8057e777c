"""Settings: schedule, multipliers, JSON, and what is refused."""

from __future__ import annotations

import json

import pytest

from reidlib.errors import ReidError
from reidlib.training.settings import Optimiser


@pytest.mark.parametrize(("settings", "steps", "rates"), [
    ({}, 4, [1, 1, 1, 1]),
    ({"milestones": (2,)}, 5, [1, 1, 0.1, 0.1, 0.1]),
    ({"milestones": (0.3, 0.6)}, 10, [1, 1, 1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.01, 0.01]),
    ({"milestones": (1, 0.5), "factor": 0.5}, 4, [1, 0.5, 0.25, 0.25]),
    ({"warm_up": 4}, 6, [0.25, 0.5, 0.75, 1, 1, 1]),
    ({"warm_up": 4, "milestones": (2,)}, 5, [0.25, 0.5, 0.075, 0.1, 0.1]),
])
def test_the_rate_of_each_step(settings, steps, rates):
    optimiser = Optimiser("sgd", 0.02, **settings)
    assert [optimiser.rate(step, steps) / 0.02 for step in range(steps)] == pytest.approx(rates)


def test_the_longest_fitting_name_multiplies():
    optimiser = Optimiser(multipliers={"network": 2.0, "network.head": 20.0, "network.head.bias": 0.0})
    assert optimiser.multiplier("network.head.weight") == 20.0
    assert optimiser.multiplier("network.head.bias") == 0.0
    assert optimiser.multiplier("network.header.weight") == 2.0, "a name is a path, not a string that begins so"
    assert optimiser.multiplier("classifier.weight") == 1.0


def test_json_round_trip():
    optimiser = Optimiser("sgd", 1e-3, clip="value", milestones=(100, 0.5), multipliers={"head": 20.0})
    again = Optimiser.from_dict(json.loads(json.dumps(optimiser.as_dict())))
    assert again == optimiser
    assert [type(mark) for mark in again.milestones] == [int, float]
    assert hash(again) == hash(optimiser)
    assert Optimiser.from_dict({"kind": "sgd"}) == Optimiser("sgd")


def test_settings_do_not_follow_the_callers_dictionary():
    multipliers = {"head": 20.0}
    optimiser = Optimiser(multipliers=multipliers)
    multipliers["head"] = 1.0
    assert optimiser.multiplier("head") == 20.0


@pytest.mark.parametrize("wrong", [
    {"kind": "sdg"}, {"clip": "Norm"}, {"precision": "float16"}, {"learning_rate": 0}, {"learning_rate": float("nan")},
    {"learning_rate": "1e-3"}, {"momentum": 1.0}, {"weight_decay": -1e-4}, {"clip_at": 0}, {"factor": -0.1},
    {"warm_up": -1}, {"warm_up": 0.5}, {"milestones": (0,)}, {"milestones": (1.5,)}, {"milestones": (True,)},
    {"multipliers": {"head": -1.0}}, {"multipliers": {"head": None}},
])
def test_bad_values_are_named(wrong):
    (name, value), = wrong.items()
    with pytest.raises(ReidError) as caught:
        Optimiser(**wrong)
    assert name.rstrip("s") in caught.value.found
    shown = next(iter(value.values())) if isinstance(value, dict) else value[0] if isinstance(value, tuple) else value
    assert repr(shown) in caught.value.found


def test_an_unknown_setting_is_named():
    with pytest.raises(ReidError, match=r"'lr'.*learning_rate"):
        Optimiser.from_dict({"lr": 0.1})

"""Ways of training by name: against the texts, through JSON, cut to size."""

import json
from dataclasses import replace

import pytest

from reidlib.errors import ReidError
from reidlib.ran.presets import PRESETS
from reidlib.ran.recipes import RECIPES, Recipe, recipe
from reidlib.ran.sizes import sized_recipe

SIZES = {"default_frames": 4, "default_steps": 120}


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_survives_json(name):
    system = RECIPES[name]
    again = Recipe.from_dict(json.loads(json.dumps(system.as_dict())))
    assert again == system
    assert again.optimiser == system.optimiser
    assert Recipe.from_dict(replace(system, frames=5).as_dict()) != system


def test_the_paper_and_its_predecessor_train_as_their_texts_say():
    for name in ("paper", "paper-prid", "mclaughlin"):
        each = RECIPES[name]
        assert (each.sampling, each.pairs, each.window, each.frames) == ("pairs", 1, "contiguous", 16)
        assert (each.optimiser.kind, each.optimiser.learning_rate, each.optimiser.momentum) == ("sgd", 1e-3, 0.9)
        assert (each.optimiser.clip, each.optimiser.clip_at, each.optimiser.weight_decay) == ("value", 5.0, 0.0)
        assert each.test_frames == 128
        assert each.optimiser.multipliers == {}
    paper, prid, mclaughlin = (RECIPES[name] for name in ("paper", "paper-prid", "mclaughlin"))
    assert paper.steps == mclaughlin.steps == 1000 * 150 * 2
    assert prid.steps == 1000 * 100 * 2
    rates = [prid.optimiser.rate(epoch * 200, prid.steps) for epoch in (0, 299, 300, 599, 600, 999)]
    assert rates == pytest.approx([1e-3, 1e-3, 1e-4, 1e-4, 1e-5, 1e-5])
    assert paper.optimiser.rate(299_999, paper.steps) == 1e-3
    assert (paper.shortest, paper.first_offset, paper.test_last, paper.test_crops) == (1, 0, False, "centre")
    assert (mclaughlin.shortest, mclaughlin.first_offset, mclaughlin.test_last, mclaughlin.test_crops) == (
        16, 1, True, "sixteen")


@pytest.mark.parametrize(("name", "tracklets"), [("paper", 2), ("pairs", 16), ("contiguous", 16), ("spread", 16)])
def test_tracklets_of_a_step(name, tracklets):
    assert RECIPES[name].tracklets_a_step == tracklets
    assert replace(RECIPES[name], pairs=3, identities=3).tracklets_a_step == 6


def test_sized_changes_only_what_it_is_told():
    paper = RECIPES["paper"]
    assert paper.sized() == paper
    assert paper.sized(frames=4) == replace(paper, frames=4)
    assert paper.sized(steps=7) == replace(paper, steps=7)


def test_a_profile_takes_the_quick_recipe_at_its_size_and_the_full_one_as_it_is():
    system = PRESETS["paper"]
    assert sized_recipe(system, full=True, **SIZES) == RECIPES["paper"]
    assert sized_recipe(system, full=True, steps=9, **SIZES) == replace(RECIPES["paper"], steps=9)
    assert sized_recipe(system, full=False, **SIZES) == replace(RECIPES["paper-pairs"], frames=4, steps=120)
    assert sized_recipe(system, full=False, frames=2, steps=9, **SIZES) == replace(
        RECIPES["paper-pairs"], frames=2, steps=9)
    assert sized_recipe(system, "pairs", full=False, **SIZES) == replace(RECIPES["pairs"], frames=4, steps=120)
    assert sized_recipe(system, "pairs", full=True, **SIZES) == RECIPES["pairs"]


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("size", ["frames", "steps"])
def test_a_size_of_nothing_is_an_error_not_the_default(full, size):
    with pytest.raises(ReidError, match=f"{size}=0"):
        sized_recipe(PRESETS["paper"], full=full, **{size: 0}, **SIZES)


@pytest.mark.parametrize(("options", "sentence"), [
    ({"sampling": "triplets"}, "sampling='triplets'.*pairs or identities"),
    ({"window": "random"}, "window='random'.*contiguous or spread"),
    ({"test_crops": "ten"}, "test_crops='ten'.*centre or sixteen"),
    ({"frames": 0}, "frames=0"), ({"steps": -1}, "steps=-1"), ({"shortest": 0}, "shortest=0"),
])
def test_what_does_not_exist_is_named(options, sentence):
    with pytest.raises(ReidError, match=sentence):
        Recipe("mine", **options)


def test_a_recipe_is_found_by_name():
    assert recipe("paper-prid") is RECIPES["paper-prid"]
    with pytest.raises(ReidError, match=r"recipe 'papper'.*paper, paper-pairs, paper-prid, mclaughlin.*--recipe paper"):
        recipe("papper")

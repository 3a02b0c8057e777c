"""One run in a folder: days apart, every rival beside the network, and recipes cut to the people there are."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from tiny_people import clouds, two_languages

from reidlib.arm.evaluate import embed, episode_interval
from reidlib.arm.measured import NETWORK, WAYS, days_apart, measured, points
from reidlib.arm.parts import Part, few_each, on_days
from reidlib.arm.recipes import RECIPES, Recipe, recipe
from reidlib.arm.rivals import rivals
from reidlib.arm.run import run
from reidlib.arm.saved import load_network
from reidlib.arm.sizes import SIZES, fitted, size
from reidlib.arm.systems import system
from reidlib.data.splits import Split, from_ids
from reidlib.errors import ReidError
from reidlib.evaluation.intervals import Interval
from reidlib.training.checkpoints import load_checkpoint

SPLIT = from_ids(train=range(12), test=range(12, 24), name="toy")
RECIPE = Recipe("quick", ways=(3, 5), shots=(1, 1), episodes=2, steps=4)
SYSTEM = replace(system("arm").on_features(8), D=16)


def outcome(folder) -> tuple[dict, dict]:
    """Everything but the clock."""
    result = json.loads((folder / "result.json").read_text())
    assert result["results"].pop("training_seconds") >= 0
    tensors = load_checkpoint(folder / "network.safetensors")[0]
    return result, {name: tensor.numpy().tobytes() for name, tensor in tensors.items()}


@pytest.mark.parametrize(("days", "first"), [(1, None), (2, None), (3, 2), (4, 3), (5, 4), (6, 4), (9, 6)])
def test_the_last_third_of_the_days_is_for_the_test(days, first):
    source = clouds(4, days=days)
    training, test, told = days_apart(source)
    if first is None:
        assert training is source
        assert test is source
        assert told == {"train": list(range(days)), "test": list(range(days))}
    else:
        assert set(training.items.days) == set(told["train"]) == set(range(first))
        assert set(test.items.days) == set(told["test"]) == set(range(first, days))


def test_days_may_have_gaps():
    source = clouds(4, days=6)
    kept = np.isin(source.items.days, [0, 3, 5])
    assert days_apart(Part(source, kept))[2] == {"train": [0, 3], "test": [5]}


def test_the_folder_bears_out_what_the_run_says(tmp_path):
    source = clouds(24, days=3)
    trained, found, _ = run(source, SPLIT, SYSTEM, RECIPE, 3, tmp_path, episodes=30)
    facts = json.loads((tmp_path / "result.json").read_text())
    results = facts["results"]
    assert Split.load(tmp_path / "split.json") == SPLIT
    assert results["days"] == {"train": [0, 1], "test": [2]}
    assert (results["steps"], results["interrupted"], results["people"], results["episodes"]) == (4, False, 12, 30)
    assert set(results["ways"]) == {"5", "10"}  # twelve people are too few for 20
    names = {NETWORK, *rivals(torch.randn(4, 16, generator=torch.Generator().manual_seed(0)), torch.zeros(4).long())}
    for ways, row in results["ways"].items():
        assert row["chance"] == 1 / int(ways)
        assert set(row) == names | {"chance", "best_rival", "lead"}
        best = max(names - {NETWORK}, key=lambda name: row[name]["rank_1"]["estimate"])
        assert row[row["best_rival"]]["rank_1"]["estimate"] == row[best]["rank_1"]["estimate"]
        mine = found.found[int(ways)]
        lead = episode_interval(mine[NETWORK].rank_1 - mine[row["best_rival"]].rank_1)
        assert row["lead"] == lead.as_dict()
        assert row["lead"]["estimate"] == pytest.approx(row[NETWORK]["rank_1"]["estimate"]
                                                        - row[row["best_rival"]]["rank_1"]["estimate"])
    back = load_network(tmp_path / "network.safetensors")
    assert torch.equal(embed(back.network, source), embed(trained.network, source))
    assert back.facts["results"] == results
    assert load_checkpoint(tmp_path / "network.safetensors")[1]["data_hash"] == days_apart(source)[0].items.hash
    assert found.line.startswith("10-way 1-shot rank-1 ")
    assert f"best rival {results['ways']['10']['best_rival']} " in found.line
    assert found.line.endswith("n = 30 episodes of 12 people, chance 10.0 %, 95 % intervals over episodes of these "
                               "very people")


class Fell(Exception):
    """What the test throws."""


def test_run_again_it_returns_the_same_and_stopped_it_goes_on(tmp_path):
    source = clouds(24)
    whole = run(source, SPLIT, SYSTEM, RECIPE, 3, tmp_path / "whole", episodes=10)
    first = outcome(tmp_path / "whole")
    assert run(source, SPLIT, SYSTEM, RECIPE, 3, tmp_path / "whole", episodes=10)[1].line == whole[1].line
    assert outcome(tmp_path / "whole") == first

    def fall(heard):
        raise Fell

    with pytest.raises(Fell):
        run(source, SPLIT, SYSTEM, RECIPE, 3, tmp_path / "part", episodes=10, every=1, callbacks=[fall])
    assert not (tmp_path / "part" / "result.json").exists()
    run(source, SPLIT, SYSTEM, RECIPE, 3, tmp_path / "part", episodes=10, every=1)
    assert outcome(tmp_path / "part") == first


def test_few_pictures_change_the_training_and_not_the_test(tmp_path):
    source = clouds(24, images=5)
    runs = {images: run(source, SPLIT, SYSTEM, RECIPE, 3, tmp_path / str(images), images=images, episodes=10)
            for images in (None, 2)}
    hashes = {images: trained.facts["data_hash"] for images, (trained, _, _) in runs.items()}
    assert hashes[None] != hashes[2]
    assert runs[None][0].fit.history != runs[2][0].fit.history
    assert json.loads((tmp_path / "2" / "result.json").read_text())["results"]["images"] == 2
    dated = clouds(24, images=5, days=3)
    trained, _, _ = run(dated, SPLIT, SYSTEM, RECIPE, 3, tmp_path / "days", images=9, episodes=10)
    few = few_each(on_days(dated, [0, 1]), 9, 3)  # of the training days alone
    assert trained.facts["data_hash"] == few.items.hash
    with pytest.raises(ReidError, match="two cameras saw"):  # one picture each: nothing across cameras
        run(source, SPLIT, SYSTEM, RECIPE, 3, tmp_path / "one", images=1)


def test_an_untrained_arm_scores_as_matching_does():
    """Zero start, at the test as well: the same network, with and without its encoders."""
    source = clouds(24)
    found = {name: measured(replace(system(name).on_features(8), D=16).network(1), source, source, SPLIT, episodes=20)
             for name in ("arm", "matching")}
    for ways in (5, 10):
        one, other = (each.found[ways] for each in found.values())
        assert np.array_equal(one[NETWORK].rank_1, other[NETWORK].rank_1)
        assert np.array_equal(one["cosine"].rank_1, one[NETWORK].rank_1)  # one shot: the nearest image is the answer


def test_a_network_without_any_sight_sits_at_chance():
    source = two_languages(60, 0, size=16)
    split = from_ids(train=range(30), test=range(30, 60), name="half")
    found = measured(system("matching").on_features(32, neck=False).network(0), source, source, split, episodes=40)
    assert list(found.found) == list(WAYS)
    for ways, each in found.found.items():
        assert each[NETWORK].rank_1.mean() <= 1 / ways  # all cosines are 0: ties count against
        assert each["camera-centred euclidean"].interval.estimate < 3 / ways


def test_few_people_are_asked_in_fewer_ways():
    source = clouds(15)
    split = from_ids(train=range(12), test=range(12, 15), name="three")
    found = measured(SYSTEM.network(0), source, source, split, episodes=6)
    assert list(found.found) == [3]
    assert "3-way 1-shot" in found.line
    assert found.line.endswith("6 episodes of 3 people, chance 33.3 %, 95 % intervals over episodes of these very "
                               "people")


@pytest.mark.parametrize(("source", "split", "sentence"), [
    (clouds(13), SPLIT, r"at most 1 qualify.*ways=2"),
    (clouds(24, cameras=1), SPLIT, r"0 of them in two cameras or more"),
    (clouds(12), SPLIT, r"no item of clouds in this part"),
    (clouds(24), from_ids(train=range(30, 40), test=range(12), name="elsewhere"), r"no item of clouds in this part"),
])
def test_too_few_people_are_a_sentence(source, split, sentence):
    with pytest.raises(ReidError, match=sentence):
        measured(SYSTEM.network(0), source, source, split)


def test_one_episode_has_no_interval_and_no_nan(tmp_path):
    _, found, _ = run(clouds(24), SPLIT, SYSTEM, RECIPE, 0, tmp_path, episodes=1)
    assert "[no interval]" in found.line
    assert "NaN" not in (tmp_path / "result.json").read_text()


def test_points_stay_between_none_and_all():
    assert points(Interval(0.998, 0.995, 1.001, 9)) == "99.8 % [99.5, 100.0]"
    assert points(Interval(0.001, -0.002, 0.004, 9)) == "0.1 % [0.0, 0.4]"
    assert points(Interval(0.5, math.nan, math.nan, 1)) == "50.0 % [no interval]"


def test_recipes_are_cut_to_the_people_there_are():
    whole = recipe("episodes")
    for people, ways in ((10, (8, 10)), (5, (5, 5)), (32, (8, 32)), (50, (8, 32))):
        source = clouds(people)
        assert fitted(whole, source.items, np.arange(people)).ways == ways
    source = clouds(10)
    assert fitted(whole, source.items, np.arange(4)).ways == (4, 4)
    assert fitted(replace(whole, distractors=3), source.items, np.arange(10)).ways == (7, 7)
    assert fitted(replace(whole, on_short="skip", shots=(1, 9)), source.items, np.arange(10)).ways == whole.ways
    assert fitted(recipe("triplet"), source.items, np.arange(4)) == recipe("triplet")
    assert fitted(whole, clouds(10, cameras=1).items, np.arange(10)) == whole  # the sampler says what is wrong
    for name in RECIPES:
        cut = fitted(recipe(name), source.items, np.arange(10))
        assert cut.objective != "episode" or cut.ways[1] == 10


def test_sizes_by_name():
    assert [each.persons for each in SIZES.values()] == [60, 300, 300]
    assert size("ci").steps < size("cpu").steps < size("gpu").steps
    with pytest.raises(ReidError, match=r"Found the profile 'cu'.*ci, cpu, gpu.*--profile"):
        size("cu")

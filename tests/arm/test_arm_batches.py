"""Batches of training: a function of (seed, step), of training people alone, mirrored picture by picture."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
import torch
from tiny_people import FIRST_PID, clouds, tiny_people

from reidlib.arm.batches import Batches
from reidlib.arm.parts import Part
from reidlib.arm.recipes import RECIPES, Recipe
from reidlib.arm.stills import Stills
from reidlib.errors import ReidError

TRAIN = np.arange(0, 16, 2)
EPISODE = Recipe("e", ways=(3, 5), shots=(1, 2), episodes=2)
ITEMS = Recipe("t", objective="triplet", identities=5, images=3)


@pytest.fixture(scope="module")
def stills(tmp_path_factory):
    return Stills(tiny_people(tmp_path_factory.mktemp("people") / "store", persons=8, days=1), visible=0)


def tensors(batch):
    return [part for part in _flat(batch) if isinstance(part, torch.Tensor)]


def _flat(batch):
    return [leaf for part in batch for leaf in (_flat(part) if isinstance(part, tuple) else [part])]


def same(one, other):
    pairs = list(zip(tensors(one), tensors(other), strict=True))
    return len(pairs) > 1 and all(a.shape == b.shape and torch.equal(a, b) for a, b in pairs)


@pytest.mark.parametrize("recipe", [EPISODE, ITEMS, replace(EPISODE, mode="any"), replace(ITEMS, objective="identity")],
                         ids=lambda each: f"{each.objective}-{each.mode}")
def test_a_batch_is_a_function_of_seed_and_step(stills, recipe):
    torch.manual_seed(1)
    before = torch.get_rng_state()
    batches = Batches(stills, stills.items.pids, recipe, 3)
    first = [batches(step) for step in range(6)]
    for step in reversed(range(6)):  # in whatever order, and in another process
        assert same(first[step], batches(step))
    assert same(first[4], pickle.loads(pickle.dumps(batches))(4))
    assert same(first[4], Batches(stills, stills.items.pids[::-1], recipe, 3)(4))
    assert not any(same(first[a], first[b]) for a in range(6) for b in range(a))
    assert not same(first[0], Batches(stills, stills.items.pids, recipe, 4)(0))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("recipe", [EPISODE, replace(EPISODE, distractors=2), ITEMS, replace(EPISODE, mode="any")])
def test_only_training_people_are_drawn_and_all_of_them(recipe):
    """Each person's features are marked, so that what is drawn is looked at, not what is said about it."""
    source = clouds(16)
    source.feats[:, 0] = torch.from_numpy(source.items.pids).float()
    batches = Batches(source, TRAIN, recipe, 0)
    met = set()
    for step in range(60):
        batch = batches(step)
        shown = torch.cat([batch.gallery, batch.probes], 1) if recipe.objective == "episode" else batch.items
        pids = shown[..., 0].long()
        met |= set(pids.unique().tolist())
        assert torch.equal(torch.from_numpy(TRAIN)[batch.classes], pids)
    assert met == set(TRAIN.tolist())


def test_pictures_fit_their_episodes(stills):
    batch = Batches(stills, stills.items.pids, replace(EPISODE, flip=False), 0)(2)
    assert torch.equal(batch.gallery, stills.gather(batch.episodes.gallery))
    assert torch.equal(batch.probes, stills.gather(batch.episodes.probes))
    pids = stills.items.pids[torch.cat([batch.episodes.gallery, batch.episodes.probes], 1)]
    assert np.array_equal(FIRST_PID + 3 * batch.classes.numpy(), pids)


def test_pictures_are_mirrored_each_by_itself_about_half_of_them(stills):
    mirrored = total = 0
    mixed = False
    for step in range(20):
        batch = Batches(stills, stills.items.pids, EPISODE, 0)(step)
        plain = stills.gather(batch.episodes.gallery)
        as_is = (batch.gallery == plain).flatten(2).all(-1)
        turned = (batch.gallery == plain.flip(-1)).flatten(2).all(-1)
        assert torch.all(as_is ^ turned)
        mirrored, total = mirrored + int(turned.sum()), total + turned.numel()
        mixed |= any(0 < row.sum() < len(row) for row in turned)
    assert mixed
    assert abs(mirrored / total - 0.5) < 4 * 0.5 / total**0.5


def test_features_have_no_mirror():
    source = clouds(16)
    batch = Batches(source, TRAIN, EPISODE, 0)(0)
    assert torch.equal(batch.gallery, source.gather(batch.episodes.gallery))


def test_items_of_an_identity_come_once_before_any_comes_again():
    source = clouds(16, images=1)  # two items of each person
    batch = Batches(source, TRAIN, ITEMS, 0)(0)
    numbers = [int(torch.nonzero((source.feats == row).all(1))) for row in batch.items]
    assert len(numbers) == 15
    for group in np.array(numbers).reshape(5, 3):
        assert len(set(source.items.pids[group])) == 1
        assert len(set(group.tolist())) == 2
    assert np.array_equal(source.items.camids[numbers], batch.camids)
    everyone = Batches(source, TRAIN, replace(ITEMS, identities=99), 0)(0)
    assert sorted(set(everyone.classes.tolist())) == list(range(8))


def test_identities_without_items_keep_their_class_and_never_appear():
    source = clouds(4)
    for recipe in (replace(EPISODE, ways=2), ITEMS):
        batches = Batches(source, [-7, 1, 2, 3, 50], replace(recipe, ways=(2, 2)), 0)
        assert set(torch.cat([batches(step).classes.ravel() for step in range(20)]).tolist()) == {1, 2, 3}


@pytest.mark.parametrize(("source", "pids", "recipe", "sentence"), [
    (clouds(4), np.arange(4), EPISODE, r"at most 4 qualify.*ways=5"),
    (clouds(6, cameras=1), np.arange(6), EPISODE, r"0 of them in two cameras or more.*two cameras saw"),
    (clouds(4), [], EPISODE, r"no item of the 0 identities"),
    (clouds(4), [1], ITEMS, r"items of 1 training identities.*2 or more"),
    (clouds(4), [], ITEMS, r"items of 0 training identities"),
])
def test_too_few_people_are_a_sentence(source, pids, recipe, sentence):
    with pytest.raises(ReidError, match=sentence):
        Batches(source, pids, recipe, 0)


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_every_recipe_draws_from_sixty_people(name):
    source = clouds(60)
    batch = Batches(Part(source, source.items.pids >= 0), np.arange(60), RECIPES[name], 0)(0)
    assert len(tensors(batch)) >= 3

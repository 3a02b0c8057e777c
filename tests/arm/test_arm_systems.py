"""Systems by name: what starts equal is equal, what a checkpoint says builds the same network again."""

import json

import numpy as np
import pytest
import torch
from tiny_people import clouds

from reidlib.arm.episodes import EpisodeSampler
from reidlib.arm.evaluate import embed
from reidlib.arm.gallery import GALLERY
from reidlib.arm.model import Arm
from reidlib.arm.recipes import RECIPES, Recipe, recipe
from reidlib.arm.systems import SYSTEMS, System, system
from reidlib.errors import ReidError

D = 16


def small(name: str, seed: int = 0, **changes) -> Arm:
    return System(**{**system(name).on_features(8).as_dict(), "D": D, **changes}).network(seed).eval()


def moved(network: Arm, seed: int = 0) -> Arm:
    """With every weight changed, so that no part sits at its zero start."""
    rng = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.3 * torch.randn(parameter.shape, generator=rng))
    return network


def drawn(episodes=4, **options):
    source = clouds(20, images=3)
    sampler = EpisodeSampler(source.items, np.arange(20), **{"ways": 6, "shots": 2, "distractors": 2,
                                                            "episodes": episodes, **options})
    return source, sampler.draw(0)


def answered(network: Arm, source, episodes):
    z = embed(network, source)
    with torch.no_grad():
        return network.match(z[episodes.gallery], z[episodes.probes], episodes, classes=episodes.gallery.shape[1])


@pytest.mark.parametrize("name", ["arm", "no-memory"])
@pytest.mark.parametrize("gallery", sorted(set(GALLERY) - {"bilstm"}))
def test_at_step_zero_arm_is_plain_matching_to_the_bit(name, gallery):
    """So that whatever a trained encoder adds to matching was learned; Vinyals' plain start has no such point."""
    source, episodes = drawn()
    plain = answered(small("matching"), source, episodes)
    for mine in (small(name, gallery=gallery), small(name, gallery=gallery, gallery_options={})):
        found = answered(mine, source, episodes)
        assert torch.equal(found.logits, plain.logits)
        assert torch.equal(found.log_probability, plain.log_probability)
    assert not torch.allclose(answered(small(name, 1), source, episodes).log_probability, plain.log_probability)
    assert not torch.allclose(answered(moved(small(name)), source, episodes).log_probability, plain.log_probability)
    assert not torch.allclose(answered(small("fce"), source, episodes).log_probability, plain.log_probability)


def test_matching_at_step_zero_is_the_cosine_baseline():
    """log P by numpy from cosines of z, at the temperature of the start."""
    source, episodes = drawn()
    network = small("arm")
    z = embed(network, source).double().numpy()
    found = answered(network, source, episodes).log_probability.numpy()
    unit = z / np.linalg.norm(z, axis=1, keepdims=True)
    for b in range(len(found)):
        gallery, probes = unit[episodes.gallery[b]], unit[episodes.probes[b]]
        labels = episodes.gallery_labels[b].numpy()
        weights = np.exp(probes @ gallery.T / 0.1)
        for q, row in enumerate(weights):
            mine = [row[labels == y].sum() / row.sum() for y in range(labels.max() + 1)]
            np.testing.assert_allclose(found[b, q, :len(mine)], np.log(mine), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("name", sorted(SYSTEMS))
def test_probabilities_sum_to_one_also_with_padding_and_distractors(name):
    source, episodes = drawn(shots=3, on_short="ragged")
    mask = episodes.gallery_mask.clone()
    mask[0, 5:] = False  # the ways that are left have all the probability
    for each in (episodes, episodes._replace(gallery_mask=mask)):
        answer = answered(moved(small(name)), source, each).log_probability
        torch.testing.assert_close(answer.exp().sum(-1), torch.ones(answer.shape[:2]))
        assert not answer.isnan().any()


@pytest.mark.parametrize("name", sorted(SYSTEMS))
def test_an_empty_gallery_gives_no_answer_and_no_nan(name):
    source, episodes = drawn()
    none = episodes._replace(gallery_mask=torch.zeros_like(episodes.gallery_mask))
    network = moved(small(name))
    answer = network(source.gather(none.gallery), source.gather(none.probes), none)
    assert torch.all(answer.log_probability == -torch.inf)
    (answer.f.square().sum() + answer.g.square().sum()).backward()
    assert all(each.grad is None or each.grad.isfinite().all() for each in network.parameters())


@pytest.mark.parametrize("name", sorted(SYSTEMS))
def test_a_permuted_gallery_gives_the_same_answer_but_for_an_lstm_over_it(name):
    source, episodes = drawn()
    order = torch.randperm(episodes.gallery.shape[1], generator=torch.Generator().manual_seed(5))
    sides = ("gallery", "gallery_mask", "gallery_labels", "gallery_camids", "gallery_days")
    other = episodes._replace(**{key: getattr(episodes, key)[:, order] for key in sides})
    network = moved(small(name))
    one, two = (answered(network, source, each).log_probability for each in (episodes, other))
    assert network.gallery.order_free == (name != "fce")
    assert torch.allclose(one, two, atol=1e-4) == (name != "fce")


def test_probes_never_see_each_other():
    source, episodes = drawn()
    network = moved(small("arm"))
    together = answered(network, source, episodes).log_probability
    for q in range(episodes.probes.shape[1]):
        alone = episodes._replace(**{key: getattr(episodes, key)[:, q:q + 1] for key in episodes._fields
                                     if key.startswith("probe")})
        torch.testing.assert_close(answered(network, source, alone).log_probability, together[:, q:q + 1])


def test_systems_that_share_a_part_and_a_seed_share_its_weights():
    arm, other = (system(name).network(3).state_dict() for name in ("arm", "no-memory"))
    shared = [name for name in arm if name in other and name.split(".")[0] != "probe"]
    assert any(name.startswith("backbone") for name in shared)
    assert all(torch.equal(arm[name], other[name]) for name in shared)
    assert not torch.equal(arm["neck.linear.weight"], system("arm").network(4).state_dict()["neck.linear.weight"])
    before = torch.get_rng_state()
    system("fce").network(3)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("mine", [*SYSTEMS.values(), system("arm").on_features(7), system("arm").on_features(
    12, neck=False), System("own", backbone_options={"width": 16, "groups": 4, "size": (32, 16)})],
    ids=lambda each: f"{each.name}-{each.backbone}")  # fmt: skip
def test_a_system_comes_back_from_its_dictionary(mine):
    back = System.from_dict(json.loads(json.dumps(mine.as_dict())))
    assert back == mine
    ours, theirs = mine.network(2).state_dict(), back.network(2).state_dict()
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_other_encoders_come_with_their_own_defaults():
    fce = system("fce")
    changed = fce.with_encoders("view", probe_options={"M": 1})
    assert (changed.gallery, changed.gallery_options) == ("view", {})
    assert (changed.probe, changed.probe_options) == ("attlstm", {"M": 1})
    assert fce.with_encoders() == fce
    assert changed.network(0).probe.M == 1


def test_features_without_a_neck_are_compared_as_they_are():
    source = clouds(6)
    network = system("matching").on_features(8, neck=False).network(0)
    assert network.D == 8
    assert torch.equal(embed(network, source), source.feats)


@pytest.mark.parametrize(("make", "sentence"), [
    (lambda: system("arn"), r"Found the system 'arn'.*matching.*type --system arm"),
    (lambda: system(None), r"Found the system None.*type --system"),
    (lambda: recipe("episode"), r"Found the recipe 'episode'.*type --recipe episodes"),
    (lambda: system("arm").with_encoders("vieww").network(0), r"gallery encoder 'vieww'.*'view'"),
    (lambda: system("arm").with_encoders(probe="lstm").network(0), r"probe encoder 'lstm'.*'attlstm'"),
    (lambda: System("own", neck=False).network(0), r"64 features, no neck and D = 128.*D=64, or neck=True"),
    (lambda: Recipe("own", objective="triplets"), r"objective='triplets'"),
    (lambda: Recipe("own", steps=0), r"steps=0.*1 or more"),
    (lambda: Recipe("own", images=0), r"images=0"),
])
def test_what_does_not_exist_is_a_sentence(make, sentence):
    with pytest.raises(ReidError, match=sentence):
        make()


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_a_recipe_comes_back_from_its_dictionary(name):
    mine = recipe(name).sized(7)
    assert mine.steps == 7
    assert recipe(name).sized(None) == recipe(name)
    assert Recipe("own", ways=5, shots=1) == Recipe("own", ways=(5, 5), shots=(1, 1))
    assert Recipe.from_dict(json.loads(json.dumps(mine.as_dict()))) == mine

"""Training models: their loss terms by hand, what gets a gradient, and what learning does to an easy toy."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from tiny_people import clouds, two_languages

from reidlib.arm.batches import Batches
from reidlib.arm.evaluate import episode_interval
from reidlib.arm.learning import EpisodeLearning, IdentityLearning, TripletLearning, learning
from reidlib.arm.measured import NETWORK, measured
from reidlib.arm.recipes import Recipe, recipe
from reidlib.arm.systems import System, system
from reidlib.arm.train import train
from reidlib.data.splits import from_ids
from reidlib.training.settings import Optimiser

FAST = Optimiser("adam", 1e-2, clip="norm", clip_at=1.0)
EPISODES = Recipe("quick", ways=(10, 10), shots=(1, 1), episodes=2, steps=60, optimiser=FAST)
SPLIT = from_ids(train=range(60), test=range(60, 90), name="toy")


def small(name: str, D_in: int = 8, D: int = 16) -> System:
    return replace(system(name).on_features(D_in), D=D)


def test_the_episode_term_is_the_mean_of_minus_log_p_by_hand():
    source = clouds(16)
    batch = Batches(source, np.arange(16), replace(EPISODES, ways=(3, 3), shots=(2, 2), distractors=1), 0)(0)
    network = small("matching").network(0)
    terms = learning(network, EPISODES, 16, 0)(batch)
    assert list(terms) == ["episode"]
    z = network.features(source.feats).detach().double().numpy()
    unit = z / np.linalg.norm(z, axis=1, keepdims=True)
    values = []
    for b, labels in enumerate(batch.episodes.gallery_labels.numpy()):
        for q, label in zip(batch.episodes.probes[b], batch.episodes.probe_labels[b], strict=True):
            weights = np.exp(unit[batch.episodes.gallery[b]] @ unit[q] / 0.1)
            values.append(-np.log(weights[labels == int(label)].sum() / weights.sum()))
    assert terms["episode"].item() == pytest.approx(np.mean(values), rel=1e-4)


def test_the_identity_term_stands_beside_it_weighted():
    batch = Batches(clouds(16), np.arange(16), EPISODES, 0)(0)
    terms = {}
    for weight in (0.0, 0.5, 2.0):
        network = small("arm").network(0)
        terms[weight] = learning(network, replace(EPISODES, identity_weight=weight), 16, 0)(batch)
    assert list(terms[0.0]) == ["episode"]
    assert terms[2.0]["identity"].item() == pytest.approx(4 * terms[0.5]["identity"].item())
    assert terms[2.0]["episode"].item() == terms[0.0]["episode"].item()


def test_padding_changes_no_term():
    batch = Batches(clouds(16), np.arange(16), EPISODES, 0)(0)
    e = batch.episodes

    def wider(x, value):
        return torch.cat([x, torch.full_like(x[:, :2], value)], 1)

    padded = e._replace(gallery=wider(e.gallery, 0), gallery_mask=wider(e.gallery_mask, False),
                        gallery_labels=wider(e.gallery_labels, -1), gallery_camids=wider(e.gallery_camids, 1),
                        gallery_days=wider(e.gallery_days, 0))
    junk = torch.full_like(batch.gallery[:, :2], 7.0)
    classes = torch.cat([batch.classes[:, :10], torch.zeros_like(batch.classes[:, :2]), batch.classes[:, 10:]], 1)
    other = batch._replace(gallery=torch.cat([batch.gallery, junk], 1), episodes=padded, classes=classes)
    model = EpisodeLearning(small("arm").network(0), 16, 0.5)
    for name, value in model(batch).items():
        torch.testing.assert_close(model(other)[name], value)


def test_the_triplet_term_by_loops():
    source = clouds(6)
    network = small("matching").network(0)
    batch = Batches(source, np.arange(6), Recipe("t", objective="triplet", identities=4, images=4), 0)(0)
    z = network.features(batch.items).detach().double().numpy()
    values = []
    for a in range(16):
        far = [np.linalg.norm(z[a] - z[p]) for p in range(16)
               if batch.classes[p] == batch.classes[a] and batch.camids[p] != batch.camids[a]]
        near = [np.linalg.norm(z[a] - z[n]) for n in range(16) if batch.classes[n] != batch.classes[a]]
        values.append(np.log1p(np.exp(max(far) - min(near))))
    terms = TripletLearning(network)(batch)
    assert list(terms) == ["triplet"]
    assert terms["triplet"].item() == pytest.approx(np.mean(values), rel=1e-4)


def test_equal_pictures_do_not_break_the_triplets():
    """The root of a distance 0 has no slope; a repeated item is that close to itself."""
    source = clouds(6, images=1)
    network = small("matching").network(0)
    batch = Batches(source, np.arange(6), Recipe("t", objective="triplet", identities=4, images=5), 0)(0)
    TripletLearning(network)(batch)["triplet"].backward()
    assert all(each.grad.isfinite().all() for each in network.neck.parameters())


@pytest.mark.parametrize("name", ["triplet", "identity"])
def test_the_rivals_train_z_alone(name):
    batch = Batches(clouds(40), np.arange(40), recipe(name), 0)(0)
    network = small("arm").network(0)
    model = learning(network, recipe(name), 40, 0)
    sum(model(batch).values()).backward()
    assert all(each.grad is not None for each in network.neck.parameters())
    assert all(each.grad is None for part in (network.gallery, network.probe, network.matching)
               for each in part.parameters())
    assert isinstance(model, TripletLearning if name == "triplet" else IdentityLearning)


def test_episodes_reach_every_part_once_the_zero_start_is_left():
    network = small("arm").network(0)
    model = EpisodeLearning(network, 16)
    optimiser = torch.optim.SGD(model.parameters(), 0.1)
    batches = Batches(clouds(16), np.arange(16), EPISODES, 0)
    for step in range(2):
        optimiser.zero_grad()
        model(batches(step))["episode"].backward()
        optimiser.step()
    for name, part in (("gallery", network.gallery), ("probe", network.probe), ("matching", network.matching),
                       ("neck", network.neck)):
        assert any(each.grad is not None and each.grad.abs().max() > 0 for each in part.parameters()), name


def test_one_seed_decides_the_classifier_and_no_global_state_moves():
    before = torch.get_rng_state()
    weights = [learning(small("matching").network(0), recipe("identity"), 9, seed).classifier.weight
               for seed in (1, 1, 2)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("name", ["matching", "arm"])
def test_the_loss_falls_on_an_easy_toy(name):
    trained = train(two_languages(60, 0), from_ids(train=range(60), test=(), name="all"), small(name, 12), EPISODES)
    history = np.array(trained.fit.history["episode"])
    assert history[0] > 2  # log 10 is chance
    assert history[-5:].mean() < 0.5


def accuracy(labels: str, seed: int) -> float:
    """5-way accuracy on people never seen, after training on the true people or on shuffled ones."""
    source = two_languages(90, seed, size=16)
    training = two_languages(90, seed, size=16, shuffled=labels == "shuffled")
    trained = train(training, SPLIT, small("matching", 32, 32), replace(EPISODES, steps=40), seed)
    found = measured(trained.network, training, source, SPLIT, episodes=40, seed=seed)
    return float(found.found[5][NETWORK].rank_1.mean())


def test_random_labels_teach_nothing_about_other_people_and_true_ones_do():
    """The unit is a training: one network's accidental likeness of two languages is shared by all of its episodes."""
    shuffled, true = (episode_interval(np.array([accuracy(labels, seed) for seed in range(count)]))
                      for labels, count in (("shuffled", 8), ("true", 3)))
    assert 1 / 5 in shuffled
    assert shuffled.high - shuffled.low < 0.15  # narrow enough to tell
    assert true.low > 0.8

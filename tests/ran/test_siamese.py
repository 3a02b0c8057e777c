"""Eq. 6 against a numpy loop over pairs, for both kinds of batches, and the whole as a model that learns."""

import math
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
import torch
from torch import nn
from torch.func import functional_call, grad, stack_module_state, vmap

from reidlib.errors import ReidError
from reidlib.ran.attention import weighted_mean
from reidlib.ran.frame_cnn import FrameCNN
from reidlib.ran.heads.head import Head, Pooled
from reidlib.ran.network import Network
from reidlib.ran.siamese import LossWeights, PairBatch, Siamese, SiameseOptions, adjacent_pairs, all_pairs

D, K = 5, 4


class Plain(Head):
    """The mean of the real frames."""

    def pool(self, frame_features, mask):
        return Pooled(weighted_mean(mask.to(frame_features), frame_features))


class Mixed(Plain):
    """The mean, moved by a third of the other side's mean."""

    pooling = "pair"

    def forward_pair(self, first, second, first_mask=None, second_mask=None):
        own = self(first, first_mask).video_feature, self(second, second_mask).video_feature
        return Pooled(own[0] + own[1] / 3), Pooled(own[1] + own[0] / 3)


def siamese(head=None, seed=0, trunk=None, **options):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        trunk = nn.Identity() if trunk is None else trunk()
        network = Network(trunk, Plain(unit=False) if head is None else head, D)
        return Siamese(network, K, SiameseOptions(**{"margin": 2.0, **options}))


def batch_of(labels, pairs, T=3, seed=0, scale=1.0, shape=(D,)):
    labels = torch.tensor(labels)
    generator = torch.Generator().manual_seed(seed)
    x = scale * torch.randn(len(labels), T, *shape, generator=generator)
    mask = torch.arange(T) < torch.randint(1, T + 1, (len(labels),), generator=generator)[:, None]
    return PairBatch(x, mask, labels, *pairs(labels))


BATCHES = {
    "pairs": batch_of([0, 0, 1, 2, 3, 3, 2, 0], adjacent_pairs),
    "identities × tracklets": batch_of([0, 0, 1, 1, 2, 2, 3, 3], all_pairs),
    "one pair of each": batch_of([1, 1, 0, 3], adjacent_pairs),
}


def eq_6_by_numpy(model, batch, mixed):
    """Every pair for itself; positive and negative pairs count half each, identities by the mean over pairs."""
    options, weights = model.options, model.options.weights
    W, b = (each.detach().double().numpy() for each in (model.classifier.weight, model.classifier.bias))
    means = [x[m].mean(0) for x, m in zip(batch.channels.double().numpy(), batch.mask.numpy(), strict=True)]

    def cross_entropy(logits, label):
        return np.log(np.exp(logits).sum()) - logits[label]

    hinge, similarity, ids = {True: [], False: []}, {True: [], False: []}, ([], [])
    for i, j in zip(batch.first.tolist(), batch.second.tolist(), strict=True):
        f1, f2 = (means[i] + means[j] / 3, means[j] + means[i] / 3) if mixed else (means[i], means[j])
        same = bool(batch.labels[i] == batch.labels[j])
        d = math.dist(f1, f2)
        if options.hinge == "squared":
            hinge[same].append(d**2 / 2 if same else max(0, options.margin - d) ** 2 / 2)
        else:
            hinge[same].append(d if same else max(0, options.margin - d))
        if options.similarity == "hadamard":
            root = np.sign(f1 * f2) * (np.sqrt(np.abs(f1 * f2) + 1e-6) - 1e-3)
            V, c = (each.detach().double().numpy() for each in model.similarity.classifier.parameters())
            similarity[same].append(cross_entropy(V @ (root / np.linalg.norm(root)) + c, int(same)))
        for side, f, k in ((ids[0], f1, i), (ids[1], f2, j)):
            side.append(cross_entropy(W @ f + b, int(batch.labels[k])))
    terms = {"hinge_positive": weights.hinge * np.mean(hinge[True]) / 2,
             "hinge_negative": weights.hinge * np.mean(hinge[False]) / 2}
    if options.similarity:
        terms["similarity"] = weights.similarity * (np.mean(similarity[True]) + np.mean(similarity[False])) / 2
    return {**terms, "identity_1": weights.identity_1 * np.mean(ids[0]),
            "identity_2": weights.identity_2 * np.mean(ids[1])}


@pytest.mark.parametrize("kind", BATCHES)
@pytest.mark.parametrize("mixed", [False, True])
@pytest.mark.parametrize("options", [
    {}, {"hinge": "linear", "similarity": None}, {"weights": LossWeights(0.5, 2.0, 3.0, 0.25), "margin": 1.7},
], ids=["paper", "mclaughlin", "weighted"])
def test_the_terms_and_their_sum_are_those_of_a_loop_over_pairs(kind, mixed, options):
    model = siamese(Mixed(unit=False) if mixed else None, **options)
    terms, reference = model(BATCHES[kind]), eq_6_by_numpy(model, BATCHES[kind], mixed)
    assert list(terms) == list(reference)
    for name, value in reference.items():
        assert value > 0
        assert float(terms[name].detach()) == pytest.approx(value, rel=2e-5)
    assert float(sum(terms.values()).detach()) == pytest.approx(sum(reference.values()), rel=1e-5)


def test_with_all_pairs_the_identity_terms_weigh_all_tracklets_evenly():
    model, batch = siamese(), BATCHES["identities × tracklets"]
    terms = model(batch)
    logits = model.classifier(model.network(batch.channels, batch.mask).video_feature)
    even = 2 * nn.functional.cross_entropy(logits, batch.labels)
    torch.testing.assert_close(terms["identity_1"] + terms["identity_2"], even)
    assert abs(float((terms["identity_1"] - even / 2).detach())) > 1e-3  # one of them alone does not


@pytest.mark.parametrize("kind", BATCHES)
@pytest.mark.parametrize("mixed", [False, True])
def test_swapping_both_members_leaves_the_loss(kind, mixed):
    model, batch = siamese(Mixed() if mixed else None), BATCHES[kind]
    there, back = model(batch), model(batch._replace(first=batch.second, second=batch.first))
    for name in ("hinge_positive", "hinge_negative", "similarity"):
        torch.testing.assert_close(there[name], back[name])
    torch.testing.assert_close(there["identity_1"], back["identity_2"])
    torch.testing.assert_close(sum(there.values()), sum(back.values()))


def test_no_mask_means_all_frames_are_real():
    batch = BATCHES["pairs"]
    whole = siamese()(batch._replace(mask=torch.ones_like(batch.mask)))
    for name, value in siamese()(batch._replace(mask=None)).items():
        torch.testing.assert_close(value, whole[name])
    assert abs(float((siamese()(batch)["identity_1"] - whole["identity_1"]).detach())) > 1e-3


@pytest.mark.parametrize("hinge", ["squared", "linear"])
@pytest.mark.parametrize("similarity", ["hadamard", "cosine", "bilinear", "literal", None])
@pytest.mark.parametrize("unit", [True, False])
def test_equal_features_and_features_of_zero_give_no_nan(hinge, similarity, unit):
    model, batch = siamese(Plain(unit=unit), hinge=hinge, similarity=similarity), BATCHES["pairs"]
    for value in (0.0, 0.7):  # d = 0 everywhere
        x = torch.full_like(batch.channels, value).requires_grad_()
        loss = sum(model(batch._replace(channels=x)).values())
        assert loss.isfinite()
        gradients = torch.autograd.grad(loss, (x, *model.parameters()))
        assert all(each.isfinite().all() for each in gradients)


def test_a_batch_of_one_kind_only_has_no_term_of_the_other():
    terms = siamese()(batch_of([1, 1, 2, 2], adjacent_pairs))
    assert terms["hinge_negative"] == 0
    assert terms["hinge_positive"] > 0
    terms = siamese()(batch_of([1, 2, 0, 3], adjacent_pairs, scale=0.1))
    assert terms["hinge_positive"] == 0
    assert terms["hinge_negative"] > 0


def test_the_literal_similarity_moves_no_feature_and_hadamard_does():
    batch = BATCHES["pairs"]
    for mode, moved in (("literal", False), ("hadamard", True)):
        x = batch.channels.clone().requires_grad_()
        (gradient,) = torch.autograd.grad(siamese(similarity=mode)(batch._replace(channels=x))["similarity"], x)
        assert bool(gradient.any()) is moved


def small_cnn():
    return FrameCNN(features=D, hidden=16)


@pytest.mark.parametrize(("head", "hinge"), [(Plain, "squared"), (Mixed, "linear")])
def test_a_few_steps_learn_a_tiny_problem(head, hinge):
    model = siamese(head(), trunk=small_cnn, hinge=hinge, margin=1.0)
    batch = batch_of([0, 0, 1, 1, 2, 2], all_pairs, T=2, shape=(5, 56, 40))
    optimiser = torch.optim.Adam(model.parameters(), 5e-4)
    history = []
    for _ in range(20):
        terms = model(batch)
        history.append({name: float(value.detach()) for name, value in terms.items()})
        optimiser.zero_grad()
        sum(terms.values()).backward()
        optimiser.step()
    first, last = (sum(each.values()) for each in (history[0], history[-1]))
    assert last < 0.7 * first
    for name in ("hinge_positive", "hinge_negative", "identity_1", "identity_2"):
        assert history[-1][name] < history[0][name]


@pytest.mark.parametrize("mixed", [False, True])
def test_stacked_runs_under_vmap_are_the_separate_ones(mixed):
    """Weights and batches differ between the two runs, pairs of positive and of negative labels too."""
    models = [siamese(Mixed() if mixed else Plain(), seed, small_cnn) for seed in (1, 2)]
    batches = [batch_of(labels, all_pairs, T=2, seed=seed, shape=(5, 56, 40))
               for seed, labels in enumerate(([0, 0, 1, 1], [2, 3, 2, 2]))]
    stacked, buffers = stack_module_state(models)

    def loss(state, batch):
        terms = functional_call(models[0], (state, {}), (batch,))
        return sum(terms.values()), terms

    together = PairBatch(*map(torch.stack, zip(*batches, strict=True)))
    gradients, terms = vmap(grad(loss, has_aux=True))(stacked, together)
    assert not buffers
    for k, (model, batch) in enumerate(zip(models, batches, strict=True)):
        alone = model(batch)
        for name, value in alone.items():
            torch.testing.assert_close(terms[name][k], value, rtol=1e-4, atol=1e-5)
        sum(alone.values()).backward()
        for name, each in model.named_parameters():
            error = (gradients[name][k] - each.grad).norm() / each.grad.norm().clamp_min(1e-4)
            assert error < 1e-3, name


def test_pairs_of_a_batch():
    labels = torch.tensor([4, 4, 1, 0])
    first, second, same = adjacent_pairs(labels)
    assert (first.tolist(), second.tolist(), same.tolist()) == ([0, 2], [1, 3], [True, False])
    first, second, same = all_pairs(labels)
    assert list(zip(first.tolist(), second.tolist(), strict=True)) == list(combinations(range(4), 2))
    assert same.tolist() == [True] + [False] * 5
    for wrong in (adjacent_pairs, all_pairs):
        with pytest.raises(ReidError, match=r"\(1,\)"):
            wrong(labels[:1])
    with pytest.raises(ReidError, match="even"):
        adjacent_pairs(labels[:3])


def test_the_classifier_has_the_size_and_the_init_asked_for():
    head = Plain()
    head.features_out = 7
    model = siamese(head, init="he")
    assert model.classifier.weight.shape == (K, 7)
    assert model.similarity.classifier.weight.shape == (2, 7)
    assert (model.classifier.bias == 0).all()
    assert (siamese(init="torch").classifier.bias != 0).all()


def test_bad_options_and_batches_are_refused():
    for options, words in (({"hinge": "cubic"}, "squared or linear"), ({"margin": 0}, "margin=0"),
                           ({"similarity": "euclid"}, "hadamard"), ({"init": "zeros"}, "he or torch")):
        with pytest.raises(ReidError, match=words):
            siamese(**options)
    with pytest.raises(ReidError, match="similarity=-1"):
        LossWeights(similarity=-1)
    with pytest.raises(ReidError, match="1 classes"):
        Siamese(siamese().network, 1)
    batch = BATCHES["pairs"]
    for part, value, words in (("labels", batch.labels[:-1], "labels of torch.int64"),
                               ("same", batch.same.long(), "same of torch.int64"),
                               ("second", batch.second[1:], "second"), ("first", batch.first[:0], "all_pairs")):
        with pytest.raises(ReidError, match=words):
            siamese()(batch._replace(**{part: value}))
    with pytest.raises(ReidError, match="at least one pair"):
        siamese()(batch._replace(first=batch.first[:0], second=batch.first[:0], same=batch.same[:0]))


def test_options_are_values():
    assert SiameseOptions() == SiameseOptions(weights=LossWeights())
    assert len({SiameseOptions(), replace(SiameseOptions(), margin=2.0)}) == 2

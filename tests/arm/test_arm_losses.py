"""The losses against hand values and plain loops, and on batches of nothing."""

import math

import numpy as np
import pytest
import torch

from reidlib.arm.losses import IdentitySoftmax, batch_all_loss, batch_hard_loss, episode_loss, masked_mean
from reidlib.arm.matching import Matching, cosine_ceiling, identity_log_probability
from reidlib.errors import ReidError
from reidlib.training.seeded import seeded


def drawn(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_the_episode_loss_is_minus_log_p_of_the_right_identity_over_real_probes():
    table = drawn(2, 3, 4).log_softmax(-1)
    labels = torch.tensor([[0, 3, -1], [2, -1, -1]])
    expected = -(table[0, 0, 0] + table[0, 1, 3] + table[1, 0, 2]) / 3
    torch.testing.assert_close(episode_loss(table, labels, labels >= 0), expected)
    spoilt = table.clone()
    spoilt[0, 2], spoilt[1, 1:] = math.nan, -math.inf
    torch.testing.assert_close(episode_loss(spoilt, labels, labels >= 0), expected)
    assert episode_loss(table.new_full((1, 1, 4), 0.25).log(), labels[:1, :1], labels[:1, :1] >= 0) == math.log(4)


def test_no_probe_costs_nothing_and_one_without_an_answer_infinity_never_nan():
    matching, gallery_labels = Matching().double(), torch.tensor([[0, 1, 1]])
    mask = torch.tensor([[True, True, False]])
    f, g = drawn(1, 2, 5).requires_grad_(), drawn(1, 3, 5, seed=1).requires_grad_()

    def loss(labels, probe_mask):
        log_probability = identity_log_probability(matching(f, g, mask), mask, gallery_labels, 3)
        return episode_loss(log_probability, torch.tensor([labels]), torch.tensor([probe_mask]))

    nobody, unknown = loss([-1, -1], [False, False]), loss([0, 2], [True, True])
    assert nobody == 0
    assert unknown == math.inf
    for value in (nobody, unknown, loss([0, 1], [True, True])):
        for gradient in torch.autograd.grad(value, (f, g, matching.log_scale)):
            assert gradient.isfinite().all()
            assert (gradient == 0).all() == (value is nobody)
    (gradient,) = torch.autograd.grad(loss([0, 1], [True, True]), g)
    assert (gradient[0, 2] == 0).all()


def test_a_step_downhill_helps():
    f, g = drawn(1, 4, 5).requires_grad_(), drawn(1, 4, 5, seed=1)
    mask, labels = torch.ones(1, 4, dtype=torch.bool), torch.arange(4)[None]

    def loss():
        return episode_loss(identity_log_probability(Matching()(f, g, mask), mask, labels, 4), labels, mask)

    before = loss()
    (gradient,) = torch.autograd.grad(before, f)
    with torch.no_grad():
        f -= 0.05 * gradient
    assert loss() < before


def batch_hard_by_loop(distances, labels, camids, margin, shown):
    n, terms = len(labels), []
    for a in range(n):
        positives, negatives = [], []
        for i in range(n):
            if i == a or not shown[i]:
                continue
            if labels[i] != labels[a]:
                negatives.append(distances[a][i])
            elif camids is None or camids[i] != camids[a]:
                positives.append(distances[a][i])
        if shown[a] and positives and negatives:
            gap = max(positives) - min(negatives)
            terms.append(math.log1p(math.exp(gap)) if margin is None else max(0.0, margin + gap))
    return sum(terms) / len(terms) if terms else 0.0


@pytest.mark.parametrize("margin", [None, 0.0, 0.3, 2.0])
@pytest.mark.parametrize("with_camids", [False, True])
def test_batch_hard_is_the_loop(margin, with_camids):
    generator, found = np.random.default_rng(5), []
    for n in (2, 5, 9, 14):
        labels, camids = generator.integers(0, 4, n), generator.integers(0, 2, n)
        shown, features = generator.random(n) < 0.8, torch.from_numpy(generator.normal(size=(n, 3)))
        distances = torch.cdist(features, features)
        cameras = torch.from_numpy(camids) if with_camids else None
        spoilt = distances.masked_fill(~torch.from_numpy(shown[:, None] & shown), math.nan)
        value = batch_hard_loss(spoilt, torch.from_numpy(labels), cameras, margin, torch.from_numpy(shown))
        expected = batch_hard_by_loop(distances.tolist(), labels, camids if with_camids else None, margin, shown)
        assert float(value) == pytest.approx(expected)
        found.append(expected)
    assert max(found) > 0


def test_batch_hard_by_hand():
    labels, place = torch.tensor([0, 0, 0, 1, 1]), torch.tensor([[0.0], [1], [4], [2], [7]])
    distances = torch.cdist(place, place)
    # anchor: farthest positive, nearest negative: 0: 4, 2; 1: 3, 1; 4: 4, 2; 2: 5, 1; 7: 5, 3
    assert batch_hard_loss(distances, labels, margin=1.0) == (3 + 3 + 3 + 5 + 3) / 5
    camids = torch.tensor([0, 0, 1, 0, 0])  # 2 and 7 have no positive from another camera; 4's farthest stays 0
    assert batch_hard_loss(distances, labels, camids, margin=1.0) == (3 + 3 + 3) / 3
    hidden = torch.tensor([True, True, False, True, True])
    assert batch_hard_loss(distances, labels, margin=1.0, mask=hidden) == (0 + 1 + 5 + 0) / 4
    assert batch_hard_loss(distances.clone(), torch.tensor([0, 0, 0, 0, 0])) == 0  # no negative


@pytest.mark.parametrize("with_camids", [False, True])
def test_batch_all_is_the_loop(with_camids):
    generator, found = np.random.default_rng(6), []
    for n, margin in ((2, 0.2), (6, 0.2), (11, 1.0)):
        labels, camids = generator.integers(0, 3, n), generator.integers(0, 2, n)
        features = torch.from_numpy(generator.normal(size=(n, 3)))
        distances = torch.cdist(features, features)
        d, terms = distances.tolist(), []
        for a in range(n):
            for p in range(n):
                if p == a or labels[p] != labels[a] or (with_camids and camids[p] == camids[a]):
                    continue
                terms += [gap for k in range(n) if labels[k] != labels[a] and (gap := margin + d[a][p] - d[a][k]) > 0]
        expected = sum(terms) / len(terms) if terms else 0.0
        value = batch_all_loss(distances, torch.from_numpy(labels), torch.from_numpy(camids) if with_camids else None,
                               margin)
        assert float(value) == pytest.approx(expected)
        found.append(expected)
    assert max(found) > 0


def test_batch_all_ends_where_nothing_violates_and_refuses_no_margin():
    labels = torch.tensor([0, 0, 1])
    satisfied = torch.tensor([[0.0, 0.0, 9.0], [0.0, 0.0, 9.0], [9.0, 9.0, 0.0]]).requires_grad_()
    loss = batch_all_loss(satisfied, labels)
    assert loss == 0
    assert torch.equal(torch.autograd.grad(loss, satisfied)[0], torch.zeros(3, 3))
    with pytest.raises(ReidError, match="margin"):
        batch_all_loss(torch.zeros(3, 3), labels, margin=0)


@pytest.mark.parametrize("margin", [None, 0.3])
def test_batch_hard_gradients_are_right_and_finite_even_for_nothing(margin):
    features, labels = drawn(7, 3).requires_grad_(), torch.tensor([0, 0, 1, 1, 2, 2, 3])
    assert torch.autograd.gradcheck(lambda f: batch_hard_loss(torch.cdist(f, f), labels, margin=margin), features)
    for mask in (torch.zeros(7, dtype=torch.bool), torch.tensor([True] + [False] * 6)):
        with torch.autograd.set_detect_anomaly(True):  # raises at a NaN on the way, too
            value = batch_hard_loss(torch.cdist(features, features), labels, margin=margin, mask=mask)
            assert value == 0
            assert (torch.autograd.grad(value, features)[0] == 0).all()
    collapsed = torch.zeros(7, 3, requires_grad=True)
    value = batch_hard_loss(torch.cdist(collapsed, collapsed), labels, margin=margin)
    assert float(value.detach()) == pytest.approx(math.log(2) if margin is None else 0.3)
    assert torch.autograd.grad(value, collapsed)[0].isfinite().all()


def test_the_identity_softmax_is_a_softmax_of_scaled_cosines():
    with seeded("identities"):
        classifier = IdentitySoftmax(5, 4, scale=3.0).double()
    z, labels = drawn(2, 3, 5), torch.tensor([[0, 3, -1], [2, 1, -1]])
    w, terms = classifier.weight.detach().numpy(), []
    for row, label in zip(z.reshape(-1, 5).numpy(), labels.flatten().tolist(), strict=True):
        if label >= 0:
            logits = [3 * row @ each / np.linalg.norm(row) / np.linalg.norm(each) for each in w]
            terms.append(math.log(sum(map(math.exp, logits))) - logits[label])
    spoilt = z.masked_fill(labels[..., None] < 0, math.nan)
    assert float(classifier(spoilt, labels, labels >= 0).detach()) == pytest.approx(np.mean(terms), rel=1e-6)
    real = z[labels >= 0]
    assert float(classifier(real, labels[labels >= 0]).detach()) == pytest.approx(np.mean(terms), rel=1e-6)


def test_the_identity_softmax_stops_at_the_ceiling_of_its_scale():
    for scale, best in ((1.0, cosine_ceiling(4)), (16.0, cosine_ceiling(4, 1 / 16))):
        classifier = IdentitySoftmax(2, 4, scale=scale)
        with torch.no_grad():
            classifier.weight.copy_(torch.tensor([[1.0, 0], [-1, 0], [-2, 0], [-3, 0]]))
        loss = classifier(torch.tensor([[9.0, 0]]), torch.tensor([0]))
        assert float(loss.detach()) == pytest.approx(-math.log(best), rel=1e-4, abs=1e-7)


def test_no_item_costs_no_identity_loss():
    classifier = IdentitySoftmax(5, 4)
    z = torch.full((2, 5), math.nan, requires_grad=True)
    value = classifier(z, torch.tensor([-1, -1]), torch.zeros(2, dtype=torch.bool))
    assert value == 0
    value.backward()
    assert (classifier.weight.grad == 0).all()
    assert (z.grad == 0).all()


def test_a_masked_mean_forgets_what_is_masked():
    values = torch.tensor([1.0, math.nan, 3.0, math.inf])
    assert masked_mean(values, torch.tensor([True, False, True, False])) == 2
    assert masked_mean(values, torch.zeros(4, dtype=torch.bool)) == 0
    assert masked_mean(values, torch.ones(4, dtype=torch.bool)).isnan()


@pytest.mark.parametrize(("call", "sentence"), [
    (lambda: batch_hard_loss(torch.zeros(3, 4), torch.zeros(3)), r"distances \(3, 4\).*torch.cdist"),
    (lambda: batch_hard_loss(torch.zeros(3, 3), torch.zeros(2)), r"labels \(2,\)"),
    (lambda: IdentitySoftmax(5, 1), "identities=1.*2 identities or more"),
    (lambda: IdentitySoftmax(5, 4, scale=0), "scale=0.*above 0"),
])
def test_what_does_not_fit_is_named(call, sentence):
    with pytest.raises(ReidError, match=sentence):
        call()

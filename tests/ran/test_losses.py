"""The losses against hand values, numpy loops and autograd, at and around the distances 0, m and beyond."""

import numpy as np
import pytest
import torch
from torch.func import vmap

from reidlib.ran.losses import (
    balanced,
    distance,
    halves,
    hinge_gradient,
    identity_gradient,
    identity_loss,
    linear_hinge,
    linear_hinge_gradient,
    squared_distance,
    squared_hinge,
)

SAME, OTHER = torch.tensor([True] * 4), torch.tensor([False] * 4)
LOSSES = {"squared": (squared_hinge, hinge_gradient), "linear": (linear_hinge, linear_hinge_gradient)}


def pairs_at(*distances, dtype=torch.float64):
    """Pairs of plane vectors that are so far apart, along (.6, .8)."""
    first = torch.tensor([[1.0, -2.0]] * len(distances), dtype=dtype)
    return first + torch.tensor(distances, dtype=dtype)[:, None] * torch.tensor([0.6, 0.8], dtype=dtype), first


@pytest.mark.parametrize(("name", "positive", "negative"), [
    ("squared", [0, 0.5, 2, 4.5], [2, 0.5, 0, 0]),  # at d = 0, 1, 2, 3 with m = 2
    ("linear", [0, 1, 2, 3], [2, 1, 0, 0]),
])
def test_values_by_hand(name, positive, negative):
    loss, _ = LOSSES[name]
    sides = pairs_at(0, 1, 2, 3)
    np.testing.assert_allclose(loss(*sides, SAME, 2.0), positive, atol=2e-6)
    np.testing.assert_allclose(loss(*sides, OTHER, 2.0), negative, atol=4e-6)
    assert squared_hinge(*sides, SAME, 2.0)[0] == 0  # exactly: no root is taken of a positive's distance


UNIT = np.array([0.6, 0.8])


@pytest.mark.parametrize(("name", "positive", "negative"), [
    ("squared", [0, 1, 2, 3], [0, -1, 0, 0]),  # length along the unit vector from f2 to f1, at d = 0, 1, 2, 3
    ("linear", [0, 1, 1, 1], [0, -1, 0, 0]),
])
def test_gradients_by_hand_in_closed_form_and_by_autograd(name, positive, negative):
    loss, closed = LOSSES[name]
    first, second = (each.requires_grad_() for each in pairs_at(0, 1, 2 + 1e-4, 3))
    for same, lengths in ((SAME, positive), (OTHER, negative)):
        by_hand = np.array(lengths, dtype=float)[:, None] * UNIT
        g1, g2 = torch.autograd.grad(loss(first, second, same, 2.0).sum(), (first, second))
        np.testing.assert_allclose(g1, by_hand, atol=1.1e-4)
        torch.testing.assert_close(g2, -g1)
        np.testing.assert_allclose(closed(first.detach(), second.detach(), same, 2.0), by_hand, atol=1.1e-4)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("margin", [0.7, 2.0])
def test_the_closed_form_is_the_gradient_on_random_pairs(name, margin):
    loss, closed = LOSSES[name]
    generator = torch.Generator().manual_seed(3)
    first, second = (0.5 * torch.randn(40, 5, generator=generator, dtype=torch.float64) for _ in range(2))
    same = torch.rand(40, generator=generator) < 0.5
    first.requires_grad_()
    (gradient,) = torch.autograd.grad(loss(first, second, same, margin).sum(), first)
    torch.testing.assert_close(gradient, closed(first.detach(), second, same, margin), rtol=1e-9, atol=1e-10)
    assert (gradient.abs().sum(1) == 0).any()  # some negatives are beyond the margin
    assert torch.autograd.gradcheck(lambda each: loss(each, second, same, margin), first)


def test_nothing_is_nan_at_distance_0_where_the_plain_norm_is():
    first = torch.zeros(2, 3, requires_grad=True)
    plain = (first - torch.zeros(2, 3)).square().sum(1).sqrt().sum()
    assert torch.autograd.grad(plain, first)[0].isnan().all()
    same = torch.tensor([True, False])
    for loss, closed in LOSSES.values():
        value = loss(first, torch.zeros(2, 3), same, 2.0)
        assert value.isfinite().all()
        (gradient,) = torch.autograd.grad(value.sum(), first)
        assert (gradient == 0).all()
        assert (closed(first.detach(), torch.zeros(2, 3), same, 2.0) == 0).all()


def test_epsilon_does_not_show_in_float32():
    first, second = pairs_at(0.01, 1, 3, dtype=torch.float32)
    exact = np.linalg.norm(first.double() - second.double(), axis=1)
    np.testing.assert_allclose(distance(first, second), exact, rtol=3e-7)
    assert distance(first, first)[0] == pytest.approx(1e-6)
    np.testing.assert_allclose(squared_distance(first, second), exact**2, rtol=3e-7)


def test_identity_loss_and_its_gradient():
    logits = torch.randn(6, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64, requires_grad=True)
    labels = torch.tensor([0, 3, 1, 1, 2, 0])
    values = identity_loss(logits, labels)
    table = logits.detach().numpy()
    for n, label in enumerate(labels):
        assert float(values[n].detach()) == pytest.approx(-table[n, label] + np.log(np.exp(table[n]).sum()))
    (gradient,) = torch.autograd.grad(values.sum(), logits)
    torch.testing.assert_close(identity_gradient(logits.detach(), labels), gradient)


def test_each_kind_of_pair_counts_half_however_many_there_are():
    values = torch.tensor([1.0, 2.0, 3.0, 10.0])
    assert balanced(values, torch.tensor([True, True, True, False])) == (2 + 10) / 2
    assert halves(values, torch.tensor([True, False, False, False])) == (0.5, 2.5)
    assert balanced(values, SAME) == 4
    assert balanced(values, OTHER) == 4
    two = torch.tensor([7.0, 4.0])
    assert balanced(two, torch.tensor([False, True])) == two.mean()
    spoilt = torch.tensor([float("inf"), 4.0])  # a pair of the other kind is left out, not multiplied by 0
    assert halves(spoilt, torch.tensor([True, False]))[1] == 2


def test_balancing_works_under_vmap():
    values = torch.randn(5, 8, generator=torch.Generator().manual_seed(1))
    same = torch.rand(5, 8, generator=torch.Generator().manual_seed(2)) < 0.4
    together = vmap(balanced)(values, same)
    torch.testing.assert_close(together, torch.stack([balanced(v, s) for v, s in zip(values, same, strict=True)]))

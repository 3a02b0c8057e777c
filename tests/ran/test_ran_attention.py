"""RAN Eq. 1 and the weights of Eq. 2 against loops, hand values and the ends of their ranges."""

import math

import numpy as np
import pytest
import torch

from reidlib.errors import ReidError
from reidlib.ran.attention import (
    Score,
    attend,
    attention_logits,
    frame_weights,
    sigmoid_attention,
    softmax_attention,
)

MASK = torch.tensor([[True, True, True, False], [True, False, True, True]])


def drawn(*shape):
    return torch.from_numpy(np.random.default_rng(0).normal(size=shape))


def test_a_logit_is_the_inner_product_with_theta():
    x, theta = drawn(2, 4, 3), drawn(3)
    expected = [[sum(float(x[b, t, d] * theta[d]) for d in range(3)) for t in range(4)] for b in range(2)]
    torch.testing.assert_close(attention_logits(x, theta), torch.tensor(expected, dtype=torch.float64))
    torch.testing.assert_close(attention_logits(x, theta, torch.tensor(0.5)),
                               torch.tensor(expected, dtype=torch.float64) + 0.5)


def test_sigmoid_and_softmax_equal_their_formulas_over_the_real_frames():
    z = drawn(2, 4)
    sigmoid, softmax = sigmoid_attention(z, MASK), softmax_attention(z, MASK)
    for b in range(2):
        total = sum(math.exp(z[b, t]) for t in range(4) if MASK[b, t])
        for t in range(4):
            if MASK[b, t]:
                assert float(sigmoid[b, t]) == pytest.approx(1 / (1 + math.exp(-z[b, t])))
                assert float(softmax[b, t]) == pytest.approx(math.exp(z[b, t]) / total)
            else:
                assert sigmoid[b, t] == softmax[b, t] == 0
    assert torch.equal(attend(z, MASK, "sigmoid"), sigmoid)
    assert torch.equal(attend(z, MASK, "softmax"), softmax)


def test_large_logits_stay_finite_and_their_gradients_too():
    for kind in ("sigmoid", "softmax"):
        z = torch.tensor([[-1e4, 1e4, 0.0, 3e4], [1e4, 1e4, 1e4, -1e4]], requires_grad=True)
        alpha = attend(z, MASK, kind)
        (gradient,) = torch.autograd.grad(alpha.square().sum(), z)
        assert torch.isfinite(alpha).all()
        assert torch.isfinite(gradient).all()
        assert (gradient[~MASK] == 0).all()


def test_weights_are_alpha_or_its_share():
    alpha = torch.tensor([[0.5, 0.25, 0.25, 0.0], [0.2, 0.0, 0.1, 0.1]])
    assert torch.equal(frame_weights(alpha, "none"), alpha)
    torch.testing.assert_close(frame_weights(alpha, "sum")[1], torch.tensor([0.5, 0.0, 0.25, 0.25]))
    assert (frame_weights(torch.zeros(1, 4), "sum") == 0).all()  # sigmoids that all ran under


def test_theta_starts_as_he_et_al_or_at_zero():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        he = Score(20_000, bias=True)
    assert float(he.weight.detach().std()) == pytest.approx(math.sqrt(2 / 20_000), rel=0.03)
    assert abs(float(he.weight.detach().mean())) < 3 * math.sqrt(2) / 20_000
    assert he.bias == 0
    assert not Score(7, start="zero").weight.any()
    assert [sum(p.numel() for p in Score(7, bias).parameters()) for bias in (False, True)] == [7, 8]


def test_the_module_is_the_function():
    x, score = drawn(2, 4, 3), Score(3, bias=True).double()
    torch.nn.init.constant_(score.bias, 0.7)
    torch.testing.assert_close(score(x), attention_logits(x, score.weight, score.bias), rtol=0, atol=0)
    torch.testing.assert_close(score(x), x @ score.weight + 0.7)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: attend(torch.zeros(1, 2), MASK[:1, :2], "tanh"), "kind='tanh'.*'sigmoid' or 'softmax'"),
        (lambda: frame_weights(torch.zeros(1, 2), "mean"), "normalise='mean'.*'none' or 'sum'"),
        (lambda: Score(3, start="ones"), "start='ones'.*'he' or 'zero'"),
        (lambda: Score(0), "D=0.*from 1"),
    ],
)
def test_bad_options_are_named(call, sentence):
    with pytest.raises(ReidError, match=sentence):
        call()

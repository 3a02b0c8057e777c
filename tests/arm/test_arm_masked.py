"""The masked softmax against a loop, on nothing at all, and through autograd."""

import math

import pytest
import torch

from reidlib.arm.masked import masked_softmax

MASK = torch.tensor([[True, True, False, True], [False, False, False, False], [False, False, True, False]])


def drawn(*shape, seed=0, dtype=torch.float64):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def by_loop(logits, mask):
    weights = [[0.0] * logits.shape[1] for _ in logits]
    for row, values in enumerate(logits.tolist()):
        real = [i for i in range(len(values)) if mask[row, i]]
        for i in real:
            weights[row][i] = math.exp(values[i]) / sum(math.exp(values[j]) for j in real)
    return torch.tensor(weights, dtype=logits.dtype)


def test_it_is_the_softmax_over_what_is_left():
    logits = drawn(3, 4)
    torch.testing.assert_close(masked_softmax(logits, MASK), by_loop(logits, MASK))
    torch.testing.assert_close(masked_softmax(logits, torch.tensor(True)), logits.softmax(-1))
    torch.testing.assert_close(masked_softmax(logits.T, MASK.T, dim=0), by_loop(logits, MASK).T)


def test_nothing_left_gives_0_where_the_plain_softmax_gives_nan():
    logits = drawn(3, 4)
    assert logits.masked_fill(~MASK, -math.inf).softmax(-1)[1].isnan().all()
    weights = masked_softmax(logits, MASK)
    assert (weights[1] == 0).all()
    torch.testing.assert_close(weights.sum(-1), torch.tensor([1.0, 0, 1], dtype=torch.float64))
    assert masked_softmax(torch.zeros(2, 0), torch.zeros(2, 0, dtype=torch.bool)).shape == (2, 0)


def test_masked_places_do_not_matter_whatever_stands_there():
    logits = drawn(3, 4)
    weights = masked_softmax(logits, MASK)
    for garbage in (math.nan, math.inf, -math.inf, 1e30):
        assert torch.equal(masked_softmax(logits.masked_fill(~MASK, garbage), MASK), weights)
    assert torch.equal(masked_softmax(logits.masked_fill(~MASK, -math.inf), torch.tensor(True)), weights)
    assert masked_softmax(torch.tensor([math.nan, 0]), torch.tensor(True)).isnan().all()  # a real NaN is not hidden


def test_a_mask_is_broadcast():
    logits = drawn(2, 3, 4)
    torch.testing.assert_close(masked_softmax(logits, MASK[:2, None]),
                               masked_softmax(logits, MASK[:2, None].expand(2, 3, 4)))


def test_large_logits_and_all_gradients_stay_finite():
    logits = torch.tensor([[-1e4, 3e4, 0, 3e4], [1e4, 1e4, 1e4, 1e4], [0, 0, -3e4, 0]]).requires_grad_()
    weights = masked_softmax(logits.masked_fill(~MASK, -math.inf), MASK)
    (gradient,) = torch.autograd.grad((weights * drawn(3, 4, dtype=torch.float32)).sum(), logits)
    torch.testing.assert_close(weights.detach()[0], torch.tensor([0, 0.5, 0, 0.5]))
    assert gradient.isfinite().all()
    assert (gradient[~MASK] == 0).all()


def test_no_step_of_the_backward_pass_meets_nan():
    logits = drawn(3, 4).requires_grad_()
    with torch.autograd.set_detect_anomaly(True):  # raises at the first NaN, also at one that a mask would hide later
        masked_softmax(logits, MASK).square().sum().backward()
    assert (logits.grad[1] == 0).all()


@pytest.mark.parametrize("dim", [-1, 0])
def test_autograd_agrees_with_differences(dim):
    logits = drawn(3, 4, seed=1).requires_grad_()
    mask = MASK.clone()
    mask[:, 2] = False  # empty along either axis
    assert torch.autograd.gradcheck(lambda each: masked_softmax(each, mask, dim), logits)
    assert torch.autograd.gradgradcheck(lambda each: masked_softmax(each, mask, dim), logits)

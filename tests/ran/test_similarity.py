"""L_sim: each reading against numpy, and the literal one, which teaches the features nothing."""

import numpy as np
import pytest
import torch
from torch.func import functional_call, stack_module_state, vmap

from reidlib.errors import ReidError
from reidlib.ran.similarity import MODES, Similarity, signed_root

D = 6


def made(mode, seed=0):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return Similarity(mode, D)


def sides(P=9, seed=0, dtype=torch.float32):
    generator = torch.Generator().manual_seed(seed)
    first, second = (torch.randn(P, D, generator=generator, dtype=dtype) for _ in range(2))
    return first, second, torch.rand(P, generator=generator) < 0.5


def loss_by_numpy(model, first, second, same):
    """One pair, in the words of the paper."""
    weight, bias = model.classifier.weight.detach().numpy(), model.classifier.bias.detach().numpy()
    if model.mode == "cosine":
        cosine = first @ second / np.linalg.norm(first) / np.linalg.norm(second)
        logits = np.array([0, weight[0, 0] * cosine + bias[0]])
    else:
        products = {"hadamard": first * second, "bilinear": np.outer(first, second).reshape(-1),
                    "literal": np.array([first @ second])}[model.mode]
        root = np.sign(products) * np.sqrt(np.abs(products))
        logits = weight @ (root / np.linalg.norm(root)) + bias
    return np.log(np.exp(logits).sum()) - logits[int(same)]


@pytest.mark.parametrize("mode", MODES)
def test_losses_are_those_of_numpy(mode):
    model, (first, second, same) = made(mode), sides()
    if mode == "cosine":  # not the weights it starts with
        torch.nn.init.constant_(model.classifier.weight, 2.5)
        torch.nn.init.constant_(model.classifier.bias, -0.4)
    reference = [loss_by_numpy(model, *pair) for pair in zip(first.numpy(), second.numpy(), same, strict=True)]
    # ε = 1e-6 under the roots moves N by about a thousandth.
    np.testing.assert_allclose(model.losses(first, second, same).detach(), reference, atol=2e-3)


@pytest.mark.parametrize("mode", MODES)
def test_size(mode):
    count = sum(each.numel() for each in Similarity(mode, 128).parameters())
    assert count == {"hadamard": 258, "cosine": 2, "bilinear": 2 * 128**2 + 2, "literal": 4}[mode]


def gradients(mode, first, second, same):
    first, second = first.clone().requires_grad_(), second.clone().requires_grad_()
    return torch.autograd.grad(made(mode).losses(first, second, same).sum(), (first, second))


@pytest.mark.parametrize("mode", MODES)
def test_the_literal_reading_gives_features_no_gradient_and_the_others_do(mode):
    for gradient in gradients(mode, *sides()):
        if mode == "literal":
            assert (gradient == 0).all()
        else:
            assert (gradient.abs().sum(1) > 1e-3).all()


def test_the_literal_sign_is_the_normalised_root_of_a_scalar():
    first, second, _ = sides(dtype=torch.float64)
    first.requires_grad_()
    inner = (first * second).sum(1, keepdim=True)
    root = inner.sign() * inner.abs().sqrt()
    normalised = root / root.norm(dim=1, keepdim=True)
    (gradient,) = torch.autograd.grad(normalised.sum(), first)
    torch.testing.assert_close(normalised.detach(), inner.sign().detach())
    assert gradient.abs().max() < 1e-12


def test_the_literal_reading_still_trains_its_own_classifier():
    model, pair = made("literal"), sides()
    model.losses(*pair).sum().backward()
    assert model.classifier.weight.grad.abs().sum() > 0


@pytest.mark.parametrize("mode", MODES)
def test_gradients_agree_with_finite_differences(mode):
    model, (first, second, same) = made(mode).double(), sides(4, dtype=torch.float64)
    first.requires_grad_()
    second.requires_grad_()
    assert torch.autograd.gradcheck(lambda a, b: model.losses(a, b, same), (first, second))


@pytest.mark.parametrize("mode", MODES)
def test_swapping_the_pair_changes_only_the_bilinear_form(mode):
    model, (first, second, same) = made(mode), sides()
    there, back = model.losses(first, second, same), model.losses(second, first, same)
    if mode == "bilinear":
        assert (there - back).abs().min() > 1e-4
    else:
        torch.testing.assert_close(there, back)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("zero", ["first", "both", "one channel"])
def test_features_of_zero_give_finite_losses_and_gradients(mode, zero):
    first, second, same = sides()
    first[:, slice(0, 1 if zero == "one channel" else D)] = 0
    if zero == "both":
        second[:] = 0
    assert made(mode).losses(first, second, same).isfinite().all()
    for gradient in gradients(mode, first, second, same):
        assert gradient.isfinite().all()


def test_the_signed_root_is_odd_monotone_and_smooth_at_0():
    u = torch.linspace(-2, 2, 401, dtype=torch.float64, requires_grad=True)
    root = signed_root(u)
    torch.testing.assert_close(root, -root.flip(0))
    reference = u.sign() * ((u.abs() + 1e-6).sqrt() - 1e-3)
    torch.testing.assert_close(root, reference.detach(), check_dtype=False, rtol=1e-10, atol=1e-12)
    (slope,) = torch.autograd.grad(root.sum(), u)
    assert (slope > 0).all()
    assert float(slope[200]) == pytest.approx(500)  # 1 / (2√ε) at u = 0


@pytest.mark.parametrize("mode", MODES)
def test_stacked_models_under_vmap(mode):
    models = [made(mode, seed) for seed in (1, 2)]
    stacked, _ = stack_module_state(models)
    first, second, same = sides()
    together = vmap(lambda state: functional_call(models[0], state, (first, second)))(stacked)
    for k in range(2):
        torch.testing.assert_close(together[k], models[k](first, second))
    assert together.shape == (2, len(same), 2)


def test_an_unknown_mode_is_refused():
    with pytest.raises(ReidError, match="hadamard or cosine or bilinear or literal"):
        Similarity("euclid")

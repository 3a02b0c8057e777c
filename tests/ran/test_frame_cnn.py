"""The frame CNN against convolution and pooling by scipy and numpy, its sizes, and what a cell of a map can see."""

import numpy as np
import pytest
import torch
from scipy.signal import correlate
from torch import nn
from torch.func import functional_call, stack_module_state, vmap

from reidlib.errors import ReidError
from reidlib.ran.frame_cnn import FrameCNN, initialise, receptive_fields


def made(seed=0, **options):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return FrameCNN(**options)


def frames(N=2, seed=0, dtype=torch.float32):
    return torch.randn(N, 5, 56, 40, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def stages_by_numpy(cnn, picture):
    """The stages in the papers' order, tanh before pooling, one filter at a time."""
    maps, every = picture, []
    for convolution in cnn.convolutions:
        weights, biases = convolution.weight.detach().numpy(), convolution.bias.detach().numpy()
        padded = np.pad(maps, ((0, 0), (4, 4), (4, 4)))
        full = np.stack([np.tanh(correlate(padded, w, mode="valid")[0] + b)
                         for w, b in zip(weights, biases, strict=True)])
        H, W = full.shape[1] // 2, full.shape[2] // 2
        maps = np.max([full[:, i:2 * H:2, j:2 * W:2] for i in (0, 1) for j in (0, 1)], axis=0)
        every.append(maps)
    return every


def linear(layer, x):
    return layer.weight.detach().numpy() @ x + layer.bias.detach().numpy()


ACTIVATIONS = {"tanh": np.tanh, "relu": lambda x: np.maximum(x, 0), "none": lambda x: x}


@pytest.mark.parametrize(("hidden", "activation"), [(1024, "tanh"), (64, "relu"), (64, "none"), (None, "tanh")])
def test_features_and_maps_are_those_of_scipy_and_numpy(hidden, activation):
    cnn = made(hidden=hidden, activation=activation, init="torch").double().eval()
    x = frames(2, dtype=torch.float64)
    ours, maps = cnn(x), cnn.maps(x)
    assert [tuple(each.shape[1:]) for each in maps] == [(16, 30, 22), (32, 17, 13), (32, 10, 8)]
    for n in range(2):
        reference = stages_by_numpy(cnn, x[n].numpy())
        for stage in range(3):
            np.testing.assert_allclose(maps[stage][n].detach().numpy(), reference[stage], atol=1e-12)
        flat = reference[-1].reshape(-1)
        if hidden is not None:
            flat = ACTIVATIONS[activation](linear(cnn.hidden, flat))
        np.testing.assert_allclose(ours[n].detach().numpy(), linear(cnn.last, flat), atol=1e-11)


def parameters(module):
    return sum(each.numel() for each in module.parameters())


def test_parameter_counts():
    """McLaughlin's are those of his code without the RNN and the classifier; RAN's two layers hold 2.75 million."""
    ran, mclaughlin = made(), made(hidden=None)
    for cnn in (ran, mclaughlin):
        assert [parameters(each) for each in cnn.convolutions] == [2_016, 12_832, 25_632]
    assert parameters(ran.hidden) == 2560 * 1024 + 1024 == 2_622_464
    assert parameters(ran.last) == 1024 * 128 + 128 == 131_200
    assert parameters(ran) == 40_480 + 2_622_464 + 131_200 == 2_794_144
    assert parameters(mclaughlin.last) == 327_808
    assert parameters(mclaughlin) == 404_406 - 16_512 - 2 * 128 - 19_350  # all, less RNN, its two b0, classifier
    assert ran(frames()).shape == mclaughlin(frames()).shape == (2, 128)
    assert made(features=7, hidden=3)(frames()).shape == (2, 7)


def test_memory_order_of_the_input_changes_nothing_and_frames_do_not_mix():
    cnn, x = made().eval(), frames(3)
    strided = x.to(memory_format=torch.channels_last)
    assert strided.stride() != x.stride()
    torch.testing.assert_close(cnn(strided), cnn(x), rtol=0, atol=1e-6)
    torch.testing.assert_close(cnn(x)[1:2], cnn(x[1:2]), rtol=0, atol=1e-5)


def test_receptive_fields_are_the_pixels_that_have_a_gradient():
    cnn, x = made(init="torch"), frames(48).requires_grad_()
    for maps, (size, stride, start) in zip(cnn.maps(x), receptive_fields(), strict=True):
        i, j = maps.shape[2] // 2, maps.shape[3] // 2
        (gradient,) = torch.autograd.grad(maps[:, :, i, j].sum(), x, retain_graph=True)
        seen = gradient.abs().sum((0, 1)) > 0
        for axis, cell, length in ((1, i, 56), (0, j, 40)):
            pixels = seen.any(axis).nonzero().flatten()
            low = start + stride * cell
            assert int(pixels[0]) == max(0, low)
            assert int(pixels[-1]) == min(length, low + size) - 1
    assert receptive_fields()[2] == (36, 8, -28)


def test_he_init_has_variance_two_over_fan_in_and_torch_init_its_bounds():
    he, torch_like = made(), made(init="torch")
    for cnn in (he, torch_like):
        for layer in (*cnn.convolutions, cnn.hidden, cnn.last):
            fan_in = layer.weight[0].numel()
            weights, n = layer.weight.detach(), layer.weight.numel()
            bound = fan_in**-0.5
            variance = 2 / fan_in if cnn is he else bound**2 / 3
            assert abs(float(weights.var()) / variance - 1) < 6 * (2 / n) ** 0.5
            assert abs(float(weights.mean())) < 5 * (variance / n) ** 0.5
            if cnn is he:
                assert (layer.bias == 0).all()
                assert weights.abs().max() > 2 * variance**0.5  # normal, not uniform
            else:
                assert max(weights.abs().max(), layer.bias.abs().max()) <= bound
                assert layer.bias.abs().max() > 0.6 * bound


def test_the_seed_decides_the_weights():
    assert torch.equal(made(1)(frames()), made(1)(frames()))
    assert not torch.equal(made(1)(frames()), made(2)(frames()))


@pytest.mark.parametrize("hidden", [512, None])
def test_dropout_sits_before_the_last_layer_and_only_in_training(hidden):
    cnn, seen = made(hidden=hidden, dropout=0.6), []
    cnn.last.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0].detach()))
    x = frames(8)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        cnn(x)
    cnn.eval()(x)
    dropped, whole = seen
    kept = dropped != 0
    assert abs(float(kept.float().mean()) - 0.4) < 0.03
    torch.testing.assert_close(dropped[kept], whole[kept] / 0.4)
    assert (whole != 0).all()


def test_every_parameter_has_a_gradient():
    cnn = made(dropout=0.0)
    cnn(frames()).square().sum().backward()
    for name, each in cnn.named_parameters():
        assert each.grad.abs().sum() > 0, name


def test_stacked_networks_under_vmap_are_the_separate_ones():
    networks = [made(seed, hidden=16) for seed in (1, 2)]
    stacked, buffers = stack_module_state(networks)
    x = torch.stack([frames(2, 3), frames(2, 4)])
    together = vmap(lambda state, each: functional_call(networks[0], state, (each,)))((stacked | buffers), x)
    for k in range(2):
        torch.testing.assert_close(together[k], networks[k](x[k]), rtol=1e-4, atol=1e-5)


def test_half_precision_under_autocast_stays_near():
    cnn, x = made(), frames(4)
    with torch.autocast("cpu", torch.bfloat16):
        half = cnn(x).float()
        torch.testing.assert_close(cnn(x.bfloat16()).float(), half, rtol=0.05, atol=0.05)
    full = cnn(x)
    assert (half - full).norm() / full.norm() < 0.05
    assert not torch.equal(half, full)


@pytest.mark.parametrize(("x", "words"), [
    (torch.zeros(2, 4, 5, 56, 40), r"flatten\(0, 1\)"),
    (torch.zeros(2, 5, 40, 56), "56, 40"),
    (torch.zeros(2, 3, 56, 40), "five_channels"),
    (np.zeros((2, 5, 56, 40), np.float32), "ndarray"),
    (torch.zeros(2, 5, 56, 40, dtype=torch.uint8), "uint8"),
    (torch.zeros(2, 5, 56, 40, dtype=torch.float64), "float64"),
])
def test_other_inputs_are_refused(x, words):
    with pytest.raises(ReidError, match=words):
        made(hidden=8)(x)


@pytest.mark.parametrize(("options", "words"), [
    ({"features": 0}, "features=0"), ({"hidden": 0}, "hidden=0"), ({"hidden": 2.5}, "hidden=2.5"),
    ({"features": None}, "features=None"), ({"activation": "gelu"}, "tanh or relu or none"),
    ({"dropout": 1.0}, "dropout=1.0"), ({"dropout": -0.1}, "dropout"), ({"init": "xavier"}, "he or torch"),
])
def test_other_options_are_refused(options, words):
    with pytest.raises(ReidError, match=words):
        made(**options)


def test_initialise_leaves_other_layers_alone():
    norm = nn.LayerNorm(4)
    with torch.random.fork_rng():
        initialise(nn.Sequential(nn.Linear(4, 4), norm), "he")
    assert (norm.weight == 1).all()

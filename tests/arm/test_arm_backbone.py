"""conv4, cached features and the neck: numpy's convolution, that images never see each other, errors in words."""

import copy

import numpy as np
import pytest
import torch
from scipy.signal import correlate
from torch import nn
from torch.func import functional_call, stack_module_state, vmap

from reidlib.arm.backbones import Features, Neck, make_backbone
from reidlib.arm.backbones.conv4 import CHUNK
from reidlib.errors import ReidError
from reidlib.training.seeded import seeded

SMALL = (64, 32)


def made(name="conv4", seed=0, **options):
    with seeded("backbone", seed):
        return make_backbone(name, **options)


def images(*shape, seed=0, size=SMALL, dtype=torch.float32):
    return torch.rand(*shape, 3, *size, generator=torch.Generator().manual_seed(seed), dtype=dtype) * 2 - 1


# ---------------------------------------------------------------- conv4


def by_numpy(conv4, image, groups):
    """One image through the blocks in the papers' order: convolution, GroupNorm, ReLU, pooling."""
    maps = image
    for convolution, norm in zip(conv4.convolutions, conv4.norms, strict=True):
        padded = np.pad(maps, ((0, 0), (1, 1), (1, 1)))
        maps = np.stack([correlate(padded, w, mode="valid")[0] for w in convolution.weight.detach().numpy()])
        for members in np.split(np.arange(len(maps)), groups):
            part = maps[members]
            maps[members] = (part - part.mean()) / np.sqrt(part.var() + 1e-5)
        scale, shift = norm.weight.detach().numpy(), norm.bias.detach().numpy()
        maps = np.maximum(maps * scale[:, None, None] + shift[:, None, None], 0)
        maps = np.max([maps[:, i::2, j::2] for i in (0, 1) for j in (0, 1)], axis=0)
    return maps


@pytest.mark.parametrize(("width", "groups"), [(16, 4), (8, 8)])
def test_conv4_is_numpys(width, groups):
    conv4 = made(width=width, groups=groups).double()
    generator = torch.Generator().manual_seed(1)
    for norm in conv4.norms:  # negative scales too, where a maximum may not pass the norm
        norm.weight.data.normal_(generator=generator)
        norm.bias.data.normal_(generator=generator)
    x = images(2, dtype=torch.float64)
    maps, features = conv4.maps(x).detach().numpy(), conv4(x).detach().numpy()
    for i in range(2):
        reference = by_numpy(conv4, x[i].numpy().copy(), groups)
        np.testing.assert_allclose(maps[i], reference, atol=1e-11)
        np.testing.assert_allclose(features[i], reference.mean((1, 2)), atol=1e-11)


def test_conv4_has_the_parameters_of_its_docstring():
    conv4 = made()
    assert sum(p.numel() for p in conv4.parameters()) == 9 * 64 * (3 + 3 * 64) + 4 * 2 * 64 == 112_832
    assert "112 832" in type(conv4).__doc__
    assert conv4.out_features == 64
    assert conv4.size == (64, 32)
    assert not any(isinstance(layer, nn.modules.batchnorm._BatchNorm) for layer in conv4.modules())


@pytest.mark.parametrize("lead", [(), (3,), (2, 3), (0,), (2, 1, 2)])
def test_leading_axes_stay(lead):
    conv4, x = made(), images(*lead)
    assert conv4(x).shape == (*lead, 64)
    assert conv4.maps(x).shape == (*lead, 64, 4, 2)
    flat = conv4(x.reshape(-1, 3, *SMALL))
    torch.testing.assert_close(conv4(x).reshape(-1, 64), flat)


@pytest.mark.parametrize("mode", [True, False])
def test_an_image_alone_equals_itself_in_a_batch_in_parts(mode):
    conv4 = made(size=(32, 16)).double().train(mode)
    x = images(2 * CHUNK + 3, size=(32, 16), dtype=torch.float64)
    together = conv4(x)
    for i in (0, CHUNK - 1, CHUNK, len(x) - 1):
        torch.testing.assert_close(conv4(x[i]), together[i], rtol=0, atol=1e-12)
    torch.testing.assert_close(conv4._blocks(x).mean((-2, -1)), together, rtol=0, atol=1e-12)


def test_batch_norm_in_its_place_would_let_images_see_each_other():
    conv4 = made()
    conv4.norms = nn.ModuleList(nn.BatchNorm2d(64) for _ in conv4.norms)
    x = images(4)
    assert (conv4(x)[0] - conv4(x[:1])[0]).abs().max() > 1e-3


def test_no_gradient_leaks_from_one_image_to_another_and_all_weights_get_one():
    conv4 = made()
    x = images(3).requires_grad_()
    conv4(x)[1].square().sum().backward()
    assert x.grad[1].abs().max() > 0
    assert not x.grad[0].any()
    assert not x.grad[2].any()
    assert all(p.grad.isfinite().all() and p.grad.abs().max() > 0 for p in conv4.parameters())


def test_a_flat_image_gives_finite_numbers():
    conv4, x = made(), torch.zeros(2, 3, *SMALL, requires_grad=True)
    conv4(x).sum().backward()
    assert x.grad.isfinite().all()


def test_stacked_by_vmap_it_gives_what_each_gives():
    nets = [made(seed=s) for s in range(2)]
    parameters, buffers = stack_module_state(nets)
    base = copy.deepcopy(nets[0])
    x = images(2, 3)
    both = vmap(lambda p, b, each: functional_call(base, (p, b), (each,)))(parameters, buffers, x)
    for s in range(2):
        torch.testing.assert_close(both[s], nets[s](x[s]), rtol=1e-4, atol=1e-5)


# ---------------------------------------------------------------- neck, features


def test_neck_is_layer_norm_of_a_product():
    with seeded("neck"):
        neck = Neck(5, 8)
    x = torch.randn(2, 3, 5, generator=torch.Generator().manual_seed(0))
    W = neck.linear.weight.detach().numpy()
    for b in range(2):
        for i in range(3):
            y = W @ x[b, i].numpy()
            reference = (y - y.mean()) / np.sqrt(y.var() + 1e-5)
            np.testing.assert_allclose(neck(x)[b, i].detach().numpy(), reference, atol=1e-5)
    assert neck(1000 * x).detach().norm(dim=-1).numpy() == pytest.approx(8**0.5, rel=1e-3)
    assert sum(p.numel() for p in neck.parameters()) == 5 * 8 + 2 * 8


def test_cached_features_pass_unchanged():
    features = torch.arange(12.0).reshape(2, 2, 3)
    backbone = make_backbone("features", D=3)
    assert backbone(features) is features
    assert isinstance(backbone, Features)
    assert (backbone.out_features, backbone.size, list(backbone.parameters())) == (3, None, [])


# ---------------------------------------------------------------- errors


@pytest.mark.parametrize(("wrong", "words"), [
    (images(2, size=(128, 64)), "128×64.*64, 32.*resize_frames"),
    (torch.zeros(2, 4, 64, 32), r"\(2, 4, 64, 32\).*movedim"),
    (torch.zeros(2, 64, 32, 3), "movedim"),
    (torch.zeros(64, 32), r"\(64, 32\)"),
    (torch.zeros(2, 3, 64, 32, dtype=torch.uint8), "uint8.*127.5"),
    (torch.zeros(2, 3, 64, 32, dtype=torch.float64), "float64.*float32"),
    ([torch.zeros(3, 64, 32), torch.zeros(3, 128, 64)], "mixed sizes, 128×64, 64×32.*torch.stack"),
    ([torch.zeros(3, 64, 32)] * 2, "list.*torch.stack"),
    (np.zeros((2, 3, 64, 32)), "ndarray"),
])  # fmt: skip
def test_wrong_images_are_refused_in_words(wrong, words):
    with pytest.raises(ReidError, match=f"(?s){words}"):
        made()(wrong)


@pytest.mark.parametrize(("name", "options", "words"), [
    ("conv5", {}, "pass 'conv4'"),
    ("conv4", {"widht": 3}, "pass width="),
    ("conv4", {"width": 60, "groups": 8}, "pass width=56"),
    ("conv4", {"width": 0}, "width=0"),
    ("conv4", {"size": (64, 8)}, "from 16"),
    ("conv4", {"size": (64,)}, "height, width"),
    ("features", {}, "without D"),
    ("features", {"D": 0}, "D=0"),
])  # fmt: skip
def test_wrong_options_are_refused_in_words(name, options, words):
    with pytest.raises(ReidError, match=words):
        make_backbone(name, **options)


def test_wrong_features_are_refused_in_words():
    for module in (make_backbone("features", D=4), Neck(4, 4)):
        for wrong in (torch.zeros(2, 3), torch.zeros(2, 4, dtype=torch.int64), np.zeros((2, 4))):
            with pytest.raises(ReidError, match=r"\(\.\.\., 4\)"):
                module(wrong)

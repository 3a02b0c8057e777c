"""Notebook 06: the hinge and its gradient as built are those of the library."""

import pytest
import torch
from test_built_equals_library import built

from reidlib.ran.losses import hinge_gradient, squared_hinge


@pytest.mark.parametrize("seed", range(5))
def test_hinge_and_gradient(seed):
    generator = torch.Generator().manual_seed(seed)
    first, second = (torch.randn(30, 4, generator=generator) for _ in range(2))
    second[:2] = first[:2]  # distance 0, for one person and for two
    same = torch.arange(30) % 2 == 0
    margin = 2.0 + seed / 2
    space = built("06_siamese_losses", "hinge_and_gradient")
    space["hinge_and_gradient"].__globals__["torch"] = torch
    value, gradient = space["hinge_and_gradient"](first, second, same, margin)
    library = squared_hinge(first, second, same, margin)
    torch.testing.assert_close(value, library, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(gradient, hinge_gradient(first, second, same, margin), atol=1e-5, rtol=1e-5)
    leaf = first.clone().requires_grad_()
    (by_autograd,) = torch.autograd.grad(squared_hinge(leaf, second, same, margin).sum(), leaf)
    torch.testing.assert_close(gradient, by_autograd, atol=1e-5, rtol=1e-4)
    assert (value[~same] == 0).any()  # some are beyond the margin, some are not
    assert (value[~same] > 0).any()

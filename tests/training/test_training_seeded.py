"""The global random state: set inside, untouched outside."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
import torch

from reidlib.errors import ReidError
from reidlib.training.seeded import derive, seeded


def draw():
    return torch.rand(4).tolist()


def test_a_seed_is_the_head_of_the_sha256_of_its_key():
    digest = hashlib.sha256(b'["dropout",3,[1.5,null]]').hexdigest()
    assert derive("dropout", 3, [1.5, None]) == int(digest[:16], 16) // 2
    assert derive("a", np.int64(3)) == derive("a", 3)
    assert 0 <= derive() < 2**63


def test_different_keys_give_different_seeds():
    keys = [("a",), ("b",), ("a", 1), ("a", "1"), ("a", True), ("a", 1.5), (["a", 1],), ("a1",), (1, "a"), ()]
    assert len({derive(*key) for key in keys}) == len(keys)


def test_inside_the_key_decides_and_outside_nothing_happened():
    before = torch.get_rng_state()
    with seeded("x", 1):
        first = draw()
    assert torch.equal(torch.get_rng_state(), before)
    with seeded("x", 1):
        assert draw() == first
        with seeded("x", 2):
            assert draw() != first
        middle = draw()
    with seeded("x", 1):
        assert (draw(), draw()) == (first, middle)
    assert torch.equal(torch.get_rng_state(), before)


def test_an_error_inside_restores_too():
    def fails():
        with seeded("x"):
            raise ZeroDivisionError(draw())

    before = torch.get_rng_state()
    with pytest.raises(ZeroDivisionError):
        fails()
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("part", [object(), float("nan"), {1, 2}])
def test_a_key_that_is_no_json_is_named(part):
    with pytest.raises(ReidError, match="random key"):
        derive("x", part)


@pytest.mark.gpu
def test_the_gpus_state_too():
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    torch.rand(1, device="cuda")
    before = torch.cuda.get_rng_state()
    with seeded("x"):
        first = torch.rand(4, device="cuda")
    with seeded("x"):
        assert torch.equal(torch.rand(4, device="cuda"), first)
    assert torch.equal(torch.cuda.get_rng_state(), before)

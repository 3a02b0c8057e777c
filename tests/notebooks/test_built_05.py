"""What notebook 05 builds in a few lines is what the library does, and its order test finds what brute force finds."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import torch
from test_built_equals_library import built

from reidlib.ran.refinement import refine, scalar_recursion, scalars_of

NOTEBOOK = "05_refinement_iterations"


def mine(name: str):
    function = built(NOTEBOOK, name)[name]
    function.__globals__["torch"] = torch
    return function


def case(seed: int):
    generator = torch.Generator().manual_seed(seed)
    T, D = 3 + 2 * seed, 4 + seed
    x, f, score = (torch.randn(shape, generator=generator, dtype=torch.float64) for shape in ((T, D), D, 2 * D))
    return x, f, score * 0.2


@pytest.mark.parametrize("seed", range(5))
def test_the_recursion_over_vectors(seed):
    x, f, score = case(seed)
    library = refine(x[None], torch.ones(1, len(x), dtype=torch.bool), f[None], score, 5)
    torch.testing.assert_close(mine("refine_by_vectors")(x, f, score, 5), torch.cat(library.attention))


@pytest.mark.parametrize("seed", range(5))
def test_the_recursion_over_one_number(seed):
    x, f, score = case(seed)
    u, v, _ = scalars_of(x[None], score)
    library = scalar_recursion(u, v, (f @ score[len(f):])[None], 5)
    torch.testing.assert_close(mine("refine_by_one_number")(x, f, score, 5), torch.cat(library.attention))


def test_the_order_test_counts_pairs_and_ignores_ties():
    swapped = mine("swapped")
    rng = np.random.default_rng(0)
    for T in (2, 5, 12):
        first, second = torch.from_numpy(rng.integers(0, 4, (2, T)))  # few values, so that some are equal
        brute = sum((first[s] - first[t]) * (second[s] - second[t]) < 0 for s, t in combinations(range(T), 2))
        assert swapped(first, second) == brute
    rising = torch.arange(6.0)
    assert (swapped(rising, rising.exp()), swapped(rising, -rising)) == (0, 15)


def test_a_refinement_keeps_the_order_and_a_product_term_does_not():
    swapped, refined = mine("swapped"), mine("refine_by_vectors")
    x, f, score = case(4)
    alpha = refined(x, f, score, 5)
    assert [swapped(alpha[0], each) for each in alpha] == [0] * 5
    assert swapped(alpha[0], x @ f) > 0


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_thinning_reaches_the_share_and_keeps_both_kinds(share):
    thinned = mine("thinned")
    visible = np.repeat([0.1, 0.9], [13, 24])
    kept = thinned(visible, share, np.random.default_rng(0))
    assert len(set(kept)) == len(kept)
    assert abs((visible[kept] < 0.5).mean() - share) < 0.04
    rare = thinned(np.array([0.1, 0.9, 0.9]), 0.01, np.random.default_rng(0))
    assert 0 in rare

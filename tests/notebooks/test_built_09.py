"""What notebook 09 builds in a few lines is what the library does: the matching kernel, and a probe's reads."""

from __future__ import annotations

import pytest
import torch
from test_built_equals_library import built

from reidlib.arm.baselines import per_identity
from reidlib.arm.masked import masked_softmax
from reidlib.arm.matching import Matching, identity_log_probability
from reidlib.arm.probe import make_probe
from reidlib.training.seeded import seeded

NOTEBOOK = "09_arm_episodes"
PRINTED = {"scaled": False, "view_bias": False, "start": "plain", "layer_norm": False}


def mine(name: str):
    function = built(NOTEBOOK, name)[name]
    function.__globals__["torch"] = torch
    return function


def case(seed: int):
    generator = torch.Generator().manual_seed(seed)
    N, K, Q, D = 2 + seed, 1 + seed % 3, 3, 4 + seed
    f, g = (torch.randn(shape, generator=generator, dtype=torch.float64) for shape in ((Q, D), (N * K, D)))
    labels = torch.arange(N).repeat(K)[torch.randperm(N * K, generator=generator)]
    return f, g, labels, N


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("tau", [1.0, 0.05])
def test_the_matching_kernel(seed, tau):
    f, g, labels, N = case(seed)
    mask = torch.ones(1, len(g), dtype=torch.bool)
    logits = Matching(tau).double()(f[None], g[None], mask)
    log_p = mine("identity_log_p")(f, g, labels, N, tau)
    torch.testing.assert_close(log_p, identity_log_probability(logits, mask, labels[None], N)[0], rtol=1e-6, atol=1e-5)
    votes = per_identity(masked_softmax(logits, mask[:, None]), labels[None], N)[0]  # Eq. 1 without logarithms
    torch.testing.assert_close(log_p.exp(), votes, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("M", [1, 3])
def test_the_reads(seed, M):
    f, g, _, _ = case(seed)
    with seeded("built 09", seed):
        probe = make_probe("attlstm", f.shape[1], M=3, **PRINTED).double()
    probe.M = M
    mask, cameras = torch.ones(1, len(g), dtype=torch.bool), torch.zeros(1, len(g), dtype=torch.int64)
    theirs = probe(f[None], g[None], mask, cameras, torch.ones(1, len(f), dtype=torch.int64))
    for k, z in enumerate(f):
        h, attention = mine("read")(z, g, probe.cell, M)
        torch.testing.assert_close(h, theirs.f[0, k])
        torch.testing.assert_close(attention, torch.stack(theirs.attention)[:, 0, k])


def test_reads_know_no_order_and_the_memory_matters():
    f, g, _, _ = case(4)
    with seeded("built 09"):
        cell = make_probe("attlstm", f.shape[1], **PRINTED).double().cell
    read = mine("read")
    order = torch.randperm(len(g), generator=torch.Generator().manual_seed(1))
    h, attention = read(f[0], g, cell, 3)
    again, permuted = read(f[0], g[order], cell, 3)
    torch.testing.assert_close(again, h)
    torch.testing.assert_close(permuted, attention[:, order])
    forgetful = f[0]
    for _ in range(3):  # the same cell, its content thrown away after each read
        r = torch.softmax(g @ forgetful, 0) @ g
        forgetful = cell(torch.cat([f[0], r]), (forgetful, torch.zeros_like(r)))[0] + f[0]
    assert (forgetful - h).abs().max() > 1e-3

"""Probe encoders with weights drawn from a generator, and small episodes of features for them."""

import torch

from reidlib.arm.probe import NoReads, make_probe
from reidlib.training.seeded import seeded

D = 6
PAPER = {"scaled": False, "view_bias": False, "start": "plain", "layer_norm": False}  # A.1 as printed
FORMS = {
    "cross": ("cross", {}), "attlstm": ("attlstm", {}), "paper": ("attlstm", PAPER),
    "cross_plain": ("cross", {"start": "plain", "layer_norm": False}),
    "hidden": ("attlstm", {"mask_same_camera": True, "log_n": True}),
    "cross_hidden": ("cross", {"mask_same_camera": True, "log_n": True}),
}  # fmt: skip


def drawn(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def built(form: str, M: int = 3, seed: int = 0) -> NoReads:
    """All parameters drawn, so that none sits at a start that hides it."""
    name, options = FORMS[form]
    with seeded("arm probe", seed):
        probe = make_probe(name, D, M=M, **options).double()
    with torch.no_grad():
        for k, parameter in enumerate(probe.parameters()):
            parameter.add_(0.4 * drawn(*parameter.shape, seed=100 * seed + k))
    return probe


def episode(seed: int = 0, B: int = 2, Q: int = 4, n: int = 5) -> tuple[torch.Tensor, ...]:
    """z, g, mask, gallery_camids, probe_camids; the second gallery has one item less, and no row is unseen."""
    mask = torch.ones(B, n, dtype=torch.bool)
    mask[1, 2] = False
    g = drawn(B, n, D, seed=seed + 1) + 0.3
    gallery_camids = torch.arange(n).remainder(3).expand(B, n).clone()
    probe_camids = torch.arange(Q).remainder(2).expand(B, Q).clone()
    return drawn(B, Q, D, seed=seed), g.masked_fill(~mask[..., None], 0), mask, gallery_camids, probe_camids

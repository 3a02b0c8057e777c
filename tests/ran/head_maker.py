"""Heads of every name with weights drawn from a generator, and tracklets of features for them."""

import torch

from reidlib.ran.heads import HEADS, make_head
from reidlib.ran.heads.sized import SizedHead

D = 6
PAPER = {"normalise": "none", "feedback": "raw", "bias": False, "unit": False}  # RAN as printed
# Every head, and the forms of one head that take another way through its code.
FORMS = {name: (name, {}) for name in HEADS} | {
    "ran_0": ("ran", {"R": 0}), "ran_paper": ("ran", PAPER), "ran_paper_0": ("ran", PAPER | {"R": 0}),
    "ran_softmax": ("ran", {"kind": "softmax"}), "coupled_channels": ("coupled", {"channel_weight": True}),
    "astpn_symmetric": ("astpn", {"symmetric": True}), "norm_mean_2": ("norm_mean", {"p": 2}),
}  # fmt: skip


def built(form: str, seed: int = 0, dtype: torch.dtype = torch.float64, **options: object) -> SizedHead:
    """A head in eval mode; all its parameters are drawn, so that none sits at a start that hides it."""
    name, fixed = FORMS[form]
    if name in ("lstm_mean", "rnn_attention"):
        options = {"hidden": 5} | options
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        head = make_head(name, D, **(fixed | options)).to(dtype).eval()
    rng = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in head.parameters():
            parameter.add_(0.4 * torch.randn(parameter.shape, generator=rng, dtype=dtype))
    return head


def tracklets(seed: int, B: int = 3, T: int = 7, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    """(B, T, D): a mean of each tracklet and noise of each frame."""
    rng = torch.Generator().manual_seed(seed)
    return torch.randn(B, 1, D, generator=rng, dtype=dtype) + torch.randn(B, T, D, generator=rng, dtype=dtype)


def mask_of(lengths: list[int], T: int) -> torch.Tensor:
    return torch.arange(T) < torch.tensor(lengths)[:, None]

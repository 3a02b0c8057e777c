"""RAN's similarity loss L_sim (§3.4): same person or not, from the "inner product" of two video features."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.functional import cross_entropy, pad

from reidlib.errors import ReidError
from reidlib.ran.attention import unit_length

MODES = ("hadamard", "cosine", "bilinear", "literal")
SMALLEST_PRODUCT = 1e-6  # ε of `signed_root`, whose slope at 0 is 1 / (2√ε) = 500 in place of infinity


class Similarity(nn.Module):
    """Two features -> two logits (different, same). The paper: I = f1·f2, s = sign(I)√|I|, N = s/‖s‖, softmax.

    Taken literally, I is one number, so N is its sign: no gradient reaches the features and nothing is learned. The
    phrase comes from bilinear CNNs, where I is a vector of products; which vector RAN means is left open.

    Parameters
    ----------
    mode : "hadamard" (ours): I = f1 ∘ f2, D products whose sum is the inner product; Linear(D, 2) on N.
        "bilinear": I = f1 f2ᵀ, all D² products, as in bilinear CNNs; Linear(D², 2). Not symmetric in the pair.
        "cosine" (ours): logits (0, w cos(f1, f2) + b), with w = 1 and b = 0 at the start.
        "literal": as printed, with Linear(1, 2) before the softmax, which over one number would be constant.
    D : size of the features.

    Raises
    ------
    ReidError : an unknown mode.
    """

    def __init__(self, mode: str = "hadamard", D: int = 128) -> None:
        super().__init__()
        if mode not in MODES:
            raise ReidError(f"Found similarity mode {mode!r}", " or ".join(MODES), "pass mode='hadamard'")
        self.mode = mode
        if mode == "cosine":
            self.classifier = nn.Linear(1, 1)
            nn.init.ones_(self.classifier.weight)
            nn.init.zeros_(self.classifier.bias)
        else:
            self.classifier = nn.Linear({"hadamard": D, "bilinear": D * D, "literal": 1}[mode], 2)

    def forward(self, first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
        """(P, D), (P, D) -> logits (P, 2): different, same."""
        if self.mode == "cosine":
            cosine = (unit_length(first) * unit_length(second)).sum(-1, keepdim=True)
            return pad(self.classifier(cosine), (1, 0))
        if self.mode == "literal":
            # s/‖s‖ of a scalar is its sign; written so, the gradient is exactly 0 instead of rounding noise.
            return self.classifier((first * second).sum(-1, keepdim=True).sign())
        products = first * second if self.mode == "hadamard" else (first[:, :, None] * second[:, None]).flatten(1)
        return self.classifier(unit_length(signed_root(products)))

    def losses(self, first: torch.Tensor, second: torch.Tensor, same: torch.Tensor) -> torch.Tensor:
        """Softmax cross-entropy per pair: (P, D), (P, D), bool (P,) -> (P,)."""
        return cross_entropy(self(first, second), same.long(), reduction="none")


def signed_root(values: torch.Tensor) -> torch.Tensor:
    """sign(u)(√(|u| + ε) − √ε): the signed square root with a finite slope at 0; evens out a few large products.

    Written as u / (√(|u| + ε) + √ε), which is equal, does not cancel, and has the right gradient at 0.
    """
    return values / ((values.abs() + SMALLEST_PRODUCT).sqrt() + SMALLEST_PRODUCT**0.5)

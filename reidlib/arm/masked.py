"""The softmax over what a mask leaves, which may be nothing: then all weights are 0."""

from __future__ import annotations

import math

import torch


def masked_softmax(logits: torch.Tensor, mask: torch.Tensor, dim: int = -1) -> torch.Tensor:
    """exp(ℓ_i) / Σ exp(ℓ_j) over the items that `mask` leaves; 0 elsewhere, and everywhere if it leaves none.

    Intuition: whoever may look at nothing sees nothing. The plain softmax answers 0/0 there, one NaN that the next
    gradient carries into all weights: a gallery from one camera has no cross-view items, and a probe from the
    gallery's only camera has none left once its own camera is hidden.

    Parameters
    ----------
    logits : any shape. What stands at masked places does not matter, NaN included; −inf counts as masked.
    mask : bool, True for what takes part; broadcast to the shape of `logits`.

    Returns
    -------
    Weights in the shape of `logits`; they sum to 1 or to 0. The gradient is finite wherever unmasked logits are, and 0
    at masked places and in empty rows.
    """
    mask = mask & (logits != -math.inf)
    empty = ~mask.any(dim, keepdim=True)
    # An empty row becomes a row of zeros, which torch can handle in both directions, and is wiped out afterwards.
    filled = logits.masked_fill(~mask, -math.inf).masked_fill(empty, 0)
    return filled.softmax(dim).masked_fill(~mask, 0)

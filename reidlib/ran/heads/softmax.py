"""Frames that compete for one unit of attention."""

from __future__ import annotations

import torch

from reidlib.ran.attention import Score, softmax_attention, weighted_sum
from reidlib.ran.heads.head import Pooled
from reidlib.ran.heads.sized import SizedHead


class Softmax(SizedHead):
    """z_t = θᵀ x_t, α = softmax(z), f = Σ α_t x_t: the variant that RAN §3.2 tried and set aside.

    A frame's share depends on its rivals. No bias: it would cancel. D parameters. `start` as in `Score`.
    """

    attention_count = 1

    def __init__(self, D: int = 128, unit: bool = True, start: str = "he") -> None:
        super().__init__(D, unit)
        self.score = Score(D, start=start)

    def pool(self, frame_features: torch.Tensor, mask: torch.Tensor) -> Pooled:
        z = self.score(frame_features)
        alpha = softmax_attention(z, mask)
        return Pooled(weighted_sum(alpha, frame_features), (alpha,), (z,))

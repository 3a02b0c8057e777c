"""Frames judged one by one, divided by the sum of the judgements."""

from __future__ import annotations

import torch

from reidlib.ran.attention import Score, sigmoid_attention, weighted_mean
from reidlib.ran.heads.head import Pooled
from reidlib.ran.heads.sized import SizedHead


class Sigmoid(SizedHead):
    """z_t = θᵀ x_t + b, α_t = σ(z_t), f = Σ α_t x_t / Σ α_t: RAN Eq. 1 with the divisor of QAN (Liu et al., CVPR 2017).

    Any number of frames may be good, and the number of frames drops out of f. D + 1 parameters (D without `bias`).
    `start` as in `Score`.
    """

    attention_count = 1

    def __init__(self, D: int = 128, unit: bool = True, bias: bool = True, start: str = "he") -> None:
        super().__init__(D, unit)
        self.score = Score(D, bias, start)

    def pool(self, frame_features: torch.Tensor, mask: torch.Tensor) -> Pooled:
        z = self.score(frame_features)
        alpha = sigmoid_attention(z, mask)
        return Pooled(weighted_mean(alpha, frame_features), (alpha,), (z,))

"""Frames weighted by the length of their features."""

from __future__ import annotations

import torch

from reidlib.ran.attention import SMALLEST_NORM, softmax_attention, weighted_sum
from reidlib.ran.heads.head import Pooled
from reidlib.ran.heads.sized import SizedHead, between


class NormMean(SizedHead):
    """α_t = ‖x_t‖^p / Σ ‖x_s‖^p, f = Σ α_t x_t (ours): a network that knows the person answers strongly.

    The baseline that every learned attention has to beat. p = 0 is the mean. z_t = p·log ‖x_t‖. No parameters.
    """

    any_size = True
    attention_count = 1

    def __init__(self, D: int = 128, unit: bool = True, p: float = 1.0) -> None:
        super().__init__(D, unit)
        between("p", p, 0)
        self.p = float(p)

    def pool(self, frame_features: torch.Tensor, mask: torch.Tensor) -> Pooled:
        z = self.p * log_length(frame_features)
        alpha = softmax_attention(z, mask)
        return Pooled(weighted_sum(alpha, frame_features), (alpha,), (z,))


def log_length(frame_features: torch.Tensor) -> torch.Tensor:
    """log ‖x_t‖, (..., T, D) -> (..., T); finite, as is its gradient, for x_t = 0."""
    return (frame_features.square().sum(-1) + SMALLEST_NORM**2).log() / 2

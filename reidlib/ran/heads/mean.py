"""All frames alike."""

from __future__ import annotations

import torch

from reidlib.ran.attention import weighted_mean
from reidlib.ran.heads.head import Pooled
from reidlib.ran.heads.sized import SizedHead


class Mean(SizedHead):
    """f = (1/T) Σ x_t, McLaughlin et al. (CVPR 2016), there over the outputs of their RNN.

    Noise of single frames averages out, and so does the person where others stand in front. No parameters.
    """

    any_size = True

    def __init__(self, D: int = 128, unit: bool = True) -> None:
        super().__init__(D, unit)

    def pool(self, frame_features: torch.Tensor, mask: torch.Tensor) -> Pooled:
        return Pooled(weighted_mean(mask.to(frame_features.dtype), frame_features))

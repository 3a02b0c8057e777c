"""The strongest response of each feature."""

from __future__ import annotations

import math
from typing import ClassVar

import torch

from reidlib.ran.heads.head import Pooled
from reidlib.ran.heads.sized import SizedHead


class Max(SizedHead):
    """f_d = max_t x_{t,d}, over the real frames; the baseline of MARS (Zheng et al., ECCV 2016), with `unit`.

    Each feature comes from the one frame that shows it most, be it the person's or the occluder's. No parameters.
    """

    pooling: ClassVar[str] = "max"
    any_size = True

    def __init__(self, D: int = 128, unit: bool = True) -> None:
        super().__init__(D, unit)

    def pool(self, frame_features: torch.Tensor, mask: torch.Tensor) -> Pooled:
        return Pooled(frame_features.masked_fill(~mask[..., None], -math.inf).amax(1))

"""McLaughlin's recurrent layer, averaged over time."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import nn
from torch.nn.functional import dropout

from reidlib.ran.heads.head import Pooled
from reidlib.ran.heads.sized import SizedHead, between


class RnnMean(SizedHead):
    """o_t = x_t + W drop(tanh(o_{t−1})) + b, o_1 = x_1 + b0, f = mean o_t: McLaughlin et al. (CVPR 2016), as coded.

    Each output is the frame plus a memory of the frames before it. D² + 2 D parameters. W and b start uniform in
    ±1/√D, as in their code, b0 as well. Masked frames are passed over: the memory skips them.

    Parameters
    ----------
    dropout : of tanh(o_{t−1}) in training; 0.6 in their code.
    """

    pooling: ClassVar[str] = "recurrent"

    def __init__(self, D: int = 128, unit: bool = True, dropout: float = 0.6) -> None:
        super().__init__(D, unit)
        between("dropout", dropout, 0, 1)
        self.dropout = float(dropout)
        self.memory = nn.Linear(D, D)
        self.first_bias = nn.Parameter(torch.empty(D).uniform_(-(D**-0.5), D**-0.5))

    def pool(self, frame_features: torch.Tensor, mask: torch.Tensor) -> Pooled:
        output = total = torch.zeros_like(frame_features[:, 0])
        started = torch.zeros_like(mask[:, :1])
        # An index per step would cost T times the backward pass.
        for frame, real in zip(frame_features.unbind(1), mask[..., None].unbind(1), strict=True):
            before = self.memory(dropout(output.tanh(), self.dropout, self.training))
            now = frame + torch.where(started, before, self.first_bias)
            output = torch.where(real, now, output)
            total = total + now * real
            started = started | real
        return Pooled(total / mask.sum(1, keepdim=True))

"""A long short-term memory, averaged over time."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import nn

from reidlib.choices import at_least
from reidlib.ran.heads.head import Pooled
from reidlib.ran.heads.sized import SizedHead


class LstmMean(SizedHead):
    """f = mean_t LSTM(x)_t, hidden size 512: Gao and Nevatia (2018), one layer, state 0 at first.

    i, f, o = σ(·), g = tanh(·) of W_x x_t + W_h h_{t−1} + b; c_t = f c_{t−1} + i g; h_t = o tanh(c_t): gates decide
    what is kept of earlier frames. f has `hidden` numbers, not D. 4 H (D + H + 1) parameters: torch's layer has two
    biases that are only ever added, here they are one. Start uniform in ±1/√H. Masked frames are passed over.
    """

    pooling: ClassVar[str] = "recurrent"

    def __init__(self, D: int = 128, unit: bool = True, hidden: int = 512) -> None:
        at_least("hidden", hidden, 1)
        super().__init__(D, unit, features_out=hidden)
        self.from_frame = nn.Linear(D, 4 * hidden)
        self.from_state = nn.Linear(hidden, 4 * hidden, bias=False)
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -(hidden**-0.5), hidden**-0.5)

    def pool(self, frame_features: torch.Tensor, mask: torch.Tensor) -> Pooled:
        given = self.from_frame(frame_features).unbind(1)  # an index per step would cost T times the backward pass
        state = cell = total = torch.zeros_like(given[0][:, :self.features_out])
        for frame, real in zip(given, mask[..., None].unbind(1), strict=True):
            gate_in, gate_keep, content, gate_out = (frame + self.from_state(state)).chunk(4, -1)
            kept = gate_keep.sigmoid() * cell + gate_in.sigmoid() * content.tanh()
            shown = gate_out.sigmoid() * kept.tanh()
            cell, state = torch.where(real, kept, cell), torch.where(real, shown, state)
            total = total + shown * real
        return Pooled(total / mask.sum(1, keepdim=True))

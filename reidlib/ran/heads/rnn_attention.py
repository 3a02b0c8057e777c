"""Several reads of the tracklet, each led by what the reads before it saw."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import nn

from reidlib.choices import at_least
from reidlib.ran.attention import attention_logits, softmax_attention, weighted_sum
from reidlib.ran.heads.head import Pooled
from reidlib.ran.heads.sized import SizedHead


class RnnAttention(SizedHead):
    """The idea of Zhou et al. (CVPR 2017), "see the forest for the trees"; its equations could not be checked: ours.

    e_{k,t} = w·tanh(W_h h_{k−1} + W_x x_t + b), α_k = softmax_t(e_k), z_k = Σ_t α_{k,t} x_t,
    h_k = tanh(V z_k + U h_{k−1} + b_h), h_0 = 0, f = mean_k h_k. As many reads as the tracklet has frames, so time
    grows with the square of T and reads cannot run side by side. A read sees a set: the order of frames is lost.

    f has `hidden` numbers (default D), H; the scores are made of H as well: 2 H (D + H) + 3 H parameters. Matrices
    start as torch's linear layers do, w uniform in ±1/√H. `attention` holds one weighting for each frame of the batch;
    a tracklet with fewer frames reads less, and its last weighting stands in the places left over.
    """

    pooling: ClassVar[str] = "recurrent"
    attention_count = None

    def __init__(self, D: int = 128, unit: bool = True, hidden: int | None = None) -> None:
        hidden = D if hidden is None else hidden
        at_least("hidden", hidden, 1)
        super().__init__(D, unit, features_out=hidden)
        self.from_frame = nn.Linear(D, hidden)
        self.from_state = nn.Linear(hidden, hidden, bias=False)
        self.score = nn.Parameter(torch.empty(hidden).uniform_(-(hidden**-0.5), hidden**-0.5))
        self.read = nn.Linear(D, hidden)
        self.remember = nn.Linear(hidden, hidden, bias=False)

    def pool(self, frame_features: torch.Tensor, mask: torch.Tensor) -> Pooled:
        keys = self.from_frame(frame_features)
        frames = mask.sum(1, keepdim=True)
        state = total = torch.zeros_like(keys[:, 0])
        attentions, logits = [], []
        for k in range(frame_features.shape[1]):
            going = k < frames
            z = attention_logits((keys + self.from_state(state)[:, None]).tanh(), self.score)
            alpha = softmax_attention(z, mask)
            state = (self.read(weighted_sum(alpha, frame_features)) + self.remember(state)).tanh()
            total = total + state * going
            attentions.append(torch.where(going, alpha, attentions[-1]) if attentions else alpha)
            logits.append(torch.where(going, z, logits[-1]) if logits else z)
        return Pooled(total / frames, tuple(attentions), tuple(logits))

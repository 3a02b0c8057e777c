"""Refinement that does couple the frames: the consensus, learned on from where it starts."""

from __future__ import annotations

import math

import torch
from torch import nn

from reidlib.choices import at_least
from reidlib.ran.attention import Score
from reidlib.ran.heads.consensus import look_again
from reidlib.ran.heads.head import Pooled
from reidlib.ran.heads.norm_mean import log_length
from reidlib.ran.heads.sized import SizedHead, between


class Coupled(SizedHead):
    """α_t ∝ exp(θ·x_t + p·log ‖x_t‖ + cos(x_t, f)/τ), f = Σ α_t x_t, R times (ours).

    RAN adds one number θ′_f·f to all scores; the cosine gives each frame its own. The first f knows θ and p only.
    Learned: θ (0 at first), p, and log 1/τ, so that τ stays positive: D + 2 parameters; with `channel_weight` also w of
    cos(w∘x_t, w∘f), 1 at first: D more. Untrained it is `Consensus` with the same p, temperature and R.
    """

    def __init__(self, D: int = 128, unit: bool = True, p: float = 1.0, temperature: float = 0.15, R: int = 3,
                 channel_weight: bool = False) -> None:
        super().__init__(D, unit)
        between("p", p, 0)
        between("temperature", temperature, 1e-6)
        at_least("R", R, 0)
        self.R = R
        self.attention_count = R + 1
        self.score = Score(D, start="zero")
        self.p = nn.Parameter(torch.tensor(float(p)))
        self.log_scale = nn.Parameter(torch.tensor(-math.log(temperature)))
        self.channel_weight = nn.Parameter(torch.ones(D)) if channel_weight else None

    def pool(self, frame_features: torch.Tensor, mask: torch.Tensor) -> Pooled:
        own = self.score(frame_features) + self.p * log_length(frame_features)
        return look_again(frame_features, mask, own, self.log_scale.exp(), self.R, self.channel_weight)

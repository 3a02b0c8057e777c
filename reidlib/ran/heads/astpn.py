"""Attentive temporal pooling: two tracklets choose each other's frames."""

from __future__ import annotations

import math
from typing import ClassVar

import torch
from torch import nn

from reidlib.ran.attention import softmax_attention, weighted_sum
from reidlib.ran.heads.head import Pooled, shown
from reidlib.ran.heads.sized import SizedHead


class Astpn(SizedHead):
    """ASTPN, Xu et al. (ICCV 2017): A = tanh(P U Gᵀ), t_p = softmax(row max), t_g = softmax(column max).

    A frame counts if some frame of the other tracklet answers it. `forward_pair` couples two tracklets; alone one
    attends to itself, which is what the authors' test code does with every tracklet. D² parameters, normal with
    standard deviation 1/D (ours): features of unit variance then give A of order 1, where tanh still has a slope.

    Parameters
    ----------
    symmetric : (U + Uᵀ)/2 in the place of U (ours). With the printed U a pair and the same pair the other way round
        get different weights, and so different distances.
    """

    pooling: ClassVar[str] = "pair"
    attention_count = 1

    def __init__(self, D: int = 128, unit: bool = True, symmetric: bool = False) -> None:
        super().__init__(D, unit)
        self.symmetric = symmetric
        self.affinity = nn.Parameter(torch.randn(D, D) / D)

    def pool(self, frame_features: torch.Tensor, mask: torch.Tensor) -> Pooled:
        return self._chosen(self._answers(frame_features, frame_features), frame_features, mask, mask)

    def forward_pair(self, first: torch.Tensor, second: torch.Tensor, first_mask: torch.Tensor | None = None,
                     second_mask: torch.Tensor | None = None) -> tuple[Pooled, Pooled]:
        """(B, T_p, D) and (B, T_g, D), of any two numbers of frames: pair i is first[i] with second[i]."""
        self._check_size(first)
        self._check_size(second)
        first, first_mask = shown(first, first_mask)
        second, second_mask = shown(second, second_mask)
        answers = self._answers(first, second)
        return (self._finished(self._chosen(answers, first, first_mask, second_mask)),
                self._finished(self._chosen(answers.mT, second, second_mask, first_mask)))

    def _answers(self, first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
        """A, (B, T_p, T_g)."""
        U = (self.affinity + self.affinity.mT) / 2 if self.symmetric else self.affinity
        return (first @ U @ second.mT).tanh()

    @staticmethod
    def _chosen(answers: torch.Tensor, frame_features: torch.Tensor, mask: torch.Tensor,
                other_mask: torch.Tensor) -> Pooled:
        best = answers.masked_fill(~other_mask[:, None], -math.inf).amax(2)
        alpha = softmax_attention(best, mask)
        return Pooled(weighted_sum(alpha, frame_features), (alpha,), (best,))

"""RAN Eq. 1 and the weights of Eq. 2: a score for each frame, and how scores become the frames' shares of f."""

from __future__ import annotations

import math

import torch
from torch import nn

from reidlib.choices import at_least, one_of

KINDS = ("sigmoid", "softmax")
NORMALISATIONS = ("none", "sum")
STARTS = ("he", "zero")
SMALLEST_NORM = 1e-6  # a feature shorter than this has no direction


class Score(nn.Module):
    """θ of Eq. 1a: one direction of the feature space that tells good frames, shared by all frames.

    Parameters
    ----------
    D : size of what is scored; Eq. 3a scores concat(x_t, f), so its θ′ is a `Score` of 2 D.
    bias : also learn the level b; the paper prints none. Under softmax it would cancel.
    start : "he", normal with variance 2 / D (§4.2 names He et al.; that it holds for θ as well is ours), or "zero",
        all frames alike at first (ours).

    Raises
    ------
    ReidError : an unknown start, or D below 1.
    """

    def __init__(self, D: int, bias: bool = False, start: str = "he") -> None:
        super().__init__()
        one_of("start", start, STARTS)
        at_least("D", D, 1)
        self.weight = nn.Parameter(torch.zeros(D))
        self.bias = nn.Parameter(torch.zeros(())) if bias else None
        if start == "he":
            nn.init.normal_(self.weight, std=math.sqrt(2 / D))

    def forward(self, frame_features: torch.Tensor) -> torch.Tensor:
        """(..., T, D) -> z (..., T)."""
        return attention_logits(frame_features, self.weight, self.bias)


def attention_logits(frame_features: torch.Tensor, score: torch.Tensor,
                     bias: torch.Tensor | None = None) -> torch.Tensor:
    """z_t = θᵀ x_t (+ b), RAN Eq. 1a: (..., T, D), (D,) -> (..., T). At masked frames z means nothing."""
    z = frame_features @ score
    return z if bias is None else z + bias


def sigmoid_attention(attention_logits: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """α_t = 1 / (1 + exp(−z_t)), RAN Eq. 1b: each frame judged by itself. (..., T) -> (..., T), 0 where masked."""
    return attention_logits.sigmoid().masked_fill(~mask, 0)


def softmax_attention(attention_logits: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """α_t = exp(z_t) / Σ exp(z_s) over the real frames: frames compete for one unit. (..., T), 0 where masked.

    RAN §3.2 tried it and preferred the sigmoid, whose sum of Eq. 2 is also about T/2 times larger.
    """
    return attention_logits.masked_fill(~mask, -math.inf).softmax(-1)


def attend(attention_logits: torch.Tensor, mask: torch.Tensor, kind: str = "sigmoid") -> torch.Tensor:
    """α of either kind."""
    one_of("kind", kind, KINDS)
    return (sigmoid_attention if kind == "sigmoid" else softmax_attention)(attention_logits, mask)


def frame_weights(attention: torch.Tensor, normalise: str = "none") -> torch.Tensor:
    """The factors w in f = Σ w_t x_t: α itself as Eq. 2 and 4 print it ("none"), or α / Σα ("sum"). (..., T).

    The printed sum grows with T, so its length tells the tracklet's length; α / Σα forgets it.
    """
    one_of("normalise", normalise, NORMALISATIONS)
    if normalise == "none":
        return attention
    return attention / attention.sum(-1, keepdim=True).clamp_min(torch.finfo(attention.dtype).tiny)


def weighted_sum(attention: torch.Tensor, frame_features: torch.Tensor) -> torch.Tensor:
    """Σ α_t x_t, RAN Eq. 2 and 4: (B, T), (B, T, D) -> (B, D)."""
    return torch.einsum("bt,btd->bd", attention, frame_features)


def weighted_mean(attention: torch.Tensor, frame_features: torch.Tensor) -> torch.Tensor:
    """Σ α_t x_t / Σ α_t: (B, T), (B, T, D) -> (B, D)."""
    return weighted_sum(frame_weights(attention, "sum"), frame_features)


def unit_length(vectors: torch.Tensor) -> torch.Tensor:
    """Divided by their length along the last axis; the gradient at 0 is finite."""
    return vectors / (vectors.square().sum(-1, keepdim=True) + SMALLEST_NORM**2).sqrt()

"""Frames that agree with the rest of the tracklet, found by looking again. Nothing is learned."""

from __future__ import annotations

import torch

from reidlib.choices import at_least
from reidlib.ran.attention import softmax_attention, unit_length, weighted_sum
from reidlib.ran.heads.head import Pooled
from reidlib.ran.heads.norm_mean import log_length
from reidlib.ran.heads.sized import SizedHead, between


class Consensus(SizedHead):
    """α_t ∝ ‖x_t‖^p · exp(cos(x_t, f)/τ), f = Σ α_t x_t, R times from the norm-weighted mean (ours).

    What most frames show is the person, what some show stands in front: the mean tells the two apart, and the better
    weights give a better mean. The product x_t·f couples the frames, as RAN's Eq. 3 sets out to and cannot. Where the
    occluder holds most frames, it wins. No parameters; R = 0 is `norm_mean`.

    Parameters
    ----------
    p : exponent of the length. temperature : τ > 0. R : how often f is estimated again.
    """

    any_size = True

    def __init__(self, D: int = 128, unit: bool = True, p: float = 1.0, temperature: float = 0.15, R: int = 3) -> None:
        super().__init__(D, unit)
        between("p", p, 0)
        between("temperature", temperature, 1e-6)
        at_least("R", R, 0)
        self.p, self.temperature, self.R = float(p), float(temperature), R
        self.attention_count = R + 1

    def pool(self, frame_features: torch.Tensor, mask: torch.Tensor) -> Pooled:
        return look_again(frame_features, mask, self.p * log_length(frame_features), 1 / self.temperature, self.R)


def look_again(frame_features: torch.Tensor, mask: torch.Tensor, own: torch.Tensor, scale: float | torch.Tensor,
               R: int, channel_weight: torch.Tensor | None = None) -> Pooled:
    """α = softmax(own), then R times α = softmax(own + scale · cos(x_t, f)), f = Σ α_t x_t each time.

    own : (B, T), what a frame says for itself. channel_weight : (D,), w of cos(w∘x_t, w∘f).
    """
    def direction(vectors: torch.Tensor) -> torch.Tensor:
        return unit_length(vectors if channel_weight is None else vectors * channel_weight)

    directions = direction(frame_features)
    logits = [own]
    attentions = [softmax_attention(own, mask)]
    for _ in range(R):
        video_feature = weighted_sum(attentions[-1], frame_features)
        logits.append(own + scale * torch.einsum("btd,bd->bt", directions, direction(video_feature)))
        attentions.append(softmax_attention(logits[-1], mask))
    return Pooled(weighted_sum(attentions[-1], frame_features), tuple(attentions), tuple(logits))

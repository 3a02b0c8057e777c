"""What every temporal head is: frames' features in, one feature for the tracklet out, and a word on how it pools."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

import torch
from torch import nn

from reidlib.errors import ReidError
from reidlib.ran.attention import unit_length

POOLINGS = ("sum", "weighted_mean", "max", "recurrent", "pair")


class Pooled(NamedTuple):
    """One tracklet each, or B of them.

    video_feature : (B, D), f.
    attention : α of iterations 0 … R, (B, T) each, 0 at masked frames, as it weighs the frames: Σ α_t x_t (over Σ α_t
        where the head divides). Empty for heads without attention.
    attention_logits : z of the same iterations, before the sigmoid or softmax; empty where there is none.
    """

    video_feature: torch.Tensor
    attention: tuple[torch.Tensor, ...] = ()
    attention_logits: tuple[torch.Tensor, ...] = ()


class Head(nn.Module):
    """Frames' features (B, T, D) and a mask -> `Pooled`. A masked tracklet equals the truncated one.

    A subclass writes `pool`, the feature before normalisation.

    Parameters
    ----------
    unit : divide the video feature by its length, so that distances compare directions (the paper does not: ours).

    Attributes
    ----------
    pooling : how `video_feature` follows from the last `attention`: "sum", "weighted_mean" (both exact, then divided by
        its length if `unit`), or "max", "recurrent", "pair", where no set of weights explains it.
    """

    pooling: ClassVar[str] = "weighted_mean"

    def __init__(self, unit: bool = True) -> None:
        super().__init__()
        self.unit = unit

    def pool(self, frame_features: torch.Tensor, mask: torch.Tensor) -> Pooled:
        raise NotImplementedError

    def forward(self, frame_features: torch.Tensor, mask: torch.Tensor | None = None) -> Pooled:
        frame_features, mask = shown(frame_features, mask)
        return self._finished(self.pool(frame_features, mask))

    def forward_pair(self, first: torch.Tensor, second: torch.Tensor, first_mask: torch.Tensor | None = None,
                     second_mask: torch.Tensor | None = None) -> tuple[Pooled, Pooled]:
        """Two tracklets that may look at each other; most heads do not, and each side stands for itself."""
        return self(first, first_mask), self(second, second_mask)

    def _finished(self, pooled: Pooled) -> Pooled:
        return pooled._replace(video_feature=unit_length(pooled.video_feature)) if self.unit else pooled


def shown(frame_features: torch.Tensor, mask: torch.Tensor | None) -> tuple[torch.Tensor, torch.Tensor]:
    """Features with 0 at masked frames, whatever stood there, and the mask (all True by default).

    Raises
    ------
    ReidError : shapes that do not fit each other.
    """
    if frame_features.ndim != 3:
        raise ReidError(f"Found frame features of shape {tuple(frame_features.shape)}", "(B, T, D)",
                        "add the axis of tracklets: frame_features[None]")
    if mask is None:
        return frame_features, torch.ones(frame_features.shape[:2], dtype=torch.bool, device=frame_features.device)
    if mask.dtype != torch.bool or mask.shape != frame_features.shape[:2]:
        raise ReidError(f"Found a mask of {mask.dtype} {tuple(mask.shape)} for features {tuple(frame_features.shape)}",
                        f"bool {tuple(frame_features.shape[:2])}, True for real frames",
                        "pass the mask of reidlib.data.reading.spread")
    return frame_features.masked_fill(~mask[..., None], 0), mask

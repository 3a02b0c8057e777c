"""One branch of the Siamese network: every frame through the frame CNN, all frames of a tracklet through a head."""

from __future__ import annotations

import torch
from torch import nn

from reidlib.errors import ReidError
from reidlib.ran.heads.head import Head, Pooled


class Network(nn.Module):
    """Channels (B, T, 5, 56, 40) and a mask -> `Pooled`: RAN's Figure 3, and the same for every other head.

    Parameters
    ----------
    frame_cnn : (N, …) -> (N, D), usually a `FrameCNN`. A frozen trunk is `nn.Identity()`, with frame features
        (B, T, D) in place of channels.
    head : what makes one feature of T.
    features : D, needed only where frame_cnn has no attribute `features`, as with `nn.Identity()`.

    Attributes
    ----------
    features_out : size of the video feature: what the head says (`head.features_out`), otherwise D.
    """

    def __init__(self, frame_cnn: nn.Module, head: Head, features: int | None = None) -> None:
        super().__init__()
        self.frame_cnn, self.head = frame_cnn, head
        D = features if features is not None else getattr(frame_cnn, "features", None)
        self.features_out = getattr(head, "features_out", D)
        if self.features_out is None:
            raise ReidError(f"Found {type(frame_cnn).__name__} as frame_cnn, which does not say how many features it "
                            "gives", "an attribute `features`, or their number", "pass Network(…, features=128)")

    def frame_features(self, channels: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        """x: (B, T, …) -> (B, T, D), all frames in one call. Whatever stands at masked frames is read as 0."""
        if channels.ndim < 3:
            raise ReidError(f"Found an input of shape {tuple(channels.shape)}", "(B, T, 5, 56, 40) or (B, T, D)",
                            "add the axis of tracklets: channels[None]")
        if mask is not None:
            if mask.dtype != torch.bool or mask.shape != channels.shape[:2]:
                raise ReidError(f"Found a mask of {mask.dtype} {tuple(mask.shape)} for an input of "
                                f"{tuple(channels.shape)}", f"bool {tuple(channels.shape[:2])}, True for real frames",
                                "pass the mask of reidlib.data.reading.spread")
            # Otherwise NaN in the padding would reach the gradients of the CNN, as 0 · NaN.
            channels = channels.masked_fill(~mask.unflatten(1, (-1, *[1] * (channels.ndim - 2))), 0)
        return self.frame_cnn(channels.flatten(0, 1)).unflatten(0, channels.shape[:2])

    def forward(self, channels: torch.Tensor, mask: torch.Tensor | None = None) -> Pooled:
        return self.head(self.frame_features(channels, mask), mask)

    def pair(self, channels: torch.Tensor, mask: torch.Tensor | None, first: torch.Tensor,
             second: torch.Tensor) -> tuple[Pooled, Pooled]:
        """Both sides of P pairs out of B tracklets; each tracklet goes through the frame CNN once.

        first, second : (P,) int64, indices of tracklets. Heads that pool each tracklet for itself also do that once;
        those with `pooling` "pair" see the two frame sequences together (`Head.forward_pair`).
        """
        if self.head.pooling == "pair":
            x = self.frame_features(channels, mask)
            masks = (None, None) if mask is None else (mask[first], mask[second])
            return self.head.forward_pair(x[first], x[second], *masks)
        pooled = self(channels, mask)
        return _taken(pooled, first), _taken(pooled, second)


def _taken(pooled: Pooled, index: torch.Tensor) -> Pooled:
    return Pooled(pooled.video_feature[index], tuple(each[index] for each in pooled.attention),
                  tuple(each[index] for each in pooled.attention_logits))

"""What all heads of the registry share: the sizes they take and give, and how many attentions they tell."""

from __future__ import annotations

import math

import torch

from reidlib.choices import at_least
from reidlib.errors import ReidError
from reidlib.ran.heads.head import Head, Pooled


class SizedHead(Head):
    """A `Head` for features of one size.

    Attributes
    ----------
    features_in, features_out : sizes of x_t and of f.
    attention_count : number of weightings in `Pooled.attention`; None: as many as the batch has frames.
    any_size : takes other sizes than `features_in` as well, since nothing in it is learned.
    """

    any_size = False
    attention_count: int | None = 0

    def __init__(self, D: int, unit: bool = True, features_out: int | None = None) -> None:
        super().__init__(unit)
        at_least("D", D, 1)
        self.features_in = D
        self.features_out = D if features_out is None else features_out

    def forward(self, frame_features: torch.Tensor, mask: torch.Tensor | None = None) -> Pooled:
        self._check_size(frame_features)
        return super().forward(frame_features, mask)

    def _check_size(self, frame_features: torch.Tensor) -> None:
        if not self.any_size and frame_features.shape[-1] != self.features_in:
            raise ReidError(f"Found frame features of shape {tuple(frame_features.shape)}",
                            f"(B, T, {self.features_in}), the size this {type(self).__name__} was built for",
                            f"make_head(…, D={frame_features.shape[-1]})")


def between(name: str, value: float, low: float, high: float = math.inf) -> None:
    """Raises ReidError for a number outside low ≤ value < high, or no number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value < high:
        raise ReidError(f"Found {name}={value!r}", f"a number of {low:g} ≤ {name} < {high:g}", "leave it out")

"""04.1: softmax over the frames that are really there."""

from __future__ import annotations

import math

import numpy as np
import torch

from reidlib.course.definition import Exercise, Mistake
from reidlib.ran.attention import softmax_attention


def _cases(rng: np.random.Generator) -> list[tuple]:
    cases = []
    for (B, T), lengths, scale in (((3, 5), (5, 3, 1), 1.0), ((2, 7), (4, 7), 3.0), ((4, 6), (2, 6, 5, 3), 0.5),
                                   ((2, 4), (3, 4), 300.0)):  # the last one is where exp runs over
        logits = torch.from_numpy(rng.normal(0, scale, (B, T))).float()
        mask = torch.arange(T) < torch.tensor(lengths)[:, None]
        # Whatever stands in the padding, here large numbers, must not count.
        cases.append((torch.where(mask, logits, logits + 2 * scale), mask))
    return cases


def _hidden(z: torch.Tensor, mask: torch.Tensor, value: float) -> torch.Tensor:
    return z.masked_fill(~mask, value)


def _by_hand(z: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    parts = z.exp() * mask
    return parts / parts.sum(-1, keepdim=True)


EXERCISE = Exercise(
    key="04.1",
    title="Masked softmax",
    reference=softmax_attention,
    cases=_cases,
    axes="BT",
    mistakes=(
        Mistake(lambda z, m: z.softmax(-1), "The mask is forgotten: padding gets a share of the attention."),
        Mistake(lambda z, m: z.softmax(-1) * m,
                "Masked after the softmax: padding took its share first, and the rest no longer sums to 1."),
        Mistake(lambda z, m: (z * m).softmax(-1),
                "A logit of 0 is not nothing: exp(0) = 1. What must the logit be so that exp gives 0?"),
        Mistake(lambda z, m: (z * m).softmax(-1) * m,
                "A logit of 0 is not nothing: exp(0) = 1 took a share before you removed it."),
        Mistake(lambda z, m: _hidden(z, m, -math.inf).softmax(0).nan_to_num(),
                "The softmax runs over B, the tracklets: frames of one tracklet compete, along T."),
        Mistake(lambda z, m: _hidden(z, ~m, -math.inf).softmax(-1).nan_to_num(),
                "The mask is turned round: True means a real frame."),
        Mistake(lambda z, m: z.sigmoid() * m, "This is the sigmoid of Eq. 1b: its frames do not compete."),
        Mistake(lambda z, m: _hidden(z, m, -math.inf).log_softmax(-1).masked_fill(~m, 0),
                "These are logarithms of the weights."),
        Mistake(_by_hand, "Right for small logits, but exp of a large one is infinite, and inf / inf is not a number: "
                          "subtract the largest logit first, or use .softmax, which does."),
    ),
    hints=(
        "Masked frames get weight 0 and the real ones sum to 1: padding must be gone before the softmax, not after it.",
        "exp(−∞) = 0. `z.masked_fill(~mask, value)` writes a value where the mask is False.",
        "`attention_logits.masked_fill(~mask, -math.inf).softmax(-1)`",
    ),
)  # fmt: skip

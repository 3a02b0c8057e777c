"""04.3: how many frames an attention really uses."""

from __future__ import annotations

import numpy as np
import torch

from reidlib.course.definition import Exercise, Mistake


def effective_frames(attention: torch.Tensor) -> torch.Tensor:
    """1 / Σ w_t² with w = α / Σ α, (B, T) -> (B,): T where all frames weigh alike, 1 where one frame takes all.

    The number of equally weighted frames whose mean would be as noisy (Kish's effective sample size).
    """
    w = attention / attention.sum(-1, keepdim=True)
    return 1 / w.square().sum(-1)


def _cases(rng: np.random.Generator) -> list[tuple]:
    cases = []
    for B, T in ((3, 6), (2, 9), (4, 5)):
        attention = torch.from_numpy(rng.uniform(0.02, 0.98, (B, T)) ** 2).float()
        attention[0, 2:] = 0  # a tracklet of two frames and padding
        attention[1] = 0.3  # all alike
        cases.append((attention,))
    one = torch.zeros(2, 7)
    one[:, 3] = torch.tensor([1.0, 0.2])
    return [*cases, (one,)]


def _w(attention: torch.Tensor) -> torch.Tensor:
    return attention / attention.sum(-1, keepdim=True)


EXERCISE = Exercise(
    key="04.3",
    title="Effective number of frames",
    reference=effective_frames,
    cases=_cases,
    axes="BT",
    mistakes=(
        Mistake(lambda a: 1 / a.square().sum(-1), "The weights must sum to 1 first: w = α / Σ α."),
        Mistake(lambda a: _w(a).square().sum(-1), "This is Σ w²: the number of frames is one divided by it."),
        Mistake(lambda a: a.sum(-1), "This is Σ α: it shrinks when all frames are judged worse, though they share as "
                                     "before."),
        Mistake(lambda a: (a > 0.5).sum(-1).float(), "You count frames above one half: that depends on the scale of α "
                                                     "and is not asked for."),
        Mistake(lambda a: (a > 0).sum(-1).float(), "You count the real frames: a frame of tiny weight is not a whole "
                                                   "one."),
        Mistake(lambda a: torch.exp(-(_w(a) * _w(a).clamp_min(1e-30).log()).sum(-1)),
                "This is exp of the entropy, a sister of it: here 1 / Σ w² is asked for."),
        Mistake(lambda a: 1 / _w(a).amax(-1), "This looks at the largest weight only."),
        Mistake(lambda a: 1 / _w(a).square().mean(-1), "A mean over T where a sum is needed."),
        Mistake(lambda a: 1 / (a / a.sum()).square().sum(-1), "Divided by the sum over the whole batch: each tracklet "
                                                              "has its own (keepdim=True)."),
    ),
    hints=(
        "First make weights that sum to 1 in each tracklet.",
        "Four equal weights of ¼: Σ w² = 4 · 1/16 = ¼, and the answer is 4.",
        "`w = attention / attention.sum(-1, keepdim=True)`, then `1 / (w ** 2).sum(-1)`",
    ),
)  # fmt: skip

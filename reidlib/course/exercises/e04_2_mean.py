"""04.2: a video feature that does not know how long the tracklet is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from reidlib.course.definition import Exercise, Mistake
from reidlib.ran.attention import weighted_mean, weighted_sum


def _cases(rng: np.random.Generator) -> list[tuple]:
    cases = []
    for B, T, D in ((3, 5, 4), (2, 8, 3), (4, 6, 7)):
        attention = torch.from_numpy(rng.uniform(0.05, 0.95, (B, T))).float()
        attention[0, T - 2:] = 0  # padding
        cases.append((attention, torch.from_numpy(rng.normal(1, 2, (B, T, D))).float()))
    return cases


def _says_the_same_twice(call: Callable, arguments: tuple, answer: torch.Tensor) -> str | None:
    attention, frame_features = arguments
    twice = call(torch.cat([attention, attention], 1), torch.cat([frame_features, frame_features], 1))
    if torch.allclose(twice, answer, rtol=1e-3, atol=1e-5):
        return None
    return "The same clip played twice gives another feature: nobody new has come into the picture."


EXERCISE = Exercise(
    key="04.2",
    title="The clip played twice",
    reference=weighted_mean,
    cases=_cases,
    mistakes=(
        Mistake(weighted_sum, "This is Eq. 2 as printed: the same clip played twice gives twice the feature. Divide by "
                              "Σ α."),
        Mistake(lambda a, x: weighted_sum(a, x) / a.shape[1],
                "Divided by T: padding counts as frames then, and a tracklet of doubtful frames gets a short feature. "
                "Divide by Σ α."),
        Mistake(lambda a, x: weighted_sum(a, x) / (a > 0).sum(1, keepdim=True),
                "Divided by the number of real frames: a tracklet of doubtful frames still gets a short feature. "
                "Divide by Σ α."),
        Mistake(lambda a, x: x.mean(1), "The attention is not used."),
        Mistake(lambda a, x: weighted_sum(a.softmax(1), x),
                "The weights go through a softmax once more: that flattens them, and gives padding a share."),
        Mistake(lambda a, x: weighted_sum(a, x) / a.sum(),
                "Divided by the weights of the whole batch: each tracklet has its own sum (dim=1, keepdim=True)."),
        Mistake(lambda a, x: weighted_sum(a, x) / weighted_sum(a, x).norm(dim=1, keepdim=True),
                "Of unit length: that forgets T too, but the exercise asks for the weighted mean."),
    ),
    rules=(_says_the_same_twice,),
    hints=(
        "If every frame comes twice, Σ α_t x_t doubles. What else doubles?",
        "Divide each tracklet's sum by its own Σ α_t: (B, D) by (B, 1).",
        "`torch.einsum('bt,btd->bd', attention, frame_features) / attention.sum(1, keepdim=True)`",
    ),
    also=(weighted_sum,),
)  # fmt: skip

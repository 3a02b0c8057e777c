"""03.3: each channel of each frame to mean 0 and deviation 1."""

from __future__ import annotations

import numpy as np
import torch

from reidlib.course.definition import Exercise, Mistake
from reidlib.flow.five_channels import standardise as of_library


def standardise(planes: torch.Tensor) -> torch.Tensor:
    """(T, C, H, W) -> the same shape; each channel of each frame loses its mean and is divided by its deviation.

    A constant channel becomes 0. RAN §3.1 says "zero mean and unit variance"; that it is frame by frame is
    McLaughlin's code.
    """
    return of_library(planes)


def _cases(rng: np.random.Generator) -> list[tuple]:
    cases = []
    for shape in ((3, 2, 40, 43), (1, 3, 41, 40), (4, 3, 42, 41)):
        level, spread = rng.uniform(-1, 1, (2, *shape[:2], 1, 1))
        planes = rng.normal(size=shape) * (0.3 + np.abs(spread)) + level
        if shape[0] > 1:
            planes[1, 1] = 0.25  # a plane without any difference
        cases.append((torch.from_numpy(planes.astype(np.float32)),))
    return cases


def _over(planes: torch.Tensor, axes: tuple[int, ...], power: float = 1.0) -> torch.Tensor:
    std = planes.std(dim=axes, keepdim=True).clamp_min(1e-4)
    return (planes - planes.mean(dim=axes, keepdim=True)) / std**power


EXERCISE = Exercise(
    key="03.3",
    title="Standardise each frame",
    reference=standardise,
    cases=_cases,
    mistakes=(
        Mistake(lambda x: (x - x.mean((-2, -1), keepdim=True)) / x.std((-2, -1), keepdim=True),
                "A channel without any difference has deviation 0, and 0 / 0 is no number: keep the divisor above 0."),
        Mistake(lambda x: _over(x, (1, 2, 3)),
                "Mean and deviation run over all channels of a frame: each channel has its own."),
        Mistake(lambda x: _over(x, (0, 2, 3)),
                "Mean and deviation run over all frames: each frame has its own, so that a change of light is undone."),
        Mistake(lambda x: _over(x, (0, 1, 2, 3)), "One mean and one deviation for everything: each channel of each "
                "frame has its own."),
        Mistake(lambda x: _over(x, (-2, -1), 2.0), "You divide by the variance: its root is the deviation."),
        Mistake(lambda x: _over(x, (-2, -1), 0.5),
                "You divide by the root of the deviation, as McLaughlin's code did; the result has no unit variance."),
        Mistake(lambda x: x - x.mean((-2, -1), keepdim=True), "The division is missing."),
        Mistake(lambda x: _over(x, (-1,)), "Each row is standardised by itself: the axes are H and W together."),
    ),
    hints=(
        "What runs over H and W stays apart for T and C: `dim=(-2, -1), keepdim=True`.",
        "Subtract the mean, divide by `planes.std(…)`.",
        "A constant channel has deviation 0: `.clamp_min(1e-4)` before you divide.",
    ),
    rtol=2e-3,  # dividing by n or by n − 1 is the same here
    atol=1e-4,
    also=(of_library,),
)  # fmt: skip

"""02.2: how far a flow is from the truth, on the pixels that count."""

from __future__ import annotations

import numpy as np

from reidlib.course.definition import Exercise, Mistake
from reidlib.flow.endpoint_error import endpoint_error


def mean_endpoint_error(flow: np.ndarray, truth: np.ndarray, mask: np.ndarray) -> float:
    """Mean distance between the ends of the arrows, over the pixels of the mask.

    `flow` and `truth` (T, 2, H, W), pixels per frame; `mask` (T, H, W) bool.
    """
    return endpoint_error(flow, truth, mask)


def _cases(rng: np.random.Generator) -> list[tuple]:
    cases = []
    for T, H, W, share in ((1, 4, 5, 1.0), (3, 5, 4, 0.6), (4, 6, 7, 0.2)):
        truth = rng.normal(0, 2, (T, 2, H, W))
        flow = truth + rng.normal(0, 1, (T, 2, H, W))
        mask = rng.random((T, H, W)) < share
        mask[0, 0, 0] = True
        # Outside the mask the flow is far off, and the frames have different numbers of pixels that count.
        flow = flow + 20 * ~mask[:, None]
        cases.append((flow, truth, mask))
    return cases


def _squares(flow, truth) -> np.ndarray:
    return ((flow - truth) ** 2).sum(axis=1)


EXERCISE = Exercise(
    key="02.2",
    title="End-point error",
    reference=mean_endpoint_error,
    cases=_cases,
    axes="T",
    mistakes=(
        Mistake(lambda f, t, m: float(np.sqrt(_squares(f, t)).mean()),
                "Pixels outside the mask are counted too."),
        Mistake(lambda f, t, m: float((np.sqrt(_squares(f, t)) * m).mean()),
                "You divide by all pixels: the mean runs over those of the mask only."),
        Mistake(lambda f, t, m: float(_squares(f, t)[m].mean()),
                "These are squared distances: take the root of each pixel's sum."),
        Mistake(lambda f, t, m: float(np.sqrt(_squares(f, t)[m].mean())),
                "This is the root of the mean square: take the root of each pixel first, then the mean."),
        Mistake(lambda f, t, m: float(np.abs(f - t).sum(axis=1)[m].mean()),
                "|x| + |y| is the way round two sides of the triangle: the error is the straight one."),
        Mistake(lambda f, t, m: float(np.abs(np.hypot(f[:, 0], f[:, 1]) - np.hypot(t[:, 0], t[:, 1]))[m].mean()),
                "You compare lengths only: two arrows of one length may point in opposite directions."),
    ),
    hints=(
        "An arrow is a pair (x, y) on axis 1. What is the distance between the ends of two arrows?",
        "`np.hypot(dx, dy)` or the root of the sum of squares, for each pixel.",
        "Then `errors[mask].mean()`.",
    ),
    also=(endpoint_error,),
)  # fmt: skip

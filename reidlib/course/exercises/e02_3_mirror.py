"""02.3: the mirror image of a flow."""

from __future__ import annotations

import numpy as np

from reidlib.course.definition import Exercise, Mistake


def mirror_flow(flow: np.ndarray) -> np.ndarray:
    """The flow of the mirrored frames: (T, 2, H, W) -> the same shape; left and right change places.

    What stood on the left stands on the right, and what moved to the right now moves to the left.
    """
    mirrored = flow[..., ::-1].copy()
    mirrored[:, 0] *= -1
    return mirrored


def _cases(rng: np.random.Generator) -> list[tuple]:
    return [(rng.normal(0, 2, shape).astype(np.float32),) for shape in ((1, 2, 3, 4), (3, 2, 5, 4), (2, 2, 2, 7))]


def _negated(flow: np.ndarray, channel: int) -> np.ndarray:
    flow = flow.copy()
    flow[:, channel] *= -1
    return flow


EXERCISE = Exercise(
    key="02.3",
    title="Mirror a flow",
    reference=mirror_flow,
    cases=_cases,
    axes="T",
    mistakes=(
        Mistake(lambda f: f[..., ::-1], "The pixels are mirrored, their motion is not: what went right now goes left."),
        Mistake(lambda f: _negated(f, 0), "The motion is turned, but the pixels still stand where they stood."),
        Mistake(lambda f: -f[..., ::-1], "A mirror on the wall does not turn up and down: only x changes its sign."),
        Mistake(lambda f: _negated(f[..., ::-1], 1), "You turned y, the motion down; x is the first of the two."),
        Mistake(lambda f: _negated(f[..., ::-1, :], 0), "The frame stands on its head: mirror the last axis, W."),
        Mistake(lambda f: f[:, ::-1], "You swapped x and y: mirror the axis W instead."),
    ),
    hints=(
        "Mirror a photograph of somebody who walks to the right. Which way do they walk?",
        "Two things happen: pixels change their place along W, and x changes its sign.",
        "`flow[..., ::-1].copy()` mirrors; channel 0 is x.",
    ),
)  # fmt: skip

"""00.1: from frames to one feature for each tracklet; the letters B, T and D at work."""

from __future__ import annotations

import numpy as np
import torch

from reidlib.course.definition import Exercise, Mistake


def mean_over_frames(frame_features: torch.Tensor) -> torch.Tensor:
    """One feature for each tracklet: the mean of its frames' features, (B, T, D) -> (B, D).

    The simplest way from frames to a video, and the one that each attention network has to beat.
    """
    return frame_features.mean(dim=1)


def _cases(rng: np.random.Generator) -> list[tuple]:
    shapes = [(3, 5, 4), (1, 7, 2), (4, 4, 4), (2, 1, 6), (6, 16, 8)]
    return [(torch.from_numpy(rng.normal(1.0, 2.0, shape)).float(),) for shape in shapes]


EXERCISE = Exercise(
    key="00.1",
    title="Mean over frames",
    reference=mean_over_frames,
    cases=_cases,
    axes="BTD",
    mistakes=(
        Mistake(lambda x: x.mean(dim=0), "You averaged over B, the tracklets: that mixes different people."),
        Mistake(lambda x: x.mean(dim=2), "You averaged over D, the feature's own numbers, not over T, the frames."),
        Mistake(lambda x: x.mean(), "You averaged over everything: only T, the frames, should go."),
        Mistake(lambda x: x.mean(dim=(0, 1)), "You averaged over B as well: each tracklet keeps its own feature."),
        Mistake(lambda x: x.amax(dim=1), "That is the largest value over the frames, not their mean."),
        Mistake(lambda x: x[:, 0], "That is the first frame only."),
        Mistake(lambda x: x[:, 1:].mean(dim=1), "The first frame is missing: frames are counted from 0."),
        Mistake(lambda x: x[:, :-1].mean(dim=1), "The last frame is missing: a slice ends before its second number."),
        Mistake(lambda x: x.median(dim=1).values, "That is the median over the frames, not their mean."),
    ),
    hints=(
        "Read the shapes: (B, T, D) goes in, (B, D) comes out. Which letter is gone?",
        "Axes are counted from 0: B is axis 0, T is axis 1, D is axis 2.",
        "`frame_features.mean(dim=…)` removes the axis that you name.",
    ),
)

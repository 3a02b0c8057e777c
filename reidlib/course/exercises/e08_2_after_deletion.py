"""08.2: one step of a deletion curve."""

from __future__ import annotations

import numpy as np

from reidlib.course.definition import Exercise, Mistake


def after_deletion(attention: np.ndarray, frame_features: np.ndarray, count: int) -> np.ndarray:
    """The plain mean of the frames that stay when the `count` most attended ones go: (T,), (T, D) -> (D,)."""
    kept = np.argsort(attention)[: len(attention) - count]
    return frame_features[kept].mean(0)


def _cases(rng: np.random.Generator) -> list[tuple]:
    sizes = ((7, 4, 2), (5, 3, 0), (9, 6, 8), (6, 2, 3))
    return [(rng.uniform(0.05, 0.95, T), rng.normal(0, 1, (T, D)), count) for T, D, count in sizes]


def _weighted(attention: np.ndarray, frame_features: np.ndarray, count: int) -> np.ndarray:
    kept = np.argsort(attention)[: len(attention) - count]
    return np.average(frame_features[kept], 0, attention[kept])


EXERCISE = Exercise(
    key="08.2",
    title="A step of deletion",
    reference=after_deletion,
    cases=_cases,
    axes="T",
    mistakes=(
        Mistake(lambda a, x, k: x[np.argsort(a)[k:]].mean(0),
                "The least attended frames went: delete the most attended."),
        Mistake(lambda a, x, k: x[np.argsort(-a)[:max(k, 1)]].mean(0),
                "This is the mean of the frames that were to go (insertion)."),
        Mistake(_weighted, "Weighted once more with the attention: what stays is pooled by plain mean, so that only "
                           "the choice of frames is tested."),
        Mistake(lambda a, x, k: x[np.argsort(a)[:len(a) - k]].sum(0),
                "A sum: it shrinks with every frame that goes. Take the mean of those that stay."),
        Mistake(lambda a, x, k: x[np.argsort(a)[:len(a) - k]].sum(0) / len(a),
                "Divided by T: frames that are gone do not count."),
        Mistake(lambda a, x, k: x[:len(a) - k].mean(0), "The last frames went: order them by attention first."),
        Mistake(lambda a, x, k: x[np.sort(np.argsort(a)[:max(len(a) - k - 1, 1)])].mean(0),
                "One frame too many is gone."),
        Mistake(lambda a, x, k: x.mean(0), "No frame has gone."),
    ),
    hints=(
        "Which frames stay? Those with the T − count smallest weights.",
        "`np.argsort(attention)` lists the frames from the least to the most attended.",
        "`frame_features[np.argsort(attention)[: len(attention) - count]].mean(0)`",
    ),
)  # fmt: skip

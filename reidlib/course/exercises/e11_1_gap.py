"""11.1: frames in which the flow of a tracklet spans a gap of its track."""

from __future__ import annotations

import numpy as np

from reidlib.course.definition import Exercise, Mistake


def across_gap(frames: np.ndarray) -> np.ndarray:
    """Which flows of a tracklet lead over more than one frame of the video: frame numbers (T,) -> (T,) bool.

    flow[t] looks back from frame t of the tracklet to frame t − 1 of the tracklet; flow[0] is zero and spans nothing.
    """
    return np.diff(frames, prepend=frames[0] - 1) > 1


def _cases(rng: np.random.Generator) -> list[tuple]:
    drawn = 40 + np.sort(rng.choice(30, 17, replace=False))
    return [(np.array([7, 8, 9, 12, 13, 15, 16, 30]),), (drawn,), (np.arange(5, 11),), (np.array([3, 5, 6, 7, 9]),)]


EXERCISE = Exercise(
    key="11.1",
    title="Flow across a gap",
    reference=across_gap,
    cases=_cases,
    axes="T",
    mistakes=(
        Mistake(lambda f: np.diff(f) > 1, "T − 1 differences for T frames: flow[0] exists too, and spans nothing."),
        Mistake(lambda f: np.append(np.diff(f) > 1, False),
                "You marked the last frame before a gap. Flow looks back: the first frame after it has the long step."),
        Mistake(lambda f: np.append(True, np.diff(f) > 1), "flow[0] is zero, and the video's "
                "frames before the track began are no gap in it."),
        Mistake(lambda f: f - f[0] != np.arange(len(f)),
                "Everything behind a gap is marked; after the first step, flow is as before."),
        Mistake(lambda f: np.diff(f, prepend=f[0]) > 0, "A step of 1 is no gap: that is the next frame of the video."),
        Mistake(lambda f: np.diff(f, prepend=f[0] - 1) == 1, "Upside down: these are the flows that span no gap."),
    ),
    hints=(
        "Compare each frame number with the one before it in the tracklet.",
        "`np.diff(frames)` has T − 1 entries, the first of which belongs to frame 1 of the tracklet.",
        "`np.append(False, np.diff(frames) > 1)`",
    ),
)  # fmt: skip

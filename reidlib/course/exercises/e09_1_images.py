"""09.1: the statistic behind ARM's "few-shot", images of each identity in each view."""

from __future__ import annotations

import numpy as np

from reidlib.course.definition import Exercise, Mistake


def images_per_view(pids: np.ndarray, camids: np.ndarray) -> float:
    """Mean number of images of an identity under a camera that saw it: (n,), (n,) -> one number.

    ARM §1 quotes it for three data sets. Cameras that never saw an identity do not count as 0.
    """
    return len(pids) / len(np.unique(np.stack([pids, camids]), axis=1).T)


def _cases(rng: np.random.Generator) -> list[tuple]:
    # Identities that one camera saw, repeated many times or once; numbers with gaps, in no order.
    uneven = (np.array([7, 7, 7, 7, 2, 2, 9, 7, 30, 30, 9]), np.array([0, 0, 0, 1, 5, 5, 0, 1, 1, 5, 0]))
    drawn = rng.permutation(40)[rng.integers(0, 12, 50)], rng.integers(0, 4, 50)
    return [uneven, drawn, (np.array([3, 3, 3, 3, 8, 8]), np.array([1, 1, 1, 1, 2, 4]))]


def _mean_of_means(pids: np.ndarray, camids: np.ndarray) -> float:
    return float(np.mean([images_per_view(pids[pids == pid], camids[pids == pid]) for pid in np.unique(pids)]))


EXERCISE = Exercise(
    key="09.1",
    title="Images per identity and view",
    reference=images_per_view,
    cases=_cases,
    axes="n",
    mistakes=(
        Mistake(lambda p, c: len(p) / len(np.unique(p)), "Per identity; the paper's number is per identity and view."),
        Mistake(lambda p, c: len(p) / (len(np.unique(p)) * len(np.unique(c))),
                "Divided by all identities times all cameras: a camera that never saw somebody counts as 0 images here."
                ),
        Mistake(lambda p, c: len(p) / len(np.unique(c)), "Per camera; identities are missing."),
        Mistake(_mean_of_means, "A mean over identities of their means gives people whom few cameras saw more weight: "
                                "every pair of identity and camera counts once."),
        Mistake(lambda p, c: len(np.unique(np.stack([p, c]), axis=1).T) / len(p), "Upside down: views per image."),
        Mistake(lambda p, c: float(np.median(np.unique(np.stack([p, c]), axis=1, return_counts=True)[1])),
                "The median; the paper speaks of the average."),
    ),
    hints=(
        "How many images are there, and how many different pairs of identity and camera?",
        "Pairs: `set(zip(pids.tolist(), camids.tolist()))`.",
        "`len(pids) / len(set(zip(pids.tolist(), camids.tolist())))`",
    ),
)  # fmt: skip

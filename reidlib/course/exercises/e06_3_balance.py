"""06.3: one number from the losses of all pairs, in which positives and negatives count alike."""

from __future__ import annotations

import numpy as np
import torch

from reidlib.course.definition import Exercise, Mistake
from reidlib.ran.losses import balanced, halves


def _cases(rng: np.random.Generator) -> list[tuple]:
    cases = []
    for P, positives in ((9, 2), (12, 9), (6, 6), (5, 0)):
        same = rng.permutation(np.arange(P) < positives)
        cases.append((torch.from_numpy(rng.random(P) + 3 * same), torch.from_numpy(same)))
    return cases


EXERCISE = Exercise(
    key="06.3",
    title="The balanced mean",
    reference=balanced,
    cases=_cases,
    mistakes=(
        Mistake(lambda v, same: v.mean(), "A plain mean over all pairs: the kind that is rare is hardly heard."),
        Mistake(lambda v, same: (v[same].mean() + v[~same].mean()) / 2,
                "A batch of one kind has no mean of the other: it is not a number. Then the kind that is there counts "
                "whole."),
        Mistake(lambda v, same: v[same].mean() + v[~same].mean(), "Each kind counts one half: the sum is twice that."),
        Mistake(lambda v, same: ((v * same).mean() + (v * ~same).mean()) / 2,
                "Both sums are divided by all pairs: divide each by the number of its own kind."),
        Mistake(lambda v, same: (v[same].sum() + v[~same].sum()) / 2, "These are sums: each kind enters by its mean."),
        Mistake(lambda v, same: v[same].mean(), "The negatives are left out."),
        Mistake(lambda v, same: sum(v[kind].mean() / 2 for kind in (same, ~same) if kind.any()),
                "A batch of one kind counts whole, not half."),
    ),
    hints=(
        "`values[same]` are those of one person, `values[~same]` those of two people. Which two numbers are averaged?",
        "The mean of each kind, and of these two the mean. What if a batch holds one kind only?",
        "`means = [values[kind].mean() for kind in (same, ~same) if kind.any()]`, then `sum(means) / len(means)`.",
    ),
    also=(halves,),
)  # fmt: skip

"""11.3: an exact test of a map on a small gallery: how many other maps would have looked as good?"""

from __future__ import annotations

import itertools
import math

import numpy as np

from reidlib.course.definition import Exercise, Mistake


def map_p_value(distances: np.ndarray) -> float:
    """Share of all n! maps under which at least as many probes have their match first: (n, n) -> one number.

    Row i holds the distances of probe i to the n gallery items; your map says that item i is its person. Another map is
    a permutation of the items. The map itself is among the n!, so the share is never 0 (Fisher, *The Design of
    Experiments*, 1935, §11: the lady tasting tea is this test for cups).
    """
    nearest = distances.argmin(1)
    hits = int((nearest == np.arange(len(nearest))).sum())
    maps = itertools.permutations(range(len(nearest)))
    return sum((nearest == np.array(each)).sum() >= hits for each in maps) / math.factorial(len(nearest))


def _cases(rng: np.random.Generator) -> list[tuple]:
    cases = []
    # Nearest items: some taken twice, so that columns tell something else; some where another map would do better.
    for nearest in ([0, 1, 0, 0], [0, 1, 3, 2, 4], [0, 1, 2, 3, 0, 0], [0, 1, 2, 3, 4, 5], [0, 2, 2], [1, 1, 3, 2, 0]):
        distances = rng.random((len(nearest), len(nearest))) + 1
        for i, item in enumerate(nearest):
            distances[i, item] -= 1 + 0.1 * (item != i)
        cases.append((distances,))
    return cases


def _share(d: np.ndarray, counts) -> float:
    nearest = d.argmin(1)
    hits = int((nearest == np.arange(len(d))).sum())
    found = sum(bool(counts((nearest == np.array(each)).sum(), hits)) for each in
                itertools.permutations(range(len(d))))
    return found / math.factorial(len(d))


EXERCISE = Exercise(
    key="11.3",
    title="How many maps look as good",
    reference=map_p_value,
    cases=_cases,
    axes="n",
    mistakes=(
        Mistake(lambda d: _share(d, lambda other, own: other > own), "Strictly more: maps that do as well count too, "
                "and yours is one of them."),
        Mistake(lambda d: _share(d, lambda other, own: other == own), "Exactly as many: those that do better count "
                "too."),
        Mistake(lambda d: _share(d.T, lambda other, own: other >= own),
                "The nearest probe of each item. Row i is probe i: look along the rows."),
        Mistake(lambda d: _share(-d, lambda other, own: other >= own), "A small distance is near: argmin, not argmax."),
        Mistake(lambda d: (_share(d, lambda other, own: other >= own) * math.factorial(len(d)) - 1)
                / math.factorial(len(d)), "Your own map is one of the n!: leave it out, and p can be 0."),
        Mistake(lambda d: _share(d, lambda other, own: other < own),
                "The other end: these are the maps that do worse."),
        Mistake(lambda d: 1 - float((d.argmin(1) == np.arange(len(d))).mean()),
                "That is 1 − rank-1. The question is how many maps would have reached this rank-1."),
    ),
    hints=(
        "First the nearest item of each probe: that does not depend on any map. Then count, map by map.",
        "`itertools.permutations(range(n))` gives every map; its hits are `(nearest == np.array(each)).sum()`.",
        "`np.mean([(nearest == np.array(each)).sum() >= hits for each in itertools.permutations(range(n))])`",
    ),
)  # fmt: skip

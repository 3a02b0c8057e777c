"""01.1: deal identities out to train and test. Many splits are right, so rules decide, not equality."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from reidlib.course.definition import Exercise
from reidlib.data.splits import split_identities

Parts = tuple[Iterable[int], Iterable[int]]


def split_by_identity(pids: np.ndarray, test_share: float, seed: int) -> Parts:
    """Deal the identities of a data set out to train and test: (train pids, test pids).

    `pids` (n,) holds the identity of each tracklet, so every person stands in it as often as they were filmed.
    """
    split = split_identities(pids, seed, test=float(test_share))
    return split.train, split.test


def _cases(rng: np.random.Generator) -> list[tuple]:
    cases = []
    for people, share, seed in ((12, 0.5, 0), (40, 0.25, 7), (31, 0.2, 123)):
        distinct = rng.choice(900, size=people, replace=False)
        # Some people are filmed more often than others, so a share of tracklets is not a share of people.
        cases.append((rng.permutation(np.repeat(distinct, rng.integers(2, 6, size=people))), share, seed))
    return cases


def _parts(answer: Parts) -> tuple[list[int], list[int]]:
    train, test = answer
    return [int(pid) for pid in train], [int(pid) for pid in test]


def _two_parts(call: Callable, arguments: tuple, answer: Parts) -> str | None:
    try:
        parts = _parts(answer)
    except (TypeError, ValueError):
        return "Return two collections of pids, first train, then test: `return train, test`."
    for name, part in zip(("train", "test"), parts, strict=True):
        if len(set(part)) < len(part):
            return f"{name} lists some identities more than once: list each person once (np.unique)."
    return None


def _no_shared_identity(call: Callable, arguments: tuple, answer: Parts) -> str | None:
    shared = set.intersection(*map(set, _parts(answer)))
    if shared:
        return (f"{len(shared)} identities are in both parts, for instance {min(shared)}: a model would be tested on "
                "people it was trained on. Deal out people, not tracklets.")
    return None


def _everybody_once(call: Callable, arguments: tuple, answer: Parts) -> str | None:
    people, dealt = set(arguments[0].tolist()), set().union(*_parts(answer))
    if dealt - people:
        return (f"{min(dealt - people)} is no identity of `pids`: did you return positions in the array instead of the "
                "pids that stand there?")
    if people - dealt:
        return f"{len(people - dealt)} identities are in neither part, for instance {min(people - dealt)}."
    return None


def _right_sizes(call: Callable, arguments: tuple, answer: Parts) -> str | None:
    pids, share, _ = arguments
    train, test = map(len, _parts(answer))
    people = len(np.unique(pids))
    if abs(test - share * people) < 1:
        return None
    if abs(train - share * people) < 1:
        return f"The parts are swapped: test is to have {share:.0%} of the people, and return train first."
    return (f"test has {test} of {people} people; needed: {share:.0%} of the people, about {share * people:.0f}. Count "
            "people, not tracklets.")


def _seed_decides(call: Callable, arguments: tuple, answer: Parts) -> str | None:
    pids, share, seed = arguments
    tests = [set(_parts(answer)[1]), *(set(_parts(call(pids, share, s))[1]) for s in (seed, seed + 1, seed + 2))]
    if tests[0] != tests[1]:
        return "The same seed gave another split the second time: draw from np.random.default_rng(seed)."
    if tests[1] == tests[2] == tests[3]:
        return "The seed changes nothing: shuffle the people with np.random.default_rng(seed) before you cut."
    return None


EXERCISE = Exercise(
    key="01.1",
    title="Split by identity",
    reference=split_by_identity,
    cases=_cases,
    compare=False,
    rules=(_two_parts, _no_shared_identity, _everybody_once, _right_sizes, _seed_decides),
    hints=(
        "What is dealt out: tracklets or people? `pids` holds one number for each tracklet.",
        "Take the distinct people first (np.unique), shuffle them with np.random.default_rng(seed), cut once.",
        "`order = np.random.default_rng(seed).permutation(np.unique(pids))`, then the first round(share × people) of "
        "them are test, the others train.",
    ),
    also=(split_identities,),
)

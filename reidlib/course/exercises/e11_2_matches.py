"""11.2: which pairs of tracklets a map declares to be right."""

from __future__ import annotations

import numpy as np

from reidlib.course.definition import Exercise, Mistake


def right_items(persons: np.ndarray, camids: np.ndarray) -> np.ndarray:
    """(i, j) is True where tracklet j counts as found for probe i: (n,), (n,) -> (n, n) bool.

    `persons` holds the number that a map gives to each tracklet, 0 where the map says nothing about it. A match is the
    same person under another camera; about whom nothing is said, nothing can be right.
    """
    same = (persons[:, None] == persons) & (persons[:, None] > 0)
    return same & (camids[:, None] != camids)


def _cases(rng: np.random.Generator) -> list[tuple]:
    # A person twice under one camera (a track that broke), one seen once, several that the map leaves out.
    small = np.array([3, 1, 0, 3, 1, 0, 3, 2]), np.array([0, 0, 0, 0, 1, 1, 1, 1])
    drawn = rng.permutation(np.array([0, 0, 0, 1, 1, 2, 2, 2, 3, 4, 4])), rng.permutation(np.arange(11) % 3)
    return [small, drawn, (np.array([5, 0, 5, 0, 6]), np.array([2, 2, 7, 7, 7]))]


def _named(p: np.ndarray) -> np.ndarray:
    return (p[:, None] > 0) & (p > 0)


EXERCISE = Exercise(
    key="11.2",
    title="What a map declares right",
    reference=right_items,
    cases=_cases,
    axes="n",
    mistakes=(
        Mistake(lambda p, c: (p[:, None] == p) & (c[:, None] != c),
                "0 equals 0: two tracklets about which the map says nothing became one person."),
        Mistake(lambda p, c: (p[:, None] == p) & _named(p),
                "The camera is missing: a tracklet finds itself, and the same walk under its own camera."),
        Mistake(lambda p, c: (p[:, None] == p) & _named(p) & ~np.eye(len(p), dtype=bool),
                "Without the tracklet itself, but with a second track of the same person under the same camera: "
                "that pair was made by a tracker that broke, not by two cameras."),
        Mistake(lambda p, c: (p[:, None] == p) & _named(p) & (c[:, None] == c),
                "These are the pairs under one camera; re-identification asks for the others."),
        Mistake(lambda p, c: (p[:, None] != p) & _named(p) & (c[:, None] != c), "These are the pairs of strangers."),
        Mistake(lambda p, c: np.triu((p[:, None] == p) & _named(p) & (c[:, None] != c)),
                "Only half of it: if j is right for i, then i is right for j."),
    ),
    hints=(
        "Three conditions on every pair. `persons[:, None] == persons` is the first, an (n, n) table.",
        "The second: another camera. The third: the map has named the person.",
        "`(persons[:, None] == persons) & (persons[:, None] > 0) & (camids[:, None] != camids)`",
    ),
)  # fmt: skip

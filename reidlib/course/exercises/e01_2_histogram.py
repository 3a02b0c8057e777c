"""01.2: which fraction of the frames is how visible."""

from __future__ import annotations

import numpy as np

from reidlib.course.definition import Exercise, Mistake


def visibility_histogram(visibility: np.ndarray, bins: int) -> np.ndarray:
    """Which fraction of the frames is how visible: (F,) in [0, 1] -> (bins,), summing to 1.

    Bin k counts k/bins <= visibility < (k+1)/bins; the last bin also counts visibility 1, the whole person.
    """
    counts, _ = np.histogram(visibility, bins=bins, range=(0, 1))
    return counts / len(visibility)


def _cases(rng: np.random.Generator) -> list[tuple]:
    inside = rng.uniform(0.15, 0.85, size=23).astype(np.float32)
    with_whole = np.concatenate([rng.uniform(0.02, 0.98, size=17), np.ones(8)]).astype(np.float32)
    on_edges = rng.permutation(np.repeat([0.0, 0.25, 0.5, 0.75, 0.6], [3, 5, 4, 2, 7])).astype(np.float32)
    return [(inside, 4), (with_whole, 5), (on_edges, 4), (np.ones(6, np.float32), 3), (with_whole, 1)]


def _binned(visibility: np.ndarray, bins: int) -> np.ndarray:
    return np.histogram(visibility, bins=bins, range=(0, 1))[0]


def _right_closed(visibility: np.ndarray, bins: int) -> np.ndarray:
    places = np.clip(np.ceil(visibility.astype(np.float64) * bins).astype(int) - 1, 0, bins - 1)
    return np.bincount(places, minlength=bins) / len(visibility)


MISTAKES = (
    Mistake(_binned, "These are counts: divide by the number of frames."),
    Mistake(
        lambda v, b: 100 * _binned(v, b) / len(v),
        "These are per cent: fractions lie between 0 and 1.",
    ),
    Mistake(
        lambda v, b: b * _binned(v, b) / len(v),
        "This is a density (density=True), whose area is 1: the fractions themselves are to sum to 1.",
    ),
    Mistake(
        lambda v, b: np.histogram(v, bins=b)[0] / len(v),
        "Your bins run from the smallest to the largest value found: let them always run from 0 to 1.",
    ),
    Mistake(
        lambda v, b: np.cumsum(_binned(v, b)) / len(v),
        "These are cumulated: each bin is to count its own frames only.",
    ),
    Mistake(
        lambda v, b: _binned(v[v < 1], b) / len(v),
        "Frames with visibility exactly 1 are lost: the last bin is closed on both sides.",
    ),
    Mistake(
        lambda v, b: _binned(v[v < 1], b) / max(1, (v < 1).sum()),
        "Frames with visibility exactly 1 are lost, from the bins and from the total: the last bin is closed on both "
        "sides.",
    ),
    Mistake(
        lambda v, b: _binned(1 - v, b) / len(v),
        "This is a histogram of what is hidden, 1 - visibility.",
    ),
    Mistake(
        _right_closed,
        "A value on an edge belongs to the bin that begins there, not to the one that ends there.",
    ),
)


EXERCISE = Exercise(
    key="01.2",
    title="Visibility histogram",
    reference=visibility_histogram,
    cases=_cases,
    mistakes=MISTAKES,
    hints=(
        "The bins do not depend on the data: `bins` equal parts of 0 to 1.",
        "np.histogram takes bins= and range=, and closes the last bin on both sides.",
        "`counts, edges = np.histogram(visibility, bins=bins, range=(0, 1))`; then make fractions of the counts.",
    ),
)

"""07.1: the place of the first match of one probe, at ties and under the camera rule."""

from __future__ import annotations

import numpy as np

from reidlib.course.definition import Exercise, Mistake
from reidlib.evaluation.ranking import rank


def first_match(distance: np.ndarray, same_person: np.ndarray, same_camera: np.ndarray) -> int:
    """Place of a probe's first match, from 1, or 0: (G,), bool (G,), bool (G,) -> int.

    A match is the probe's person from another camera. The probe's person from its own camera is ignored: no match, and
    no item before one. At ties every wrong item stands before the match.
    """
    if not (same_person & ~same_camera).any():
        return 0
    ranking = rank(distance[None], probe_pids=np.array([1]), gallery_pids=np.where(same_person, 1, 2),
                   probe_camids=np.array([0]), gallery_camids=np.where(same_camera, 0, 1), protocol="market1501",
                   ties="pessimistic")  # fmt: skip
    return int(ranking.first_rank[0])


def _cases(rng: np.random.Generator) -> list[tuple]:
    def bools(text: str) -> np.ndarray:
        return np.array([letter == "x" for letter in text])

    # In order: nothing special; own camera and person nearest; ties with wrong items on both sides; no match left.
    distinct = np.array([5.0, 2.0, 8.0, 4.0, 1.0, 7.0, 3.0]) + rng.uniform(0, 0.5)
    plain = (distinct, bools("x....x."), bools("......."))
    ruled = (distinct, bools("x.x.x.."), bools("...xx.x"))
    tied = (np.array([3, 1, 3, 3, 2, 3, 3, 4, 3.0]), bools(".x.x.x..x"), bools(".x.....xx"))
    nothing = (distinct, bools("x...x.."), bools("x...x.x"))
    return [plain, ruled, tied, nothing]


def _place(distance, match, before, none=0) -> int:
    """The reference in plain words, with its parts exchangeable."""
    return int(1 + before(distance[match].min()).sum()) if match.any() else none


def _optimist(d, person, camera):
    kept = ~(person & camera)
    return _place(d, person & kept, lambda nearest: (d < nearest) & kept)


def _stable(d, person, camera):
    kept = ~(person & camera)
    order = np.argsort(d[kept], kind="stable")
    match = np.flatnonzero(person[kept][order])
    return int(match[0] + 1) if len(match) else 0


def _pessimist(d, match, kept):
    return _place(d, match, lambda nearest: ((d < nearest) | ((d == nearest) & ~match)) & kept)


EXERCISE = Exercise(
    key="07.1",
    title="The place of the first match",
    reference=first_match,
    cases=_cases,
    axes="G",
    mistakes=(
        Mistake(lambda d, person, camera: max(first_match(d, person, camera) - 1, 0),
                "Places are counted from 1: the first item of the gallery has place 1."),
        Mistake(lambda d, person, camera: first_match(-d, person, camera),
                "The gallery is sorted the wrong way round: the smallest distance comes first."),
        Mistake(lambda d, person, camera: _place(d, person & ~camera, lambda nearest:
                                                 (d < d[person & ~camera].max()) & ~(person & camera)),
                "This is the place of the last match: the first one counts."),
        Mistake(lambda d, person, camera: _pessimist(d, person, ~np.zeros_like(person)),
                "The probe's person from the probe's own camera counts as a match: the camera rule ignores it."),
        Mistake(lambda d, person, camera: _pessimist(d, person & ~camera, ~np.zeros_like(person)),
                "The probe's person from the probe's own camera counts as a wrong item before the match. Ignored means "
                "neither match nor mistake."),
        Mistake(lambda d, person, camera: _pessimist(d, person & ~camera, ~camera),
                "You leave out everything from the probe's camera. Only the probe's own person is ignored there; "
                "others may still be mistakes."),
        Mistake(_optimist, "An optimist: wrong items as near as the match stand before it here."),
        Mistake(_stable, "A stable sort decides ties by position. Here wrong items as near as the match all stand "
                         "before it, wherever they lie in the gallery."),
        Mistake(lambda d, person, camera: first_match(d, person, camera) or len(d) + 1,
                "Where no match is left the answer is 0."),
    ),
    hints=(
        "No sorting: the place is 1 plus the number of items that stand before the first match. Which items are "
        "matches, which are ignored, which are the others?",
        "`match = same_person & ~same_camera`; everything that is not `same_person` can stand before it.",
        "`nearest = distance[match].min()`, then 1 + the number of others with `distance <= nearest`; 0 if "
        "`not match.any()`.",
    ),
)  # fmt: skip

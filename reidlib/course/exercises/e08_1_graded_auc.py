"""08.1: the AUC of one tracklet without a threshold."""

from __future__ import annotations

import numpy as np

from reidlib.course.definition import Exercise, Mistake


def graded_auc(attention: np.ndarray, visibility: np.ndarray) -> float:
    """Share of the pairs of frames with different visibility in which the more visible one has more attention.

    (T,), (T,) -> one number; equal attention counts one half. With two values of visibility this is the AUC.
    """
    more = visibility[:, None] > visibility
    difference = attention[:, None] - attention
    return float(((difference > 0) + 0.5 * (difference == 0))[more].mean())


def _cases(rng: np.random.Generator) -> list[tuple]:
    cases = []
    for T in (7, 12, 5):
        visibility = rng.uniform(0, 1, T)
        visibility[:3] = 1.0  # whole frames are alike: no pairs among them
        cases.append((np.round(visibility + rng.normal(0, 0.5, T), 1), visibility))
    tied = rng.permutation(np.repeat([0.25, 0.5, 0.75], 4)).astype(float)
    logits = rng.normal(-3, 2, 9)  # only the order of the attention counts
    return [*cases, (tied, rng.permutation(np.repeat([0.0, 0.25, 1.0], 4))), (logits, rng.uniform(0, 0.45, 9))]


def _binary(attention: np.ndarray, visibility: np.ndarray) -> float:
    visible = visibility >= 0.5
    difference = attention[visible][:, None] - attention[~visible]
    return float(np.mean((difference > 0) + 0.5 * (difference == 0))) if difference.size else 0.5


def _pairs(attention: np.ndarray, visibility: np.ndarray, tie: float, among: str) -> float:
    difference = attention[:, None] - attention
    wins = (difference > 0) + tie * (difference == 0)
    more = visibility[:, None] > visibility
    if among == "different":
        return float(wins[more].mean())
    if among == "all":
        T = len(attention)
        return float(wins[more].sum() / (T * (T - 1) / 2))
    return float(wins[~np.eye(len(attention), dtype=bool)].mean())


def _weighted(attention: np.ndarray, visibility: np.ndarray) -> float:
    gap = visibility[:, None] - visibility
    difference = attention[:, None] - attention
    wins = (difference > 0) + 0.5 * (difference == 0)
    return float((wins * gap)[gap > 0].sum() / gap[gap > 0].sum())


EXERCISE = Exercise(
    key="08.1",
    title="AUC without a threshold",
    reference=graded_auc,
    cases=_cases,
    axes="T",
    mistakes=(
        Mistake(_binary, "This is the AUC at the threshold one half: here every difference of visibility makes "
                         "a pair."),
        Mistake(lambda a, v: _pairs(a, v, 0.0, "different"),
                "Equal attention counts one half: an attention that says nothing must get ½, not 0."),
        Mistake(lambda a, v: _pairs(a, v, 1.0, "different"),
                "Equal attention counts one half: an attention that says nothing must get ½, not 1."),
        Mistake(lambda a, v: _pairs(a, v, 0.5, "all"),
                "Divided by all pairs: frames of equal visibility make no pair and must not count below the line."),
        Mistake(lambda a, v: _pairs(a, v, 0.5, "none"),
                "Visibility is not used: over all ordered pairs, half of the comparisons are won by symmetry."),
        Mistake(lambda a, v: 1 - graded_auc(a, v), "Turned round: the more visible frame is to have more attention."),
        Mistake(_weighted, "Pairs are weighted by how far their visibility differs: here each pair counts alike."),
        Mistake(lambda a, v: 2 * graded_auc(a, v) - 1,
                "This goes from −1 to 1 (Somers' D): the share of pairs goes from 0 to 1."),
        Mistake(lambda a, v: float(np.corrcoef(a, v)[0, 1]), "A correlation depends on sizes: only the order counts."),
    ),
    hints=(
        "Two frames make a pair if `visibility[s] > visibility[t]`; equal visibility makes none.",
        "`attention[:, None] - attention` holds all differences at once, (T, T), and so for visibility.",
        "`more = visibility[:, None] > visibility`, then the mean of `((d > 0) + 0.5 * (d == 0))[more]`",
    ),
)  # fmt: skip

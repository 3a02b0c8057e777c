"""08.3: how much more of the person the weighted mean sees."""

from __future__ import annotations

import numpy as np

from reidlib.course.definition import Exercise, Mistake


def visibility_gain(attention: np.ndarray, visibility: np.ndarray) -> float:
    """Σ α_t v_t / Σ α_t − mean v of one tracklet: (T,), (T,) -> one number; 0 for weights that are all alike."""
    return float(attention @ visibility / attention.sum() - visibility.mean())


def _cases(rng: np.random.Generator) -> list[tuple]:
    cases = [(rng.uniform(0.05, 0.95, T), rng.uniform(0, 1, T)) for T in (6, 9, 4)]
    visibility = rng.uniform(0, 1, 8)
    return [*cases, (10 * visibility**3, visibility), ((1 - visibility) / 20, visibility)]


EXERCISE = Exercise(
    key="08.3",
    title="The gain in visibility",
    reference=visibility_gain,
    cases=_cases,
    axes="T",
    mistakes=(
        Mistake(lambda a, v: float(a @ v / a.sum()), "The plain mean is not subtracted: a tracklet without occlusion "
                                                     "would then have the highest gain."),
        Mistake(lambda a, v: float(a @ v - v.mean()), "The weights must sum to 1 first: divide by Σ α."),
        Mistake(lambda a, v: float((a * v).mean() - v.mean()), "A mean over T is no weighted mean: divide by Σ α."),
        Mistake(lambda a, v: float(v.mean() - a @ v / a.sum()), "Turned round: more visible is a gain."),
        Mistake(lambda a, v: float(a @ v / a.sum() / v.mean()), "A ratio: the gain is a difference."),
        Mistake(lambda a, v: float(a.argsort().argsort() @ v / a.argsort().argsort().sum() - v.mean()),
                "Made of ranks: the AUC has the order already, the gain is about the sizes."),
        Mistake(lambda a, v: float(np.exp(a) @ v / np.exp(a).sum() - v.mean()),
                "A softmax on weights that are weights already: use them as they are."),
        Mistake(lambda a, v: float(a @ v / a.sum() - v @ v / v.sum()),
                "Compared with visibility as its own weight; compare with the plain mean."),
    ),
    hints=(
        "What would the pooled feature see of the person, on average over its weights?",
        "Σ αv / Σ α is a weighted mean; with equal weights it is the plain mean, and the gain 0.",
        "`attention @ visibility / attention.sum() - visibility.mean()`",
    ),
)  # fmt: skip

"""09.2: how sure a softmax over cosines can be at most."""

from __future__ import annotations

import numpy as np

from reidlib.arm.matching import cosine_ceiling
from reidlib.course.definition import Exercise, Mistake


def highest_probability(n: int, temperature: float) -> float:
    """P of a match with cosine 1 among n items whose other cosines are −1: one number; Vinyals et al. have τ = 1."""
    return cosine_ceiling(n, temperature)


def _cases(rng: np.random.Generator) -> list[tuple]:
    return [(5, 1.0), (100, 1.0), (20, float(rng.uniform(0.3, 0.7))), (750, 0.1), (2, 0.5), (19732, 0.1)]


def _p(n, best, other):
    return float(np.exp(best) / (np.exp(best) + (n - 1) * np.exp(other)))


EXERCISE = Exercise(
    key="09.2",
    title="The cosine ceiling",
    reference=highest_probability,
    cases=_cases,
    mistakes=(
        Mistake(lambda n, t: _p(n, 1, -1), "The temperature is missing: a logit is cos / τ."),
        Mistake(lambda n, t: _p(n, t, -t), "You multiplied by τ: a logit is cos / τ, so a small τ spreads them."),
        Mistake(lambda n, t: _p(n, 1 / t, 0), "The others at right angles, cosine 0. The highest P is reached with the "
                                             "others opposite, cosine −1."),
        Mistake(lambda n, t: _p(n + 1, 1 / t, -1 / t), "n counts the match too: there are n − 1 others."),
        Mistake(lambda n, t: 1 / n, "1/n is the smallest that the best of n can have, all cosines being equal."),
        Mistake(lambda n, t: _p(n, 1 / t, -1 / (n - 1) / t),
                "−1/(n−1) is what all n can reach at once. For a single probe the others may all stand opposite."),
        Mistake(lambda n, t: np.log(_p(n, 1 / t, -1 / t)), "This is log P; the question is P."),
    ),
    hints=(
        "Write down n logits: one for the match, n − 1 for the others. Then the softmax of the first.",
        "Logits 1/τ and −1/τ. Divide above and below by exp(1/τ): only the difference matters.",
        "`1 / (1 + (n - 1) * math.exp(-2 / temperature))`",
    ),
)  # fmt: skip

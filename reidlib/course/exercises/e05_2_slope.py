"""05.2: how steep the scalar map is, which decides whether refinement settles."""

from __future__ import annotations

import numpy as np
import torch

from reidlib.course.definition import Exercise, Mistake
from reidlib.ran.refinement import slope


def map_slope(c: torch.Tensor, u: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Derivative of Σ_t σ(u_t + c) v_t with respect to c: (), (T,), (T,) -> (). Between −1 and 1 a rest attracts."""
    return slope(c, u, v)


def _cases(rng: np.random.Generator) -> list[tuple]:
    return [(torch.tensor(rng.normal(0, 2)), torch.from_numpy(rng.normal(0.5, 1.5, T)),
             torch.from_numpy(rng.normal(0.3, 2, T))) for T in (4, 6, 1, 9)]


def _alpha(c, u):
    return torch.sigmoid(u + c)


EXERCISE = Exercise(
    key="05.2",
    title="The slope of the map",
    reference=map_slope,
    cases=_cases,
    mistakes=(
        Mistake(lambda c, u, v: (_alpha(c, u) * v).sum(), "This is the map itself; its slope is asked for."),
        Mistake(lambda c, u, v: (_alpha(c, u) * (1 - _alpha(c, u))).sum(),
                "v is missing: what a frame's weight gains counts v_t times."),
        Mistake(lambda c, u, v: (_alpha(0, u) * (1 - _alpha(0, u)) * v).sum(),
                "This is the slope at c = 0: the sigmoids stand at u + c."),
        Mistake(lambda c, u, v: ((1 - _alpha(c, u)) * v).sum(),
                "σ′ = α(1 − α): the factor α is missing. (Without it this is the slope of log σ.)"),
        Mistake(lambda c, u, v: (_alpha(c, u) ** 2 * v).sum(), "σ′ is α(1 − α), not α²."),
        Mistake(lambda c, u, v: (_alpha(c, u) * (1 - _alpha(c, u)) * v).mean(),
                "This is a mean over the frames. The map is a sum, so its slope is one too."),
        Mistake(lambda c, u, v: (_alpha(c, u) * (1 - _alpha(c, u)) * v).abs().sum(),
                "The signs are lost: frames with v of opposite signs work against each other."),
        Mistake(lambda c, u, v: v.abs().sum() / 4,
                "This is the bound Σ|v|/4 that no slope exceeds; the slope at this c is asked for."),
    ),
    hints=(
        "The derivative of a sum is the sum of the derivatives; v_t does not depend on c.",
        "σ′ = σ(1 − σ), at u_t + c.",
        "With `a = torch.sigmoid(u + c)`: `(a * (1 - a) * v).sum()`. Automatic differentiation gives the same.",
    ),
    also=(slope,),
)  # fmt: skip

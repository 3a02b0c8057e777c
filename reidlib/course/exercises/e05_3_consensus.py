"""05.3: weights that compare each frame with the others, through their mean."""

from __future__ import annotations

import numpy as np
import torch

from reidlib.course.definition import Exercise, Mistake
from reidlib.ran.heads.consensus import look_again


def consensus_weights(x: torch.Tensor, f: torch.Tensor, temperature: float) -> torch.Tensor:
    """α_t = exp(cos(x_t, f)/τ) / Σ_s exp(cos(x_s, f)/τ): (T, D), (D,) -> (T,). Frames that agree with f weigh more."""
    return torch.softmax(torch.nn.functional.cosine_similarity(x, f[None], dim=1) / temperature, dim=0)


def _cases(rng: np.random.Generator) -> list[tuple]:
    cases = []
    for T, D, temperature in ((5, 4, 0.4), (3, 6, 0.5), (7, 2, 1.5)):
        f = rng.normal(0, 1, D)
        x = (rng.normal(0, 1, (T, D)) + 0.7 * f) * rng.uniform(0.3, 1.2, (T, 1))  # lengths differ, so cos ≠ product
        cases.append((torch.from_numpy(x), torch.from_numpy(0.5 * f), temperature))
    return cases


def _cos(x, f):
    return torch.nn.functional.cosine_similarity(x, f[None], dim=1)


EXERCISE = Exercise(
    key="05.3",
    title="Consensus weights",
    reference=consensus_weights,
    cases=_cases,
    axes="TD",
    mistakes=(
        Mistake(lambda x, f, tau: _cos(x, f) / tau, "These are the scores. A softmax over the frames makes weights."),
        Mistake(lambda x, f, tau: torch.softmax(_cos(x, f), 0), "The temperature is missing: divide the cosine by τ."),
        Mistake(lambda x, f, tau: torch.softmax(_cos(x, f) * tau, 0),
                "You multiplied by τ: a small temperature must make the choice sharper, so divide."),
        Mistake(lambda x, f, tau: torch.softmax(x @ f / tau, 0),
                "This is the inner product: long features win. Divide by both lengths."),
        Mistake(lambda x, f, tau: torch.softmax(x @ f / x.norm(dim=1) / tau, 0),
                "f is not divided by its length, so its length acts as a temperature."),
        Mistake(lambda x, f, tau: torch.softmax(x @ f / f.norm() / tau, 0),
                "x_t is not divided by its length, so long features win."),
        Mistake(lambda x, f, tau: torch.sigmoid(_cos(x, f) / tau),
                "Sigmoids judge each frame alone and sum to anything; here the frames compete: softmax."),
        Mistake(lambda x, f, tau: torch.softmax(-_cos(x, f) / tau, 0),
                "The sign is turned: the frames that disagree with f get the most."),
        Mistake(lambda x, f, tau: torch.softmax(_cos(x, x.mean(0)) / tau, 0),
                "f is given: in later iterations it is not the mean of the frames any more."),
    ),
    hints=(
        "First T cosines between the rows of x and f, then a softmax over the frames.",
        "cos(x, f) = x·f / (‖x‖‖f‖); `x.norm(dim=1)` gives T lengths.",
        "`torch.softmax(cosines / temperature, dim=0)`.",
    ),
    also=(look_again,),
)  # fmt: skip

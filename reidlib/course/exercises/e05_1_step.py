"""05.1: one refinement of RAN as a function of one number."""

from __future__ import annotations

import numpy as np
import torch

from reidlib.course.definition import Exercise, Mistake
from reidlib.ran.refinement import scalar_map


def scalar_step(c: torch.Tensor, u: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """The next c of RAN Eq. 3–4 as printed: each frame gets weight σ(u_t + c) and brings v_t. () , (T,), (T,) -> ().

    u_t = θ′_x·x_t is what a frame says for itself, v_t = θ′_f·x_t what it adds to θ′_f·f.
    """
    return scalar_map(c, u, v)


def _cases(rng: np.random.Generator) -> list[tuple]:
    return [(torch.tensor(rng.normal(0, 2)), torch.from_numpy(rng.normal(0.5, 1.5, T)),
             torch.from_numpy(rng.normal(0.3, 1, T))) for T in (5, 3, 8, 1)]


EXERCISE = Exercise(
    key="05.1",
    title="One step of one number",
    reference=scalar_step,
    cases=_cases,
    mistakes=(
        Mistake(lambda c, u, v: (torch.sigmoid(u) * v).sum() + c,
                "c comes in after the sigmoid: it is part of the score, so add it to u first."),
        Mistake(lambda c, u, v: (torch.sigmoid(u) * v).sum(), "c is missing: without it nothing is refined."),
        Mistake(lambda c, u, v: (torch.sigmoid(u + c) * v).mean(),
                "This is a mean over the frames; Eq. 4 as printed is a sum."),
        Mistake(lambda c, u, v: (torch.sigmoid(u + c) * v).sum() / torch.sigmoid(u + c).sum(),
                "You divided by Σα. That is the corrected form; Eq. 4 as printed does not."),
        Mistake(lambda c, u, v: (torch.softmax(u + c, 0) * v).sum(),
                "Eq. 3 uses a sigmoid. Under a softmax c cancels and there is nothing to iterate."),
        Mistake(lambda c, u, v: (torch.sigmoid(v + c) * u).sum(),
                "u and v are swapped: u is the score of a frame, v what the frame brings to c."),
        Mistake(lambda c, u, v: torch.sigmoid(u + c).sum(), "This is Σα: each weight must be multiplied by v_t."),
        Mistake(lambda c, u, v: ((u + c) * v).sum(), "The sigmoid is missing: α = σ(u + c)."),
    ),
    hints=(
        "Two lines: first the weights of all frames from u and c, then what they make of v.",
        "α_t = σ(u_t + c), the same c for every frame.",
        "`(torch.sigmoid(u + c) * v).sum()` says it in one line.",
    ),
    also=(scalar_map,),
)  # fmt: skip

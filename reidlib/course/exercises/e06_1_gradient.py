"""06.1: the gradient of the hinge that McLaughlin's code computes, by hand."""

from __future__ import annotations

import numpy as np
import torch

from reidlib.course.definition import Exercise, Mistake
from reidlib.ran import losses
from reidlib.ran.losses import hinge_gradient, linear_hinge_gradient


def _cases(rng: np.random.Generator) -> list[tuple]:
    cases = []
    for P, D, margin in ((8, 3, 2.0), (9, 4, 1.0), (7, 2, 2.0)):
        direction = rng.normal(size=(P, D))
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
        # Some of each kind nearer and some further than the margin, none upon it.
        distance = margin * np.resize([0.3, 0.7, 1.4, 2.0], P)
        first = rng.normal(size=(P, D))
        second = first - direction * distance[:, None]
        same = np.resize([True, True, True, True, False, False, False, False], P)[rng.permutation(P)]
        cases.append((torch.from_numpy(first), torch.from_numpy(second), torch.from_numpy(same), margin))
    first, second, same, margin = cases[0]
    second = second.clone()
    second[:2] = first[:2]  # last, so that who forgets d = 0 hears of it and of nothing else
    same = same.clone()
    same[0], same[1] = True, False
    return [*cases, (first, second, same, margin)]


def _mine(first, second, same, margin, near=lambda d, margin: d < margin):
    away = first - second
    d = away.norm(dim=1, keepdim=True)
    return torch.where(same[:, None], away / d, -(away / d) * near(d, margin))


EXERCISE = Exercise(
    key="06.1",
    title="The gradient of the linear hinge",
    reference=linear_hinge_gradient,
    cases=_cases,
    axes="PD",
    mistakes=(
        Mistake(_mine, "Two equal features have no direction between them, and 0 / 0 is not a number: let the gradient "
                       "be 0 there."),
        Mistake(lambda f, s, same, m: -linear_hinge_gradient(f, s, same, m),
                "The sign is turned: this is the force, the way that training moves f1. The gradient points uphill."),
        Mistake(hinge_gradient, "This is the gradient of Eq. 5, the squared hinge. The linear one does not fade with d "
                                "or with m − d: its length is 1 or 0."),
        Mistake(lambda f, s, same, m: _mine(f, s, same, m, lambda d, m: 1.0),
                "Two people further apart than the margin are pushed on: there the loss is 0 and flat."),
        Mistake(lambda f, s, same, m: linear_hinge_gradient(f, s, torch.ones_like(same), m),
                "Every pair is pulled: where `same` is False the loss falls with d, up to the margin."),
        Mistake(lambda f, s, same, m: linear_hinge_gradient(f, s, ~same, m),
                "Pull and push have changed places: `same` is True for one person."),
        Mistake(lambda f, s, same, m: torch.where(same[:, None], f - s, (s - f) * ((f - s).norm(dim=1) < m)[:, None]),
                "The direction is right, the length is not: divide f1 − f2 by the distance."),
    ),
    hints=(
        "∂d/∂f1 is the unit vector from f2 to f1: (f1 − f2)/d. What is the slope of the loss over d, for each kind of "
        "pair, on each side of the margin?",
        "The slope is 1 for one person; for two people −1 while d < m, and 0 beyond. Gradient = slope × unit vector.",
        "`d = (first - second).norm(dim=1, keepdim=True)`, `torch.where(same[:, None], …, …)`; where d is 0, divide by "
        "something else and return 0.",
    ),
    also=(losses._along,),
)  # fmt: skip

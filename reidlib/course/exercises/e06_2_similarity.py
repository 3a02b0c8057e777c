"""06.2: the vector that the similarity loss classifies, with gradients that stay finite."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from reidlib.course.definition import Exercise, Mistake
from reidlib.ran.attention import unit_length
from reidlib.ran.similarity import signed_root


def similarity_vector(first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
    """N of L_sim, one number for each dimension: (P, D), (P, D) -> (P, D) of length 1.

    Products of the two features, their signed square root, divided by its length.
    """
    return unit_length(signed_root(first * second))


def _cases(rng: np.random.Generator) -> list[tuple]:
    cases = [tuple(torch.from_numpy(rng.normal(0, 4, (2, P, D)))) for P, D in ((3, 5), (4, 7))]
    first, second = (each.clone() for each in cases[0])
    first[0, 1] = second[1, 2] = 0  # products of 0, where the slope of a root is infinite
    return [*cases, (first, second)]


def _finite_gradient(call: Callable, arguments: tuple, answer: torch.Tensor) -> str | None:
    first = arguments[0].clone().requires_grad_()
    vector = call(first, arguments[1])
    if not vector.requires_grad:
        return "No gradient gets through: stay in torch from end to end, without detach, numpy or sign alone."
    weights = torch.arange(1.0, vector.numel() + 1, dtype=vector.dtype).view_as(vector)
    (gradient,) = torch.autograd.grad((weights * vector).sum(), first)
    if not gradient.isfinite().all():
        return ("The values are right, the gradient is not: where a product is 0 the slope of √ is infinite, and "
                "autograd answers NaN. Add a small ε under the root, such as 1e-6.")
    return None


def _root(u: torch.Tensor) -> torch.Tensor:
    return u.sign() * u.abs().sqrt()


def _unit(v: torch.Tensor, dim: int | None = 1) -> torch.Tensor:
    return v / v.norm(dim=dim, keepdim=True)


EXERCISE = Exercise(
    key="06.2",
    title="The similarity vector",
    reference=similarity_vector,
    cases=_cases,
    axes="PD",
    mistakes=(
        Mistake(lambda a, b: (a * b).sum(1, keepdim=True).sign(),
                "This is the literal reading: one number for each pair, and after its normalisation only a sign is "
                "left. Keep the D products apart."),
        Mistake(lambda a, b: _unit(a * b), "The signed square root is missing."),
        Mistake(lambda a, b: _root(a * b), "The last step is missing: divide each row by its length."),
        Mistake(lambda a, b: _unit((a * b).abs().sqrt()), "The sign is lost: a product below 0 stays below 0."),
        Mistake(lambda a, b: _unit(_root(a * b), dim=0),
                "You divide columns: the length is taken over D, for each pair."),
        Mistake(lambda a, b: _root(a * b) / _root(a * b).norm(),
                "One length for the whole batch: each pair has its own, over D."),
        Mistake(lambda a, b: _root(a * b) / _root(a * b).abs().sum(1, keepdim=True),
                "You divide by the sum of absolute values: the length is the root of the sum of squares."),
    ),
    hints=(
        "Three steps, none of which changes the shape (P, D): multiply, root with sign, divide by the length.",
        "`u.sign() * (u.abs() + 1e-6).sqrt()` is the root with a finite slope; `norm(dim=1, keepdim=True)` the length.",
        "`u = first * second`, then `v = u.sign() * (u.abs() + 1e-6).sqrt()`, then `v / v.norm(dim=1, keepdim=True)`.",
    ),
    rules=(_finite_gradient,),
    rtol=1e-3,
    atol=1e-3,  # the root may be made finite in more than one way
    also=(signed_root, unit_length),
)  # fmt: skip

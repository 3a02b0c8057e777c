"""09.3: the rival of every gallery encoder, cosines after the means are taken off."""

from __future__ import annotations

import numpy as np
import torch

from reidlib.arm.baselines import centre, cosine
from reidlib.course.definition import Exercise, Mistake


def centred_cosines(gallery: torch.Tensor, probe: torch.Tensor, probe_mean: torch.Tensor) -> torch.Tensor:
    """cos(probe − `probe_mean`, item − mean of the gallery) for each item: (n, D), (D,), (D,) -> (n,)."""
    mask = torch.ones(1, len(gallery), dtype=torch.bool)
    return cosine(*centre(gallery[None], probe[None, None], mask, probe_mean), mask)[0, 0]


def _cases(rng: np.random.Generator) -> list[tuple]:
    cases = []
    for n, D in ((5, 3), (4, 7), (9, 4)):
        shift, people = rng.normal(size=D) * 3, rng.normal(size=(n, D)) * rng.uniform(0.5, 3, (n, 1))
        gallery = torch.from_numpy(people + shift)
        probe_mean = torch.from_numpy(rng.normal(size=D))
        cases.append((gallery, probe_mean + torch.from_numpy(people[1] + 0.3 * rng.normal(size=D)), probe_mean))
    return cases


def _cos(one: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
    return rows @ one / (rows.norm(dim=1) * one.norm())


EXERCISE = Exercise(
    key="09.3",
    title="Cosines without the means",
    reference=centred_cosines,
    cases=_cases,
    axes="nD",
    mistakes=(
        Mistake(lambda g, p, m: _cos(p, g), "Nothing was taken off: these are the plain cosines."),
        Mistake(lambda g, p, m: _cos(p, g - g.mean(0)), "The probe keeps its camera's mean."),
        Mistake(lambda g, p, m: _cos(p - m, g), "The gallery keeps its mean."),
        Mistake(lambda g, p, m: _cos(p - g.mean(0), g - g.mean(0)),
                "The gallery's mean belongs to another camera: from the probe take `probe_mean`."),
        Mistake(lambda g, p, m: _cos(p - m, g - m), "The gallery has a mean of its own; that it was taken today is why "
                                                    "it helps."),
        Mistake(lambda g, p, m: _cos(p - m, g - g.mean(1, keepdim=True)),
                "A mean over the D entries of each item. The mean of the gallery is one vector (D,), over its n items."
                ),
        Mistake(lambda g, p, m: (g - g.mean(0)) @ (p - m), "Inner products: divide by both lengths."),
        Mistake(lambda g, p, m: _cos((p / p.norm()) - m, torch.nn.functional.normalize(g, dim=1) -
                                     torch.nn.functional.normalize(g, dim=1).mean(0)),
                "First the means, then the lengths."),
    ),
    hints=(
        "Two subtractions, then n cosines.",
        "`gallery.mean(0)` is (D,) and broadcasts over the rows.",
        "`g = gallery - gallery.mean(0)`, `p = probe - probe_mean`, then `g @ p / (g.norm(dim=1) * p.norm())`.",
    ),
)  # fmt: skip

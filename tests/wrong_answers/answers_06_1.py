"""Answers to 06.1, the gradient of the linear hinge."""

import torch
from stored_answers import right, wrong

KEY = "06.1"


@right(KEY)
def by_hand(first, second, same, margin):
    away = first - second
    d = away.norm(dim=1, keepdim=True)
    slope = torch.where(same[:, None], 1.0, torch.where(d < margin, -1.0, 0.0))
    return torch.where(d > 0, slope * away / d.clamp_min(1e-12), 0.0)


@right(KEY)
def by_autograd(first, second, same, margin):
    first = first.clone().requires_grad_()
    d = ((first - second).square().sum(1) + 1e-18).sqrt()
    value = torch.where(same, d, (margin - d).clamp_min(0)).sum()
    return torch.autograd.grad(value, first)[0]


@right(KEY)
def pair_by_pair(first, second, same, margin):
    rows = []
    for a, b, one in zip(first, second, same, strict=True):
        d = torch.dist(a, b)
        unit = (a - b) / d if d > 0 else torch.zeros_like(a)
        rows.append(unit if one else -unit if d < margin else 0 * unit)
    return torch.stack(rows)


def _unit(first, second):
    away = first - second
    return away / (away.norm(dim=1, keepdim=True) + 1e-12), away.norm(dim=1)


@wrong(KEY, "The sign is turned", "value")
def the_force(first, second, same, margin):
    return -by_hand(first, second, same, margin)


@wrong(KEY, "does not fade", "value")
def the_squared_one(first, second, same, margin):
    unit, d = _unit(first, second)
    return unit * torch.where(same, d, -(margin - d).clamp_min(0))[:, None]


@wrong(KEY, "pushed on", "value")
def without_the_margin(first, second, same, margin):
    return _unit(first, second)[0] * torch.where(same, 1, -1)[:, None]


@wrong(KEY, "Every pair is pulled", "value")
def pulls_all(first, second, same, margin):
    return _unit(first, second)[0]


@wrong(KEY, "have changed places", "value")
def takes_same_for_other(first, second, same, margin):
    return by_hand(first, second, ~same, margin)


@wrong(KEY, "divide f1 − f2 by the distance", "value")
def not_of_length_one(first, second, same, margin):
    away = first - second
    return away * torch.where(same, 1, -1.0 * (away.norm(dim=1) < margin))[:, None]


@wrong(KEY, "0 / 0 is not a number", "non-finite")
def forgot_distance_0(first, second, same, margin):
    d = (first - second).square().sum(1, keepdim=True).sqrt()
    return (first - second) / d * torch.where(same[:, None], 1, -1.0 * (d < margin))


@wrong(KEY, "needed is", "shape")
def only_the_lengths(first, second, same, margin):
    return by_hand(first, second, same, margin).norm(dim=1)

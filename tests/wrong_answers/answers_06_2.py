"""Answers to 06.2, the similarity vector."""

import torch
from stored_answers import right, wrong
from torch.nn.functional import normalize

KEY = "06.2"


@right(KEY)
def epsilon_under_the_root(first, second):
    u = first * second
    v = u.sign() * (u.abs() + 1e-6).sqrt()
    return v / v.norm(dim=1, keepdim=True)


@right(KEY)
def clamped_and_normalised(first, second):
    u = first * second
    return normalize(torch.where(u < 0, -1.0, 1.0) * (u.abs() + 1e-8).sqrt() * (u != 0), dim=1)


@right(KEY)
def divided_by_the_root(first, second):
    u = first * second
    return normalize(u / (u.abs() + 1e-8).sqrt(), dim=1)


@wrong(KEY, "the literal reading", "shape")
def literal(first, second):
    inner = (first * second).sum(1, keepdim=True)
    s = inner.sign() * inner.abs().sqrt()
    return s / s.norm(dim=1, keepdim=True)


@wrong(KEY, "square root is missing", "value")
def products_only(first, second):
    return normalize(first * second, dim=1)


@wrong(KEY, "divide each row by its length", "value")
def not_normalised(first, second):
    return (first * second).sign() * (first * second).abs().sqrt()


@wrong(KEY, "The sign is lost", "value")
def without_the_sign(first, second):
    return normalize((first * second).abs().sqrt(), dim=1)


@wrong(KEY, "You divide columns", "value")
def along_the_batch(first, second):
    return normalize(not_normalised(first, second), dim=0)


@wrong(KEY, "sum of absolute values", "value")
def by_the_other_norm(first, second):
    return normalize(not_normalised(first, second), p=1, dim=1)


@wrong(KEY, "slope of √ is infinite", "rule")
def infinite_slope(first, second):
    return normalize(not_normalised(first, second), dim=1)


@wrong(KEY, "No gradient gets through", "rule")
def out_of_the_graph(first, second):
    return epsilon_under_the_root(first.detach(), second.detach())

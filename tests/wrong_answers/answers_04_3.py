"""Answers to 04.3, the effective number of frames."""

import torch
from stored_answers import right, wrong

KEY = "04.3"


@right(KEY)
def square_of_the_sum(attention):
    return attention.sum(1) ** 2 / (attention**2).sum(1)


@right(KEY)
def row_by_row(attention):
    return torch.stack([1 / ((row / row.sum()) ** 2).sum() for row in attention])


@wrong(KEY, "must sum to 1 first", "value")
def not_normalised(attention):
    return 1 / (attention**2).sum(1)


@wrong(KEY, "one divided by it", "value")
def not_inverted(attention):
    return ((attention / attention.sum(1, keepdim=True)) ** 2).sum(1)


@wrong(KEY, "though they share as before", "value")
def sum_of_weights(attention):
    return torch.sum(attention, 1)


@wrong(KEY, "You count the real frames", "value")
def count(attention):
    return torch.count_nonzero(attention, 1).float()


@wrong(KEY, "exp of the entropy", "value")
def by_entropy(attention):
    w = attention / attention.sum(1, keepdim=True)
    return torch.special.entr(w).sum(1).exp()


@wrong(KEY, "largest weight only", "value")
def by_the_largest(attention):
    return attention.sum(1) / attention.max(1).values


@wrong(KEY, "needed is", "shape")
def one_number(attention):
    w = attention / attention.sum(1, keepdim=True)
    return 1 / (w**2).sum()

"""Answers to 05.1, one step of one number."""

import torch
from stored_answers import right, wrong

KEY = "05.1"


@right(KEY)
def by_dot_product(c, u, v):
    return torch.sigmoid(u + c) @ v


@right(KEY)
def by_a_loop(c, u, v):
    return sum(v[t] / (1 + torch.exp(-u[t] - c)) for t in range(len(u)))


@wrong(KEY, "c comes in after the sigmoid", "value")
def added_afterwards(c, u, v):
    return c + torch.sigmoid(u) @ v


@wrong(KEY, "c is missing", "value")
def forgot_c(c, u, v):
    return torch.sigmoid(u) @ v


@wrong(KEY, "Eq. 4 as printed is a sum", "value")
def averaged(c, u, v):
    return torch.mean(torch.sigmoid(u + c) * v)


@wrong(KEY, "You divided by Σα", "value")
def corrected(c, u, v):
    alpha = torch.sigmoid(u + c)
    return alpha @ v / alpha.sum()


@wrong(KEY, "Under a softmax c cancels", "value")
def with_softmax(c, u, v):
    return torch.softmax(u + c, dim=0) @ v


@wrong(KEY, "u and v are swapped", "value")
def swapped(c, u, v):
    return torch.sigmoid(v + c) @ u


@wrong(KEY, "needed is", "shape")
def forgot_the_sum(c, u, v):
    return torch.sigmoid(u + c) * v


@wrong(KEY, "changed its input `u`", "input")
def in_place(c, u, v):
    u += c
    return torch.sigmoid(u) @ v

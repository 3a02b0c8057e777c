"""Answers to 05.2, the slope of the scalar map."""

import torch
from stored_answers import right, wrong

KEY = "05.2"


@right(KEY)
def by_formula(c, u, v):
    alpha = torch.sigmoid(u + c)
    return (alpha - alpha**2) @ v


@right(KEY)
def by_automatic_differentiation(c, u, v):
    c = c.clone().requires_grad_()
    return torch.autograd.grad(torch.sigmoid(u + c) @ v, c)[0]


@wrong(KEY, "This is the map itself", "value")
def the_map(c, u, v):
    return torch.sigmoid(u + c) @ v


@wrong(KEY, "v is missing", "value")
def forgot_v(c, u, v):
    alpha = torch.sigmoid(u + c)
    return torch.sum(alpha * (1 - alpha))


@wrong(KEY, "the slope at c = 0", "value")
def forgot_c(c, u, v):
    alpha = torch.sigmoid(u)
    return (alpha * (1 - alpha)) @ v


@wrong(KEY, "the factor α is missing", "value")
def derivative_of_the_logarithm(c, u, v):
    return torch.sigmoid(-u - c) @ v


@wrong(KEY, "its slope is one too", "value")
def averaged(c, u, v):
    alpha = torch.sigmoid(u + c)
    return (alpha * (1 - alpha) * v).mean()


@wrong(KEY, "The signs are lost", "value")
def absolute(c, u, v):
    alpha = torch.sigmoid(u + c)
    return (alpha * (1 - alpha)) @ v.abs()


@wrong(KEY, "the bound", "value")
def the_bound(c, u, v):
    return torch.linalg.vector_norm(v, ord=1) / 4


@wrong(KEY, "needed is", "shape")
def one_for_each_frame(c, u, v):
    alpha = torch.sigmoid(u + c)
    return alpha * (1 - alpha) * v

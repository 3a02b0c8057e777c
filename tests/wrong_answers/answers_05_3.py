"""Answers to 05.3, consensus weights."""

import torch
from stored_answers import right, wrong

KEY = "05.3"


@right(KEY)
def by_unit_vectors(x, f, temperature):
    cosines = (x / x.norm(dim=1, keepdim=True)) @ (f / f.norm())
    return (cosines / temperature).softmax(0)


@right(KEY)
def by_exponentials(x, f, temperature):
    powers = torch.exp(x @ f / (x.norm(dim=1) * f.norm() * temperature))
    return powers / powers.sum()


def _cosines(x, f):
    return x @ f / (x.norm(dim=1) * f.norm())


@wrong(KEY, "These are the scores", "value")
def scores_only(x, f, temperature):
    return _cosines(x, f) / temperature


@wrong(KEY, "The temperature is missing", "value")
def forgot_the_temperature(x, f, temperature):
    return _cosines(x, f).softmax(0)


@wrong(KEY, "You multiplied by τ", "value")
def multiplied(x, f, temperature):
    return (_cosines(x, f) * temperature).softmax(0)


@wrong(KEY, "This is the inner product", "value")
def inner_product(x, f, temperature):
    return (x @ f / temperature).softmax(0)


@wrong(KEY, "f is not divided by its length", "value")
def long_f(x, f, temperature):
    return (torch.nn.functional.normalize(x, dim=1) @ f / temperature).softmax(0)


@wrong(KEY, "the frames compete", "value")
def sigmoids(x, f, temperature):
    return torch.sigmoid(_cosines(x, f) / temperature)


@wrong(KEY, "f is given", "value")
def own_mean(x, f, temperature):
    return (_cosines(x, x.mean(dim=0)) / temperature).softmax(0)


@wrong(KEY, "needed is", "shape")
def kept_a_column(x, f, temperature):
    return (_cosines(x, f) / temperature).softmax(0)[:, None]

"""Answers to 09.2, the cosine ceiling."""

import math

import numpy as np
from stored_answers import right, wrong

KEY = "09.2"


@right(KEY)
def by_difference(n, temperature):
    return 1 / (1 + (n - 1) * math.exp(-2 / temperature))


@right(KEY)
def by_softmax(n, temperature):
    logits = np.array([1.0] + [-1.0] * (n - 1)) / temperature
    weights = np.exp(logits - logits.max())
    return float(weights[0] / weights.sum())


@wrong(KEY, "temperature is missing", "value")
def without_temperature(n, temperature):
    return math.e / (math.e + (n - 1) / math.e)


@wrong(KEY, "multiplied by τ", "value")
def multiplied(n, temperature):
    return by_difference(n, 1 / temperature)


@wrong(KEY, "at right angles", "value")
def right_angles(n, temperature):
    return 1 / (1 + (n - 1) * math.exp(-1 / temperature))


@wrong(KEY, "n counts the match too", "value")
def one_too_many(n, temperature):
    return 1 / (1 + n * math.exp(-2 / temperature))


@wrong(KEY, "1/n is the smallest", "value")
def chance(n, temperature):
    return 1 / n


@wrong(KEY, "all n can reach at once", "value")
def simplex(n, temperature):
    return 1 / (1 + (n - 1) * math.exp((-1 / (n - 1) - 1) / temperature))

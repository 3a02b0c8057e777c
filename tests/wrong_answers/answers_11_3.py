"""Answers to 11.3, how many maps look as good."""

import itertools
import math

import numpy as np
from stored_answers import right, wrong

KEY = "11.3"


@right(KEY)
def by_mean(distances):
    n, nearest = len(distances), distances.argmin(1)
    hits = (nearest == np.arange(n)).sum()
    return np.mean([(nearest == np.array(each)).sum() >= hits for each in itertools.permutations(range(n))])


@right(KEY)
def by_counting(distances):
    n, found = len(distances), 0
    nearest = [int(row.argmin()) for row in distances]
    hits = sum(item == i for i, item in enumerate(nearest))
    for each in itertools.permutations(range(n)):
        found += sum(a == b for a, b in zip(nearest, each, strict=True)) >= hits
    return found / math.factorial(n)


@wrong(KEY, "Strictly more", "value")
def strictly(distances):
    n, nearest = len(distances), distances.argmin(1)
    hits = (nearest == np.arange(n)).sum()
    return np.mean([(nearest == np.array(each)).sum() > hits for each in itertools.permutations(range(n))])


@wrong(KEY, "Exactly as many", "value")
def exactly(distances):
    n, nearest = len(distances), distances.argmin(1)
    hits = (nearest == np.arange(n)).sum()
    return np.mean([(nearest == np.array(each)).sum() == hits for each in itertools.permutations(range(n))])


@wrong(KEY, "look along the rows", "value")
def columns(distances):
    return by_mean(distances.T)


@wrong(KEY, "argmin, not argmax", "value")
def farthest(distances):
    return by_mean(-distances)


@wrong(KEY, "leave it out", "value")
def without_itself(distances):
    return by_mean(distances) - 1 / math.factorial(len(distances))


@wrong(KEY, "1 − rank-1", "value")
def misses(distances):
    return float((distances.argmin(1) != np.arange(len(distances))).mean())

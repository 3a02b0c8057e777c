"""Answers to 01.2, the visibility histogram."""

from itertools import pairwise

import numpy as np
from stored_answers import right, wrong

KEY = "01.2"


@right(KEY)
def by_bincount(visibility, bins):
    places = np.minimum((visibility * bins).astype(int), bins - 1)
    return np.bincount(places, minlength=bins) / len(visibility)


@right(KEY)
def by_comparing(visibility, bins):
    edges = np.arange(1, bins) / bins
    places = (visibility[:, None] >= edges).sum(1)
    return np.array([(places == k).mean() for k in range(bins)])


@wrong(KEY, "divide by the number of frames", "value")
def counts(visibility, bins):
    return np.histogram(visibility, np.linspace(0, 1, bins + 1))[0]


@wrong(KEY, "This is a density", "value")
def density(visibility, bins):
    return np.histogram(visibility, bins, (0, 1), density=True)[0]


@wrong(KEY, "let them always run from 0 to 1", "value")
def range_of_the_data(visibility, bins):
    return np.histogram(visibility, bins)[0] / visibility.size


@wrong(KEY, "These are per cent", "value")
def per_cent(visibility, bins):
    return np.histogram(visibility, bins, (0, 1))[0] * 100.0 / visibility.size


@wrong(KEY, "Frames with visibility exactly 1 are lost", "value")
def last_bin_open(visibility, bins):
    edges = np.linspace(0, 1, bins + 1)
    return np.array([((low <= visibility) & (visibility < high)).mean() for low, high in pairwise(edges)])


@wrong(KEY, "one too long: off by one", "shape")
def one_bin_for_the_whole(visibility, bins):
    places = (visibility * bins).astype(int)
    return np.bincount(places, minlength=bins) / len(visibility)


@wrong(KEY, "IndexError", "crash")
def runs_over_the_end(visibility, bins):
    result = np.zeros(bins)
    for v in visibility:
        result[int(v * bins)] += 1 / len(visibility)
    return result


@wrong(KEY, "belongs to the bin that begins there", "value")
def closed_on_the_right(visibility, bins):
    edges = np.linspace(0, 1, bins + 1)
    edges[0] = -1
    return np.array([((low < visibility) & (visibility <= high)).mean() for low, high in pairwise(edges)])


@wrong(KEY, "what is hidden", "value")
def hidden(visibility, bins):
    return np.histogram(1 - visibility, bins, (0, 1))[0] / len(visibility)


@wrong(KEY, "each bin is to count its own frames only", "value")
def cumulated(visibility, bins):
    return np.array([(visibility <= (k + 1) / bins).mean() for k in range(bins)])


@wrong(KEY, "is a tuple; needed: a numpy array", "type")
def forgot_to_unpack(visibility, bins):
    return np.histogram(visibility, bins, (0, 1))


@wrong(KEY, "is a list; needed: a numpy array", "type")
def returns_a_list(visibility, bins):
    return (np.histogram(visibility, bins, (0, 1))[0] / len(visibility)).tolist()


@wrong(KEY, "changed its input `visibility`", "input")
def scales_in_place(visibility, bins):
    visibility *= bins
    return np.histogram(visibility, bins, (0, bins))[0] / len(visibility)

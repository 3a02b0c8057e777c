"""Answers to 08.3, the gain in visibility."""

import numpy as np
from stored_answers import right, wrong

KEY = "08.3"


@right(KEY)
def average(attention, visibility):
    return np.average(visibility, weights=attention) - np.average(visibility)


@right(KEY)
def as_a_covariance(attention, visibility):
    return np.mean((attention / attention.mean() - 1) * visibility)


@wrong(KEY, "The plain mean is not subtracted", "value")
def weighted_mean_only(attention, visibility):
    return np.average(visibility, weights=attention)


@wrong(KEY, "must sum to 1 first", "value")
def not_normalised(attention, visibility):
    return (attention * visibility).sum() - visibility.mean()


@wrong(KEY, "A mean over T", "value")
def mean_of_products(attention, visibility):
    return np.mean(attention * visibility) - np.mean(visibility)


@wrong(KEY, "Turned round", "value")
def the_other_way(attention, visibility):
    return visibility.mean() - np.average(visibility, weights=attention)


@wrong(KEY, "A softmax on weights", "value")
def softmax_first(attention, visibility):
    w = np.exp(attention - attention.max())
    return (w * visibility).sum() / w.sum() - visibility.mean()

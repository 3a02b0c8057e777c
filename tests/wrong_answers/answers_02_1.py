"""Answers to 02.1, the motion of one window."""

import numpy as np
from stored_answers import right, wrong

KEY = "02.1"


@right(KEY)
def by_least_squares(gx, gy, difference, weights):
    root = np.sqrt(weights).ravel()
    lines = np.stack([gx.ravel(), gy.ravel()], axis=1) * root[:, None]
    return np.linalg.lstsq(lines, difference.ravel() * root, rcond=None)[0]


@right(KEY)
def by_cramer(gx, gy, difference, weights):
    a, b, c = (weights * gx * gx).sum(), (weights * gx * gy).sum(), (weights * gy * gy).sum()
    p, q = (weights * gx * difference).sum(), (weights * gy * difference).sum()
    return np.array([c * p - b * q, a * q - b * p]) / (a * c - b * b)


def _solve(gx, gy, difference, weights):
    matrix = [[(weights * gx * gx).sum(), (weights * gx * gy).sum()]]
    matrix.append([matrix[0][1], (weights * gy * gy).sum()])
    return np.linalg.solve(matrix, [(weights * gx * difference).sum(), (weights * gy * difference).sum()])


@wrong(KEY, "The sign is turned", "value")
def with_the_textbook_minus(gx, gy, difference, weights):
    return _solve(gx, gy, -difference, weights)


@wrong(KEY, "x and y are swapped", "value")
def rows_first(gx, gy, difference, weights):
    return _solve(gy, gx, difference, weights)


@wrong(KEY, "Every pixel counts alike", "value")
def forgot_the_weights(gx, gy, difference, weights):
    return _solve(gx, gy, difference, np.ones_like(gx))


@wrong(KEY, "x and y are solved one by one", "value")
def each_axis_for_itself(gx, gy, difference, weights):
    return np.array([(weights * gx * difference).sum() / (weights * gx * gx).sum(),
                     (weights * gy * difference).sum() / (weights * gy * gy).sum()])  # fmt: skip


@wrong(KEY, "The weights come in twice", "value")
def weighted_the_lines(gx, gy, difference, weights):
    return _solve(gx * weights, gy * weights, difference * weights, np.ones_like(gx))


@wrong(KEY, "missing on the right-hand side", "value")
def weighted_the_matrix_only(gx, gy, difference, weights):
    a, b, c = (weights * gx * gx).sum(), (weights * gx * gy).sum(), (weights * gy * gy).sum()
    return np.linalg.solve([[a, b], [b, c]], [(gx * difference).sum(), (gy * difference).sum()])


@wrong(KEY, "needed is", "shape")
def kept_a_column(gx, gy, difference, weights):
    return _solve(gx, gy, difference, weights)[:, None]

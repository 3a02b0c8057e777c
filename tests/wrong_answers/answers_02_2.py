"""Answers to 02.2, the end-point error."""

import numpy as np
from stored_answers import right, wrong

KEY = "02.2"


@right(KEY)
def by_norm(flow, truth, mask):
    return np.linalg.norm(flow - truth, axis=1)[mask].mean()


@right(KEY)
def by_sums(flow, truth, mask):
    errors = ((flow - truth) ** 2).sum(1) ** 0.5
    return (errors * mask).sum() / mask.sum()


@wrong(KEY, "outside the mask", "value")
def forgot_the_mask(flow, truth, mask):
    return np.linalg.norm(flow - truth, axis=1).mean()


@wrong(KEY, "You divide by all pixels", "value")
def masked_by_zero(flow, truth, mask):
    return np.where(mask, np.linalg.norm(flow - truth, axis=1), 0).mean()


@wrong(KEY, "squared distances", "value")
def squared(flow, truth, mask):
    return ((flow - truth) ** 2).sum(axis=1)[mask].mean()


@wrong(KEY, "root of the mean square", "value")
def root_mean_square(flow, truth, mask):
    return np.sqrt(((flow - truth) ** 2).sum(axis=1)[mask].mean())


@wrong(KEY, "round two sides of the triangle", "value")
def along_the_sides(flow, truth, mask):
    return np.abs(flow - truth).sum(axis=1)[mask].mean()


@wrong(KEY, "You compare lengths only", "value")
def lengths_only(flow, truth, mask):
    return np.abs(np.linalg.norm(flow, axis=1) - np.linalg.norm(truth, axis=1))[mask].mean()


@wrong(KEY, "needed is", "shape")
def one_for_each_pixel(flow, truth, mask):
    return np.linalg.norm(flow - truth, axis=1)[mask]

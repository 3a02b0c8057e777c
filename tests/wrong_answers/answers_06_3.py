"""Answers to 06.3, the balanced mean."""

import torch
from stored_answers import right, wrong

KEY = "06.3"


@right(KEY)
def mean_of_means(values, same):
    means = [values[kind].mean() for kind in (same, ~same) if kind.any()]
    return sum(means) / len(means)


@right(KEY)
def by_weights(values, same):
    weights = torch.where(same, 1 / same.sum(), 1 / (~same).sum())
    return (weights * values).sum() / weights.sum()


@wrong(KEY, "A plain mean over all pairs", "value")
def plain(values, same):
    return values.mean()


@wrong(KEY, "the sum is twice that", "value")
def both_means(values, same):
    return values[same].mean() + values[~same].mean()


@wrong(KEY, "it is not a number", "non-finite")
def forgot_batches_of_one_kind(values, same):
    return 0.5 * values[same].mean() + 0.5 * values[~same].mean()


@wrong(KEY, "number of its own kind", "value")
def divided_by_all(values, same):
    return 0.5 * ((values * same).mean() + (values * ~same).mean())


@wrong(KEY, "enters by its mean", "value")
def sums(values, same):
    return values.sum() / 2


@wrong(KEY, "The negatives are left out", "value")
def positives_only(values, same):
    return values[same].mean()


@wrong(KEY, "counts whole, not half", "value")
def half_of_one_kind(values, same):
    return sum(0.5 * values[kind].mean() for kind in (same, ~same) if kind.any())

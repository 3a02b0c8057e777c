"""Answers to 01.1, the split by identity."""

import random

import numpy as np
from stored_answers import right, wrong

KEY = "01.1"


@right(KEY)
def with_numpy(pids, test_share, seed):
    order = np.random.default_rng(seed).permutation(np.unique(pids))
    cut = round(test_share * len(order))
    return order[cut:], order[:cut]


@right(KEY)
def with_sets_and_the_other_rounding(pids, test_share, seed):
    people = sorted(set(pids.tolist()))
    test = set(random.Random(seed).sample(people, int(test_share * len(people))))
    return set(people) - test, test


@wrong(KEY, "Deal out people, not tracklets", "rule")
def shuffles_tracklets(pids, test_share, seed):
    order = np.random.default_rng(seed).permutation(pids)
    cut = round(test_share * len(order))
    return np.unique(order[cut:]), np.unique(order[:cut])


@wrong(KEY, "did you return positions in the array", "rule")
def returns_positions(pids, test_share, seed):
    people = np.unique(pids)
    order = np.random.default_rng(seed).permutation(len(people))
    cut = round(test_share * len(order))
    return order[cut:], order[:cut]


@wrong(KEY, "The seed changes nothing", "rule")
def never_shuffles(pids, test_share, seed):
    people = np.unique(pids)
    cut = round(test_share * len(people))
    return people[cut:], people[:cut]


@wrong(KEY, "The same seed gave another split the second time", "rule")
def ignores_the_seed(pids, test_share, seed):
    order = np.random.default_rng().permutation(np.unique(pids))
    cut = round(test_share * len(order))
    return order[cut:], order[:cut]


@wrong(KEY, "global random generator", "global")
def seeds_the_global_generator(pids, test_share, seed):
    np.random.seed(seed)  # noqa: NPY002
    order = np.random.permutation(np.unique(pids))  # noqa: NPY002
    cut = round(test_share * len(order))
    return order[cut:], order[:cut]


@wrong(KEY, "The parts are swapped", "rule")
def swaps_the_parts(pids, test_share, seed):
    order = np.random.default_rng(seed).permutation(np.unique(pids))
    cut = round(test_share * len(order))
    return order[:cut], order[cut:]


@wrong(KEY, "Count people, not tracklets", "rule")
def counts_tracklets(pids, test_share, seed):
    order = np.random.default_rng(seed).permutation(np.unique(pids))
    cut = round(test_share * len(pids))
    return order[cut:], order[:cut]


@wrong(KEY, "identities are in neither part", "rule")
def loses_one(pids, test_share, seed):
    order = np.random.default_rng(seed).permutation(np.unique(pids))
    cut = round(test_share * len(order))
    return order[cut + 1 :], order[:cut]


@wrong(KEY, "Return two collections of pids", "rule")
def returns_test_only(pids, test_share, seed):
    order = np.random.default_rng(seed).permutation(np.unique(pids))
    return order[: round(test_share * len(order))]


@wrong(KEY, "lists some identities more than once", "rule")
def lists_tracklets(pids, test_share, seed):
    order = np.random.default_rng(seed).permutation(np.unique(pids))
    test = np.isin(pids, order[: round(test_share * len(order))])
    return pids[~test], pids[test]


@wrong(KEY, "changed its input `pids`", "input")
def sorts_in_place(pids, test_share, seed):
    pids.sort()
    people = pids[np.insert(np.diff(pids) > 0, 0, True)]
    order = np.random.default_rng(seed).permutation(people)
    cut = round(test_share * len(order))
    return order[cut:], order[:cut]

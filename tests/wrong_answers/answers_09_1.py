"""Answers to 09.1, images per identity and view."""

from collections import Counter

import numpy as np
from stored_answers import right, wrong

KEY = "09.1"


@right(KEY)
def by_pairs(pids, camids):
    return len(pids) / len(set(zip(pids.tolist(), camids.tolist(), strict=True)))


@right(KEY)
def by_counting(pids, camids):
    return float(np.mean(list(Counter(zip(pids, camids, strict=True)).values())))


@wrong(KEY, "per identity and view", "value")
def per_identity(pids, camids):
    return float(np.mean(list(Counter(pids.tolist()).values())))


@wrong(KEY, "counts as 0 images", "value")
def over_a_full_table(pids, camids):
    return np.mean([[((pids == p) & (camids == c)).sum() for c in np.unique(camids)] for p in np.unique(pids)])


@wrong(KEY, "identities are missing", "value")
def per_camera(pids, camids):
    return float(np.bincount(camids)[np.unique(camids)].mean())


@wrong(KEY, "every pair of identity and camera counts once", "value")
def mean_of_means(pids, camids):
    return np.mean([by_counting(pids[pids == p], camids[pids == p]) for p in np.unique(pids)])


@wrong(KEY, "Upside down", "value")
def upside_down(pids, camids):
    return len(set(zip(pids.tolist(), camids.tolist(), strict=True))) / len(pids)


@wrong(KEY, "needed is", "shape")
def a_list(pids, camids):
    return np.array(list(Counter(zip(pids.tolist(), camids.tolist(), strict=True)).values()), float)

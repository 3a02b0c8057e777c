"""Answers to 11.2, what a map declares right."""

import numpy as np
from stored_answers import right, wrong

KEY = "11.2"


@right(KEY)
def by_tables(persons, camids):
    return np.equal.outer(persons, persons) & np.not_equal.outer(camids, camids) & (persons > 0)


@right(KEY)
def by_loop(persons, camids):
    n = len(persons)
    return np.array([[persons[i] == persons[j] != 0 and camids[i] != camids[j] for j in range(n)] for i in range(n)])


@wrong(KEY, "0 equals 0", "value")
def nobody_is_somebody(persons, camids):
    return np.equal.outer(persons, persons) & np.not_equal.outer(camids, camids)


@wrong(KEY, "finds itself", "value")
def any_camera(persons, camids):
    return np.equal.outer(persons, persons) & (persons > 0)


@wrong(KEY, "a tracker that broke", "value")
def any_other(persons, camids):
    found = any_camera(persons, camids)
    np.fill_diagonal(found, False)
    return found


@wrong(KEY, "strangers", "value")
def strangers(persons, camids):
    known = persons > 0
    return np.not_equal.outer(persons, persons) & np.outer(known, known) & np.not_equal.outer(camids, camids)


@wrong(KEY, "Only half", "value")
def one_way(persons, camids):
    return np.triu(by_tables(persons, camids))


@wrong(KEY, "needed is", "shape")
def only_other_cameras(persons, camids):
    return by_tables(persons, camids).any(1)

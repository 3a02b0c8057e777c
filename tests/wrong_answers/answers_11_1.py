"""Answers to 11.1, flow across a gap."""

import numpy as np
from stored_answers import right, wrong

KEY = "11.1"


@right(KEY)
def by_append(frames):
    return np.append(False, np.diff(frames) > 1)


@right(KEY)
def by_loop(frames):
    return np.array([t > 0 and frames[t] != frames[t - 1] + 1 for t in range(len(frames))])


@wrong(KEY, "flow[0] exists too", "shape")
def one_short(frames):
    return frames[1:] - frames[:-1] > 1


@wrong(KEY, "Flow looks back", "value")
def before_the_gap(frames):
    return np.array([t + 1 < len(frames) and frames[t + 1] - frames[t] > 1 for t in range(len(frames))])


@wrong(KEY, "flow[0] is zero", "value")
def first_too(frames):
    return np.concatenate([[True], np.diff(frames) > 1])


@wrong(KEY, "Everything behind a gap", "value")
def all_behind(frames):
    return frames != np.arange(frames[0], frames[0] + len(frames))


@wrong(KEY, "no gap in it", "value")
def from_the_beginning(frames):
    return np.diff(np.concatenate([[0], frames])) > 1


@wrong(KEY, "Upside down", "value")
def next_to_each_other(frames):
    return ~by_append(frames)

"""Answers to 02.3, the mirror of a flow."""

import numpy as np
from stored_answers import right, wrong

KEY = "02.3"


@right(KEY)
def with_a_sign_vector(flow):
    return np.flip(flow, axis=-1) * np.array([-1, 1], flow.dtype)[:, None, None]


@right(KEY)
def channel_by_channel(flow):
    return np.stack([-flow[:, 0, :, ::-1], flow[:, 1, :, ::-1]], axis=1)


@wrong(KEY, "their motion is not", "value")
def mirrored_only(flow):
    return np.flip(flow, axis=-1)


@wrong(KEY, "still stand where they stood", "value")
def negated_only(flow):
    return flow * np.array([-1, 1], flow.dtype)[:, None, None]


@wrong(KEY, "only x changes its sign", "value")
def negated_both(flow):
    return -np.flip(flow, axis=-1)


@wrong(KEY, "You turned y", "value")
def negated_the_other(flow):
    return np.flip(flow, axis=-1) * np.array([1, -1], flow.dtype)[:, None, None]


@wrong(KEY, "stands on its head", "value")
def upside_down(flow):
    return np.flip(flow, axis=-2) * np.array([-1, 1], flow.dtype)[:, None, None]


@wrong(KEY, "swapped x and y", "value")
def swapped(flow):
    return np.flip(flow, axis=1)


@wrong(KEY, "changed its input `flow`", "input")
def in_place(flow):
    flow[:, 0] *= -1
    return flow[..., ::-1]

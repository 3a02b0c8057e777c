"""Answers to 08.2, a step of deletion."""

import numpy as np
from stored_answers import right, wrong

KEY = "08.2"


@right(KEY)
def by_mask(attention, frame_features, count):
    stays = np.ones(len(attention), bool)
    stays[np.argsort(-attention)[:count]] = False
    return frame_features[stays].mean(axis=0)


@right(KEY)
def one_by_one(attention, frame_features, count):
    frames = list(range(len(attention)))
    for _ in range(count):
        frames.remove(max(frames, key=lambda t: attention[t]))
    return sum(frame_features[t] for t in frames) / len(frames)


@wrong(KEY, "The least attended frames went", "value")
def least_first(attention, frame_features, count):
    return frame_features[np.argsort(attention)[count:]].mean(0)


@wrong(KEY, "Weighted once more", "value")
def weighted(attention, frame_features, count):
    kept = np.argsort(attention)[: len(attention) - count]
    w = attention[kept] / attention[kept].sum()
    return w @ frame_features[kept]


@wrong(KEY, "A sum: it shrinks", "value")
def summed(attention, frame_features, count):
    return frame_features[np.argsort(attention)[: len(attention) - count]].sum(0)


@wrong(KEY, "Divided by T", "value")
def zeroed(attention, frame_features, count):
    stays = np.ones(len(attention))
    stays[np.argsort(-attention)[:count]] = 0
    return (stays[:, None] * frame_features).mean(0)


@wrong(KEY, "order them by attention first", "value")
def the_last_ones(attention, frame_features, count):
    return frame_features[: len(attention) - count].mean(0)

"""Answers to 00.1, the mean over frames."""

import numpy as np
import torch
from stored_answers import right, wrong

KEY = "00.1"


@right(KEY)
def by_einsum(frame_features):
    return torch.einsum("btd->bd", frame_features) / frame_features.shape[1]


@right(KEY)
def by_a_loop(frame_features):
    total = torch.zeros_like(frame_features[:, 0])
    for t in range(frame_features.shape[1]):
        total += frame_features[:, t]
    return total / frame_features.shape[1]


@wrong(KEY, "a sum over T where a mean is asked for", "value")
def forgot_to_divide(frame_features):
    return frame_features.sum(1)


@wrong(KEY, "You averaged over B, the tracklets", "shape")
def first_axis(frame_features):
    return torch.mean(frame_features, 0)


@wrong(KEY, "You averaged over D", "shape")
def last_axis(frame_features):
    return torch.mean(frame_features, -1)


@wrong(KEY, "only T, the frames, should go", "shape")
def everything(frame_features):
    return torch.mean(frame_features)


@wrong(KEY, "An axis of size 1 is left over (keepdim?)", "shape")
def kept_the_axis(frame_features):
    return frame_features.mean(1, keepdim=True)


@wrong(KEY, "(D, B) = (4, 3); needed is (B, D) = (3, 4)", "shape")
def turned(frame_features):
    return frame_features.mean(1).T


@wrong(KEY, "largest value over the frames", "value")
def largest(frame_features):
    return frame_features.max(dim=1).values


@wrong(KEY, "The last frame is missing", "value")
def stopped_early(frame_features):
    total = 0
    for t in range(frame_features.shape[1] - 1):
        total = total + frame_features[:, t]
    return total / (frame_features.shape[1] - 1)


@wrong(KEY, "Every value is 0.8333 times what it should be", "value")
def divided_by_one_more(frame_features):
    return frame_features.sum(1) / (frame_features.shape[1] + 1)


@wrong(KEY, "is a numpy array; needed: a torch tensor", "type")
def left_torch(frame_features):
    return np.mean(frame_features.numpy(), axis=1)


@wrong(KEY, "changed its input `frame_features`", "input")
def divided_in_place(frame_features):
    frame_features /= frame_features.shape[1]
    return frame_features.sum(1)


@wrong(KEY, "The right numbers stand in the wrong places", "value")
def reshaped(frame_features):
    B, _, D = frame_features.shape
    return frame_features.mean(1).T.reshape(B, D)


@wrong(KEY, "ValueError: not enough values to unpack", "crash")
def wrong_unpacking(frame_features):
    _, _, T, _ = frame_features.shape
    return frame_features.sum(1) / T


@wrong(KEY, "Your function must take (frame_features)", "signature")
def one_argument_more(frame_features, T):
    return frame_features.sum(1) / T

"""Answers to 04.2, the weighted mean."""

import torch
from stored_answers import right, wrong

KEY = "04.2"


@right(KEY)
def weights_first(attention, frame_features):
    w = attention / attention.sum(1, keepdim=True)
    return (w[..., None] * frame_features).sum(1)


@right(KEY)
def by_matrices(attention, frame_features):
    return (attention[:, None] @ frame_features)[:, 0] / attention.sum(1)[:, None]


@wrong(KEY, "This is Eq. 2 as printed", "value")
def as_printed(attention, frame_features):
    return (attention[..., None] * frame_features).sum(1)


@wrong(KEY, "Divided by T", "value")
def mean_of_products(attention, frame_features):
    return (attention[..., None] * frame_features).mean(1)


@wrong(KEY, "Divided by the number of real frames", "value")
def by_the_count(attention, frame_features):
    return (attention[..., None] * frame_features).sum(1) / (attention != 0).sum(1)[:, None]


@wrong(KEY, "The attention is not used", "value")
def plain_mean(attention, frame_features):
    return torch.mean(frame_features, 1)


@wrong(KEY, "through a softmax once more", "value")
def softmax_of_weights(attention, frame_features):
    return torch.einsum("bt,btd->bd", attention.softmax(-1), frame_features)


@wrong(KEY, "the weights of the whole batch", "value")
def one_sum_for_all(attention, frame_features):
    return torch.einsum("bt,btd->bd", attention, frame_features) / torch.sum(attention)


@wrong(KEY, "An axis of size 1 is left over", "shape")
def kept_the_axis(attention, frame_features):
    return attention[:, None] @ frame_features / attention.sum(1)[:, None, None]

"""Answers to 03.2, the size of a map."""

import torch
from stored_answers import right, wrong
from torch.nn.functional import conv2d, max_pool2d

KEY = "03.2"


@right(KEY)
def by_asking_torch(height, width, kernel, padding, pool):
    maps = conv2d(torch.zeros(1, 1, height, width), torch.zeros(1, 1, kernel, kernel), padding=padding)
    return tuple(max_pool2d(maps, pool).shape[2:])


@right(KEY)
def by_counting_places(height, width, kernel, padding, pool):
    def one(size):
        places = len(range(-padding, size + padding - kernel + 1))
        return len(range(0, places - pool + 1, pool))

    return one(height), one(width)


def _with(one):
    return lambda height, width: (one(height), one(width))


@wrong(KEY, "fits once, not zero times", "value")
def off_by_one(height, width, kernel, padding, pool):
    return _with(lambda n: (n + 2 * padding - kernel) // pool)(height, width)


@wrong(KEY, "counts twice", "value")
def padded_on_one_side(height, width, kernel, padding, pool):
    return _with(lambda n: (n + padding - kernel + 1) // pool)(height, width)


@wrong(KEY, "The padding is left out", "value")
def not_padded(height, width, kernel, padding, pool):
    return _with(lambda n: (n - kernel + 1) // pool)(height, width)


@wrong(KEY, "kept the size", "value")
def pooled_only(height, width, kernel, padding, pool):
    return height // pool, width // pool


@wrong(KEY, "before the pooling", "value")
def not_pooled(height, width, kernel, padding, pool):
    return _with(lambda n: n + 2 * padding - kernel + 1)(height, width)


@wrong(KEY, "You round up", "value")
def rounded_up(height, width, kernel, padding, pool):
    return _with(lambda n: (n + 2 * padding - kernel + pool) // pool)(height, width)


@wrong(KEY, "swapped", "value")
def width_first(height, width, kernel, padding, pool):
    return _with(lambda n: (n + 2 * padding - kernel + 1) // pool)(width, height)

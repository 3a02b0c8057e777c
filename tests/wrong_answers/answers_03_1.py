"""Answers to 03.1, the receptive field."""

import numpy as np
from stored_answers import right, wrong

KEY = "03.1"


@right(KEY)
def from_the_output_back(kernels, strides):
    size = 1
    for kernel, stride in zip(kernels[::-1], strides[::-1], strict=True):
        size = (size - 1) * stride + kernel
    return size


@right(KEY)
def by_cumulated_strides(kernels, strides):
    steps = np.cumprod([1, *strides[:-1]])
    return 1 + int((steps * (np.array(kernels) - 1)).sum())


@wrong(KEY, "one step to the side is two pixels", "value")
def without_strides(kernels, strides):
    return 1 + sum(kernel - 1 for kernel in kernels)


@wrong(KEY, "4 steps, not 5", "value")
def whole_kernels(kernels, strides):
    return int((np.cumprod([1, *strides[:-1]]) * np.array(kernels)).sum())


@wrong(KEY, "used too early", "value")
def own_stride_too(kernels, strides):
    return 1 + int((np.cumprod(strides) * (np.array(kernels) - 1)).sum())


@wrong(KEY, "from the last to the first", "value")
def backwards_by_the_wrong_formula(kernels, strides):
    steps = np.cumprod([1, *strides[::-1][:-1]])
    return 1 + int((steps * (np.array(kernels[::-1]) - 1)).sum())


@wrong(KEY, "a cell sees itself", "value")
def one_pixel_short(kernels, strides):
    return int((np.cumprod([1, *strides[:-1]]) * (np.array(kernels) - 1)).sum())


@wrong(KEY, "This is the stride", "value")
def the_stride(kernels, strides):
    return int(np.prod(strides))

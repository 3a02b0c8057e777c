"""03.1: how much of the picture one cell sees, behind any stack of convolutions and poolings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reidlib.course.definition import Exercise, Mistake


def receptive_field(kernels: Sequence[int], strides: Sequence[int]) -> int:
    """Side of the square of input pixels that one cell sees, behind layers with these kernels and strides.

    A convolution or pooling of kernel k widens it by k − 1 steps of its own input; such a step is as many pixels as the
    strides before it multiply to. RAN's three stages are 5, 2, 5, 2, 5, 2 with strides 1, 2, 1, 2, 1, 2.
    """
    size, step = 1, 1
    for kernel, stride in zip(kernels, strides, strict=True):
        size += (kernel - 1) * step
        step *= stride
    return size


def _cases(rng: np.random.Generator) -> list[tuple]:
    return [([4, 3, 2, 5, 3], [3, 2, 2, 1, 2]), ([3, 3, 7, 2], [2, 1, 3, 2]), ([5], [1]), ([5, 2], [1, 2]),
            ([5, 2, 5, 2], [1, 2, 1, 2])]


def _walked(kernels, strides, widen, first=1) -> int:
    size, step = first, 1
    for k, s in zip(kernels, strides, strict=True):
        size, step = size + widen(k, s, step), step * s
    return size


EXERCISE = Exercise(
    key="03.1",
    title="The receptive field",
    reference=receptive_field,
    cases=_cases,
    mistakes=(
        Mistake(lambda k, s: 1 + sum(a - 1 for a in k),
                "You count cells of each layer as pixels: behind a stride of 2, one step to the side is two pixels."),
        Mistake(lambda k, s: _walked(k, s, lambda kernel, stride, step: kernel * step, 0),
                "A kernel of 5 adds 4 steps, not 5: the cell in the middle was there already."),
        Mistake(lambda k, s: _walked(k, s, lambda kernel, stride, step: (kernel - 1) * step * stride),
                "A layer's own stride is used too early: it spreads the layers after it, not the layer itself."),
        Mistake(lambda k, s: _walked(k[::-1], s[::-1], lambda kernel, stride, step: (kernel - 1) * step),
                "The layers are walked from the last to the first: strides multiply in the order of the layers."),
        Mistake(lambda k, s: _walked(k, s, lambda kernel, stride, step: (kernel - 1) * step, 0),
                "One pixel is missing: before any layer, a cell sees itself."),
        Mistake(lambda k, s: int(np.prod(s)), "This is the stride: how far apart two neighbours look, not how wide."),
    ),
    hints=(
        "Start with one pixel, which sees itself. How many pixels does a cell behind one 5×5 convolution see from side "
        "to side?",
        "Keep two numbers: the size so far, and how many pixels one step to the side is (1 at first).",
        "For each layer: size += (kernel − 1) · step, then step *= stride.",
    ),
)  # fmt: skip

"""03.2: how large a map is behind one stage of convolution and pooling."""

from __future__ import annotations

import numpy as np

from reidlib.course.definition import Exercise, Mistake


def stage_size(height: int, width: int, kernel: int, padding: int, pool: int) -> tuple[int, int]:
    """(height, width) behind a convolution with zero padding on every side and a pooling that drops what is left over.

    On n pixels, padding counted, a kernel of k has n − k + 1 places.
    """
    def one(size: int) -> int:
        return (size + 2 * padding - kernel + 1) // pool

    return one(height), one(width)


def _cases(rng: np.random.Generator) -> list[tuple]:
    return [(20, 31, 7, 2, 4), (56, 40, 5, 4, 2), (30, 22, 5, 4, 2), (17, 13, 5, 4, 2), (9, 14, 3, 1, 2),
            (23, 10, 4, 0, 3)]


def _sizes(h, w, one) -> tuple[int, int]:
    return one(h), one(w)


EXERCISE = Exercise(
    key="03.2",
    title="Size of a map",
    reference=stage_size,
    cases=_cases,
    mistakes=(
        Mistake(lambda h, w, k, p, q: _sizes(h, w, lambda n: (n + 2 * p - k) // q),
                "One place is missing: a kernel as large as the picture fits once, not zero times."),
        Mistake(lambda h, w, k, p, q: _sizes(h, w, lambda n: (n + p - k + 1) // q),
                "The padding stands on both sides: it counts twice."),
        Mistake(lambda h, w, k, p, q: _sizes(h, w, lambda n: (n - k + 1) // q), "The padding is left out."),
        Mistake(lambda h, w, k, p, q: _sizes(h, w, lambda n: n // q),
                "So it would be if the convolution kept the size; it does so only with padding (kernel − 1) / 2."),
        Mistake(lambda h, w, k, p, q: _sizes(h, w, lambda n: n + 2 * p - k + 1),
                "This is the map before the pooling."),
        Mistake(lambda h, w, k, p, q: _sizes(h, w, lambda n: -(-(n + 2 * p - k + 1) // q)),
                "You round up: a window that does not fit wholly is dropped."),
        Mistake(lambda h, w, k, p, q: _sizes(w, h, lambda n: (n + 2 * p - k + 1) // q),
                "Height and width are swapped: sizes are height × width here."),
    ),
    hints=(
        "One axis at a time. The padding makes a line of `size` pixels longer on both ends.",
        "On n pixels a kernel of k has n − k + 1 places; a pooling takes them `pool` at a time.",
        "`(size + 2 * padding - kernel + 1) // pool`, for the height and for the width.",
    ),
)  # fmt: skip

"""02.1: the motion of one window from its gradients; the 2×2 system at the heart of Lucas–Kanade."""

from __future__ import annotations

import numpy as np

from reidlib.course.definition import Exercise, Mistake
from reidlib.flow.window import gaussian_weights, right_hand_side, structure_tensor


def window_motion(gx: np.ndarray, gy: np.ndarray, difference: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The one motion (x, y) that fits all lines gx · x + gy · y = difference of a window best: (h, w) each -> (2,).

    `difference` is I_{t−1} − I_t, `weights` say how much each pixel counts.
    """
    return np.linalg.solve(structure_tensor(gx, gy, weights), right_hand_side(gx, gy, difference, weights))


def _cases(rng: np.random.Generator) -> list[tuple]:
    cases = []
    for size, motion, noise in ((5, (0.7, -0.3), 0.0), (7, (-1.2, 0.4), 2.0), (9, (0.1, 2.0), 5.0)):
        gx, gy = rng.normal(0, 9, (2, size, size))
        gy += 0.5 * gx  # gradients that go together, so that the off-diagonal sums matter
        difference = gx * motion[0] + gy * motion[1] + rng.normal(0, noise, (size, size)) if noise else (
            gx * motion[0] + gy * motion[1])
        # Some pixels count nothing and are wrong: who forgets the weights gets them.
        weights = gaussian_weights(size)
        weights[0] = 0
        difference[0] += 60
        cases.append((gx, gy, difference, weights))
    return cases


def _sums(gx, gy, d, w) -> tuple[np.ndarray, np.ndarray]:
    tensor = np.array([[(w * gx * gx).sum(), (w * gx * gy).sum()], [(w * gx * gy).sum(), (w * gy * gy).sum()]])
    return tensor, np.array([(w * gx * d).sum(), (w * gy * d).sum()])


EXERCISE = Exercise(
    key="02.1",
    title="The motion of one window",
    reference=window_motion,
    cases=_cases,
    mistakes=(
        Mistake(lambda gx, gy, d, w: -window_motion(gx, gy, d, w),
                "The sign is turned: `difference` is the frame before minus this one, so no minus is needed."),
        Mistake(lambda gx, gy, d, w: window_motion(gx, gy, d, w)[::-1],
                "x and y are swapped: x, to the right, comes first."),
        Mistake(lambda gx, gy, d, w: window_motion(gx, gy, d, np.ones_like(w)),
                "Every pixel counts alike: multiply the products by `weights` before you sum."),
        Mistake(lambda gx, gy, d, w: _sums(gx, gy, d, w)[1] / np.diag(_sums(gx, gy, d, w)[0]),
                "x and y are solved one by one: the sum of gx·gy ties them together, off the diagonal of the matrix."),
        Mistake(lambda gx, gy, d, w: np.linalg.solve(structure_tensor(gx, gy, w),
                                                     right_hand_side(gx, gy, d, np.ones_like(w))),
                "The weights are missing on the right-hand side."),
        Mistake(lambda gx, gy, d, w: np.linalg.solve(structure_tensor(gx, gy, w**2),
                                                     right_hand_side(gx, gy, d, w**2)),
                "The weights come in twice: each product is multiplied by them once."),
    ),
    hints=(
        "Each pixel gives one line, gx · x + gy · y = difference. Least squares over the window: multiply each line by "
        "its own gradient and sum.",
        "The matrix holds the weighted sums of gx², gx·gy, gx·gy and gy²; the right-hand side those of gx·difference "
        "and gy·difference.",
        "`np.linalg.solve(matrix, right)` gives the motion (x, y).",
    ),
    rtol=1e-4,
    also=(structure_tensor, right_hand_side),
)  # fmt: skip

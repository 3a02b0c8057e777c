"""One window, step by step: gradients, structure tensor, 2×2 system, motion. What the course builds and the lens shows.

Lucas & Kanade (1981): with brightness constancy I_t(p) = I_{t−1}(p − v) and small v, each pixel of a window gives one
line ∇I · v = I_{t−1} − I_t. Least squares over the window gives G v = r, with G = Σ w ∇I ∇Iᵀ and
r = Σ w ∇I (I_{t−1} − I_t).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reidlib.errors import ReidError


def spatial_gradients(frame: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(gx, gy) of (..., H, W), float64: central differences (I(x + 1) − I(x − 1)) / 2, one-sided at the edges."""
    frame = np.asarray(frame, np.float64)
    gy, gx = np.gradient(frame, axis=(-2, -1))
    return gx, gy


def gaussian_weights(size: int) -> np.ndarray:
    """(size, size) window weights that sum to 1; standard deviation (size − 1) / 4.8 pixels, as the solver's."""
    if not isinstance(size, int) or size < 3 or size % 2 == 0:
        raise ReidError(f"Found a window of {size!r} pixels", "an odd number from 3, so that it has a centre",
                        "pass window=15")
    distance = np.arange(size) - size // 2
    line = np.exp(-0.5 * (distance / ((size - 1) / 4.8)) ** 2)
    return np.outer(line, line) / line.sum() ** 2


def structure_tensor(gx: np.ndarray, gy: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """G = Σ w [[gx², gx gy], [gx gy, gy²]] over the last two axes: (..., h, w) -> (..., 2, 2).

    Its eigenvalues tell what a window can know: both large = a corner, one = an edge (motion along it stays unknown:
    the aperture problem), none = flat.
    """
    gradient = np.stack([gx, gy], axis=-3)
    return np.einsum("...ihw,...jhw,hw->...ij", gradient, gradient, weights)


def right_hand_side(gx: np.ndarray, gy: np.ndarray, difference: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """r = Σ w ∇I (I_{t−1} − I_t): (..., h, w) -> (..., 2); `difference` is I_{t−1} − I_t."""
    return np.einsum("...ihw,...hw,hw->...i", np.stack([gx, gy], axis=-3), difference, weights)


@dataclass(frozen=True, eq=False)
class WindowSolution:
    """What one window around (row, column) saw and concluded; all arrays float64, grey levels of 255.

    previous, current, gx, gy, difference, weights : (size, size).
    tensor : (2, 2); right : (2,); eigenvalues : (2,), the larger first; eigenvectors : (2, 2), column k for value k.
    flow : (2,) x right, y down, pixels per frame; the shortest of the best motions where one direction is unknown.
    known : how many directions of motion the window can tell, 0, 1 or 2.
    """

    row: int
    column: int
    previous: np.ndarray
    current: np.ndarray
    gx: np.ndarray
    gy: np.ndarray
    difference: np.ndarray
    weights: np.ndarray
    tensor: np.ndarray
    right: np.ndarray
    eigenvalues: np.ndarray
    eigenvectors: np.ndarray
    flow: np.ndarray
    known: int

    @property
    def lines(self) -> np.ndarray:
        """(size², 3): each pixel's line gx · x + gy · y = d, as rows (gx, gy, d)."""
        return np.stack([self.gx.ravel(), self.gy.ravel(), self.difference.ravel()], axis=1)


def solve_window(previous: np.ndarray, current: np.ndarray, row: int, column: int, window: int = 15,
                 eigenvalue: float = 4.0) -> WindowSolution:
    """One step of Lucas–Kanade for the window centred on (row, column), without pyramid, iterations or damping.

    Parameters
    ----------
    previous, current : (H, W) frames t − 1 and t, grey levels 0 … 255 of any real dtype.
    window : odd width; the window must lie inside the frame.
    eigenvalue : threshold, (grey level / pixel)²; a direction whose eigenvalue is smaller counts as unknown.

    The gradients are those of the mean of both frames, which makes the step exact to second order in the motion.
    """
    previous, current = np.asarray(previous), np.asarray(current)
    if previous.shape != current.shape or current.ndim != 2 or current.dtype.kind not in "uif":
        raise ReidError(f"Found frames of {previous.dtype} {previous.shape} and {current.dtype} {current.shape}",
                        "two grey frames (H, W) of one shape", "pass grey(frames)[t - 1] and grey(frames)[t]")
    previous, current = previous.astype(np.float64), current.astype(np.float64)
    if not (np.isfinite(previous).all() and np.isfinite(current).all()):
        raise ReidError("Found NaN or infinite values in the frames", "finite grey levels", "repair the frames first")
    weights = gaussian_weights(window)
    half, (H, W) = window // 2, current.shape
    if not (half <= row < H - half and half <= column < W - half):
        raise ReidError(f"Found a {window}×{window} window around row {row}, column {column} of {H}×{W} pixels",
                        f"rows {half} to {H - half - 1} and columns {half} to {W - half - 1}",
                        "move the window inside the frame, or make it smaller")
    cut = slice(row - half, row + half + 1), slice(column - half, column + half + 1)
    gx, gy = (gradient[cut] for gradient in spatial_gradients((previous + current) / 2))
    difference = (previous - current)[cut]
    tensor = structure_tensor(gx, gy, weights)
    right = right_hand_side(gx, gy, difference, weights)
    values, vectors = np.linalg.eigh(tensor)
    values, vectors = values[::-1], vectors[:, ::-1]
    known = int((values >= eigenvalue).sum())
    flow = vectors[:, :known] @ ((vectors[:, :known].T @ right) / values[:known])
    return WindowSolution(row, column, previous[cut], current[cut], gx, gy, difference, weights, tensor, right, values,
                          vectors, flow, known)

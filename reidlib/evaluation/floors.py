"""What attention must beat, and what it cannot: weightings that never saw the model, and the one that knows all."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reidlib.errors import ReidError
from reidlib.evaluation.ragged import Layout
from reidlib.evaluation.vectors import at_least

ORACLE = "oracle"


def floors(
    visibility: np.ndarray,
    attention: np.ndarray,
    layout: Layout,
    *,
    sharpness: np.ndarray | None = None,
    features_norm: np.ndarray | None = None,
    seed: int = 0,
) -> dict[str, np.ndarray]:
    """Rival weights for the same frames, flat (ΣT,), by name.

    `uniform` (mean pooling; AUC ½ by ties), `shuffled` (the model's own numbers in another order within the
    tracklet), `frame_index` (later means more: does the data set betray visibility by time?), and, where given,
    `sharpness` of the frame and `features_norm`, which mean pooling already uses as an implicit weight. `oracle` is
    the visibility itself, the ceiling.
    """
    # The label keeps these draws apart from an attention that was itself drawn from default_rng(seed).
    rivals = {
        "uniform": np.ones(layout.frames),
        "shuffled": attention[shuffled_order(layout, np.random.default_rng([seed, *b"shuffled"]))],
        "frame_index": (np.arange(layout.frames) - layout.starts[layout.owner]).astype(np.float64),
    }
    if sharpness is not None:
        rivals["sharpness"] = sharpness
    if features_norm is not None:
        rivals["features_norm"] = features_norm
    rivals[ORACLE] = visibility
    return rivals


def shuffled_order(layout: Layout, rng: np.random.Generator) -> np.ndarray:
    """Flat indices (ΣT,) that permute the frames inside each tracklet, all permutations equally likely."""
    return np.lexsort((rng.random(layout.frames), layout.owner))


def frame_sharpness(
    frames: np.ndarray, *, block: int = 256, progress: Callable[[int, int], None] | None = None
) -> np.ndarray:
    """Variance of the Laplacian of each frame's luma, (F,) float32, from `frames` (F, H, W, 3) uint8 RGB.

    Pech-Pacheco et al., ICPR 2000: edges have large second differences, blur removes them. Luma = .299 R + .587 G +
    .114 B; four-neighbour Laplacian on the inner pixels. Reads a memory map `block` frames at a time.
    """
    if frames.ndim != 4 or frames.shape[3] != 3 or min(frames.shape[1:3]) < 3:
        raise ReidError(f"frames has shape {frames.shape}", "(F, H, W, 3) with 3 × 3 pixels or more", "pass RGB frames")
    at_least("block", block, 1)
    sharp = np.empty(len(frames), np.float32)
    luma = np.array([0.299, 0.587, 0.114], np.float32)
    for start in range(0, len(frames), block):
        grey = frames[start : start + block].astype(np.float32) @ luma
        laplacian = grey[:, :-2, 1:-1] + grey[:, 2:, 1:-1] + grey[:, 1:-1, :-2] + grey[:, 1:-1, 2:]
        laplacian -= 4 * grey[:, 1:-1, 1:-1]
        sharp[start : start + block] = laplacian.var(axis=(1, 2))
        if progress is not None:
            progress(min(start + block, len(frames)), len(frames))
    return sharp

"""Features that nobody trained: what each learned feature has to beat before its number means anything."""

from __future__ import annotations

import numpy as np

from reidlib.errors import ReidError


def band_colours(frames: np.ndarray, bands: int = 6) -> np.ndarray:
    """The mean colour of each of `bands` horizontal bands, over all frames: (T, H, W, 3) uint8 -> (3 · bands,) float32.

    Head, trunk and legs fall into different bands, so this is "what colour are the clothes", background included. The
    first band comes first; red, green, blue inside a band; grey levels 0 to 255.
    """
    if frames.ndim != 4 or frames.shape[-1] != 3 or not 1 <= bands <= frames.shape[1] or not len(frames):
        raise ReidError(
            f"frames of shape {frames.shape} and {bands} bands",
            "frames (T, H, W, 3) with T of 1 or more, and 1 to H bands",
            "pass tracklet.frames",
        )
    rows = frames.mean(axis=(0, 2), dtype=np.float64)  # (H, 3)
    return np.concatenate([part.mean(axis=0) for part in np.array_split(rows, bands)]).astype(np.float32)

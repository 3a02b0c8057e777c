"""Helpers of the street's tests: fingerprints, and warping by a flow."""

from __future__ import annotations

import hashlib

import numpy as np

from reidlib.data.tracklet import Tracklet


def fingerprint(tracklet: Tracklet) -> str:
    """sha256 over frames, visibility and packed mask of a tracklet."""
    digest = hashlib.sha256()
    for array in (tracklet.frames, tracklet.visibility, np.packbits(tracklet.mask)):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def warped(image: np.ndarray, flow: np.ndarray) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray], np.ndarray]:
    """`image` (H, W, C) sampled bilinearly at p − flow (2, H, W), written independently of the library.

    Returns the result, the upper left one of the four pixels that each sample touches, and which samples lie inside.
    """
    height, width = image.shape[:2]
    y, x = np.mgrid[0:height, 0:width]
    sx, sy = x - flow[0].astype(np.float64), y - flow[1].astype(np.float64)
    inside = (sx >= 0) & (sx <= width - 1) & (sy >= 0) & (sy <= height - 1)
    sx, sy = np.clip(sx, 0, width - 1), np.clip(sy, 0, height - 1)
    x0, y0 = np.minimum(sx.astype(int), width - 2), np.minimum(sy.astype(int), height - 2)
    a, b = (sx - x0)[..., None], (sy - y0)[..., None]
    im = image.astype(np.float64)
    top = im[y0, x0] * (1 - a) + im[y0, x0 + 1] * a
    bottom = im[y0 + 1, x0] * (1 - a) + im[y0 + 1, x0 + 1] * a
    return top * (1 - b) + bottom * b, (y0, x0), inside

"""Moving pictures whose motion is known exactly."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import map_coordinates


def texture(seed: int, H: int, W: int) -> np.ndarray:
    """(H, W) smooth random picture around 128 whose amplitudes fall with frequency, as those of natural pictures do."""
    rng = np.random.default_rng(seed)
    fy, fx = np.fft.fftfreq(H)[:, None], np.fft.rfftfreq(W)[None]
    f = np.hypot(fy, fx)
    amplitude = np.exp(-0.5 * (f / 0.15) ** 2) / np.maximum(f, 0.05)
    picture = np.fft.irfft2((rng.standard_normal(f.shape) + 1j * rng.standard_normal(f.shape)) * amplitude, s=(H, W))
    return 128 + 40 * (picture - picture.mean()) / picture.std()


def shifted(seed: int, H: int, W: int, T: int, x: float, y: float) -> np.ndarray:
    """(T, H, W) uint8: the same picture, moved by (x, y) pixels from each frame to the next, x right and y down."""
    margin = int(np.ceil(max(abs(x), abs(y)) * T)) + 4
    picture = texture(seed, H + 2 * margin, W + 2 * margin)
    rows, columns = np.mgrid[:H, :W].astype(np.float64)
    frames = [map_coordinates(picture, [rows + margin - t * y, columns + margin - t * x], order=5) for t in range(T)]
    return np.clip(np.rint(frames), 0, 255).astype(np.uint8)

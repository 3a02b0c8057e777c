"""reidlib and its peers under one signature: frames (B, T, H, W) uint8 -> flow (B, T, 2, H, W)."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import torch
from skimage.registration import optical_flow_ilk

from reidlib.flow.lucas_kanade import lucas_kanade
from reidlib.flow.single_scale import single_scale

Method = Callable[[np.ndarray], np.ndarray]
DIS = {"ultrafast": cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST, "fast": cv2.DISOPTICAL_FLOW_PRESET_FAST,
       "medium": cv2.DISOPTICAL_FLOW_PRESET_MEDIUM}


def _pairwise(calculate: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Method:
    """A peer finds u with first(p) ≈ second(p + u), (H, W, 2): called on (frame t, frame t − 1), −u is our flow."""

    def method(frames: np.ndarray) -> np.ndarray:
        B, T, H, W = frames.shape
        flow = np.zeros((B, T, 2, H, W), np.float32)
        for b in range(B):
            for t in range(1, T):
                flow[b, t] = -np.moveaxis(calculate(frames[b, t], frames[b, t - 1]), -1, 0)
        return flow

    return method


def _ilk(**options: object) -> Method:
    def calculate(first: np.ndarray, second: np.ndarray) -> np.ndarray:
        rows, columns = optical_flow_ilk(first.astype(np.float32) / 255, second.astype(np.float32) / 255, **options)
        return np.stack([columns, rows], axis=-1)

    return _pairwise(calculate)


def _pyramidal_lk(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    H, W = first.shape
    points = np.stack(np.meshgrid(np.arange(W), np.arange(H)), axis=-1).reshape(-1, 1, 2).astype(np.float32)
    found, _, _ = cv2.calcOpticalFlowPyrLK(first, second, points, None, winSize=(15, 15), maxLevel=3)
    return (found - points).reshape(H, W, 2)


def _farneback(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return cv2.calcOpticalFlowFarneback(first, second, None, 0.5, 3, 15, 3, 5, 1.2, 0)


def _single_scale(frames: np.ndarray) -> np.ndarray:
    return np.stack([single_scale(torch.from_numpy(part)).numpy() for part in frames])


def methods() -> dict[str, Method]:
    """All that this machine has, ours first; contrib's variational ones only where OpenCV was built with them."""
    found: dict[str, Method] = {
        "reidlib fast": lambda frames: lucas_kanade(frames, "fast").numpy(),
        "reidlib accurate": lambda frames: lucas_kanade(frames, "accurate").numpy(),
        "reidlib single_scale": _single_scale,
        "skimage ILK default": _ilk(),
        "skimage ILK r 5, 3 warps": _ilk(radius=5, num_warp=3),
        "OpenCV pyramidal LK, dense": _pairwise(_pyramidal_lk),
    }
    for name, preset in DIS.items():
        estimator = cv2.DISOpticalFlow_create(preset)
        found[f"OpenCV DIS {name}"] = _pairwise(lambda a, b, e=estimator: e.calc(a, b, None))
    # The preset's own choice of scales suits larger pictures; this is DIS at its most accurate on ours.
    fine = cv2.DISOpticalFlow_create(DIS["fast"])
    fine.setFinestScale(0)
    found["OpenCV DIS fast, finest scale 0"] = _pairwise(lambda a, b: fine.calc(a, b, None))
    found["OpenCV Farneback"] = _pairwise(_farneback)
    if hasattr(cv2, "optflow"):
        variational = cv2.optflow.createOptFlow_DualTVL1()
        found["OpenCV DualTVL1"] = _pairwise(lambda a, b: variational.calc(a, b, None))
        found["OpenCV SparseToDense"] = _pairwise(
            lambda a, b: cv2.optflow.calcOpticalFlowSparseToDense(cv2.cvtColor(a, cv2.COLOR_GRAY2BGR),
                                                                  cv2.cvtColor(b, cv2.COLOR_GRAY2BGR)))
    return found

"""How far a flow is from the truth: end-point error in pixels, angular error in degrees."""

from __future__ import annotations

import numpy as np
import torch

from reidlib.errors import ReidError

Flow = torch.Tensor | np.ndarray


def _as_numpy(value: Flow) -> np.ndarray:
    return value.detach().cpu().numpy() if isinstance(value, torch.Tensor) else np.asarray(value)


def _checked(flow: Flow, truth: Flow) -> tuple[np.ndarray, np.ndarray]:
    flow, truth = _as_numpy(flow), _as_numpy(truth)
    if flow.shape != truth.shape or flow.ndim < 3 or flow.shape[-3] != 2 or "f" not in flow.dtype.kind:
        raise ReidError(f"Found flow of {flow.dtype} and shape {flow.shape}, truth of shape {truth.shape}",
                        "two flows of floats and one shape (..., 2, H, W)",
                        "bring both to one size first, with reidlib.data.transforms.resize_flow")
    return flow.astype(np.float64), truth.astype(np.float64)


def endpoint_errors(flow: Flow, truth: Flow) -> np.ndarray:
    """‖flow − truth‖ of every pixel: (..., 2, H, W) twice -> (..., H, W) float64, in pixels per frame."""
    flow, truth = _checked(flow, truth)
    return np.hypot(*np.moveaxis(flow - truth, -3, 0))


def angular_errors(flow: Flow, truth: Flow) -> np.ndarray:
    """Angle between (x, y, 1) of both flows, in degrees: (..., H, W) float64.

    The measure of Barron, Fleet & Beauchemin (1994); the third component keeps still
    pixels defined, and makes an error count less where the motion is large.
    """
    flow, truth = (np.moveaxis(each, -3, 0) for each in _checked(flow, truth))
    # atan2 of cross and dot product: arccos loses half of the digits near 0°.
    (u, v), (x, y) = flow, truth
    cross = np.sqrt((v - y) ** 2 + (x - u) ** 2 + (u * y - v * x) ** 2)
    return np.degrees(np.arctan2(cross, u * x + v * y + 1))


def endpoint_error(flow: Flow, truth: Flow, mask: Flow | None = None, *, per_frame: bool = False,
                   angular: bool = False) -> float | np.ndarray:
    """Mean end-point error (AEE) over the pixels of `mask`: ‖flow − truth‖ in pixels per frame.

    Parameters
    ----------
    flow, truth : (..., 2, H, W); of a tracklet pass flow[1:], since frame 0 has no motion by convention.
    mask : (..., H, W) bool, pixels that count; default all.
    per_frame : one mean per frame, (...) float64, NaN for frames without a pixel in the mask, instead of one number.
    angular : the angular error in degrees instead.

    Raises
    ------
    ReidError : shapes that differ, or a mask without any pixel.
    """
    errors = (angular_errors if angular else endpoint_errors)(flow, truth)
    chosen = np.ones(errors.shape, bool) if mask is None else _as_numpy(mask)
    if chosen.dtype != bool or chosen.shape != errors.shape:
        raise ReidError(f"Found a mask of {chosen.dtype} and shape {chosen.shape}", f"bool {errors.shape}",
                        "pass one bool a pixel, or none")
    if not chosen.any():
        raise ReidError(f"Found no pixel that counts among {errors.size}", "a mask with at least one pixel",
                        "check the mask, or leave it out")
    if not per_frame:
        return float(errors[chosen].mean())
    count = chosen.sum(axis=(-2, -1))
    total = np.where(chosen, errors, 0.0).sum(axis=(-2, -1))
    return np.divide(total, count, out=np.full(np.shape(count), np.nan), where=count > 0)

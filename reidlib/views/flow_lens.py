"""FlowLens: move a window of Lucas–Kanade over a frame and see everything that it computes."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from reidlib.errors import ReidError
from reidlib.flow.window import gaussian_weights, spatial_gradients
from reidlib.views.arrays import as_array
from reidlib.views.drawn_later import Later
from reidlib.views.flow_lens_picture import COLOURS, flow_lens
from reidlib.views.host import View
from reidlib.views.html import DIGITS

LARGEST, MOST = 31, 256 * 256  # pixels: a window's side; a frame
FLOW_DIGITS = 3  # finer than is shown, and two bytes a number up to 32 pixels
_GREY = "pass grey(frames)[t - 1] and grey(frames)[t]"


class FlowLens(View):
    """Two frames, a window over the second, and its one step of Lucas–Kanade (1981) as `reidlib.flow.window` solves it.

    The page shows the gradients gx and gy of the frames' mean, the change I_{t−1} − I_t, the structure tensor G with
    its ellipse and eigenvalues λ₁ ≥ λ₂ (corner, edge or flat), the lines of possible motions, and the motion v of
    G v = r. All of it is computed there, from the frames rounded to four digits, so no Python needs to run.

    Hover moves the window, click locks it; keys: arrows move, + and − change the size, Enter locks, Escape frees.

    Parameters
    ----------
    first, second : (H, W) grey frames t − 1 and t, 0 … 255 of any real dtype, at most 256 × 256 pixels.
    window : odd width of the window at first, 3 … 31, inside the frame.
    flow : (2, H, W) of frame t, or (2,) for all pixels: another method's flow, such as the library's, for comparison.
    exact : the same, the true flow.
    start : (row, column) of the window's centre at first; by default where its smaller eigenvalue is largest.
    eigenvalue : threshold, (grey level / pixel)²; a direction whose eigenvalue is smaller counts as unknown.
    note : a sentence below the view.

    ReidError for frames that do not fit together, NaN, grey levels of another scale, and a window that does not fit.
    """

    def __init__(
        self,
        first: ArrayLike,
        second: ArrayLike,
        *,
        window: int = 15,
        flow: ArrayLike | None = None,
        exact: ArrayLike | None = None,
        start: tuple[int, int] | None = None,
        eigenvalue: float = 4.0,
        note: str | None = None,
        title: str = "FlowLens",
    ) -> None:
        previous, current = _checked_frames(first, second)
        H, W = current.shape
        weights = gaussian_weights(window)
        largest = min(LARGEST, *(side - 1 + side % 2 for side in (H, W)))
        if window > largest:
            raise ReidError(f"Found a window of {window} pixels on frames of {H} × {W}", f"an odd number up to "
                            f"{largest}", f"pass window={largest}")
        if not np.isfinite(eigenvalue) or eigenvalue <= 0:
            raise ReidError(f"Found eigenvalue={eigenvalue!r}", "a threshold above 0, in (grey level / pixel)²",
                            "pass eigenvalue=4.0")
        flows = {"flow": _checked_flow("flow", flow, H, W), "exact": _checked_flow("exact", exact, H, W)}
        if start is None:
            row, column = _best_centre(previous, current, weights)
        else:
            row, column = _checked_start(start, window, H, W)
        data: dict[str, Any] = {
            "size": [H, W], "first": _packed(previous), "second": _packed(current), "window": window,
            "largest": largest, "start": [row, column], "eigenvalue": float(eigenvalue), "colours": COLOURS,
            **{name: None if values is None else _packed(values, FLOW_DIGITS) for name, values in flows.items()},
            "note": note or "",
        }  # fmt: skip
        picture = Later(lambda: flow_lens(previous, current, row, column, window, flows["exact"], eigenvalue,
                                          library=flows["flow"], note=note or ""))
        parts = ("flow_lens_solve.js", "flow_lens_frame.js", "flow_lens_plot.js", "flow_lens_numbers.js")
        super().__init__("flow_lens.js", data, picture=picture, title=title, parts=parts)


def _checked_frames(first: ArrayLike, second: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Both as float64, rounded as the page gets them."""
    arrays = [as_array("frames", each) for each in (first, second)]
    shapes = {array.shape for array in arrays}
    if len(shapes) > 1 or any(array.ndim != 2 or array.dtype.kind not in "uif" for array in arrays):
        found = " and ".join(f"{array.dtype} {array.shape}" for array in arrays)
        raise ReidError(f"Found frames of {found}", "two grey frames (H, W) of one shape", _GREY)
    if min(arrays[0].shape) < 3 or arrays[0].size > MOST:
        raise ReidError(f"Found frames of {arrays[0].shape[0]} × {arrays[0].shape[1]} pixels", "3 × 3 pixels or more, "
                        "256 × 256 at most", "cut or resize the frames")
    if not all(np.isfinite(array).all() for array in arrays):
        raise ReidError("Found NaN or infinite values in the frames", "finite grey levels", "repair the frames first")
    low, high = min(array.min() for array in arrays), max(array.max() for array in arrays)
    unit = 0 < high <= 1 and any(array.dtype.kind == "f" for array in arrays)
    if low < 0 or high > 255 or unit:
        raise ReidError(f"Found grey levels from {low:g} to {high:g}", "0 to 255", "multiply by 255" if unit else _GREY)
    previous, current = (np.round(array.astype(np.float64), DIGITS) for array in arrays)
    return previous, current


def _checked_flow(name: str, flow: ArrayLike | None, H: int, W: int) -> np.ndarray | None:
    if flow is None:
        return None
    array = as_array(name, flow)
    if array.shape not in ((2,), (2, H, W)) or array.dtype.kind not in "uif":
        raise ReidError(f"Found {name} of type {array.dtype} and shape {array.shape}", f"(2, {H}, {W}), or (2,) for "
                        "all pixels", f"pass {name}=flow[t] of the second frame")
    # Beyond a thousand pixels nothing is a motion between two frames, and the page's numbers would overflow.
    if not (np.abs(array) < 1e3).all():
        raise ReidError(f"Found NaN, infinite or huge values in {name}", "pixels per frame, below 1,000",
                        "repair the flow first")
    array = array.reshape(2, 1, 1) if array.ndim == 1 else array
    return np.round(np.broadcast_to(array, (2, H, W)).astype(np.float64), FLOW_DIGITS)


def _checked_start(start: tuple[int, int], window: int, H: int, W: int) -> tuple[int, int]:
    place, half = as_array("start", start), window // 2
    inside = place.shape == (2,) and place.dtype.kind in "iu" and (place >= half).all()
    if not inside or (place >= np.array([H - half, W - half])).any():
        raise ReidError(f"Found start={start!r} for a {window}×{window} window on {H} × {W} pixels", "(row, column) "
                        f"with rows {half} to {H - half - 1} and columns {half} to {W - half - 1}",
                        "move the window inside the frame, or make it smaller")
    return int(place[0]), int(place[1])


def _best_centre(previous: np.ndarray, current: np.ndarray, weights: np.ndarray) -> tuple[int, int]:
    """Where the smaller eigenvalue of the window's structure tensor is largest."""
    gx, gy = spatial_gradients((previous + current) / 2)
    line, half = weights.sum(axis=0), len(weights) // 2
    smooth = [np.apply_along_axis(np.convolve, 1, np.apply_along_axis(np.convolve, 0, product, line, "valid"), line,
                                  "valid") for product in (gx * gx, gx * gy, gy * gy)]  # fmt: skip
    a, b, c = smooth
    smaller = (a + c) / 2 - np.hypot((a - c) / 2, b)
    row, column = np.unravel_index(int(np.argmax(smaller)), smaller.shape)
    return int(row) + half, int(column) + half


def _packed(values: np.ndarray, digits: int = DIGITS) -> dict[str, Any]:
    """Numbers as whole multiples of 1 / step, in as few bytes as hold them exactly."""
    step = 10**digits
    whole = np.round(values * step).astype(np.int64)
    if not (whole % step).any():
        whole, step = whole // step, 1
    kinds = (("u1", 0, 255), ("<i2", -(2**15), 2**15 - 1), ("<i4", -(2**31), 2**31 - 1))
    kind = next(kind for kind, low, high in kinds if low <= whole.min() and whole.max() <= high)
    stored = np.ascontiguousarray(whole.astype(kind))
    return {"step": step, "bytes": stored.dtype.itemsize, "base64": base64.b64encode(stored.tobytes()).decode()}

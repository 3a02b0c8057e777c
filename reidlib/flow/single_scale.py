"""Lucas–Kanade as the compared papers' code had it: one scale, one step, a tiny window, stored in 8 bits.

McLaughlin et al. (CVPR 2016) call MATLAB's vision.OpticalFlow with method Lucas-Kanade and its defaults, on full-size
frames, add 127, store 8-bit PNGs and resize those. RAN (2019), §3.1, names Lucas–Kanade only, so the preset `paper`
takes the same operator. What MathWorks documents and we could read: difference filter in time, separable smoothing
[1 4 6 4 1] / 16, noise threshold .0039. From memory, unchecked: the derivative kernel [−1 8 0 −8 1] / 12, and that a
window with one weak eigenvalue gets the motion along its gradient. Ours where nothing is known: gradients are taken on
frame t, frames are continued by their outermost pixels.
"""

from __future__ import annotations

import numpy as np
import torch
from torch.nn.functional import conv2d, pad

from reidlib.data.transforms import SIZE, resize_flow
from reidlib.errors import ReidError
from reidlib.flow.colour import grey

DERIVATIVE = (1 / 12, -8 / 12, 0.0, 8 / 12, -1 / 12)  # as a correlation: f(x − 2) … f(x + 2)
SMOOTHING = (1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16)
THRESHOLD = 0.0039
ZERO = 127  # what no motion is stored as


def _along(planes: torch.Tensor, kernel: tuple[float, ...], axis: int) -> torch.Tensor:
    """Correlation of (N, 1, H, W) with five taps along x (axis 3) or y (axis 2), edges repeated."""
    weight = planes.new_tensor(kernel)
    if axis == 3:
        return conv2d(pad(planes, (2, 2, 0, 0), mode="replicate"), weight.view(1, 1, 1, 5))
    return conv2d(pad(planes, (0, 0, 2, 2), mode="replicate"), weight.view(1, 1, 5, 1))


@torch.no_grad()
def single_scale(frames: torch.Tensor, threshold: float = THRESHOLD, first: str = "zero") -> torch.Tensor:
    """(T, H, W) uint8 grey -> flow (T, 2, H, W) float32 by MATLAB's defaults; x right, y down, pixels per frame.

    Parameters
    ----------
    frames : grey levels 0 … 255, as in that code. The threshold suits 0 … 1; here it rejects flat windows only.
    threshold : on the eigenvalues of the smoothed 2×2 matrix. Both reach it: the matrix is inverted. One does: the
        motion along that eigenvector. None does: zero.
    first : "zero" leaves frame 0 without motion; "empty" compares it with a black frame, as the object did that the
        code behind the papers made for each tracklet, which gives junk.

    Raises
    ------
    ReidError : another dtype or axis order, frames below 5×5, one frame only.
    """
    if not isinstance(frames, torch.Tensor) or frames.dtype != torch.uint8 or frames.ndim != 3:
        found = f"{frames.dtype} {tuple(frames.shape)}" if isinstance(frames, torch.Tensor) else type(frames).__name__
        raise ReidError(f"Found frames of {found}", "a uint8 tensor of grey frames (T, H, W)",
                        "pass reidlib.flow.colour.grey(tracklet.frames)")
    T, H, W = frames.shape
    if min(H, W) < 5 or T < 2:
        raise ReidError(f"Found {T} frames of {H}×{W} pixels", "2 frames or more of at least 5×5 pixels, the size of "
                        "the window", "pass whole tracklets; a single frame has no motion")
    if first not in ("zero", "empty"):
        raise ReidError(f"Found first={first!r}", "zero or empty", 'pass first="zero"')
    # float64: with the threshold as low as it is, rounding would decide about nearly singular windows.
    current = frames.double()[:, None]
    previous = torch.cat([torch.zeros_like(current[:1]) if first == "empty" else current[:1], current[:-1]])
    gx, gy, gt = _along(current, DERIVATIVE, 3), _along(current, DERIVATIVE, 2), current - previous
    products = torch.cat([gx * gx, gx * gy, gy * gy, gx * gt, gy * gt]).contiguous()
    a, b, c, e, f = _along(_along(products, SMOOTHING, 3), SMOOTHING, 2).view(5, T, H, W)
    mean, radius = (a + c) / 2, torch.hypot((a - c) / 2, b)
    larger, smaller = mean + radius, mean - radius
    determinant = a * c - b * b
    both = torch.stack([b * f - c * e, b * e - a * f], 1) / determinant[:, None]
    # The eigenvector of the larger eigenvalue; its second form holds where b = 0 and c is the larger one.
    x, y = torch.where(a >= c, larger - c, b), torch.where(a >= c, b, larger - a)
    along = -(x * e + y * f) / (larger * (x * x + y * y))
    one = torch.stack([along * x, along * y], 1)
    flow = torch.where((smaller >= threshold)[:, None], both, torch.where((larger >= threshold)[:, None], one, 0.0))
    return flow.float()


def to_eight_bit(flow: torch.Tensor) -> torch.Tensor:
    """Flow in pixels -> uint8: + 127, rounded, 0 … 255. Whole pixels only: most motion between two frames is lost."""
    return (flow + ZERO).round().clamp(0, 255).to(torch.uint8)


def from_eight_bit(stored: torch.Tensor) -> torch.Tensor:
    """uint8 -> flow in whole pixels, float32: −127 … 128."""
    return stored.float() - ZERO


def mclaughlin_flow(frames: np.ndarray, size: tuple[int, int] = SIZE) -> np.ndarray:
    """(T, H, W, 3) uint8 full-size frames -> (T, 2, *size) float32: `single_scale` there, through 8 bits, then resized.

    The values stay pixels of the full size, as the resized PNGs kept them; frame 0 is the junk of an empty reference.
    The axes are x, y as everywhere; the input of the preset `mclaughlin` swaps them.
    """
    flow = from_eight_bit(to_eight_bit(single_scale(grey(frames), first="empty"))).numpy()
    scale = np.array([flow.shape[3] / size[1], flow.shape[2] / size[0]], np.float32)
    return resize_flow(flow, size) * scale[:, None, None]

"""From RGB to what the flow and the network read: one grey plane, or Y, U and V."""

from __future__ import annotations

import numpy as np
import torch

from reidlib.errors import ReidError

# Torch7's image.rgb2yuv, which the code behind both papers calls: rows Y, U, V, columns R, G, B.
YUV = ((0.299, 0.587, 0.114), (-0.14713, -0.28886, 0.436), (0.615, -0.51499, -0.10001))


def grey(frames: torch.Tensor | np.ndarray) -> torch.Tensor:
    """(..., H, W, 3) uint8 RGB, as frames lie on disk -> (..., H, W) uint8, .299 R + .587 G + .114 B rounded.

    In whole numbers, so that every machine gets the same bytes.
    """
    if isinstance(frames, np.ndarray):
        frames = torch.from_numpy(np.array(frames))
    if frames.dtype != torch.uint8 or frames.ndim < 3 or frames.shape[-1] != 3:
        raise ReidError(f"Found frames of {frames.dtype} and shape {tuple(frames.shape)}", "uint8 (..., H, W, 3)",
                        "pass tracklet.frames")
    red, green, blue = frames.to(torch.int32).unbind(-1)
    return torch.div(299 * red + 587 * green + 114 * blue + 500, 1000, rounding_mode="floor").to(torch.uint8)


def yuv(frames: torch.Tensor) -> torch.Tensor:
    """(..., 3, H, W) uint8 RGB -> (..., 3, H, W) float32 Y in 0 … 1, U and V around 0 (Torch7's matrix)."""
    if frames.dtype != torch.uint8 or frames.ndim < 3 or frames.shape[-3] != 3:
        raise ReidError(f"Found frames of {frames.dtype} and shape {tuple(frames.shape)}", "uint8 (..., 3, H, W)",
                        "move the colours before height and width: frames.movedim(-1, -3)")
    matrix = torch.tensor(YUV, device=frames.device) / 255
    return torch.einsum("kc,...chw->...khw", matrix, frames.float())

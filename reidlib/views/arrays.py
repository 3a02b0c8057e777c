"""What views take as arrays: lists, numpy arrays and torch tensors become numpy, or a sentence says why not."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from reidlib.errors import ReidError


def as_array(name: str, values: ArrayLike) -> np.ndarray:
    """`values` as a numpy array; torch tensors are detached and copied from their device.

    ReidError where they are no array, such as rows of different lengths.
    """
    try:
        return np.asarray(_detached(values))
    except (ValueError, TypeError, RuntimeError, OverflowError) as error:
        if "inhomogeneous" in str(error):
            raise ReidError(f"Found rows of different lengths in {name}", "rows of one length",
                            "cut them to one length, or pad them") from error
        raise ReidError(f"Found {name} of type {type(values).__name__}, which makes no array ({error})",
                        "an array, a dense tensor, or lists of numbers", f"pass np.array({name}) of numbers") from error


def as_pictures(name: str, images: ArrayLike, axes: int = 4) -> np.ndarray:
    """uint8 (T, H, W, 3), or (H, W, 3) where `axes` is 3; whole numbers from 0 to 255 of another type are taken, too.

    ReidError for another shape or type, and for no picture; it says how to bring them into this shape.
    """
    array = as_array(name, images)
    needed = "one frame or more, as (T, H, W, 3) uint8 RGB" if axes == 4 else "one picture, as (H, W, 3) uint8 RGB"
    right = array.ndim == axes and array.shape[-1] == 3 and array.size and array.dtype.kind in "iu"
    if not right or array.min() < 0 or array.max() > 255:
        raise ReidError(f"Found {name} of type {array.dtype} and shape {array.shape}", needed,
                        _way_out(name, array, axes))
    return array.astype(np.uint8, copy=False)


def _detached(values: Any) -> Any:
    if hasattr(values, "detach"):
        tensor = values.detach().cpu()
        return tensor.float() if str(tensor.dtype) == "torch.bfloat16" else tensor  # numpy has no such type
    if isinstance(values, list | tuple) and values and not isinstance(values[0], int | float):
        return [_detached(each) for each in values]
    return values


def _way_out(name: str, array: np.ndarray, axes: int) -> str:
    shape = array.shape
    if array.ndim == axes - 1 and shape[-1] != 3 and array.size:
        return f"stack three channels of grey pictures: np.stack([{name}] * 3, axis=-1)"
    if array.ndim == axes - 1 and array.size:
        return f"pass {name}[None] for a single picture"
    if array.ndim != axes or not array.size:
        return "pass tracklet.frames" if axes == 4 else "pass tracklet.frames[0]"
    if shape[-1] == 1:
        return f"stack three channels of grey pictures: np.repeat({name}, 3, axis=-1)"
    if shape[-1] != 3 and shape[-3] == 3:
        return f"transpose, channels last: {name}.transpose({'0, 2, 3, 1' if axes == 4 else '1, 2, 0'})"
    if shape[-1] == 4:
        return f"leave the alpha channel out: {name}[..., :3]"
    if shape[-1] == 3 and array.dtype.kind in "fb" and not (array.min() < 0 or array.max() > 1):
        return "pass (255 * x).astype('uint8')"
    return "bring them to whole numbers from 0 to 255, three channels last"

"""What the attention strip is made of, checked: each mistake is a sentence before anything is drawn."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image

from reidlib.errors import ReidError
from reidlib.views.arrays import as_array, as_pictures
from reidlib.views.html import DIGITS, rounded
from reidlib.views.sprite import sprite_sheet

POOLINGS = ("weighted_mean", "sum", "other")
TALL, SMALL, MANY = 128, 64, 64  # pixels in height of a frame; of more than MANY frames, SMALL will do
GALLERY_TALL = 48


def checked_frames(frames: ArrayLike, what: str = "frames") -> np.ndarray:
    """(T, H, W, 3) uint8, one frame or more."""
    return as_pictures(what, frames)


def checked_weights(name: str, weights: ArrayLike, T: int) -> np.ndarray:
    """(T,) float64 of 0 or more, not all 0."""
    array = _numbers(name, weights, (T,))
    if (array < 0).any() or not array.any():
        kind = f"a weight of {array.min():.3g} at frame {array.argmin()}" if (array < 0).any() else "only weights of 0"
        raise ReidError(f"Found {kind} in {name}", "weights of 0 or more, not all 0",
                        "pass pooled.attention, not the logits")
    return array


def checked_rows(attention: ArrayLike, T: int) -> np.ndarray:
    """(R + 1, T) from (T,) or (R + 1, T): weights of every iteration."""
    array = as_array("attention", attention)
    if array.ndim not in (1, 2) or array.shape[-1:] != (T,) or 0 in array.shape:
        raise ReidError(f"Found attention of shape {array.shape} for {T} frames", f"({T},), or (R + 1, {T}) with a row "
                        "for each iteration", "pass np.stack of pooled.attention for this tracklet, cut to its frames")
    rows = np.atleast_2d(array)
    several = len(rows) > 1
    return np.stack([checked_weights(f"attention[{r}]" if several else "attention", row, T)
                     for r, row in enumerate(rows)])


def checked_visibility(visibility: ArrayLike, T: int) -> np.ndarray:
    """(T,) in [0, 1]."""
    array = _numbers("visibility", visibility, (T,))
    if array.min() < 0 or array.max() > 1:
        raise ReidError(f"Found visibility from {array.min():g} to {array.max():g}", "fractions from 0 to 1",
                        "divide percentages by 100")
    return array


def checked_compare(compare: ArrayLike | Mapping[str, ArrayLike], T: int) -> tuple[str, np.ndarray]:
    """Name and (T,) weights of the second set."""
    if isinstance(compare, Mapping):
        if len(compare) != 1:
            raise ReidError(f"Found {len(compare)} sets of weights to compare with", "one",
                            'pass compare={"shuffled": weights}')
        ((name, weights),) = compare.items()
        return str(name), checked_weights(f"compare[{str(name)!r}]", weights, T)
    return "compared", checked_weights("compare", compare, T)


def checked_features(features: ArrayLike, T: int) -> np.ndarray:
    """(T, D)."""
    array = as_array("features", features)
    if array.ndim != 2 or not array.shape[1]:
        raise ReidError(f"Found features of shape {array.shape}", f"({T}, D), one row a frame",
                        "pass what the frame network gives for the frames of this tracklet")
    return _numbers("features", array, (T, array.shape[1]))


def gallery_entry(gallery: ArrayLike, D: int, unit: bool, names: Sequence[object] | None,
                  match: int | Sequence[int] | None, frames: ArrayLike | None) -> dict[str, Any]:
    """The gallery as the script gets it. Rows are divided by their length where video features are."""
    array = as_array("gallery", gallery)
    if array.ndim != 2 or array.shape[1] != D or not len(array):
        raise ReidError(f"Found a gallery of shape {array.shape}", f"(G, {D}): as many features as the frames have",
                        "embed gallery and frames with the same network")
    G = len(array)
    array = _numbers("gallery", array, (G, D))
    if unit:
        lengths = np.linalg.norm(array, axis=1, keepdims=True)
        if not lengths.all():
            raise ReidError(f"Found gallery item {int(lengths.argmin())} of length 0", "features with a direction",
                            "leave it out, or pass unit=False")
        array = array / lengths
    texts = [f"item {i}" for i in range(G)] if names is None else [str(name) for name in names]
    matches = np.array([], int) if match is None else np.atleast_1d(as_array("match", match))
    whole = (matches.ndim == 1 and matches.dtype.kind in "iu") or not matches.size
    if len(texts) != G or not whole or any(not 0 <= m < G for m in matches):
        raise ReidError(f"Found {len(texts)} gallery names and the match {match!r} for {G} items",
                        f"a name for each, and numbers from 0 to {G - 1}",
                        "pass match=np.flatnonzero(gallery_pids == pid)")
    sheet = None
    if frames is not None:
        pictures = checked_frames(frames, "gallery_frames")
        if len(pictures) != G:
            raise ReidError(f"Found {len(pictures)} gallery_frames for {G} items", "one for each", "pass them in order")
        sheet = sprite_sheet(shrunk(pictures, GALLERY_TALL))
    return {"features": significant(array), "names": texts, "sheet": sheet,
            "match": None if match is None else sorted({int(m) for m in matches})}


def shrunk(frames: np.ndarray, tall: int) -> np.ndarray:
    """Frames no higher than `tall`, their shape kept."""
    height, width = frames.shape[1:3]
    if height <= tall:
        return frames
    size = max(1, round(width * tall / height)), tall
    return np.stack([np.asarray(Image.fromarray(each).resize(size, Image.Resampling.BILINEAR)) for each in frames])


def strip_sheet(frames: np.ndarray) -> dict[str, Any]:
    """The sprite sheet, in a size that still loads at once."""
    return sprite_sheet(shrunk(frames, TALL if len(frames) <= MANY else SMALL))


def significant(values: np.ndarray) -> list[Any]:
    """Nested lists of four decimals, and of more where the largest value is below 0.1: softmax over 600 frames is."""
    largest = max(float(np.abs(values).max()), 1e-99)
    return rounded(values, DIGITS - min(0, math.ceil(math.log10(largest))))


def axis_end(weights: np.ndarray) -> float:
    """Where the axis of weights ends: 1 for weights that come near it, else a round number with room above."""
    largest = float(weights.max())
    if 0.5 < largest <= 1:
        return 1.0
    step = 10.0 ** math.floor(math.log10(1.15 * largest))
    return float(f"{next(m for m in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if m * step >= 1.15 * largest) * step:.4g}")


def _numbers(name: str, values: ArrayLike, shape: tuple[int, ...]) -> np.ndarray:
    array = as_array(name, values)
    if array.dtype.kind not in "fiub" or array.shape != shape:
        raise ReidError(f"Found {name} of type {array.dtype} and shape {array.shape}", f"numbers of shape {shape}",
                        f"pass {name} in the order of the frames" if name != "gallery" else "pass a plain array")
    array = array.astype(np.float64)
    bad = np.argwhere(~np.isfinite(array))
    if len(bad):
        place = ", ".join(map(str, bad[0]))
        raise ReidError(f"Found {array[tuple(bad[0])]} in {name} at [{place}] ({len(bad)} in all)", "finite numbers",
                        "look for a division by 0 or a masked frame in what computed it")
    return array

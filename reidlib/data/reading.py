"""From a store to a batch: which frames of a tracklet to look at, and getting them as normalised float32 fast.

Decoding is gone (the store holds pixels), so what costs time is touching fresh memory. Hence one buffer for all batches
of a run, filled again and again, or raw uint8 to the device and the arithmetic there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import torch

from reidlib.errors import ReidError

# Means and standard deviations of RGB in [0, 1] that torchvision's pretrained models expect.
MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)
# Measured on a CPU: the constants of a short row stay in the first level cache, both passes over a chunk in the others.
_ROW = 1536
_CHUNK = 3 << 18


def contiguous(lengths: np.ndarray, T: int, rng: np.random.Generator | None = None) -> tuple[np.ndarray, np.ndarray]:
    """T neighbouring frames of each tracklet, as RAN and McLaughlin's code train on.

    Parameters
    ----------
    lengths : (B,) frames in each tracklet.
    rng : draws where each window begins; without it every window begins at frame 0.

    Returns
    -------
    frames : (B, T) int64, numbers inside each tracklet.
    mask : (B, T) bool, False where a tracklet is shorter than T; its last frame is repeated there.
    """
    lengths = _lengths(lengths, T)
    room = np.maximum(lengths - T, 0)
    first = np.zeros_like(lengths) if rng is None else rng.integers(0, room + 1)
    return _padded(first[:, None] + np.arange(T), lengths, T)


def spread(lengths: np.ndarray, T: int, rng: np.random.Generator | None = None) -> tuple[np.ndarray, np.ndarray]:
    """T frames over the whole tracklet: one from each of T equal parts, in order.

    Sees both sides of an occluder that stays longer than a window of neighbours. Sampling by segments is that of
    temporal segment networks (Wang et al., ECCV 2016). Arguments and results as in `contiguous`; without `rng` the
    middle frame of each part.
    """
    lengths = _lengths(lengths, T)
    edges = np.arange(T + 1) * np.maximum(lengths, T)[:, None] // T
    low, high = edges[:, :-1], edges[:, 1:]
    return _padded((low + high - 1) // 2 if rng is None else rng.integers(low, high), lengths, T)


def _lengths(lengths: np.ndarray, T: int) -> np.ndarray:
    lengths = np.asarray(lengths, dtype=np.int64)
    if lengths.ndim != 1 or T < 1 or (lengths < 1).any():
        raise ReidError(f"Windows of {T} frames from lengths of shape {lengths.shape}",
                        "T of 1 or more, and a list of tracklet lengths of 1 or more", "pass store.lengths[numbers]")
    return lengths


def _padded(frames: np.ndarray, lengths: np.ndarray, T: int) -> tuple[np.ndarray, np.ndarray]:
    mask = np.arange(T) < lengths[:, None]
    return np.where(mask, frames, lengths[:, None] - 1), mask


def row_numbers(starts: np.ndarray, frames: np.ndarray) -> np.ndarray:
    """(B,) `store.starts[numbers]` and (B, T) frames inside each tracklet -> (B, T) rows of `store.frames`."""
    return np.asarray(starts, dtype=np.int64)[:, None] + frames


@cache
def _row_length(size: int) -> int:
    """The longest row of whole RGB pixels that divides a frame of `size` values evenly."""
    return max(length for length in range(3, _ROW + 1, 3) if size % length == 0)


class Normaliser:
    """uint8 (..., 3, H, W) -> float32 of the same shape on `device`: (x / 255 - mean) / std for each colour.

    The result lives in one buffer that the next call overwrites: `.clone()` what must last. Training code that forgets
    this gets autograd's "modified by an inplace operation", not wrong gradients. The buffer is stored channels-last,
    which convolutions on CPUs prefer.
    """

    def __init__(self, mean: Sequence[float] = MEAN, std: Sequence[float] = STD,
                 device: str | torch.device = "cpu") -> None:
        if len(mean) != 3 or len(std) != 3 or min(std) <= 0:
            raise ReidError(f"mean {tuple(mean)} and std {tuple(std)}", "three means and three positive deviations",
                            "pass one number for each of R, G and B, for pixels in [0, 1]")
        self.device = torch.device(device)
        self._scale = torch.tensor([1 / (255 * s) for s in std], device=self.device)
        self._shift = torch.tensor([-m / s for m, s in zip(mean, std, strict=True)], device=self.device)
        self._flat = torch.empty(0, device=self.device)

    def __call__(self, images: torch.Tensor) -> torch.Tensor:
        if images.dtype != torch.uint8 or images.ndim < 3 or images.shape[-3] != 3:
            raise ReidError(f"Images of dtype {images.dtype} and shape {tuple(images.shape)}",
                            "uint8 (..., 3, H, W)", "pass what FrameReader.gather or a transform returns")
        pixels = images.to(self.device).movedim(-3, -1)  # colours last, as they lie in memory
        count = pixels.numel()
        with torch.inference_mode(False):  # a buffer born in inference mode could not be filled outside it
            if self._flat.numel() < count:
                self._flat = torch.empty(count, device=self.device)
        row = _row_length(pixels.shape[-3:].numel())
        scale, shift = self._scale.repeat(row // 3), self._shift.repeat(row // 3)
        result = self._flat[:count].view(pixels.shape)
        source, target = pixels.reshape(-1, row), result.view(-1, row)
        step = _CHUNK // row if self.device.type == "cpu" else max(1, len(target))
        for first in range(0, len(target), step):
            part = target[first:first + step]
            part.copy_(source[first:first + step])
            torch.addcmul(shift, part, scale, out=part)
        return result.movedim(-1, -3)


class FrameReader:
    """Reads windows of a store's frames into reused buffers; about two passes over memory for each batch.

    Parameters
    ----------
    frames : (F, H, W, 3) uint8: `store.frames`, or a column of smaller frames.
    device : where the normalised batch shall be. On a GPU the uint8 bytes travel, from pinned memory, and the
        arithmetic is done there.

    >>> rows = row_numbers(store.starts[numbers], spread(store.lengths[numbers], 16, rng)[0])
    >>> batch = reader.read(rows)                        # doctest: +SKIP
    """

    def __init__(self, frames: np.ndarray, *, mean: Sequence[float] = MEAN, std: Sequence[float] = STD,
                 device: str | torch.device = "cpu") -> None:
        if frames.dtype != np.uint8 or frames.ndim != 4 or frames.shape[3] != 3:
            raise ReidError(f"Frames of dtype {frames.dtype} and shape {frames.shape}", "uint8 (F, H, W, 3)",
                            "pass store.frames or a column of that kind")
        self.frames = np.asarray(frames)
        self.normalise = Normaliser(mean, std, device)
        self._pinned = self.normalise.device.type == "cuda"
        # A copy from pinned memory may still run while the next batch is gathered: take turns, and wait for one's own.
        self._hosts = [torch.empty(0, dtype=torch.uint8)] * (2 if self._pinned else 1)
        self._copied: list[torch.cuda.Event | None] = [None] * len(self._hosts)
        self._turn = 0

    def gather(self, rows: np.ndarray) -> torch.Tensor:
        """(B, T) row numbers -> (B, T, 3, H, W) uint8 on the host, in a buffer that a later call overwrites."""
        rows = np.asarray(rows)
        if rows.dtype.kind not in "iu" or (rows.size and not 0 <= rows.min() <= rows.max() < len(self.frames)):
            extent = f" from {rows.min()} to {rows.max()}" if rows.size else ""
            raise ReidError(f"Rows of dtype {rows.dtype}{extent}", f"whole numbers in 0 .. {len(self.frames) - 1}",
                            "make them with row_numbers")
        self._turn = (self._turn + 1) % len(self._hosts)
        if self._copied[self._turn] is not None:
            self._copied[self._turn].synchronize()
        size = rows.size * self.frames[0:1].nbytes
        if self._hosts[self._turn].numel() < size:
            with torch.inference_mode(False):
                self._hosts[self._turn] = torch.empty(size, dtype=torch.uint8, pin_memory=self._pinned)
        host = self._hosts[self._turn][:size].view(rows.size, *self.frames.shape[1:])
        # mode="clip" (the range is checked above) is what lets numpy write straight into `out`.
        np.take(self.frames, rows.ravel(), axis=0, out=host.numpy(), mode="clip")
        return host.view(*rows.shape, *self.frames.shape[1:]).movedim(-1, -3)

    def read(self, rows: np.ndarray, transform: Callable[[torch.Tensor], torch.Tensor] | None = None) -> torch.Tensor:
        """(B, T) row numbers -> (B, T, 3, h, w) normalised float32 on the device, overwritten by the next call.

        `transform` maps the uint8 batch, already on the device, before the arithmetic: cropping first saves work.
        """
        batch = self.gather(rows).to(self.normalise.device, non_blocking=self._pinned)
        if self._pinned:
            self._copied[self._turn] = torch.cuda.Event()
            self._copied[self._turn].record()
        return self.normalise(batch if transform is None else transform(batch))

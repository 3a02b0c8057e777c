"""Dense Lucas–Kanade flow of whole batches of tracklets, on the CPU or a GPU."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch

from reidlib.errors import ReidError
from reidlib.flow.settings import Setting, setting_of
from reidlib.flow.solver import pyramid, solve

CPU_PIXELS, GPU_PIXELS = 32 * 64 * 48, 4096 * 64 * 48  # of a chunk: planes that stay in a core's cache; 50 MB each


@torch.no_grad()
def lucas_kanade(
    frames: torch.Tensor | np.ndarray,
    setting: str | Setting = "fast",
    *,
    levels: int | None = None,
    iterations: int | tuple[int, ...] | None = None,
    window: int | tuple[int, ...] | None = None,
    interpolation: str | tuple[str, ...] | None = None,
    eigenvalue: float | None = None,
    with_valid: bool = False,
    dtype: torch.dtype = torch.float32,
    chunk: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> torch.Tensor | tuple[torch.Tensor, torch.Tensor]:
    """How every pixel moved since the frame before: pyramidal, iterative Lucas–Kanade (1981; Bouguet 2000).

    Intuition: inside a small window all pixels move alike, and each tells one line on which the motion must lie,
    ∇I · v = I_{t−1} − I_t; where the window has gradients of two directions the lines meet in one point.

    Parameters
    ----------
    frames : (..., T, H, W) grey, uint8 of 0 … 255 or floating point of 0 … 1; T ≥ 2. The result is on its device.
    setting : "fast" (tracklet-sized frames, several times faster than "accurate"), "accurate" (bicubic sampling,
        smaller windows, more levels and iterations), or a `Setting`.
    levels, iterations, window, interpolation : replace the setting's own values; see `Setting`.
    eigenvalue : threshold of the validity mask, on the smaller eigenvalue of the window's mean structure tensor, in
        (grey level of 255 per pixel)²; default: the square of the setting's damping at the finest level.
    with_valid : also return the mask.
    dtype : torch.float32 or torch.float16, of the result; the computation is in float32.
    chunk : pairs of frames solved together. It bounds the memory (about 11 float32 values a pixel of each pair)
        and changes nothing else.
    progress : hears (pairs done, all).

    Returns
    -------
    flow (..., T, 2, H, W), pixels per frame, x right, y down: frame_t(p) ≈ frame_{t−1}(p − flow[t](p)), flow[0] = 0.
    With `with_valid`, also valid (..., T, H, W) bool: False where the window is too flat, or shows too few directions,
    to tell the motion, and in frame 0, which has no frame before it.

    Raises
    ------
    ReidError : wrong dtype, fewer than 2 frames, frames smaller than the window, NaN, floats outside 0 … 1.
    """
    chosen = setting_of(setting, levels=levels, iterations=iterations, window=window, interpolation=interpolation)
    if isinstance(frames, np.ndarray):
        frames = torch.from_numpy(np.ascontiguousarray(frames))
    _check(frames, chosen)
    if dtype not in (torch.float32, torch.float16):
        raise ReidError(f"Found the result type {dtype}", "torch.float32 or torch.float16", "leave dtype out")
    if chunk is not None and (not isinstance(chunk, int) or chunk < 1):
        raise ReidError(f"Found a chunk of {chunk!r}", "a whole number of pairs from 1", "leave chunk out")
    *lead, T, H, W = frames.shape
    flat = frames.reshape(-1, T, H, W)
    flow = flat.new_empty((len(flat), T, 2, H, W), dtype=dtype)
    flow[:, 0] = 0
    valid = flat.new_zeros((len(flat), T, H, W), dtype=torch.bool) if with_valid else None
    threshold = chosen.damping[0] ** 2 if eigenvalue is None else eigenvalue
    pairs = chunk or max(1, (GPU_PIXELS if frames.is_cuda else CPU_PIXELS) // (H * W))
    done = 0
    for batch, time in _chunks(len(flat), T, pairs):
        part = flat[batch, time.start - 1:time.stop]
        B, n = len(part), time.stop - time.start
        stack = pyramid(_as_unit(part).reshape(-1, H, W), chosen.levels)
        stack = [plane.unflatten(0, (B, n + 1)) for plane in stack]
        moved, smaller = solve([plane[:, :-1].flatten(0, 1) for plane in stack],
                               [plane[:, 1:].flatten(0, 1) for plane in stack], chosen)
        flow[batch, time] = moved.view(2, B, n, H, W).movedim(0, 2)
        if valid is not None:
            valid[batch, time] = smaller.view(B, n, H, W) >= threshold
        done += B * n
        if progress is not None:
            progress(done, len(flat) * (T - 1))
    flow = flow.view(*lead, T, 2, H, W)
    return flow if valid is None else (flow, valid.view(*lead, T, H, W))


def _chunks(B: int, T: int, pairs: int) -> Iterator[tuple[slice, slice]]:
    """Slices of tracklets and of frames 1 … T − 1: whole tracklets together, or pieces of one, up to `pairs` pairs."""
    together = max(1, pairs // (T - 1))
    for b in range(0, B, together):
        for t in range(1, T, pairs):
            yield slice(b, min(B, b + together)), slice(t, min(T, t + pairs))


def _as_unit(frames: torch.Tensor) -> torch.Tensor:
    return frames.float() / 255 if frames.dtype == torch.uint8 else frames.float()


def _check(frames: torch.Tensor, setting: Setting) -> None:
    shape = f"shape {tuple(frames.shape)}" if isinstance(frames, torch.Tensor) else type(frames).__name__
    grey = "grey frames (..., T, H, W)"
    if not isinstance(frames, torch.Tensor) or frames.ndim < 3:
        raise ReidError(f"Found frames of {shape}", f"{grey} with T of 2 or more",
                        "stack the frames of a tracklet on the first axis")
    if frames.dtype != torch.uint8 and not frames.dtype.is_floating_point:
        raise ReidError(f"Found frames of {frames.dtype} and {shape}", f"uint8 or floating point {grey}",
                        "convert with .to(torch.uint8)")
    T, H, W = frames.shape[-3:]
    size = setting.window[0]
    if min(H, W) < size:
        colour = W in (1, 3, 4)
        raise ReidError(f"Found frames of {shape}, so {H}×{W} pixels", f"{grey} of at least {size}×{size} pixels, "
                        "the size of the window", "turn colour into grey with reidlib.flow.colour.grey, which takes "
                        "(..., H, W, 3)" if colour else "pass a smaller window, or larger frames")
    if T < 2:
        raise ReidError(f"Found {T} frame (frames of {shape})", f"{grey} with T of 2 or more: motion lies between two "
                        "frames", "pass the whole tracklet; the flow of a single frame is zero by convention")
    if frames.dtype.is_floating_point and frames.numel():
        low, high = (float(bound) for bound in torch.aminmax(frames))
        if not (low >= -0.01 and high <= 1.01):  # NaN fails both
            what = "NaN or infinite values" if not (abs(low) + abs(high) < float("inf")) else f"{low:g} … {high:g}"
            raise ReidError(f"Found float frames of {shape} with {what}", f"{grey} with finite values of 0 … 1",
                            "divide grey levels by 255, or pass uint8")

"""The separable linear maps of the solver as small dense matrices: windows, pyramid, interpolation.

On frames of tracklet size a matrix product of 48 or 64 columns costs less than a convolution with one channel, and one
matrix can filter and drop samples at once. Positions follow the pixels' centres: sample i of m stands at
(i + ½) · n / m − ½ of n pixels, so any size halves cleanly.
"""

from __future__ import annotations

from functools import lru_cache

import torch

_KEEP = 256  # matrices kept; one size of frames needs about ten a level


def _positions(m: int, n: int) -> torch.Tensor:
    return (torch.arange(m, dtype=torch.float64) + 0.5) * (n / m) - 0.5


def _gaussian(m: int, n: int, sigma: float, radius: float) -> torch.Tensor:
    distance = torch.arange(n, dtype=torch.float64) - _positions(m, n)[:, None]
    return torch.exp(-0.5 * (distance / sigma) ** 2) * (distance.abs() <= radius)


@lru_cache(_KEEP)
def window(m: int, n: int, size: int, device: torch.device) -> torch.Tensor:
    """(m, n) Gaussian windows of `size` pixels; sums to 1 inside, less where the frame's edge cuts the window."""
    kernel = _gaussian(m, n, (size - 1) / 4.8, size / 2)
    return (kernel / kernel.sum(1).max()).float().to(device)


@lru_cache(_KEEP)
def shrink(n: int, device: torch.device) -> torch.Tensor:
    """((n + 1) // 2, n): blur with standard deviation 1 pixel and keep half of the samples."""
    kernel = _gaussian((n + 1) // 2, n, 1.0, 3.0)
    return (kernel / kernel.sum(1, keepdim=True)).float().to(device)


@lru_cache(_KEEP)
def smooth(m: int, sigma: float, device: torch.device) -> torch.Tensor:
    """(m, m) Gaussian blur with standard deviation `sigma` samples; the rows sum to 1."""
    kernel = _gaussian(m, m, sigma, 4 * sigma + 1)
    return (kernel / kernel.sum(1, keepdim=True)).float().to(device)


@lru_cache(_KEEP)
def interpolate(m: int, n: int, device: torch.device) -> torch.Tensor:
    """(m, n) linear interpolation from n samples to m, the outermost continued beyond their positions."""
    if n == 1:
        return torch.ones(m, 1, device=device)
    position = _positions(m, n).clamp(0, n - 1)
    left = position.floor().clamp(max=n - 2).long()
    share = position - left
    kernel, row = torch.zeros(m, n, dtype=torch.float64), torch.arange(m)
    kernel[row, left] = 1 - share
    kernel[row, left + 1] = share
    return kernel.float().to(device)


@lru_cache(_KEEP)
def corners(n: int, device: torch.device) -> torch.Tensor:
    """(n,) pixel centres in the units of grid_sample, where the frame reaches from −1 to 1."""
    return ((torch.arange(n, dtype=torch.float64) + 0.5) * (2 / n) - 1).float().to(device)


def apply(rows: torch.Tensor, columns: torch.Tensor, planes: torch.Tensor) -> torch.Tensor:
    """rows · plane · columnsᵀ for every plane (..., H, W)."""
    return torch.matmul(rows, torch.matmul(planes, columns.T))

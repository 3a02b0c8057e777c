"""Matrix products that are cheap rather than exact, and how far they can be off.

With x̂, ŷ the rounded vectors, e the length of what rounding took away and d the number of dimensions,

    |x·y - fl(x̂·ŷ)|  ≤  e_x |y| + |x̂| e_y + γ |x||y|,   γ = (k d + 16) u,

the first two terms by Cauchy and Schwarz, the last the bound for any order of summation (Higham, Accuracy and Stability
of Numerical Algorithms, 2002, section 3.1): u = 2⁻²⁴ for sums in float32, k roundings a dimension, and room for the
roundings that prepare the vectors. A bfloat16 product is rounded once more on its way out, by up to 2⁻⁸ of itself.
"""

from __future__ import annotations

import sys

import numpy as np

UNIT = 2.0**-24


class Float32:
    """Products by NumPy."""

    roundings = 1
    output_error = 0.0
    exact_enough = True

    def rounded(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """float32 vectors in this arithmetic, and the length of what rounding them took away."""
        return x, np.zeros(len(x))

    def products(self, x: np.ndarray, y: np.ndarray, out: np.ndarray) -> None:
        """Write x̂·ŷ of all pairs of rows to `out`, float32."""
        np.matmul(x, y.T, out=out)


class BFloat16:
    """Products by PyTorch, twice as fast and more where the processor multiplies bfloat16."""

    roundings = 2
    output_error = 2.0**-8
    exact_enough = False

    def __init__(self, torch) -> None:
        self._torch = torch

    def rounded(self, x: np.ndarray) -> tuple:
        torch = self._torch
        source = torch.from_numpy(x if x.flags.writeable and x.flags.c_contiguous else x.copy())
        # Whatever default device and type the process has set.
        result = torch.empty(x.shape, dtype=torch.bfloat16, device="cpu")
        lost = torch.empty(len(x), dtype=torch.float32, device="cpu")
        for part in slices(*x.shape):
            result[part] = source[part]
            # This difference is exact in float32.
            torch.linalg.vector_norm(result[part].float().sub_(source[part]), dim=1, out=lost[part])
        return result, lost.double().numpy() * (1 + x.shape[1] * UNIT)

    def products(self, x, y, out: np.ndarray) -> None:
        self._torch.from_numpy(out).copy_(self._torch.mm(x, y.T))


def fastest() -> Float32 | BFloat16:
    """BFloat16 if this process has PyTorch loaded already and the processor multiplies bfloat16, else Float32."""
    torch = sys.modules.get("torch")
    capabilities = getattr(getattr(torch, "cpu", None), "get_capabilities", dict)()
    return BFloat16(torch) if capabilities.get("avx512_bf16") or capabilities.get("amx_bf16") else Float32()


def slices(rows: int, width: int) -> list[slice]:
    """Slices of rows that hold half a megabyte in float64 each, so that what is done to them stays in the cache."""
    step = max(1, (1 << 16) // max(1, width))
    return [slice(a, min(a + step, rows)) for a in range(0, rows, step)]

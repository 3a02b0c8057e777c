"""Trigonometry and interpolation from + - x / sqrt, floor and compare only, so that every machine gets the same bits.

`np.sin`, `np.interp` and `np.convolve` may differ in the last bit between processors (vector units, fused
multiply-add, BLAS); IEEE-754 fixes the results of the operations used here.
"""

from __future__ import annotations

import numpy as np

TURN = 6.283185307179586
_HALF_PI = 1.5707963267948966
_HALF_PI_REST = 6.123233995736766e-17
_SIN = (-1 / 6, 1 / 120, -1 / 5040, 1 / 362880, -1 / 39916800, 1 / 6227020800)
_COS = (-1 / 2, 1 / 24, -1 / 720, 1 / 40320, -1 / 3628800, 1 / 479001600)


def sincos(angle: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
    """Sine and cosine of an angle in radians, float64, within 1e-13 for |angle| < 1e4."""
    x = np.asarray(angle, np.float64)
    quarter = np.floor(x / _HALF_PI + 0.5)
    r = (x - quarter * _HALF_PI) - quarter * _HALF_PI_REST
    r2 = r * r
    s, c = np.full_like(r, _SIN[-1]), np.full_like(r, _COS[-1])
    for a, b in zip(_SIN[-2::-1], _COS[-2::-1], strict=True):
        s, c = s * r2 + a, c * r2 + b
    s, c = r + r * r2 * s, 1.0 + r2 * c
    k = quarter - 4.0 * np.floor(quarter / 4.0)
    swap = (k == 1) | (k == 3)
    sine, cosine = np.where(swap, c, s), np.where(swap, s, c)
    return np.where(k >= 2, -sine, sine), np.where((k == 1) | (k == 2), -cosine, cosine)


def sin(angle: np.ndarray | float) -> np.ndarray:
    return sincos(angle)[0]


def cos(angle: np.ndarray | float) -> np.ndarray:
    return sincos(angle)[1]


def atan2(y: np.ndarray | float, x: np.ndarray | float) -> np.ndarray:
    """Angle of the vector (x, y) in radians: a rough first value, then Newton steps on the sine of the error."""
    y, x = np.broadcast_arrays(np.asarray(y, np.float64), np.asarray(x, np.float64))
    length = np.sqrt(x * x + y * y) + 1e-300
    uy, ux = y / length, x / length
    # The diamond angle is within 0.08 rad of the true one; three cubic steps bring it below 1e-14.
    diamond = uy / (np.abs(uy) + np.abs(ux) + 1e-300)
    angle = np.where(ux >= 0, diamond, np.where(uy >= 0, 2.0 - diamond, -2.0 - diamond)) * _HALF_PI
    for _ in range(3):
        s, c = sincos(angle)
        error = uy * c - ux * s
        angle = angle + error * (1.0 + error * error / 6.0)
    return angle


def interpolate(x: np.ndarray, knots: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Piecewise linear through (knots, values), constant outside; `knots` ascend."""
    knots, values = np.asarray(knots, np.float64), np.asarray(values, np.float64)
    x = np.minimum(np.maximum(np.asarray(x, np.float64), knots[0]), knots[-1])
    i = np.minimum(np.searchsorted(knots, x, side="right"), len(knots) - 1)
    left = knots[i - 1]
    return values[i - 1] + (values[i] - values[i - 1]) * ((x - left) / (knots[i] - left))


def bump(phase: np.ndarray, centre: float, width: float) -> np.ndarray:
    """A smooth hill of height 1 on the circle of phases 0…1, zero further than `width` from `centre`."""
    d = phase - centre
    d = (d - np.floor(d + 0.5)) / width
    hill = np.maximum(0.0, 1.0 - d * d)
    return hill * hill


def smoothstep(x: np.ndarray | float, low: float = 0.0, high: float = 1.0) -> np.ndarray:
    """0 below `low`, 1 above `high`, a cubic between."""
    t = np.minimum(np.maximum((np.asarray(x, np.float64) - low) / (high - low), 0.0), 1.0)
    return t * t * (3.0 - 2.0 * t)


def triangle(x: np.ndarray) -> np.ndarray:
    """Triangle wave of period 1: 1 at whole numbers, 0 halfway."""
    return np.abs((x - np.floor(x)) - 0.5) * 2.0

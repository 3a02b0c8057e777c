"""An estimate with its interval, and Wilson's interval for a share of hits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from reidlib.errors import ReidError
from reidlib.evaluation.vectors import fraction


@dataclass(frozen=True)
class Interval:
    """An estimate, the ends of its confidence interval and how many independent units it rests on.

    `low` and `high` are NaN where the data allow no interval, for instance with a single unit.
    """

    estimate: float
    low: float
    high: float
    n: int
    level: float = 0.95
    method: str = ""

    @property
    def known(self) -> bool:
        """Whether the data allowed an interval at all."""
        return bool(np.isfinite(self.low) and np.isfinite(self.high))

    def __contains__(self, value: float) -> bool:
        return self.known and self.low <= value <= self.high

    def __str__(self) -> str:
        ends = f"[{self.low:.3f}, {self.high:.3f}]" if self.known else "[no interval]"
        return f"{self.estimate:.3f} {ends}, n={self.n}"

    def as_dict(self) -> dict:
        """Plain numbers for JSON; an end that does not exist is None."""
        return {
            "estimate": _number(self.estimate), "low": _number(self.low), "high": _number(self.high),
            "n": self.n, "level": self.level, "method": self.method,
        }


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def wilson_bounds(hits: ArrayLike, n: ArrayLike, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Wilson's score interval for `hits` of `n`, any broadcastable shapes: (low, high) as fractions.

    Wilson, J. Amer. Statist. Assoc. 22 (1927) 209–212. Intuition: keep each true rate that would not be rejected by
    the observed share; unlike share ± 2 standard errors it stays inside [0, 1] and does not vanish at 0 or n hits.
    """
    from statsmodels.stats.proportion import proportion_confint  # pulls in pandas: only who asks pays

    hits, n = (x.copy() for x in np.broadcast_arrays(np.asarray(hits, np.float64), np.asarray(n, np.float64)))
    fraction("level", level)
    bad = ~((n >= 1) & (hits >= 0) & (hits <= n))
    if bad.any():
        first = np.flatnonzero(bad.ravel())[0]
        raise ReidError(
            f"{hits.ravel()[first]:g} hits of {n.ravel()[first]:g}", "0 to n hits of 1 or more queries",
            "pass counts, not percentages",
        )
    low, high = proportion_confint(hits, n, alpha=1 - level, method="wilson")
    return np.clip(low, 0, 1), np.clip(high, 0, 1)


def wilson(hits: int, n: int, level: float = 0.95) -> Interval:
    """Wilson's interval for one share; the queries must be independent (one per identity). See `wilson_bounds`."""
    low, high = wilson_bounds(hits, n, level)
    return Interval(hits / n, float(low), float(high), int(n), level, "Wilson")

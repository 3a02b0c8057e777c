"""How good the best of several equally good methods looks: exact distributions, nothing simulated."""

from __future__ import annotations

import math
from numbers import Integral, Real
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import binom

from reidlib.errors import ReidError

MOST_PEOPLE, MOST_METHODS, MOST_ALIKE, MOST_LEAD = 1000, 50, 0.95, 30.0
_NOTHING = 1e-13  # weights below it change no digit that is shown


class Setting(NamedTuple):
    """n people, true share p, m methods, share `alike` of people on whom all agree, `lead` in points."""

    n: int
    p: float
    m: int
    alike: float
    lead: float

    @property
    def hits(self) -> int:
        """The least number of people that is a score of p plus the lead, or more; n + 1 where none is."""
        return min(self.n + 1, max(0, math.ceil(self.n * (self.p + self.lead / 100) - 1e-9)))


class Luck(NamedTuple):
    """one, best : (n + 1,), the chance of each number of hits, for one method and for the best of m."""

    one: np.ndarray
    best: np.ndarray

    def reach(self, hits: int) -> tuple[float, float]:
        """The chance of so many hits or more, for one method and for the best."""
        return float(self.one[hits:].sum()), float(self.best[hits:].sum())

    @property
    def mean(self) -> float:
        """The best's mean share of hits; less p, it is the expected optimism."""
        return float(self.best @ np.arange(len(self.best))) / (len(self.best) - 1)


def checked_setting(n: Any, p: Any, m: Any, alike: Any, lead: Any) -> Setting:
    """ReidError for what is no number or out of range; p to a tenth of a point, as the slider has it."""
    n, m = (_whole(name, value, most) for name, value, most in (("n", n, MOST_PEOPLE), ("m", m, MOST_METHODS)))
    p, alike = _real("p", p, 1.0, "0.6 for 60 %"), _real("alike", alike, MOST_ALIKE, "0.5 for half of the people")
    return Setting(n, round(p, 3), m, round(alike, 2), round(_real("lead", lead, MOST_LEAD, "5 for five points"), 1))


def luck(n: int, p: float, m: int, alike: float = 0.0) -> Luck:
    """Scores of one method and of the best of m that are all right with chance p on each of n people.

    alike = 0: the methods are independent, and P(best ≤ k) = F(k)^m with F the binomial distribution function. Else
    (`ours`) each person is, with chance `alike`, one on whom all methods have the same result, so that two methods'
    hits correlate by `alike`: of s such people the common hits are Binomial(s, p), the others go as before, and the
    sum over s is exact.
    """
    one = binom.pmf(np.arange(n + 1), n, p)
    if alike == 0:
        return Luck(one, _best(n, p, m))
    best = np.zeros(n + 1)
    for s, weight in enumerate(binom.pmf(np.arange(n + 1), n, alike)):
        if weight > _NOTHING:
            best += weight * np.convolve(binom.pmf(np.arange(s + 1), s, p), _best(n - s, p, m))
    return Luck(one, best)


def _best(n: int, p: float, m: int) -> np.ndarray:
    return np.diff(binom.cdf(np.arange(n + 1), n, p) ** m, prepend=0.0)


def percent(chance: float) -> str:
    """A chance as text, the same as in the page; only what is certain reads 0 % or 100 %."""
    if chance <= 1e-12 or chance >= 1 - 1e-12:
        return "100 %" if chance > 0.5 else "0 %"
    if chance < 0.001 or chance > 0.999:
        return "under 0.1 %" if chance < 0.5 else "over 99.9 %"
    digits = 0 if 0.0995 <= chance <= 0.9005 else 1
    return f"{math.floor(chance * 100 * 10**digits + 0.5) / 10**digits:.{digits}f} %"


def points(share: float) -> str:
    """A share as a number with at most one decimal: 0.675 is 67.5."""
    tenths = math.floor(abs(share) * 1000 + 0.5)
    sign = "−" if share < 0 and tenths else ""
    return f"{sign}{tenths // 10}" + (f".{tenths % 10}" if tenths % 10 else "")


def _whole(name: str, value: Any, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, Integral) or not 1 <= value <= most:
        raise ReidError(f"Found {name}={value!r}", f"a whole number from 1 to {most}",
                        f"pass {name}={150 if name == 'n' else 6}")
    return int(value)


def _real(name: str, value: Any, most: float, example: str) -> float:
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 <= value <= most:
        raise ReidError(f"Found {name}={value!r}", f"a number from 0 to {most:g}", f"pass {example}")
    return float(value)

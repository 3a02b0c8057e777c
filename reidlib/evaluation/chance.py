"""What luck alone does to the best and to the range of several equally good runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from reidlib.errors import ReidError
from reidlib.evaluation.vectors import at_least


@dataclass(frozen=True)
class RangeByChance:
    """Chance that the best and the worst of `runs` equally good runs differ by `gap` hits or more."""

    probability: float
    mean_gap: float  # hits
    hit_correlation: float  # between two runs, per query


def range_by_chance(
    n: int, runs: int, rate: float, gap: int, *, shared: float = 0.0, draws: int = 20_000, seed: int = 0
) -> RangeByChance:
    """How often `runs` runs of one true `rate` on `n` queries spread by `gap` hits or more.

    With `shared` = 0 the runs are independent and the answer is exact: P(range < g) =
    Σ_m [F(m+g−1) − F(m−1)]^k − [F(m+g−1) − F(m)]^k, F the binomial distribution function; m is the smallest count.
    Runs on the same queries stumble over the same persons: `shared` in (0, 1) is the part of the variance of a
    query's latent ease that all runs have in common (a Gaussian threshold model, `ours`), simulated with `draws`.
    `hit_correlation` translates it into the correlation of two runs' hits.
    """
    n, runs, rate = at_least("n", n, 1), at_least("runs", runs, 2), _rate(rate)
    if not 0 <= shared < 1:
        raise ReidError(f"shared={shared}", "0 or more and less than 1", "pass shared=0.6, for instance")
    if not 0 <= gap <= n:
        raise ReidError(f"gap={gap}", f"a number of hits from 0 to {n}", "pass hits, not percent")
    if shared == 0:
        tails = np.array([_range_reaches(n, runs, rate, g) for g in range(1, n + 1)])
        return RangeByChance(1.0 if gap == 0 else float(tails[gap - 1]), float(tails.sum()), 0.0)
    rng = np.random.default_rng(seed)
    bar = stats.norm.ppf(rate)
    ranges = np.empty(draws, np.int64)
    block = max(1, (1 << 18) // (n * runs))
    for start in range(0, draws, block):
        size = min(block, draws - start)
        ease = np.sqrt(shared) * rng.standard_normal((size, 1, n))
        hits = (ease + np.sqrt(1 - shared) * rng.standard_normal((size, runs, n)) < bar).sum(axis=2)
        ranges[start : start + size] = hits.max(axis=1) - hits.min(axis=1)
    both = stats.multivariate_normal.cdf([bar, bar], cov=[[1, shared], [shared, 1]])
    correlation = (both - rate**2) / (rate * (1 - rate))
    return RangeByChance(float((ranges >= gap).mean()), float(ranges.mean()), float(correlation))


def _range_reaches(n: int, runs: int, rate: float, gap: int) -> float:
    smallest = np.arange(n + 1)
    top = stats.binom.cdf(smallest + gap - 1, n, rate)
    with_it = top - stats.binom.cdf(smallest - 1, n, rate)
    without = top - stats.binom.cdf(smallest, n, rate)
    return float(1 - (with_it**runs - without**runs).sum())


@dataclass(frozen=True)
class BestByChance:
    """What the best of several equally good, independent runs looks like."""

    probability: float  # that it reaches the hits asked for
    mean_hits: float
    flattery: float  # its mean share minus the true rate


def best_by_chance(n: int, runs: int, rate: float, hits: int) -> BestByChance:
    """The winner's curse: of `runs` equally good runs on `n` queries the best is lucky.

    Exact: P(max ≥ h) = 1 − F(h−1)^k, F the binomial distribution function. Intuition: choosing the iteration with the
    best validation score and printing that score reports the luck as well.
    """
    n, runs, rate = at_least("n", n, 1), at_least("runs", runs, 1), _rate(rate)
    reach = 1 - stats.binom.cdf(np.arange(n + 1) - 1, n, rate) ** runs
    if not 0 <= hits <= n:
        raise ReidError(f"hits={hits}", f"a number from 0 to {n}", "pass hits, not percent")
    mean = float(reach[1:].sum())
    return BestByChance(float(reach[hits]), mean, mean / n - rate)


def _rate(rate: float) -> float:
    if not 0 < rate < 1:
        raise ReidError(f"rate={rate}", "a share between 0 and 1", "pass rate=0.675, for instance")
    return float(rate)

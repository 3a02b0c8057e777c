"""The bootstrap over identities: all queries of one person are drawn together, because they succeed or fail together.

Efron, Ann. Statist. 7 (1979) 1–26; whole clusters: Davison and Hinkley, *Bootstrap Methods and their Application*
(1997) §3.8. The gallery stays fixed: the interval says what other probe persons would have given on this gallery.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from reidlib.errors import ReidError
from reidlib.evaluation.intervals import Interval
from reidlib.evaluation.vectors import at_least, finite, finite_vector, fraction, groups, not_empty

_BLOCK = 1 << 18  # weights held at a time: 2 MB stay in cache


@dataclass(frozen=True, eq=False)
class Resampled:
    """The mean of each of K columns in each resample; the K columns share their draws, so they can be subtracted."""

    estimate: np.ndarray  # (K,)
    replicates: np.ndarray  # (resamples, K)
    left_out: np.ndarray  # (clusters, K) the mean without that cluster
    clusters: int

    def interval(self, column: int = 0, level: float = 0.95, method: str = "percentile") -> Interval:
        """The interval of one column; a single cluster allows none."""
        bounds = self.bounds(level, method)
        return Interval(
            float(self.estimate[column]), float(bounds[0, column]), float(bounds[1, column]), self.clusters, level,
            f"bootstrap, {method}",
        )

    def bounds(self, level: float = 0.95, method: str = "percentile") -> np.ndarray:
        """Both ends of all columns' pointwise intervals, (2, K).

        `percentile` reads the ends off the replicates. `bca` (Efron, J. Amer. Statist. Assoc. 82 (1987) 171–185)
        moves them by the bias and the skew it finds; better with few identities and means near 0 or 1.
        """
        fraction("level", level)
        tails = np.array([(1 - level) / 2, (1 + level) / 2])
        columns = self.estimate.shape[0]
        if self.clusters < 2:
            return np.full((2, columns), np.nan)
        if method == "percentile":
            return np.quantile(self.replicates, tails, axis=0)
        if method != "bca":
            raise ReidError(f"method={method!r}", "percentile or bca", "pass method='percentile'")
        corrected = [self._bca_tails(k, tails) for k in range(columns)]
        return np.stack([np.quantile(self.replicates[:, k], corrected[k]) for k in range(columns)], axis=1)

    def _bca_tails(self, column: int, tails: np.ndarray) -> np.ndarray:
        values, jackknife = self.replicates[:, column], self.left_out[:, column]
        away = jackknife.mean() - jackknife
        spread = (away**2).sum()
        below = ((values < self.estimate[column]).mean() + (values <= self.estimate[column]).mean()) / 2
        if spread == 0 or not 0 < below < 1:
            return tails  # every resample gives the same number: nothing to correct
        bias, skew = ndtri(below), (away**3).sum() / (6 * spread**1.5)
        shifted = bias + ndtri(tails)
        return ndtr(bias + shifted / (1 - skew * shifted))


def resample_means(
    values: ArrayLike,
    identities: ArrayLike | None = None,
    *,
    resamples: int = 10_000,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Resampled:
    """Draw identities with replacement and average all their queries, for K columns at once.

    `values` (n,) or (n, K): one row per query, e.g. a hit, an average precision, or a hit at each of K ranks;
    `identities` (n,) labels the person of each query (without it each row counts as a person). Each resample draws as
    many persons as there are and takes the mean over their queries, Σ of sums over Σ of counts.
    """
    table = finite("values", values)
    if table.ndim == 1:
        table = table[:, None]
    if table.ndim != 2:
        raise ReidError(f"values has shape {table.shape}", "(queries,) or (queries, columns)", "reshape values")
    not_empty("values", table)
    owner = groups("identities", identities, len(table))
    count = int(owner.max()) + 1
    resamples = at_least("resamples", resamples, 1)

    totals = np.zeros((count, table.shape[1] + 1))
    for k in range(table.shape[1]):
        totals[:, k] = np.bincount(owner, table[:, k], minlength=count)
    totals[:, -1] = np.bincount(owner, minlength=count)

    drawn = np.empty((resamples, totals.shape[1]))
    rng = np.random.default_rng(seed)
    rows = max(1, _BLOCK // count)
    for start in range(0, resamples, rows):
        block = min(rows, resamples - start)
        picks = rng.integers(0, count, size=(block, count))
        picks += np.arange(block)[:, None] * count
        weights = np.bincount(picks.ravel(), minlength=block * count).reshape(block, count)
        drawn[start : start + block] = weights @ totals
        if progress is not None:
            progress(start + block, resamples)

    whole = totals.sum(axis=0)
    without = whole - totals
    left_out = without[:, :-1] / without[:, -1:] if count > 1 else np.full((1, table.shape[1]), np.nan)
    return Resampled(whole[:-1] / whole[-1], drawn[:, :-1] / drawn[:, -1:], left_out, count)


def bootstrap_interval(
    values: ArrayLike,
    identities: ArrayLike | None = None,
    *,
    level: float = 0.95,
    resamples: int = 10_000,
    seed: int = 0,
    method: str = "percentile",
) -> Interval:
    """The mean of per-query `values` (n,) with its bootstrap interval over identities.

    At 0 or 100 % every resample is alike and the interval has no width: use `wilson` there.
    """
    values = finite_vector("values", values)
    return resample_means(values, identities, resamples=resamples, seed=seed).interval(0, level, method)


def paired_bootstrap(
    first: ArrayLike,
    second: ArrayLike,
    identities: ArrayLike | None = None,
    *,
    level: float = 0.95,
    resamples: int = 10_000,
    seed: int = 0,
    method: str = "percentile",
) -> Interval:
    """Mean of `first` minus mean of `second`, two systems on the same queries (n,), resampled over identities.

    Intuition: a hard person is hard for both systems; drawing the pair together lets that difficulty cancel, which
    subtracting two separate intervals does not. Queries of several overlapping splits can be pooled: a person who is
    tested in two splits keeps one label and is drawn with both results, so the overlap does not pass for evidence.
    """
    first, second = finite_vector("first", first), finite_vector("second", second)
    if first.shape != second.shape:
        raise ReidError(
            f"first has {len(first)} queries, second {len(second)}", "the same queries in the same order",
            "rank both systems under one protocol",
        )
    return resample_means(first - second, identities, resamples=resamples, seed=seed).interval(0, level, method)

"""How many identities a comparison needs, and what a given number can see; paired and unpaired shares.

A share difference is in [−1, 1]; `discordance` ψ is the share of queries on which exactly one of two systems is right.
"""

from __future__ import annotations

from math import ceil, sqrt

import numpy as np
from scipy import optimize, stats

from reidlib.errors import ReidError
from reidlib.evaluation.vectors import at_least, fraction


def power_unpaired(first: float, second: float, n: int, level: float = 0.05) -> float:
    """Chance that a two-sided z test tells the shares `first` and `second` apart with `n` fresh queries for each."""
    from statsmodels.stats.proportion import power_proportions_2indep  # pulls in pandas: only who asks pays

    _shares(first, second, level)
    result = power_proportions_2indep(first - second, second, at_least("n", n, 2), alpha=level, return_results=False)
    return float(result)


def sample_size_unpaired(first: float, second: float, power: float = 0.8, level: float = 0.05) -> int:
    """Fresh queries needed *for each* of two systems; the smallest n at which `power_unpaired` reaches `power`."""
    from statsmodels.stats.proportion import samplesize_proportions_2indep_onetail

    _shares(first, second, level)
    guess = samplesize_proportions_2indep_onetail(
        abs(first - second), min(first, second), fraction("power", power), alpha=level, alternative="two-sided"
    )
    n = max(2, ceil(guess))
    while n > 2 and power_unpaired(first, second, n - 1, level) >= power:
        n -= 1
    while power_unpaired(first, second, n, level) < power:
        n += 1
    return n


def power_paired(difference: float, discordance: float, n: int, level: float = 0.05) -> float:
    """Chance that the *exact* McNemar test finds `difference` on `n` identities, summed over everything possible.

    The number of discordant queries is Binomial(n, ψ); each is won by the better system with probability
    (1 + |difference|/ψ) / 2.
    """
    _pair(difference, discordance, level)
    n = at_least("n", n, 1)
    win = (1 + abs(difference) / discordance) / 2
    # Counts of discordant queries outside this range happen less than once in 10¹² and cannot move the power.
    low, high = (int(stats.binom.ppf(q, n, discordance)) for q in (1e-12, 1 - 1e-12))
    discordant = np.arange(max(low, 0), min(high, n) + 1)
    few = stats.binom.ppf(level / 2, discordant, 0.5)
    few = np.where(stats.binom.cdf(few, discordant, 0.5) > level / 2, few - 1, few)  # the largest loss that rejects
    rejected = stats.binom.cdf(few, discordant, 1 - win) + stats.binom.cdf(few, discordant, win)
    return float((stats.binom.pmf(discordant, n, discordance) * rejected).sum())


def sample_size_paired(
    difference: float, discordance: float, power: float = 0.8, level: float = 0.05, exact: bool = False
) -> int:
    """Identities needed to find `difference` with McNemar's test.

    Default: the normal formula, n = (z_α √ψ + z_β √(ψ − d²))² / d² (Connor, Biometrics 43 (1987) 207–211). `exact`:
    the smallest n from which on the exact test keeps that power; it is larger, because a count cannot spend all of α
    and the power rises in a saw-tooth.
    """
    _pair(difference, discordance, level)
    if difference == 0:
        raise ReidError("difference=0", "a difference to look for", "pass difference=0.05 for five points")
    square = difference**2
    alpha, beta = stats.norm.isf(level / 2), stats.norm.ppf(fraction("power", power))
    normal = ceil((alpha * sqrt(discordance) + beta * sqrt(discordance - square)) ** 2 / square)
    if not exact:
        return normal
    teeth = ceil(12 / discordance)  # a tooth spans two or three discordant queries, one of which needs 1/ψ identities
    n = good = max(1, normal - teeth)
    while n < good + teeth:
        if power_paired(difference, discordance, n, level) < power:
            good = n + 1
        n += 1
    return good


def detectable_difference(n: int, discordance: float, power: float = 0.8, level: float = 0.05) -> float | None:
    """The smallest difference that the exact McNemar test finds with that power; None where even ψ is too small."""
    fraction("power", power)
    if power_paired(discordance, discordance, n, level) < power:
        return None
    return float(
        optimize.brentq(lambda d: power_paired(d, discordance, n, level) - power, 0, discordance, xtol=1e-9)
    )


def _shares(first: float, second: float, level: float) -> None:
    fraction("level", level)
    if not (0 < first < 1 and 0 < second < 1) or first == second:
        raise ReidError(
            f"first={first}, second={second}", "two different shares between 0 and 1", "pass first=0.65, second=0.60"
        )


def _pair(difference: float, discordance: float, level: float) -> None:
    fraction("level", level)
    if not 0 < discordance <= 1 or abs(difference) > discordance:
        raise ReidError(
            f"difference={difference}, discordance={discordance}",
            "a discordance up to 1 that is no smaller than the difference",
            "pass discordance=0.15, for instance: the share of queries that only one system gets right",
        )

"""Tests for counts of hits: exact McNemar for pairs, equal rates for a table, Holm for several questions at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from reidlib.errors import ReidError
from reidlib.evaluation.vectors import finite_vector, fraction


@dataclass(frozen=True)
class PValue:
    """How often chance alone would look at least this extreme, and what was computed from how many units."""

    p: float
    statistic: float
    n: int
    method: str


def mcnemar_exact(first: ArrayLike, second: ArrayLike) -> PValue:
    """Exact McNemar test of two systems' hits (n,) on the same queries, one query per identity; two-sided.

    McNemar, Psychometrika 12 (1947) 153–157. Intuition: queries on which both are right or both are wrong say nothing;
    among the rest, a fair coin decides who wins. With several queries per identity use `permutation_test`.
    """
    first, second = _hits("first", first), _hits("second", second)
    if first.shape != second.shape:
        raise ReidError(
            f"first has {len(first)} queries, second {len(second)}", "the same queries in the same order",
            "rank both systems under one protocol",
        )
    return mcnemar_counts(int((first & ~second).sum()), int((~first & second).sum()), len(first))


def mcnemar_counts(first_only: int, second_only: int, n: int) -> PValue:
    """Exact McNemar test from the two discordant counts; `statistic` is the share of them that the first wins."""
    if min(first_only, second_only) < 0 or first_only + second_only > n:
        raise ReidError(
            f"{first_only} and {second_only} discordant queries of {n}", "counts of 0 or more that sum to n at most",
            "count the queries that only one of the systems gets right",
        )
    discordant = first_only + second_only
    if discordant == 0:
        return PValue(1.0, 0.5, n, "exact McNemar")
    p = stats.binomtest(first_only, discordant).pvalue
    return PValue(float(p), first_only / discordant, n, "exact McNemar")


def fisher_exact(first_hits: int, first_n: int, second_hits: int, second_n: int) -> PValue:
    """Fisher's exact test of two independent shares; `statistic` is their difference. Blind to pairing."""
    table = [[first_hits, first_n - first_hits], [second_hits, second_n - second_hits]]
    if min(min(row) for row in table) < 0 or min(first_n, second_n) < 1:
        raise ReidError(
            f"{first_hits} of {first_n} and {second_hits} of {second_n}", "0 to n hits of 1 or more queries",
            "pass counts, not percentages",
        )
    p = stats.fisher_exact(table).pvalue
    return PValue(float(p), first_hits / first_n - second_hits / second_n, first_n + second_n, "Fisher exact")


def equal_rates(hits: Sequence[int], n: int) -> PValue:
    """Pearson's χ² test that several independent shares of `n` queries have one true rate; `statistic` is χ².

    Runs on the same queries vary less than independent ones, so this answers only what a printed table without
    per-query results can answer: would fresh queries for each row scatter like this?
    """
    table = np.array([hits, n - np.asarray(hits)])
    if table.shape[1] < 2 or (table < 0).any():
        raise ReidError(f"hits {list(hits)} of {n}", "two or more counts between 0 and n", "pass counts of hits")
    if (table.sum(axis=1) == 0).any():
        return PValue(1.0, 0.0, n, "χ² of equal rates")
    result = stats.chi2_contingency(table, correction=False)
    return PValue(float(result.pvalue), float(result.statistic), n, "χ² of equal rates")


def holm(p_values: Mapping[str, float] | Sequence[float], level: float = 0.05) -> list[HolmRow]:
    """Holm's step-down correction, rows in the order given.

    Holm, Scand. J. Statist. 6 (1979) 65–70. Intuition: who asks m questions gets m chances of a false alarm, so the
    smallest p must clear level / m, the next level / (m − 1), and the first that fails stops the rest.
    """
    from statsmodels.stats.multitest import multipletests  # pulls in pandas: only who asks pays

    named = dict(p_values) if isinstance(p_values, Mapping) else {str(i): p for i, p in enumerate(p_values)}
    fraction("level", level)
    values = finite_vector("p_values", list(named.values()))
    if len(values) == 0 or (values < 0).any() or (values > 1).any():
        raise ReidError(f"p_values={list(named.values())}", "numbers between 0 and 1", "pass the p of each test")
    rejected, adjusted = multipletests(values, alpha=level, method="holm")[:2]
    return [HolmRow(*row) for row in zip(named, values.tolist(), adjusted.tolist(), rejected.tolist(), strict=True)]


@dataclass(frozen=True)
class HolmRow:
    """One question of several: its own p, its p after correction, and whether it stands."""

    name: str
    p: float
    adjusted: float
    rejected: bool


def _hits(name: str, values: ArrayLike) -> np.ndarray:
    array = finite_vector(name, values)
    if not np.isin(array, (0, 1)).all():
        raise ReidError(f"{name} holds values other than 0 and 1", "a hit or a miss per query", "pass first_rank == 0")
    return array.astype(bool)

"""The paired permutation test: if two systems are alike, swapping their names for a person changes nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from reidlib.errors import ReidError
from reidlib.evaluation.exact_tests import PValue
from reidlib.evaluation.vectors import at_least, finite_vector, groups, not_empty

_BLOCK = 1 << 18


def permutation_test(
    first: ArrayLike,
    second: ArrayLike,
    identities: ArrayLike | None = None,
    *,
    resamples: int = 10_000,
    seed: int = 0,
) -> PValue:
    """Two-sided test that two systems have the same mean per-query score (n,); `statistic` is first − second.

    Fisher, *The Design of Experiments* (1935) §21. All queries of an identity are swapped together. Every assignment
    of names is tried where there are no more than `resamples`; otherwise that many are drawn, and the observed one
    is counted among them (Phipson and Smyth, Stat. Appl. Genet. Mol. Biol. 9 (2010)), so p is never 0.
    """
    first, second = finite_vector("first", first), finite_vector("second", second)
    if first.shape != second.shape:
        raise ReidError(
            f"first has {len(first)} queries, second {len(second)}", "the same queries in the same order",
            "rank both systems under one protocol",
        )
    not_empty("first", first)
    at_least("resamples", resamples, 1)
    sums = np.bincount(groups("identities", identities, len(first)), first - second)
    observed = sums.sum()
    moving = sums[sums != 0]  # who scores alike under both systems cannot move the sum
    # Sums of the same numbers in another order may differ in the last bits and must still count as equal.
    bar = abs(observed) - 1e-12 * np.abs(moving).sum()

    exact = len(moving) < 63 and 2 ** len(moving) <= resamples
    if exact:
        extreme, tried = _count(_every_sign(len(moving)), moving, bar), 2 ** len(moving)
    else:
        rng, rows = np.random.default_rng(seed), max(1, _BLOCK // len(moving))
        extreme, tried = 1, resamples + 1
        for start in range(0, resamples, rows):
            block = min(rows, resamples - start)
            extreme += _count(rng.integers(0, 2, (block, len(moving)), dtype=np.int8), moving, bar)
    method = "permutation, exact" if exact else f"permutation, {resamples} draws"
    return PValue(extreme / tried, float(observed / len(first)), len(sums), method)


def _every_sign(count: int) -> np.ndarray:
    return (np.arange(2**count)[:, None] >> np.arange(count)) & 1


def _count(flips: np.ndarray, sums: np.ndarray, bar: float) -> int:
    return int((np.abs((1.0 - 2.0 * flips) @ sums) >= bar).sum())

"""A CMC curve with its band: at every rank the share of queries found so far, and the interval over identities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from reidlib.errors import ReidError
from reidlib.evaluation.bootstrap import resample_means
from reidlib.evaluation.intervals import wilson_bounds
from reidlib.evaluation.vectors import at_least, finite


@dataclass(frozen=True, eq=False)
class CmcBand:
    """Arrays (max_rank,) of fractions; entry k − 1 belongs to rank k. The band is pointwise: each rank on its own."""

    cmc: np.ndarray
    low: np.ndarray
    high: np.ndarray
    queries: int
    identities: int
    level: float


def cmc_band(
    first_ranks: ArrayLike,
    pids: ArrayLike | None = None,
    *,
    max_rank: int = 20,
    level: float = 0.95,
    resamples: int = 10_000,
    seed: int = 0,
) -> CmcBand:
    """CMC with a bootstrap band from the rank of each query's first match, counted from 1; 0 = no match, left out.

    `first_ranks` is (P,), or (draws, P) for protocols with random galleries, whose draws are averaged per query.
    `pids` (P,) are the queries' identities; queries of one identity are drawn together. Where nobody or everybody has
    been found, all resamples are alike; there the band is Wilson's, with an identity as the unit.
    """
    table = np.atleast_2d(finite("first_ranks", first_ranks))
    if table.ndim != 2 or table.shape[1] == 0 or (table < 0).any() or (table != np.floor(table)).any():
        raise ReidError(
            f"first_ranks of shape {np.shape(first_ranks)}", "whole ranks from 1 (0 = no match), (P,) or (draws, P)",
            "pass the first_ranks of a Ranking",
        )
    found = table > 0
    valid = found.any(axis=0)
    if not valid.any():
        raise ReidError(f"none of {table.shape[1]} queries has a match", "1 query or more", "check pids and protocol")
    ranks = np.arange(1, at_least("max_rank", max_rank, 1) + 1)
    hits = ((table[:, valid, None] <= ranks) & found[:, valid, None]).sum(axis=0) / found[:, valid].sum(axis=0)[:, None]
    owner = None
    if pids is not None:
        owner = np.asarray(pids)
        if owner.shape != valid.shape:
            raise ReidError(f"pids has shape {owner.shape}", f"one identity for each of {valid.size} queries",
                            "pass the probes' pids")
        owner = owner[valid]
    drawn = resample_means(hits, owner, resamples=resamples, seed=seed)
    low, high = drawn.bounds(level)
    edge = np.isin(drawn.estimate, (0, 1)) & np.isfinite(low)
    low[edge], high[edge] = wilson_bounds(drawn.estimate[edge] * drawn.clusters, drawn.clusters, level)
    return CmcBand(drawn.estimate, low, high, int(valid.sum()), drawn.clusters, level)

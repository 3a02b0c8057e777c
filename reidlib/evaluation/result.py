"""What `rank` returns: results per query, and the means that papers print."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from reidlib.evaluation.protocols import Protocol

SUMMARY_RANKS = (1, 5, 10, 20)


@dataclass(frozen=True, eq=False)
class Ranking:
    """The result of `rank` for P probes. Fractions are in [0, 1]; a probe without a match is in no mean.

    A protocol without chance has one draw. With more, the means are over draws, too.
    """

    protocol: Protocol
    ap: str
    ties: str
    max_rank: int
    first_ranks: np.ndarray
    """(draws, P) int64: rank of the first match, from 1; 0 where there is none."""
    average_precisions: np.ndarray
    """(draws, P) float64; NaN where there is no match."""
    inverse_negative_penalties: np.ndarray
    """(draws, P) float64: matches over the rank of the last match (Ye et al. 2021); NaN where there is none."""

    @property
    def first_rank(self) -> np.ndarray:
        """`first_ranks`, as (P,) where there was one draw."""
        return self.first_ranks[0] if len(self.first_ranks) == 1 else self.first_ranks

    @cached_property
    def valid(self) -> np.ndarray:
        """(P,) bool: probes that had a match (in any draw)."""
        return (self.first_ranks > 0).any(axis=0)

    @property
    def queries(self) -> int:
        """Number of probes with a match, in each draw."""
        return int(np.count_nonzero(self.first_ranks[0]))

    @property
    def average_precision(self) -> np.ndarray:
        """(P,) AP, its mean over draws; NaN where not valid."""
        return self._over_draws(self.average_precisions)

    @property
    def inverse_negative_penalty(self) -> np.ndarray:
        """(P,) INP, its mean over draws; NaN where not valid."""
        return self._over_draws(self.inverse_negative_penalties)

    def hits(self, k: int) -> np.ndarray:
        """(P,) fraction of draws (0 or 1 where there is one) with a match among the first k; NaN where not valid."""
        return self._over_draws(np.where(self.first_ranks > 0, self.first_ranks <= k, np.nan))

    @cached_property
    def cmc(self) -> np.ndarray:
        """(max_rank,) float64: cmc[k - 1] is the fraction of queries with a match among the first k items."""
        first = self.first_ranks[self.first_ranks > 0]
        at = np.bincount(np.minimum(first, self.max_rank + 1), minlength=self.max_rank + 2)
        return np.cumsum(at[1:-1]) / len(first)

    @property
    def mAP(self) -> float:
        return float(self.average_precisions[self.first_ranks > 0].mean())

    @property
    def mINP(self) -> float:
        return float(self.inverse_negative_penalties[self.first_ranks > 0].mean())

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the numbers must know besides them."""
        return self.protocol.notes(probes=self.first_ranks.shape[1], queries=self.queries)

    def summary(self, ranks: tuple[int, ...] = SUMMARY_RANKS) -> dict:
        """The numbers as plain Python, ready for JSON."""
        return {
            "cmc": {str(k): float(self.cmc[k - 1]) for k in ranks if k <= self.max_rank},
            "mAP": self.mAP,
            "mINP": self.mINP,
            "queries": self.queries,
            "probes": self.first_ranks.shape[1],
            "draws": len(self.first_ranks),
            "protocol": str(self.protocol),
            "ap": self.ap,
            "ties": self.ties,
            "notes": list(self.notes),
        }

    def per_query(self) -> dict[str, np.ndarray]:
        """Arrays with one entry per probe, in the order given to `rank`."""
        return {
            "valid": self.valid,
            "first_rank": self.first_rank,
            "average_precision": self.average_precision,
            "inverse_negative_penalty": self.inverse_negative_penalty,
        }

    def _over_draws(self, values: np.ndarray) -> np.ndarray:
        there = self.first_ranks > 0
        total = np.where(there, values, 0).sum(axis=0)
        return np.where(self.valid, total / np.maximum(there.sum(axis=0), 1), np.nan)

"""How sure a rank-k accuracy or an mAP of one ranking is, whatever its protocol drew."""

from __future__ import annotations

from reidlib.evaluation.bootstrap import bootstrap_interval
from reidlib.evaluation.intervals import Interval, wilson
from reidlib.evaluation.result import Ranking


def hit_interval(ranking: Ranking, k: int = 1) -> Interval:
    """The share of valid probes with a match among the first k: Wilson's interval; where a protocol draws galleries
    several times, a probe's share is a fraction, and a bootstrap over probes takes its place."""
    hits = ranking.hits(k)[ranking.valid]
    if len(ranking.first_ranks) == 1:
        return wilson(int(hits.sum()), len(hits))
    return bootstrap_interval(hits)


def mAP_interval(ranking: Ranking) -> Interval:
    """Mean average precision of valid probes with a bootstrap interval over them."""
    return bootstrap_interval(ranking.average_precision[ranking.valid])

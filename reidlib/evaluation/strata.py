"""Where attention works and where it fails: its AUC by how much of the tracklet is hidden."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from reidlib.evaluation.bootstrap import resample_means
from reidlib.evaluation.intervals import Interval
from reidlib.evaluation.visibility import AttentionReport


@dataclass(frozen=True)
class Stratum:
    """The tracklets of which more than `above` and up to `up_to` is hidden; `auc` is None where there are none."""

    above: float
    up_to: float
    tracklets: int
    auc: Interval | None

    def as_dict(self) -> dict:
        """Plain numbers for JSON."""
        return {**vars(self), "auc": None if self.auc is None else self.auc.as_dict()}


def auc_by_hidden_share(
    report: AttentionReport, edges: tuple[float, ...] = (0.0, 0.25, 0.5, 0.75, 1.0)
) -> list[Stratum]:
    """AUC within tracklets, sorted by the share of their frames that is hidden.

    Attention that follows the consensus must fail where the occluder is the majority; one mean over all hides that.
    """
    strata = []
    for above, up_to in pairwise(edges):
        inside = (report.hidden_share > above) & (report.hidden_share <= up_to) & np.isfinite(report.auc_per_tracklet)
        auc = None
        if inside.any():
            drawn = resample_means(report.auc_per_tracklet[inside], report.owner[inside], resamples=report.resamples,
                                   seed=report.seed)
            auc = drawn.interval(0, report.attention.auc.level)
        strata.append(Stratum(above, up_to, int(inside.sum()), auc))
    return strata

"""The AUC over the frames of all tracklets together, with an interval that knows that frames come in tracklets."""

from __future__ import annotations

import numpy as np
from scipy import stats

from reidlib.evaluation.intervals import Interval
from reidlib.evaluation.within import pooled_placements


def pooled_auc(attention: np.ndarray, positive: np.ndarray, cluster: np.ndarray, level: float = 0.95) -> Interval:
    """Pooled AUC of `attention` (F,) for `positive` (F,) bool, frames of one `cluster` (F,) being dependent.

    Variance: Obuchowski, Biometrics 53 (1997) 567–578, which extends DeLong's placements to clusters; one sort, where
    a bootstrap would sort ten thousand times. The interval is symmetric on the logit scale, so it stays in [0, 1].
    Intuition: pooling also compares frames of different tracklets, so a head whose weights merely scale with the
    length or the camera gains or loses here. That is why the AUC within tracklets comes first.
    """
    auc, placements = pooled_placements(attention, positive)
    count = int(cluster.max()) + 1
    name = "logit, clustered variance"
    if count < 2:
        return Interval(auc, np.nan, np.nan, count, level, name)
    visible_n = np.bincount(cluster[positive], minlength=count)
    hidden_n = np.bincount(cluster[~positive], minlength=count)
    visible = np.bincount(cluster[positive], placements[positive], count) - visible_n * auc
    hidden = np.bincount(cluster[~positive], placements[~positive], count) - hidden_n * auc
    m, n = visible_n.sum(), hidden_n.sum()
    variance = count / (count - 1) * (2 * (visible * hidden).sum() / (m * n))
    for part, size, total in ((visible, visible_n, m), (hidden, hidden_n, n)):
        having = int((size > 0).sum())
        if having < 2:
            return Interval(auc, np.nan, np.nan, count, level, name)
        variance += having / (having - 1) * (part**2).sum() / total**2
    if not 0 < auc < 1 or variance <= 0:
        return Interval(auc, auc, auc, count, level, name)
    centre, reach = np.log(auc / (1 - auc)), stats.norm.ppf((1 + level) / 2) * np.sqrt(variance) / (auc * (1 - auc))
    low, high = (1 / (1 + np.exp(-(centre + side * reach))) for side in (-1, 1))
    return Interval(auc, float(low), float(high), count, level, name)

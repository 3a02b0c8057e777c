"""Inside one tracklet at a time: does a frame with more attention show more of the person? All tracklets at once."""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

from reidlib.evaluation.ragged import Layout


def midranks(values: np.ndarray, layout: Layout) -> np.ndarray:
    """Rank of each frame inside its tracklet, 1 … T; equal values share the mean of their ranks. (ΣT,)."""
    order = np.lexsort((values, layout.owner))
    ordered, owner = values[order], layout.owner[order]
    new = np.empty(len(values), bool)
    new[:1] = True
    new[1:] = (ordered[1:] != ordered[:-1]) | (owner[1:] != owner[:-1])
    first = np.flatnonzero(new)
    size = np.diff(first, append=len(values))
    ranks = np.empty(len(values))
    ranks[order] = np.repeat(first + (size + 1) / 2, size) - layout.starts[owner]
    return ranks


def auc_within(ranks: np.ndarray, positive: np.ndarray, layout: Layout) -> np.ndarray:
    """AUC of each tracklet, (n,), from its attention's `midranks`; NaN where only one class occurs.

    Mann and Whitney, Ann. Math. Statist. 18 (1947) 50–60: the share of (visible, hidden) pairs of frames in which the
    visible frame has more attention, an equal pair counting one half. Sums of half integers, so exact.
    """
    visible = layout.sums(positive.astype(np.int64))
    hidden = layout.lengths - visible
    wins = layout.sums(np.where(positive, ranks, 0.0)) - visible * (visible + 1) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where((visible > 0) & (hidden > 0), wins / (visible * hidden), np.nan)


def spearman_within(ranks: np.ndarray, visibility_ranks: np.ndarray, layout: Layout) -> np.ndarray:
    """Spearman's rank correlation of each tracklet, (n,), from two sets of `midranks`.

    NaN where visibility is constant (there is nothing to find); 0 where only the attention is constant (it finds
    nothing), so that a head cannot gain by falling silent.
    """
    centre = np.repeat((layout.lengths + 1) / 2, layout.lengths)
    a, v = ranks - centre, visibility_ranks - centre
    covariance, a_square, v_square = layout.sums(a * v), layout.sums(a * a), layout.sums(v * v)
    with np.errstate(invalid="ignore", divide="ignore"):
        rho = np.where(a_square > 0, covariance / np.sqrt(a_square * v_square), 0.0)
    return np.where(v_square > 0, rho, np.nan)


def gain_within(attention: np.ndarray, visibility: np.ndarray, layout: Layout) -> np.ndarray | None:
    """Visibility as the attention sees it minus plain mean visibility, Σ αv / Σ α − mean v, (n,) (`ours`).

    AUC sees only the order of the frames; pooling sees the contrast too. None where a negative number shows that
    these are no weights (logits, for instance); a tracklet whose weights are all 0 counts as uniform.
    """
    if (attention < 0).any():
        return None
    total = layout.sums(attention)
    plain = layout.sums(visibility) / layout.lengths
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total > 0, layout.sums(attention * visibility) / total, plain) - plain


def pooled_placements(attention: np.ndarray, positive: np.ndarray) -> tuple[float, np.ndarray]:
    """AUC over all frames together, and each frame's placement (ΣT,): the share of the other class it wins against.

    Ties count one half. The mean placement of either class is the AUC (DeLong et al., Biometrics 44 (1988) 837–845).
    """
    everyone = rankdata(attention)
    own = np.empty_like(everyone)
    own[positive], own[~positive] = rankdata(attention[positive]), rankdata(attention[~positive])
    visible, hidden = int(positive.sum()), int((~positive).sum())
    above = everyone - own  # how many of the other class lie below this frame
    placements = np.where(positive, above / hidden, 1 - above / visible)
    return float(placements[positive].mean()), placements

"""Attention scored, not pictured: does a frame get more weight when more of the person can be seen?

Ground truth is each frame's visible fraction of the person, as the rendered street gives it, or a person's labels.
The main number is the AUC inside a tracklet, averaged over the tracklets in which both classes occur: chance is ½,
whatever the scale of the weights and however many frames are hidden.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from reidlib.errors import ReidError
from reidlib.evaluation.bootstrap import Resampled, resample_means
from reidlib.evaluation.floors import floors
from reidlib.evaluation.intervals import Interval
from reidlib.evaluation.pooled import pooled_auc
from reidlib.evaluation.ragged import Layout, flatten
from reidlib.evaluation.vectors import groups
from reidlib.evaluation.within import auc_within, gain_within, midranks, spearman_within


@dataclass(frozen=True)
class Score:
    """One weighting of the frames against visibility. `n` of an interval counts tracklets (identities with pids)."""

    auc: Interval
    spearman: Interval | None  # None where no tracklet's visibility varies
    pooled_auc: Interval
    gain: Interval | None  # None where the numbers are no weights
    lead: Interval | None = None  # the model's AUC minus this one's, paired; None for the model itself

    def as_dict(self) -> dict:
        """Plain numbers for JSON."""
        return {key: None if value is None else value.as_dict() for key, value in vars(self).items()}


@dataclass(frozen=True, eq=False)
class AttentionReport:
    """The model's score, those of its rivals, and what they rest on."""

    attention: Score
    floors: dict[str, Score]
    tracklets: int
    scored: int  # tracklets with a visible and a hidden frame: the AUC's
    varied: int  # tracklets whose visibility varies at all: Spearman's
    frames: int
    visible_share: float  # of all frames
    threshold: float
    clusters: str  # "tracklets" or "identities"
    resamples: int
    seed: int
    auc_per_tracklet: np.ndarray = field(repr=False)  # (tracklets,), NaN where not scored
    spearman_per_tracklet: np.ndarray = field(repr=False)
    hidden_share: np.ndarray = field(repr=False)  # (tracklets,) share of frames below the threshold
    owner: np.ndarray = field(repr=False)  # (tracklets,) the cluster of each

    def as_dict(self) -> dict:
        """Plain numbers for JSON, without the per-tracklet arrays."""
        facts = ("tracklets", "scored", "varied", "frames", "visible_share", "threshold", "clusters", "resamples")
        return {
            **{key: getattr(self, key) for key in (*facts, "seed")},
            "attention": self.attention.as_dict(),
            "floors": {name: score.as_dict() for name, score in self.floors.items()},
        }


def score_attention(
    attention: ArrayLike,
    visibility: ArrayLike,
    lengths: ArrayLike | None = None,
    *,
    mask: ArrayLike | None = None,
    pids: ArrayLike | None = None,
    sharpness: ArrayLike | None = None,
    features_norm: ArrayLike | None = None,
    threshold: float = 0.5,
    level: float = 0.95,
    resamples: int = 10_000,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> AttentionReport:
    """Score `attention` against `visibility`, beside the floors and the oracle.

    Both are flat (ΣT,) with `lengths` (n,), or padded (n, T) with `lengths` or a bool `mask`. Attention may be weights
    or logits: only its order counts, but for `gain`. Visibility is a fraction; a frame is visible from `threshold`
    on. `pids` (n,) makes identities the unit of the bootstrap instead of tracklets. `sharpness` and `features_norm`
    (shaped as attention) add their floors. All weightings share their resamples, so each `lead` is paired.
    A ReidError says where a number is missing, lengths disagree, or only one class of visibility occurs.
    """
    columns = {"attention": attention, "visibility": visibility}
    columns |= {k: v for k, v in (("sharpness", sharpness), ("features_norm", features_norm)) if v is not None}
    flat, layout = flatten(columns, lengths, mask)
    attention, visibility = flat["attention"], flat["visibility"]
    _fractions(visibility, layout)
    positive = visibility >= _threshold(threshold)
    visible = layout.sums(positive.astype(np.int64))
    both = (visible > 0) & (visible < layout.lengths)
    _both_classes(positive, both, layout, threshold)
    owner = groups("pids", pids, len(layout.lengths))

    weightings = {"attention": attention}
    weightings |= floors(visibility, attention, layout, sharpness=flat.get("sharpness"),
                         features_norm=flat.get("features_norm"), seed=seed)
    truth_ranks = midranks(visibility, layout)
    auc, rho, gain, pooled = {}, {}, {}, {}
    for done, (name, values) in enumerate(weightings.items()):
        if progress is not None:
            progress(done, len(weightings) + 1)
        ranks = midranks(values, layout)
        auc[name] = auc_within(ranks, positive, layout)
        rho[name] = spearman_within(ranks, truth_ranks, layout)
        gain[name] = gain_within(values, visibility, layout)
        pooled[name] = pooled_auc(values, positive, owner[layout.owner], level)

    varied = np.isfinite(rho["attention"])
    drawn = {
        "auc": _columns({**auc, **{f"lead {k}": auc["attention"] - v for k, v in auc.items()}}, both, owner, resamples,
                        seed),
        "rho": _columns(rho, varied, owner, resamples, seed),
        "gain": _columns({k: v for k, v in gain.items() if v is not None}, varied, owner, resamples, seed),
    }  # `both` implies `varied`, so neither is empty

    def entry(measure: str, name: str) -> Interval | None:
        names, sample = drawn[measure]
        return sample.interval(names.index(name), level) if name in names else None

    scores = {
        name: Score(entry("auc", name), entry("rho", name), pooled[name], entry("gain", name),
                    None if name == "attention" else entry("auc", f"lead {name}"))
        for name in weightings
    }
    if progress is not None:
        progress(len(weightings) + 1, len(weightings) + 1)
    return AttentionReport(
        scores.pop("attention"), scores, len(layout.lengths), int(both.sum()), int(varied.sum()), layout.frames,
        float(positive.mean()), float(threshold), "tracklets" if pids is None else "identities", resamples, seed,
        auc["attention"], rho["attention"], 1 - visible / layout.lengths, owner,
    )


def _columns(
    values: dict[str, np.ndarray], rows: np.ndarray, owner: np.ndarray, resamples: int, seed: int
) -> tuple[list[str], Resampled]:
    table = np.stack([column[rows] for column in values.values()], axis=1)
    return list(values), resample_means(table, owner[rows], resamples=resamples, seed=seed)


def _threshold(threshold: float) -> float:
    if not 0 < threshold <= 1:
        raise ReidError(f"threshold={threshold}", "a visible fraction above 0, 1 at most", "pass threshold=0.5")
    return threshold


def _fractions(visibility: np.ndarray, layout: Layout) -> None:
    bad = np.flatnonzero((visibility < 0) | (visibility > 1))
    if len(bad):
        raise ReidError(
            f"visibility is {visibility[bad[0]]:g} at {layout.place(bad[0])} ({len(bad)} frames outside)",
            "the visible fraction of the person, from 0 to 1", "divide percentages by 100",
        )


def _both_classes(positive: np.ndarray, both: np.ndarray, layout: Layout, threshold: float) -> None:
    if positive.all() or not positive.any():
        side = "at or above" if positive.all() else "below"
        raise ReidError(
            f"the visibility of all {layout.frames} frames of {len(layout.lengths)} tracklets is {side} {threshold:g}",
            "frames of both classes", "pass another threshold, or tracklets in which something hides the person",
        )
    if not both.any():
        raise ReidError(
            f"none of {len(layout.lengths)} tracklets (the longest has {layout.lengths.max()} frames) holds a frame at "
            f"or above and one below visibility {threshold:g}",
            "1 tracklet or more with both", "pass longer tracklets or another threshold",
        )

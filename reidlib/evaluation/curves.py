"""Deletion and insertion: take frames away in the order of attention and watch the model's own score.

Petsiuk, Das, Saenko, *RISE* (BMVC 2018) do this with pixels; here the units are frames (`ours`). Visibility asks
whether attention is right about the world; these curves ask whether it is right about the model that it belongs to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import trapezoid

from reidlib.errors import ReidError
from reidlib.evaluation.bootstrap import resample_means
from reidlib.evaluation.intervals import Interval
from reidlib.evaluation.ragged import Layout, flatten
from reidlib.evaluation.vectors import at_least


@dataclass(frozen=True, eq=False)
class RemovalCurves:
    """Mean scores over tracklets by the share of frames kept, and their areas.

    Names: `insertion` keeps the most attended frames, `deletion` the least attended, `random` any; with visibility
    also `oracle_insertion` and `oracle_deletion`. Areas are means over the kept share, in units of the score.
    """

    kept: np.ndarray  # (steps,) rising to 1
    curves: dict[str, np.ndarray]  # name → (steps,)
    bands: dict[str, np.ndarray]  # name → (2, steps), pointwise
    areas: dict[str, Interval]
    gap: Interval  # insertion − deletion, paired: 0 for attention that says nothing about the model
    per_tracklet: dict[str, np.ndarray]  # name → (n, steps)

    def as_dict(self) -> dict:
        """Plain lists for JSON, without the per-tracklet arrays."""
        return {
            "kept": self.kept.tolist(),
            "curves": {name: curve.tolist() for name, curve in self.curves.items()},
            "areas": {name: area.as_dict() for name, area in self.areas.items()},
            "gap": self.gap.as_dict(),
        }


def removal_curves(
    attention: ArrayLike,
    score: Callable[[int, np.ndarray], ArrayLike],
    lengths: ArrayLike | None = None,
    *,
    mask: ArrayLike | None = None,
    visibility: ArrayLike | None = None,
    pids: ArrayLike | None = None,
    steps: int = 10,
    shuffles: int = 5,
    level: float = 0.95,
    resamples: int = 2_000,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> RemovalCurves:
    """Deletion and insertion curves of `attention` for a model given as the plain callable `score`.

    `score(tracklet, keep)` gets a tracklet's index and `keep` (K, T) bool, and returns K numbers, higher = better: what
    the model makes of the tracklet when it sees only the frames kept (its similarity to the true match, for instance).
    At share k/steps, ⌈T·k/steps⌉ frames are kept, so one frame or more always is. Equal weights are ordered at
    random, not by time. Attention and visibility as in `score_attention`; intervals over tracklets, or over `pids`.
    """
    columns = {"attention": attention} | ({} if visibility is None else {"visibility": visibility})
    flat, layout = flatten(columns, lengths, mask)
    steps, shuffles = at_least("steps", steps, 2), at_least("shuffles", shuffles, 1)
    names = ["insertion", "deletion", "random"]
    if visibility is not None:
        names += ["oracle_insertion", "oracle_deletion"]
    rng = np.random.default_rng([seed, *b"removal"])  # apart from an attention drawn from default_rng(seed)
    results = {name: np.empty((len(layout.lengths), steps)) for name in names}
    for i, (start, length) in enumerate(zip(layout.starts, layout.lengths, strict=True)):
        ranks = [_random_ranks(flat["attention"][start : start + length], rng)]
        ranks.append(length - 1 - ranks[0])
        ranks += [rng.permutation(length) for _ in range(shuffles)]
        if visibility is not None:
            ranks.append(_random_ranks(flat["visibility"][start : start + length], rng))
            ranks.append(length - 1 - ranks[-1])
        values = _ask(score, i, np.stack(ranks), _counts(length, steps))
        results["insertion"][i], results["deletion"][i] = values[:2]
        results["random"][i] = values[2 : 2 + shuffles].mean(axis=0)
        if visibility is not None:
            results["oracle_insertion"][i], results["oracle_deletion"][i] = values[-2:]
        if progress is not None:
            progress(i + 1, len(layout.lengths))
    return _summary(results, layout, steps, pids, level, resamples, seed)


def _counts(length: int, steps: int) -> np.ndarray:
    return -(-length * np.arange(1, steps + 1) // steps)  # ⌈T·k/steps⌉ in whole numbers


def _random_ranks(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """0 for the largest value, T − 1 for the smallest; equal values in random order."""
    ranks = np.empty(len(values), np.int64)
    ranks[np.lexsort((rng.random(len(values)), -values))] = np.arange(len(values))
    return ranks


def _ask(score: Callable, tracklet: int, ranks: np.ndarray, counts: np.ndarray) -> np.ndarray:
    keep = ranks[:, None, :] < counts[:, None]
    answers = np.asarray(score(tracklet, keep.reshape(-1, ranks.shape[1])), np.float64)
    if answers.shape != (keep.shape[0] * keep.shape[1],) or not np.isfinite(answers).all():
        raise ReidError(
            f"score({tracklet}, keep) gave shape {answers.shape} with {int((~np.isfinite(answers)).sum())} numbers "
            f"that are not finite, for keep {(keep.shape[0] * keep.shape[1], keep.shape[2])}",
            "one finite number per row of keep", "return an array (K,)",
        )
    return answers.reshape(keep.shape[:2])


def _summary(
    results: dict[str, np.ndarray], layout: Layout, steps: int, pids: ArrayLike | None, level: float, resamples: int,
    seed: int,
) -> RemovalCurves:
    kept = np.arange(1, steps + 1) / steps
    areas = {name: trapezoid(values, kept, axis=1) / (kept[-1] - kept[0]) for name, values in results.items()}
    columns = [*results.values(), *(area[:, None] for area in areas.values()),
               (areas["insertion"] - areas["deletion"])[:, None]]
    drawn = resample_means(np.concatenate(columns, axis=1), pids, resamples=resamples, seed=seed)
    bounds, span = drawn.bounds(level), len(results) * steps
    curves, bands, intervals = {}, {}, {}
    for k, name in enumerate(results):
        part = slice(k * steps, (k + 1) * steps)
        curves[name], bands[name] = drawn.estimate[part], bounds[:, part]
        intervals[name] = drawn.interval(span + k, level)
    return RemovalCurves(kept, curves, bands, intervals, drawn.interval(span + len(results), level), results)

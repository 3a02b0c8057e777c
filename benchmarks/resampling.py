"""Resampling and attention scores against scipy and scikit-learn, which do one call per tracklet or per statistic.

python benchmarks/resampling.py [--rounds 5] [--json FILE]

All candidates run one after the other in each round, on one thread; the table gives medians over rounds, so that a busy
machine slows all of them. Ratios count; absolute numbers belong to the machine. Each task also prints how far our
result lies from the peer's: tasks without randomness must agree to rounding, resampled ones to the resampling error.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import scipy
import sklearn
from scipy import stats
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits

from reidlib.evaluation.bootstrap import paired_bootstrap
from reidlib.evaluation.permutation import permutation_test
from reidlib.evaluation.ragged import Layout
from reidlib.evaluation.visibility import score_attention
from reidlib.evaluation.within import auc_within, midranks, spearman_within

GOALS = {"paired bootstrap, 10,000 × 1,000 identities": 1.0}  # seconds


def tasks() -> dict[str, tuple[Callable, Callable | None]]:
    """Per task: ours, and the peer's call for the same numbers (None where there is none)."""
    rng = np.random.default_rng(0)
    first, second = (rng.random((2, 1000)) < [[0.64], [0.62]]).astype(float)
    lengths = rng.integers(23, 123, 1000)
    frames = int(lengths.sum())
    visibility = np.round(np.clip(rng.normal(0.6, 0.4, frames), 0, 1), 3)
    attention = visibility + rng.normal(0, 0.8, frames)
    layout, cuts, positive = Layout(lengths), np.cumsum(lengths)[:-1], visibility >= 0.5
    many = np.tile(lengths, 10)

    def ends(interval) -> np.ndarray:
        return np.array([interval.low, interval.high])

    def scipy_bootstrap() -> np.ndarray:
        result = stats.bootstrap((first, second), lambda a, b, axis: (a - b).mean(axis=axis), n_resamples=10_000,
                                 paired=True, method="percentile", vectorized=True, batch=500, rng=rng)
        return ends(result.confidence_interval)

    def scipy_permutation() -> np.ndarray:
        result = stats.permutation_test((first, second), lambda a, b, axis: (a - b).mean(axis=axis), n_resamples=10_000,
                                        permutation_type="samples", vectorized=True, batch=500, rng=rng)
        return np.array([result.pvalue])

    def pieces():
        return zip(np.split(attention, cuts), np.split(visibility, cuts), np.split(positive, cuts), strict=True)

    return {
        "paired bootstrap, 10,000 × 1,000 identities": (lambda: ends(paired_bootstrap(first, second)), scipy_bootstrap),
        "permutation test, 10,000 × 1,000 identities": (
            lambda: np.array([permutation_test(first, second).p]), scipy_permutation),
        "AUC within 1,000 tracklets": (
            lambda: auc_within(midranks(attention, layout), positive, layout),
            lambda: np.array([roc_auc_score(p, a) for a, _, p in pieces()])),
        "Spearman within 1,000 tracklets": (
            lambda: spearman_within(midranks(attention, layout), midranks(visibility, layout), layout),
            lambda: np.array([stats.spearmanr(a, v).statistic for a, v, _ in pieces()])),
        "whole score, 10,000 tracklets, 10,000 resamples": (
            lambda: ends(score_attention(np.tile(attention, 10), np.tile(visibility, 10), many).attention.auc), None),
    }


def timed(call: Callable) -> tuple[float, np.ndarray]:
    begin = time.perf_counter()
    result = call()
    return time.perf_counter() - begin, result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, help="also write the numbers here")
    arguments = parser.parse_args()
    work, seconds, apart = tasks(), {}, {}
    with threadpool_limits(1):
        for _ in range(arguments.rounds):
            for task, (ours, peer) in work.items():
                spent, result = timed(ours)
                seconds.setdefault(task, []).append([spent])
                if peer is not None:
                    spent, other = timed(peer)
                    seconds[task][-1].append(spent)
                    apart[task] = float(np.nanmax(np.abs(result - other)))
    print(f"{platform.machine()}, Python {platform.python_version()}, NumPy {np.__version__}, "
          f"SciPy {scipy.__version__}, scikit-learn {sklearn.__version__}, one thread, "
          f"medians of {arguments.rounds} rounds")
    rows, failed = [], False
    for task, spent in seconds.items():
        ours, *peer = np.median(spent, axis=0)
        text = f"{task:50s} {1000 * ours:9.1f} ms"
        if peer:
            text += f"   peer {1000 * peer[0]:9.1f} ms   × {peer[0] / ours:6.1f}   apart {apart[task]:.1e}"
        goal = GOALS.get(task)
        if goal is not None:
            failed |= ours >= goal
            text += f"   goal < {goal:g} s: {'met' if ours < goal else 'MISSED'}"
        print(text)
        rows.append({"task": task, "seconds": ours, "peer_seconds": peer[0] if peer else None,
                     "apart": apart.get(task), "goal_seconds": goal})
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())

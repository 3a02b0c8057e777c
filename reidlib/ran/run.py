"""One training from data to result, in a folder: what `reidlib train ran` and the comparisons call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from reidlib.data.benchmarks.division import Division
from reidlib.data.files import explained, readable, write_whole
from reidlib.data.splits import Split
from reidlib.ran.evaluate import Evaluated
from reidlib.ran.inputs import TrackletInputs
from reidlib.ran.presets import Preset
from reidlib.ran.recipes import Recipe
from reidlib.ran.saved import save_network
from reidlib.ran.train import Trained, train
from reidlib.training.fit import Progress

NETWORK, RESULT, SPLIT, RANKS = "network.safetensors", "result.json", "split.json", "ranks.npz"


def run(inputs: TrackletInputs, split: Split, preset: Preset, recipe: Recipe, seed: int, folder: Path, *,
        part: str = "test", division: Division | None = None, every: int = 100,
        callbacks: Sequence[Callable[[Progress], None]] = (),
        progress: Callable[[int, int], None] | None = None) -> tuple[Trained, Evaluated]:
    """Trains, evaluates on `part` and writes into `folder`, going on from what a killed run left there.

    Files: network.safetensors (and .json), result.json, ranks.npz (per probe), split.json, training.safetensors (the
    optimiser's memory, for going on, written every `every` steps; it may be deleted). `progress` hears the evaluation's
    (frames done, all). With `division` a benchmark's own probes and gallery are ranked by its rule instead of `part`.
    """
    with explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
    trained = train(inputs, split, preset, recipe, seed, folder=folder, every=every, callbacks=callbacks)
    evaluated = trained.evaluate(inputs, part, division, progress)
    results = summary(trained, evaluated, part if division is None else division.label)
    split.save(folder / SPLIT)
    save_network(folder / NETWORK, trained, results)
    write_ranks(folder / RANKS, evaluated, inputs.store.pids)
    with explained(folder):
        write_whole(folder / RESULT, readable({**trained.facts, "results": results}))
    return trained, evaluated


def summary(trained: Trained, evaluated: Evaluated, part: str) -> dict:
    """The numbers as JSON values."""
    return {"part": part, **evaluated.ranking.summary(), "rank_1": evaluated.rank_1.as_dict(),
            "mAP_interval": evaluated.mAP.as_dict(), "steps": trained.fit.step,
            "training_seconds": round(trained.fit.seconds, 1), "interrupted": trained.fit.interrupted}


def write_ranks(path: Path, evaluated: Evaluated, pids: np.ndarray) -> None:
    """Per probe: pid, first rank, average precision; for paired comparisons of two runs."""
    import io

    buffer = io.BytesIO()
    np.savez(buffer, pids=pids[evaluated.probes], **evaluated.ranking.per_query())
    with explained(path):
        write_whole(path, buffer.getvalue())

"""One training of ARM from data to result, in a folder: what `reidlib train arm` calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from reidlib.arm.batches import Source
from reidlib.arm.measured import EPISODES, Measured, days_apart, measured
from reidlib.arm.parts import few_each
from reidlib.arm.ranked import Ranked, ranked
from reidlib.arm.recipes import Recipe
from reidlib.arm.saved import save_network
from reidlib.arm.systems import System
from reidlib.arm.train import Trained, train
from reidlib.data.benchmarks.division import Division
from reidlib.data.files import explained, readable, write_whole
from reidlib.data.splits import Split
from reidlib.training.fit import Progress

NETWORK, RESULT, SPLIT = "network.safetensors", "result.json", "split.json"


def run(source: Source, split: Split, system: System, recipe: Recipe, seed: int, folder: Path, *,
        division: Division | None = None, images: int | None = None, episodes: int = EPISODES, device: str = "cpu",
        every: int = 100,
        callbacks: Sequence[Callable[[Progress], None]] = (),
        progress: Callable[[str, int, int], None] | None = None) -> tuple[Trained, Measured, Ranked | None]:
    """Trains on `split.train`, tests on `split.test` and writes into `folder`, going on from what a killed run left.

    Where the items have three days or more, training sees the first and the test the last of them (`days_apart`).

    Files: network.safetensors (and .json), result.json, split.json, training.safetensors (the optimiser's memory, for
    going on, written every `every` steps; it may be deleted).

    Parameters
    ----------
    division : of a benchmark of images: also ranked as its papers do (`ranked`).
    images : at most so many of each training person (`few_each`); None: all.
    episodes : of the test, for each N.
    progress : hears (what, done, all) of the test.
    """
    with explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
    training, test, days = days_apart(source)
    if images is not None:
        training = few_each(training, images, seed)
    trained = train(training, split, system, recipe, seed, device=device, folder=folder, every=every,
                    callbacks=callbacks)
    found = measured(trained.network, training, test, split, episodes=episodes, seed=seed, device=device,
                     progress=progress)
    whole = None if division is None else ranked(trained.network, source, division, device=device)
    results = summary(trained, found, days, images) | ({} if whole is None else {"ranked": whole.as_dict()})
    split.save(folder / SPLIT)
    save_network(folder / NETWORK, trained, results)
    with explained(folder):
        write_whole(folder / RESULT, readable({**trained.facts, "results": results}))
    return trained, found, whole


def summary(trained: Trained, found: Measured, days: dict[str, list[int]], images: int | None = None) -> dict:
    """The numbers as JSON values."""
    return {"part": "test", **found.as_dict(), "days": days, "images": images, "steps": trained.fit.step,
            "training_seconds": round(trained.fit.seconds, 1), "interrupted": trained.fit.interrupted}

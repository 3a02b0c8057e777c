"""Training RAN: a preset, a recipe, the training people of a split, a seed -> a network and what it cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from torch import nn

import reidlib
from reidlib.data.benchmarks.division import Division
from reidlib.data.splits import Split
from reidlib.errors import ReidError
from reidlib.ran.batches import Batches
from reidlib.ran.evaluate import Evaluated, evaluate, sides
from reidlib.ran.inputs import TrackletInputs
from reidlib.ran.network import Network
from reidlib.ran.presets import FEATURES, Preset
from reidlib.ran.recipes import Recipe
from reidlib.training.fit import Fit, Progress, fit


@dataclass(frozen=True, eq=False)
class Trained:
    """A network, and everything that decided it."""

    network: Network
    preset: Preset
    recipe: Recipe
    split: Split
    seed: int
    fit: Fit
    facts: dict

    def evaluate(self, inputs: TrackletInputs, part: str = "test", division: Division | None = None,
                 progress: Callable[[int, int], None] | None = None) -> Evaluated:
        """Ranks the people of `part`, probes from the first camera; or the probes and gallery of a benchmark's division
        by its own rule."""
        if division is not None:
            numbers = division.numbers(inputs.store)
            return evaluate(self.network, inputs, numbers["probes"], numbers["gallery"], self.recipe, division.rule,
                            division.average_precision, progress)
        probes, gallery = sides(inputs.store, self.split.tracklets(inputs.store.pids, part))
        return evaluate(self.network, inputs, probes, gallery, self.recipe, progress=progress)


def train(inputs: TrackletInputs, split: Split, preset: Preset, recipe: Recipe, seed: int = 0, *,
          network: Network | None = None, features: Sequence[np.ndarray] | None = None,
          folder: str | Path | None = None, every: int = 100,
          callbacks: Sequence[Callable[[Progress], None]] = (),
          stop: Callable[[Progress], bool | str] | None = None) -> Trained:
    """Trains on the people of `split.train`; the test people are never touched.

    Parameters
    ----------
    inputs : made with the preset's `inputs` and `flow`.
    network : to go on from; default a fresh one. Give `features` too (one (T, D) array for each training tracklet, from
        `reidlib.ran.embed.frame_features`) and its frame CNN stays as it is, only the head learns.
    folder : for checkpoints; a training that was killed goes on from there, bit for bit.
    every, callbacks, stop : see `reidlib.training.fit.fit`.

    Raises
    ------
    ReidError : inputs of other options than the preset's, a split without training people, or a folder of another run.
    """
    if inputs.options != preset.inputs:
        raise ReidError(f"Found inputs made with {inputs.options}", f"those of the preset {preset.name}, "
                        f"{preset.inputs}", "pass TrackletInputs(store, preset.inputs, preset.flow)")
    batches = Batches(inputs, split.tracklets(inputs.store.pids, "train"), recipe, seed, features)
    network = preset.network(seed) if network is None else network
    trunk = network.frame_cnn
    facts = {"preset": preset.as_dict(), "recipe": recipe.as_dict(), "seed": seed, "code_version": reidlib.__version__,
             "split": {"name": split.name, "train": list(split.train), "test": list(split.test)},
             "frozen_trunk": features is not None, **inputs.facts}
    if features is not None:
        network = Network(nn.Identity(), network.head, features=FEATURES)
    siamese = preset.siamese(len(batches.classes), seed, network)
    optimiser = recipe.optimiser
    if siamese.similarity is None:  # recipes fit every system, also one that leaves L_sim out
        optimiser = replace(optimiser, multipliers={name: times for name, times in optimiser.multipliers.items()
                                                    if name != "similarity"})
    done = fit(siamese, batches, optimiser, recipe.steps, seed=seed, device=inputs.device, folder=folder,
               every=every, callbacks=callbacks, stop=stop, facts=facts)
    if features is not None:
        network = Network(trunk, network.head).to(inputs.device)
    network.eval()
    return Trained(network, preset, recipe, split, seed, done, facts)

"""Training ARM: a system, a recipe, the training people of a split, a seed -> a network and what it cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

import reidlib
from reidlib.arm.batches import Batches, Source
from reidlib.arm.learning import learning
from reidlib.arm.model import Arm
from reidlib.arm.recipes import Recipe
from reidlib.arm.systems import System
from reidlib.data.splits import Split
from reidlib.errors import ReidError
from reidlib.training.fit import Fit, Progress, fit


@dataclass(frozen=True, eq=False)
class Trained:
    """A network, and everything that decided it."""

    network: Arm
    system: System
    recipe: Recipe
    split: Split
    seed: int
    fit: Fit
    facts: dict


def train(source: Source, split: Split, system: System, recipe: Recipe, seed: int = 0, *, network: Arm | None = None,
          device: str = "cpu", folder: str | Path | None = None, every: int = 100,
          callbacks: Sequence[Callable[[Progress], None]] = (),
          stop: Callable[[Progress], bool | str] | None = None) -> Trained:
    """Trains on the items of `split.train`; no other person is ever drawn.

    Parameters
    ----------
    source : `Stills` or `Features`.
    network : to go on from; default a fresh one.
    device, folder, every, callbacks, stop : see `reidlib.training.fit.fit`.

    Raises
    ------
    ReidError : a device that torch cannot use here, and what `EpisodeSampler` and `fit` refuse.
    """
    usable(device)
    network = system.network(seed) if network is None else network
    batches = Batches(source, split.train, recipe, seed)
    items = source.items
    facts = {"system": system.as_dict(), "recipe": recipe.as_dict(), "seed": seed, "code_version": reidlib.__version__,
             "split": {"name": split.name, "train": list(split.train), "test": list(split.test)},
             "data": items.name, "data_hash": items.hash}
    model = learning(network, recipe, len(batches.pids), seed)
    done = fit(model, batches, recipe.optimiser, recipe.steps, seed=seed, device=device, folder=folder, every=every,
               callbacks=callbacks, stop=stop, facts=facts)
    return Trained(network.eval(), system, recipe, split, seed, done, facts)


def usable(device: str) -> torch.device:
    """The device called so; ReidError where torch cannot use it."""
    try:
        return torch.zeros(1, device=device).device
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise ReidError(f"Found the device {device!r}, which torch cannot use here", "one that it can use",
                        "type --device cpu, or install the torch build for your device") from error

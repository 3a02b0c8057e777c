"""A trained network in one file, with everything needed to build it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reidlib.errors import ReidError
from reidlib.ran.network import Network
from reidlib.ran.presets import Preset
from reidlib.ran.recipes import Recipe
from reidlib.ran.train import Trained
from reidlib.training.checkpoints import load_checkpoint, load_into, save_checkpoint
from reidlib.world.provenance import trained_on


@dataclass(frozen=True, eq=False)
class Saved:
    """A network as it was saved, ready to embed.

    facts : preset, recipe, data and its hash, split, seed, and what was measured.
    note : what every picture made with it must say.
    """

    network: Network
    preset: Preset
    recipe: Recipe
    facts: dict

    @property
    def note(self) -> str:
        return trained_on(self.facts["data"])


def save_network(path: str | Path, trained: Trained, results: Mapping | None = None) -> None:
    """Writes the network (not its classifiers: RAN §3.4 drops them after training) and how it came to be."""
    facts = {**trained.facts, "steps_done": trained.fit.step, "results": dict(results or {})}
    save_checkpoint(path, trained.network.state_dict(), facts)


def load_network(path: str | Path) -> Saved:
    """The network in a file written by `save_network`, in eval mode.

    Raises
    ------
    ReidError : no such file, or a checkpoint of something else.
    """
    tensors, facts = load_checkpoint(path)
    if "preset" not in facts or "recipe" not in facts:
        raise ReidError(f"{path} holds no network of RAN", "a file that `reidlib train ran` wrote",
                        "pass the network.safetensors of its output folder")
    preset = Preset.from_dict(facts["preset"])
    network = preset.network(0)
    load_into(network, tensors)
    return Saved(network.eval(), preset, Recipe.from_dict(facts["recipe"]), facts)

"""A trained ARM network in one file, with everything needed to build it again; the small one that is shipped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from reidlib.arm.model import Arm
from reidlib.arm.recipes import Recipe
from reidlib.arm.systems import System
from reidlib.arm.train import Trained
from reidlib.errors import ReidError
from reidlib.training.checkpoints import load_checkpoint, load_into, save_checkpoint
from reidlib.world.provenance import trained_on

FILE = "arm_street.safetensors"


@dataclass(frozen=True, eq=False)
class Saved:
    """A network as it was saved, ready for episodes.

    facts : system, recipe, data and its hash, split, seed, and what was measured.
    note : what every picture made with it must say.
    """

    network: Arm
    system: System
    recipe: Recipe
    facts: dict

    @property
    def note(self) -> str:
        return trained_on(self.facts["data"])


def save_network(path: str | Path, trained: Trained, results: Mapping | None = None, *, half: bool = False) -> None:
    """Writes the network (a classifier of training people is dropped) and how it came to be. `half`: float16."""
    facts = {**trained.facts, "steps_done": trained.fit.step, "results": dict(results or {})}
    save_checkpoint(path, trained.network.state_dict(), facts, half=half)


def load_network(path: str | Path) -> Saved:
    """The network in a file written by `save_network`, in eval mode and float32.

    Raises
    ------
    ReidError : no such file, a checkpoint of something else or of another version.
    """
    tensors, facts = load_checkpoint(path)
    if "system" not in facts or "recipe" not in facts:
        raise ReidError(f"{path} holds no network of ARM", "a file that `reidlib train arm` wrote",
                        "pass the network.safetensors of its output folder")
    try:
        system, recipe = System.from_dict(facts["system"]), Recipe.from_dict(facts["recipe"])
    except (TypeError, KeyError, AttributeError) as error:
        raise ReidError(f"{path} describes a network that cannot be built here ({error})",
                        "the system and recipe of this version", "train again, or use the reidlib that wrote it; this "
                        "one seems to be another version of reidlib") from error
    # All weights come from the file, so nothing that training began with is fetched again.
    blank = {key: None if key == "weights" else value for key, value in system.backbone_options.items()}
    network = replace(system, backbone_options=blank).network(0)
    load_into(network, tensors)
    return Saved(network.eval(), system, recipe, facts)


def shipped_path() -> Path:
    """Where the shipped checkpoint lies in the installed package."""
    return Path(str(files("reidlib") / "weights" / FILE))


def load_shipped() -> Saved:
    """The small network that comes with the library; ReidError where the installation lacks it."""
    if not shipped_path().is_file():
        raise ReidError(f"Found no {FILE} in {shipped_path().parent}", "the file that comes with reidlib",
                        "install reidlib again, or train one: reidlib train arm --profile cpu")
    return load_network(shipped_path())

"""The small checkpoint that comes with the library: one trunk in half precision, several heads fitted on it frozen."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import torch

from reidlib.errors import ReidError
from reidlib.ran.presets import PRESETS, Preset
from reidlib.ran.recipes import Recipe
from reidlib.ran.saved import Saved
from reidlib.ran.train import Trained
from reidlib.training.checkpoints import load_checkpoint, load_into, save_checkpoint

FILE = "ran_street.safetensors"
BARE = "consensus"  # a head without parameters on the shipped trunk


def shipped_path() -> Path:
    """Where the checkpoint lies in the installed package."""
    return Path(str(files("reidlib") / "weights" / FILE))


def shipped_names(path: Path | None = None) -> tuple[str, ...]:
    """Presets that `load_shipped` can give: those whose head is in the checkpoint, and `consensus`, whose head has
    nothing to store; none where there is no checkpoint."""
    path = path or shipped_path()
    return (*load_checkpoint(path)[1]["heads"], BARE) if path.is_file() else ()


def save_shipped(path: Path, trunk: Trained, heads: Mapping[str, Trained], results: Mapping) -> None:
    """Writes the trunk once, and the head of each preset that was fitted on it."""
    tensors = {f"trunk/{name}": tensor for name, tensor in trunk.network.frame_cnn.state_dict().items()}
    for preset, trained in heads.items():
        tensors |= {f"{preset}/{name}": tensor for name, tensor in trained.network.head.state_dict().items()}
    facts = {"trunk": trunk.facts, "heads": {preset: trained.facts for preset, trained in heads.items()},
             "results": dict(results)}
    save_checkpoint(path, tensors, facts, half=True)


def load_shipped(name: str = BARE, path: Path | None = None) -> Saved:
    """The shipped network with the head of the preset `name`, in eval mode and float32.

    Its head was fitted on a frozen trunk, or has nothing to fit; a network trained end to end has other figures.

    Raises
    ------
    ReidError : no head of that name in the checkpoint.
    """
    tensors, facts = load_checkpoint(path or shipped_path())
    bare = name == BARE and BARE not in facts["heads"]
    if name not in facts["heads"] and not bare:
        raise ReidError(f"Found the name {name!r}", f"one of the shipped {', '.join(facts['heads'])}, {BARE}",
                        f"train it yourself: reidlib train ran --preset {name if name in PRESETS else 'paper'}")
    own = {**facts["trunk"], "preset": PRESETS[BARE].as_dict()} if bare else facts["heads"][name]
    preset = Preset.from_dict(own["preset"])
    network = preset.network(0)
    for prefix, module in (("trunk", network.frame_cnn), *(() if bare else [(name, network.head)])):
        part = {key.removeprefix(f"{prefix}/"): tensor for key, tensor in tensors.items()
                if key.startswith(f"{prefix}/")}
        load_into(module, part)
    own = {**own, "trunk": facts["trunk"], "results": facts["results"]}
    return Saved(network.eval(), preset, Recipe.from_dict(own["recipe"]), own)


def half_and_back(module: torch.nn.Module) -> torch.nn.Module:
    """Rounds the weights to half precision in place, so that heads are fitted on the trunk that will be shipped."""
    with torch.no_grad():
        for tensor in module.state_dict().values():
            if tensor.is_floating_point():
                tensor.copy_(tensor.half())
    return module

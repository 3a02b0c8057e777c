"""One file for tensors and the facts about them: safetensors with JSON inside, whole or not there at all.

Never pickle: reading a checkpoint of a stranger runs none of his code.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from reidlib.data.files import explained, kind_of, readable, write_whole
from reidlib.errors import ReidError

FORMAT = "reidlib checkpoint 1"
SUFFIX = ".safetensors"


def save_checkpoint(path: str | Path, tensors: Mapping[str, torch.Tensor], facts: Mapping, *,
                    half: bool = False) -> None:
    """Writes `path` (NAME.safetensors) with the facts in it, and beside it the facts alone, for people, as .json.

    Parameters
    ----------
    facts : JSON values.
    half : store floats in half the bytes (float16), for weights that are shipped.
    """
    path = _checked(path)
    # Tensors that share memory would be refused, so each gets its own.
    stored = {name: _stored(name, tensor, half) for name, tensor in sorted(tensors.items())}
    metadata = {"format": FORMAT, "facts": json.dumps(dict(facts), sort_keys=True, allow_nan=False)}
    with explained(path):
        write_whole(path, save(stored, metadata))
        write_whole(path.with_suffix(".json"), readable(dict(facts)))


def load_checkpoint(path: str | Path) -> tuple[dict[str, torch.Tensor], dict]:
    """Tensors and facts that `save_checkpoint` wrote.

    Raises
    ------
    ReidError : no such file, a truncated or foreign one, or one of a newer format.
    """
    path = _checked(path)
    if kind_of(path) != "file":
        raise ReidError(f"Found no checkpoint {path}", "a file written by save_checkpoint",
                        "check the path, or train first: reidlib train ran --help")
    try:
        with explained(path), safe_open(path, framework="pt") as opened:
            metadata = opened.metadata() or {}
            if metadata.get("format") != FORMAT:
                raise ReidError(f"{path} is of the format {metadata.get('format')!r}", FORMAT,
                                "train again, or update reidlib if a newer one wrote it")
            names = opened.keys()  # of a handle, which is no dictionary
            return {name: opened.get_tensor(name) for name in names}, json.loads(metadata["facts"])
    except (SafetensorError, ValueError) as error:
        raise ReidError(f"{path} cannot be read ({error})", "a whole checkpoint",
                        "delete it and train again") from error


def load_into(module: torch.nn.Module, tensors: Mapping[str, torch.Tensor], source: str = "the checkpoint") -> None:
    """Puts tensors into a module's parameters and buffers, in their own precision; ReidError if anything differs."""
    copy_into(module.state_dict(), tensors, source)


@torch.no_grad()
def copy_into(state: Mapping[str, torch.Tensor], tensors: Mapping[str, torch.Tensor],
              source: str = "the checkpoint") -> None:
    """Fills the tensors of `state` in place with those of the same name; ReidError, nothing done, if any differs."""
    lacking, foreign = sorted(set(state) - set(tensors)), sorted(set(tensors) - set(state))
    if lacking or foreign:
        raise ReidError(f"{source} lacks {lacking[:3] or 'nothing'} and has {foreign[:3] or 'nothing'} too many",
                        f"the {len(state)} tensors of the model", "build it with the options that the facts name")
    for name, tensor in tensors.items():
        if state[name].shape != tensor.shape:
            raise ReidError(f"{source} has {name} of shape {tuple(tensor.shape)}", f"{tuple(state[name].shape)}",
                            "build the model with the options that the facts name")
    for name, tensor in tensors.items():
        state[name].copy_(tensor)


def _stored(name: str, tensor: torch.Tensor, half: bool) -> torch.Tensor:
    stored = tensor.detach().cpu()
    if half and stored.is_floating_point():
        stored = stored.half()
        if not stored.isfinite().all():
            raise ReidError(f"Found values in {name} that half precision cannot hold", "numbers within ± 65,504",
                            "save with half=False")
    return stored.clone(memory_format=torch.contiguous_format)


def _checked(path: str | Path) -> Path:
    path = Path(path)
    if path.suffix != SUFFIX:
        raise ReidError(f"Found the checkpoint name {path.name}", f"a name ending in {SUFFIX}",
                        f"call it {path.stem or 'model'}{SUFFIX}")
    return path

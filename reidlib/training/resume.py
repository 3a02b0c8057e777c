"""A training's state in one file of its folder: what a killed training goes on from."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from reidlib.data.document import difference
from reidlib.data.files import canonical, explained
from reidlib.data.locks import FolderLock, tell_stderr
from reidlib.errors import ReidError
from reidlib.training.checkpoints import load_checkpoint, save_checkpoint

NAME = "training.safetensors"


class Memory:
    """The checkpoint of one training in `folder`, or nothing at all for None. As a context it locks the folder: of two
    equal trainings at once the second waits, and finds the work done.

    plan : JSON values that decide the result; a folder with another plan is a ReidError.
    """

    def __init__(self, folder: str | Path | None, plan: Mapping[str, Any]) -> None:
        self.path = None if folder is None else Path(os.path.abspath(folder)) / NAME
        try:
            self.plan = json.loads(canonical(plan))
        except (TypeError, ValueError) as error:
            raise ReidError(f"The facts or seeds of this training cannot be written ({error})",
                            "text, finite numbers, lists, dictionaries", "turn other values into text first") from error

    def __enter__(self) -> Memory:
        if self.path:
            with explained(self.path.parent):
                self.path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = FolderLock(self.path.parent)
            self._lock.acquire(tell_stderr)
        return self

    def __exit__(self, *_: object) -> None:
        if self.path:
            self._lock.release()

    def read(self) -> tuple[dict[str, torch.Tensor], dict[str, Any]] | None:
        """(tensors, facts) as given to `write`, or None where nothing was written yet."""
        if self.path is None:
            return None
        with explained(self.path):
            for leftover in self.path.parent.glob("training.*.tmp"):  # of a killed write; we hold the lock
                leftover.unlink()
            if not self.path.exists():
                return None
        tensors, facts = load_checkpoint(self.path)
        if "plan" not in facts:
            raise ReidError(f"{self.path} is a checkpoint, but not of a training", "a folder of a training",
                            "choose another folder")
        if facts["plan"] != self.plan:
            raise ReidError(f"{self.path.parent} holds another training: {difference(facts['plan'], self.plan)}",
                            "a free folder, or the same settings, seed and facts",
                            f"choose another folder, or delete {self.path.parent} if nobody needs it")
        return tensors, facts

    def write(self, tensors: Mapping[str, torch.Tensor], facts: Mapping[str, Any]) -> None:
        """Replaces the checkpoint before."""
        if self.path:
            save_checkpoint(self.path, tensors, {**facts, "plan": self.plan})


def part(tensors: Mapping[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    """Those called `<prefix>.<name>`, by name."""
    return {name.removeprefix(prefix + "."): tensor for name, tensor in tensors.items()
            if name.startswith(prefix + ".")}


def named(prefix: str, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The inverse of `part`."""
    return {f"{prefix}.{name}": tensor for name, tensor in tensors.items()}

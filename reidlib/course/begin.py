"""The first lines of every notebook: which profile, which seed, which device, and where random numbers come from."""

from __future__ import annotations

import hashlib
import operator
import os
import platform
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch

import reidlib
from reidlib.course import profiles
from reidlib.errors import ReidError

Size = TypeVar("Size")
CELL = "in the parameters cell"


@dataclass(frozen=True)
class Run:
    """What one run of a notebook goes by. Nothing global is seeded: everything random names its own stream.

    Parameters
    ----------
    profile : the sizes to use, `run.profile.persons`; its name is `run.profile.name`.
    seed : one seed in, the same numbers out on one device.
    device : where tensors live.
    """

    profile: profiles.Profile
    seed: int
    device: torch.device

    def rng(self, *key: str | int) -> np.random.Generator:
        """A new numpy generator for the stream `key`: the same key gives the same numbers, another key other ones."""
        return np.random.default_rng(np.frombuffer(self._digest("numpy", *key), dtype="<u4"))

    def torch_generator(self, *key: str | int, device: torch.device | str = "cpu") -> torch.Generator:
        """The same for torch; on the processor by default, where the numbers do not depend on the graphics card."""
        return torch.Generator(device).manual_seed(int.from_bytes(self._digest("torch", *key)[:8], "little") >> 1)

    def pick(self, *, ci: Size, cpu: Size, gpu: Size) -> Size:
        """A size that only one notebook needs: `run.pick(ci=2, cpu=20, gpu=200)`."""
        return {"ci": ci, "cpu": cpu, "gpu": gpu}[self.profile.name]

    def _digest(self, *key: str | int) -> bytes:
        return hashlib.sha256(repr((self.seed, *key)).encode()).digest()

    def __str__(self) -> str:
        cuda = self.device.type == "cuda"
        where = torch.cuda.get_device_name(self.device) if cuda else f"{os.cpu_count()} cores"
        return (
            f"reidlib {reidlib.__version__} · Python {platform.python_version()} · torch {torch.__version__} · "
            f"{self.device} ({where}) · profile {self.profile.name} · seed {self.seed}"
        )


def start(profile: str | None = None, seed: int | None = None, device: str | None = None) -> Run:
    """Check the parameters of a notebook, print one line about this machine, and return the Run.

    None stands for `default(…)`.

    Raises
    ------
    ReidError : unknown profile, a seed that is no whole number of 0 or more, a device that this machine lacks.
    """
    run = Run(
        profiles.profile(default("PROFILE") if profile is None else profile),
        _seed(default("SEED") if seed is None else seed, CELL),
        _device(default("DEVICE") if device is None else device),
    )
    print(run)
    if run.profile.name == "gpu" and run.device.type == "cpu":
        print("The profile gpu on a processor takes hours; PROFILE = \"cpu\" takes minutes.")
    return run


def default(name: str) -> str | int:
    """A notebook's parameter as the environment has it (REIDLIB_PROFILE, REIDLIB_SEED, REIDLIB_DEVICE).

    Without: the device "cuda" where torch finds one, else "cpu"; the profile "gpu" or "cpu" to match; the seed 0.
    """
    fallbacks = {
        "PROFILE": lambda: "gpu" if torch.cuda.is_available() else "cpu",
        "SEED": lambda: "0",
        "DEVICE": lambda: "cuda" if torch.cuda.is_available() else "cpu",
    }
    if name not in fallbacks:
        raise ReidError(f"Found the parameter {name!r}", f"one of {', '.join(fallbacks)}", "correct the name")
    variable = f"REIDLIB_{name}"
    value = os.environ.get(variable) or fallbacks[name]()
    return _seed(value, f"with {variable}") if name == "SEED" else value


def _seed(value: object, where: str) -> int:
    try:
        seed = int(value) if isinstance(value, str) else operator.index(value)
    except (TypeError, ValueError):
        seed = -1
    if seed < 0 or isinstance(value, bool):
        raise ReidError(f"Found the seed {value!r}", "a whole number of 0 or more", f"set SEED = 0 {where}"
                        if where == CELL else f"set it {where}=0")
    return seed


def _device(name: str) -> torch.device:
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except (RuntimeError, TypeError, AssertionError, NotImplementedError) as error:
        known = ["cpu", *(f"cuda:{i}" for i in range(torch.cuda.device_count()))]
        known += ["mps"] if torch.backends.mps.is_available() else []
        raise ReidError(
            f"Found the device {name!r}, which torch cannot use here", f"one of {', '.join(known)}",
            f'set DEVICE = "{known[-1]}" {CELL}, or the environment variable REIDLIB_DEVICE',
        ) from error
    return device

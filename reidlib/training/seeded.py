"""The global random state, set by a key for a while and then put back: modules use it, users never notice."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from reidlib.data.files import canonical
from reidlib.errors import ReidError


def derive(*key: Any) -> int:
    """A seed of 63 bits from a key of JSON values, such as ("dropout", 3, 120): the head of its SHA-256.

    Equal keys give equal seeds on every machine; 1, True and "1" are three different keys.
    """
    try:
        text = canonical(list(key))
    except (TypeError, ValueError) as error:
        raise ReidError(f"Found the random key {key!r} ({error})", "text, finite numbers, and lists of these",
                        'write seeded("weights", seed)') from error
    return int.from_bytes(hashlib.sha256(text).digest()[:8], "big") >> 1


@contextmanager
def seeded(*key: Any) -> Iterator[None]:
    """Inside, torch's default generators (of the CPU and the current accelerator) start from `key`; afterwards, also
    after an error, they go on as if nothing had been drawn.

    An accelerator that the program has not used yet is left asleep: waking it takes seconds that a program on the CPU
    need not spend. So put the module on its device before, not inside. Python's and NumPy's generators are not touched.
    """
    seed = derive(*key)
    before = torch.get_rng_state()
    accelerator = _awake_accelerator()
    there = accelerator.get_rng_state() if accelerator else None
    # Not torch.manual_seed: it would also seed a sleeping accelerator, once it wakes, and nobody could undo that.
    torch.default_generator.manual_seed(seed)
    if accelerator:
        accelerator.manual_seed(seed)
    try:
        yield
    finally:
        torch.set_rng_state(before)
        if accelerator:
            accelerator.set_rng_state(there)


def _awake_accelerator() -> Any:
    """torch.cuda, torch.mps, … if there is one and it is in use."""
    if not torch.accelerator.is_available():
        return None
    module = torch.get_device_module(torch.accelerator.current_accelerator())
    return module if getattr(module, "is_initialized", lambda: True)() else None

"""Batches of any nesting (tensors in tuples, NamedTuples, lists, dicts): moved to a device, or stacked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

from reidlib.errors import ReidError


def moved(batch: Any, device: torch.device) -> Any:
    """The batch with every tensor on `device`; everything else stays as it is."""
    return _mapped(lambda leaves, _: leaves[0].to(device, non_blocking=True) if isinstance(leaves[0], torch.Tensor)
                   else leaves[0], [batch], "batch")


def stacked_leaves(batches: Sequence[Any], device: torch.device) -> Any:
    """One batch from S of equal structure: each tensor gains a first dimension S. Other leaves must be equal."""
    return _mapped(lambda leaves, where: _stack(leaves, where, device), batches, "batch")


def in_dims(batch: Any) -> Any:
    """The batch with 0 for each tensor and None for other leaves, as `torch.func.vmap` wants it."""
    return _mapped(lambda leaves, _: 0 if isinstance(leaves[0], torch.Tensor) else None, [batch], "batch")


def _stack(leaves: Sequence[Any], where: str, device: torch.device) -> Any:
    first = leaves[0]
    if not isinstance(first, torch.Tensor):
        if any(isinstance(leaf, torch.Tensor) or leaf != first for leaf in leaves):
            raise _unlike(where, [type(leaf).__name__ for leaf in leaves])
        return first
    kinds = [f"{leaf.dtype} {tuple(leaf.shape)}" if isinstance(leaf, torch.Tensor) else type(leaf).__name__
             for leaf in leaves]
    if len(set(kinds)) > 1:
        raise _unlike(where, kinds)
    return torch.stack([leaf.to(device, non_blocking=True) for leaf in leaves])


def _unlike(where: str, kinds: Sequence[str]) -> ReidError:
    return ReidError(f"The {where} differs between the runs: {', '.join(dict.fromkeys(kinds))}",
                     "batches of equal shapes, to be stacked", "give all runs the same sizes, or train them one by one")


def _mapped(change: Callable[[Sequence[Any], str], Any], batches: Sequence[Any], where: str) -> Any:
    first = batches[0]
    if not isinstance(first, (Mapping, tuple, list)):
        return change(batches, where)
    if any(type(each) is not type(first) or len(each) != len(first) for each in batches):
        raise _unlike(where, [type(each).__name__ for each in batches])
    if isinstance(first, Mapping):
        return {key: _mapped(change, [each[key] for each in batches], f"{where}[{key!r}]") for key in first}
    names = getattr(first, "_fields", range(len(first)))
    parts = [_mapped(change, [each[k] for each in batches], f"{where}.{name}" if isinstance(name, str)
                     else f"{where}[{name}]") for k, name in enumerate(names)]
    return type(first)(*parts) if hasattr(first, "_fields") else type(first)(parts)

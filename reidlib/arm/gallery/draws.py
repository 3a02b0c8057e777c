"""Random numbers by number: each draw a function of (seed, call, place), on any device, inside any transform."""

from __future__ import annotations

import torch

STEP, FIRST, SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


def drawn(*key: int | torch.Tensor) -> torch.Tensor:
    """Uniform int64 in [0, 2⁵³) for each key of broadcast integers: splitmix64 (Steele et al. 2014), one round each.

    A generator would have to hand its state to checkpoints, copies and other devices; here a call's number, kept in a
    buffer, is all of it. Item 5 gets the same draw in a gallery of 10 as in one of 1,000.
    """
    device = next((part.device for part in key if isinstance(part, torch.Tensor)), None)
    state = torch.zeros((), dtype=torch.int64, device=device)
    for part in key:
        advance = part * _signed(STEP) if isinstance(part, torch.Tensor) else _signed(part * STEP)
        state = _mixed(state + advance + _signed(STEP))
    return _shifted(state, 11)


def _mixed(state: torch.Tensor) -> torch.Tensor:
    """Products wrap at 64 bits, as they do in splitmix64."""
    state = (state ^ _shifted(state, 30)) * _signed(FIRST)
    state = (state ^ _shifted(state, 27)) * _signed(SECOND)
    return state ^ _shifted(state, 31)


def _shifted(state: torch.Tensor, bits: int) -> torch.Tensor:
    """To the right, with zeros from the left; int64's own shift would repeat the sign."""
    return (state >> bits) & ((1 << (64 - bits)) - 1)


def _signed(number: int) -> int:
    number %= 1 << 64
    return number - (1 << 64) if number >> 63 else number

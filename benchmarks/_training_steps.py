"""The whole training step on one core: the frame loop, frames batched, and reidlib with one pair and with eight."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import torch
from _training_pairs import CLASSES, FRAMES, random_pairs, turns
from _training_plain import Plain, train_plainly
from torch.nn.utils import get_total_norm

from reidlib.ran.presets import preset
from reidlib.ran.recipes import recipe
from reidlib.ran.siamese import Siamese
from reidlib.training.fit import fit
from reidlib.training.settings import Optimiser

LOOP, BATCHED, OURS, OURS_8 = "frame loop, 1 pair", "frames batched, 1 pair", "reidlib, 1 pair", "reidlib, 8 pairs"
PAIRS, SLICES = 8, 3  # a round is three times 8 pairs of each candidate in turn: 768 frames each
ALIKE = {torch.float32: 1e-4, torch.float64: 1e-9}  # gaps that rounding explains; the networks are the same


def siamese(seed: int = 0) -> Siamese:
    """RAN-3 with its losses, as the preset `paper` has them."""
    return preset("paper").siamese(CLASSES, seed)


def sgd() -> Optimiser:
    """The paper's optimiser, at a rate so low that noise does not lead the weights away between rounds."""
    return replace(recipe("paper").optimiser, learning_rate=1e-7)


def disagreement(dtype: torch.dtype) -> dict[str, float]:
    """How far the peers lie from reidlib's step, on a pair of one person and on one of two people.

    The larger of: the gap of the losses over the loss, and the length of the gradients' gap over the gradient's.
    """
    ours = siamese().to(dtype)
    peers = {LOOP: Plain(ours, True).to(dtype), BATCHED: Plain(ours, False).to(dtype)}
    apart = dict.fromkeys(peers, 0.0)
    for seed in range(2):
        batch = random_pairs(1, seed)
        batch = batch._replace(channels=batch.channels.to(dtype))
        loss = sum(ours(batch).values())
        gradients = torch.autograd.grad(loss, list(ours.parameters()))
        for name, peer in peers.items():
            other = peer(batch)
            gaps = [its - mine for mine, its in
                    zip(gradients, torch.autograd.grad(other, list(peer.parameters())), strict=True)]
            apart[name] = max(apart[name], ((other - loss) / loss).abs().item(),
                              (get_total_norm(gaps) / get_total_norm(gradients)).item())
    return apart


def candidates() -> dict[str, Callable[[], None]]:
    """Each trains on 8 pairs."""
    ours, eight, optimiser = siamese(), siamese(), sgd()
    loop, batched = Plain(ours, True), Plain(ours, False)
    one_of, eight_of = turns(1, 0), turns(8, 1)
    return {
        LOOP: lambda: train_plainly(loop, one_of, optimiser, PAIRS),
        BATCHED: lambda: train_plainly(batched, one_of, optimiser, PAIRS),
        OURS: lambda: fit(ours, one_of, optimiser, PAIRS),
        OURS_8: lambda: fit(eight, eight_of, optimiser, PAIRS // 8),
    }


def step_rates(rounds: int, heard: Callable[[int], None]) -> dict[str, list[float]]:
    """Frames/s of each candidate in each round, after one round that does not count."""
    runs = candidates()
    rates: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(rounds + 1):
        seconds = dict.fromkeys(runs, 0.0)
        for _ in range(SLICES if turn else 1):
            for name, run in runs.items():
                began = time.perf_counter()
                run()
                seconds[name] += time.perf_counter() - began
        if turn:
            for name, spent in seconds.items():
                rates[name].append(2 * PAIRS * FRAMES * SLICES / spent)
        heard(turn)
    return rates

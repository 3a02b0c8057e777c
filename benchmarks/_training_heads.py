"""What heads cost, forward and backward: attention on frames against attention that reads again for every frame."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import torch

from reidlib.ran.heads import make_head
from reidlib.training.seeded import seeded

TRACKLETS, FEATURES = 32, 128  # B, D
HEADS = {"RAN-0": ("ran", {"R": 0}), "RAN-3": ("ran", {"R": 3}), "RNN attention": ("rnn_attention", {})}
SHORTEST_TIMING = 0.3  # seconds


def passes(T: int) -> dict[str, Callable[[], None]]:
    """One forward and backward pass of each head, on tracklets of ½ T … T real frames."""
    generator = torch.Generator().manual_seed(T)
    x = torch.randn(TRACKLETS, T, FEATURES, generator=generator).requires_grad_()
    mask = torch.arange(T) < torch.randint(T // 2, T + 1, (TRACKLETS, 1), generator=generator)
    incoming = torch.randn(TRACKLETS, FEATURES, generator=generator)

    def both_ways(head: torch.nn.Module) -> None:
        torch.autograd.grad(head(x, mask).video_feature, [x, *head.parameters()], incoming)

    runs = {}
    for name, (kind, options) in HEADS.items():
        with seeded("head", name):
            head = make_head(kind, FEATURES, **options)
        runs[name] = lambda head=head: both_ways(head)
    return runs


def head_seconds(T: int, rounds: int, heard: Callable[[int], None]) -> dict[str, list[float]]:
    """Seconds of one pass of each head in each round."""
    runs, repeats = passes(T), {}
    for name, run in runs.items():
        run()
        began = time.perf_counter()
        run()
        repeats[name] = math.ceil(SHORTEST_TIMING / (time.perf_counter() - began))
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(rounds):
        for name, run in runs.items():
            began = time.perf_counter()
            for _ in range(repeats[name]):
                run()
            seconds[name].append((time.perf_counter() - began) / repeats[name])
        heard(turn + 1)
    return seconds

"""Random batches of pairs, of the sizes that RAN trains on: what a step costs does not depend on what is seen."""

from __future__ import annotations

from collections.abc import Callable

import torch

from reidlib.ran.frame_cnn import FRAME
from reidlib.ran.siamese import PairBatch, adjacent_pairs

FRAMES, CLASSES = 16, 150  # T, and the training identities of iLIDS-VID
VARIETY = 4  # batches that take turns; even, so that a pair a step is as often of one person as of two


def random_pairs(pairs: int, seed: int, device: str = "cpu") -> PairBatch:
    """`pairs` pairs of 16 frames, every other one of one person; the first is, or is not, by `seed`."""
    generator = torch.Generator().manual_seed(seed)
    channels = torch.randn(2 * pairs, FRAMES, *FRAME, generator=generator)
    first = torch.randint(CLASSES, (pairs,), generator=generator)
    other = torch.randint(1, CLASSES, (pairs,), generator=generator)
    same = (torch.arange(pairs) + seed) % 2 == 0
    labels = torch.stack([first, torch.where(same, first, (first + other) % CLASSES)], 1).flatten()
    mask = torch.ones(2 * pairs, FRAMES, dtype=torch.bool)
    return PairBatch(*(part.to(device) for part in (channels, mask, labels, *adjacent_pairs(labels))))


def turns(pairs: int, seed: int, device: str = "cpu") -> Callable[[int], PairBatch]:
    """step -> batch; made beforehand, so that drawing them costs a step nothing."""
    batches = [random_pairs(pairs, VARIETY * seed + k, device) for k in range(VARIETY)]
    return lambda step: batches[step % VARIETY]

"""Which tracklets meet in a training step: pairs as the papers draw them, or some tracklets of each of a few people.

Every draw is a function of (seed, step) alone, so a training that was stopped goes on with the very same batches.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from reidlib.errors import ReidError


class Draw(NamedTuple):
    """Tracklets of one step and the pairs among them.

    numbers : (B,) numbers of tracklets in the store.
    first, second : (P,) positions in `numbers`.
    same : (P,) bool, True where both tracklets show one identity.
    """

    numbers: np.ndarray
    first: np.ndarray
    second: np.ndarray
    same: np.ndarray


class _Sampler:
    def __init__(self, pids: np.ndarray, camids: np.ndarray, numbers: np.ndarray, seed: int) -> None:
        self.numbers = np.asarray(numbers, dtype=np.int64)
        self.pids, self.camids = (np.asarray(ids)[self.numbers] for ids in (pids, camids))
        self.seed = seed
        self.members = {int(pid): np.flatnonzero(self.pids == pid) for pid in np.unique(self.pids)}
        if len(self.members) < 2:
            raise ReidError(f"Found {len(self.members)} identities to draw pairs from", "2 or more",
                            "pass the tracklets of a split's training part: split.tracklets(store.pids, 'train')")

    def _rng(self, step: int) -> np.random.Generator:
        return np.random.default_rng((self.seed, step))


class PairSampler(_Sampler):
    """As many positive as negative pairs; RAN §4.2, drawn as McLaughlin's code draws them.

    A positive pair: one identity, two cameras. A negative pair: two identities, each from a camera of its own choice.
    Positives walk through all identities before one comes again.

    Parameters
    ----------
    pids, camids : of the whole store.
    numbers : the tracklets to draw from.
    pairs : of one step, an even number: half positive, half negative. (The paper's batch of one pair is a step of each
        kind in turn; two pairs in one step see the same pairs.) 1 alternates as the code does: negative first.
    """

    def __init__(self, pids: np.ndarray, camids: np.ndarray, numbers: np.ndarray, *, pairs: int = 2,
                 seed: int = 0) -> None:
        super().__init__(pids, camids, numbers, seed)
        if pairs < 1 or (pairs % 2 and pairs != 1):
            raise ReidError(f"Found {pairs} pairs a step", "an even number, or 1", "pass pairs=2")
        self.pairs = pairs
        self.identities = [pid for pid, rows in self.members.items() if len(np.unique(self.camids[rows])) > 1]
        if not self.identities:
            raise ReidError("Found no identity seen by two cameras", "one or more, for positive pairs",
                            "check camids, or draw with IdentitySampler")

    def draw(self, step: int) -> Draw:
        rng = self._rng(step)
        rows, same = [], []
        for k in range(self.pairs):
            positive = step % 2 == 1 if self.pairs == 1 else k % 2 == 0
            count = step * self.pairs + k  # of all pairs so far; every second is positive
            rows += self._positive(count // 2, rng) if positive else self._negative(rng)
            same.append(positive)
        first = 2 * np.arange(self.pairs)
        return Draw(self.numbers[rows], first, first + 1, np.array(same))

    def _positive(self, count: int, rng: np.random.Generator) -> list[int]:
        lap, place = divmod(count, len(self.identities))
        order = np.random.default_rng((self.seed, lap, 1)).permutation(len(self.identities))
        rows = self.members[self.identities[order[place]]]
        cameras = rng.choice(np.unique(self.camids[rows]), 2, replace=False)
        return [int(rng.choice(rows[self.camids[rows] == camera])) for camera in cameras]

    def _negative(self, rng: np.random.Generator) -> list[int]:
        pair = rng.choice(np.array(list(self.members)), 2, replace=False)
        return [int(rng.choice(self.members[int(pid)])) for pid in pair]


class IdentitySampler(_Sampler):
    """`identities` people with `tracklets` each, from different cameras as far as there are; all pairs among them.

    Dearer in pairs than in frames: 8 identities × 2 tracklets give 8 positive and 112 negative pairs from 16 tracklets.
    The batch of batch-hard triplets (Hermans et al., 2017). Identities come again only after all have come, but for
    the rest of a round that would not fill a step.
    """

    def __init__(self, pids: np.ndarray, camids: np.ndarray, numbers: np.ndarray, *, identities: int = 8,
                 tracklets: int = 2, seed: int = 0) -> None:
        super().__init__(pids, camids, numbers, seed)
        if not 2 <= identities <= len(self.members) or tracklets < 2:
            raise ReidError(f"Found {identities} identities × {tracklets} tracklets of {len(self.members)} identities",
                            "2 identities or more, as far as there are, and 2 tracklets or more",
                            f"pass identities={min(8, len(self.members))}, tracklets=2")
        self.identities, self.tracklets = identities, tracklets
        B = identities * tracklets
        self._first, self._second = np.triu_indices(B, 1)

    def draw(self, step: int) -> Draw:
        rng = self._rng(step)
        pids = np.array(list(self.members))
        steps_in_lap = len(pids) // self.identities
        lap, place = divmod(step, steps_in_lap)
        order = np.random.default_rng((self.seed, lap, 1)).permutation(len(pids))
        chosen = pids[order[place * self.identities:(place + 1) * self.identities]]
        rows = np.concatenate([self._tracklets_of(self.members[int(pid)], rng) for pid in chosen])
        same = self.pids[rows][self._first] == self.pids[rows][self._second]
        return Draw(self.numbers[rows], self._first, self._second, same)

    def _tracklets_of(self, rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        shuffled = rng.permutation(rows)
        # The n-th tracklet of a camera comes after the (n-1)-th of all cameras: different cameras first.
        nth = np.array([np.sum(self.camids[shuffled[:k]] == self.camids[row]) for k, row in enumerate(shuffled)])
        ordered = shuffled[np.argsort(nth, kind="stable")]
        return np.resize(ordered, self.tracklets)  # too few: from the start again

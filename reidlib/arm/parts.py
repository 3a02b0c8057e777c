"""Some of the items of a source as a source of its own: certain days, or only a few pictures of each person."""

from __future__ import annotations

import hashlib

import numpy as np
import torch

from reidlib.arm.batches import Source
from reidlib.arm.items import Items
from reidlib.errors import ReidError


class Part:
    """The items `kept` of a source, numbered anew; their content stays where it is.

    Parameters
    ----------
    kept : (m,) bool over all items, or item numbers, without repeats.

    Raises
    ------
    ReidError : nothing is kept, numbers that do not exist, come twice or are no numbers.
    """

    def __init__(self, source: Source, kept: np.ndarray) -> None:
        kept = np.asarray(kept)
        self.source = source
        if kept.dtype == bool and kept.shape == (len(source.items),):
            kept = np.flatnonzero(kept)
        if not len(kept):
            raise ReidError(f"Found no item of {source.items.name} in this part", "one or more", "loosen what is kept")
        self.numbers = source.items.rows(kept)
        if self.numbers.ndim != 1 or len(np.unique(self.numbers)) < len(self.numbers):
            raise ReidError(f"Found {self.numbers.size} items to keep, some of them twice, in {source.items.name}",
                            "each once, along one axis", "pass numpy.unique(kept)")
        items = source.items
        digest = hashlib.sha256(items.hash.encode() + self.numbers.astype("<i8").tobytes()).hexdigest()
        self.items = Items(*(ids[self.numbers] for ids in (items.pids, items.camids, items.days)), items.name, digest)

    def gather(self, numbers: torch.Tensor | np.ndarray) -> torch.Tensor:
        """As the source's, by this part's numbers."""
        rows = torch.from_numpy(np.asarray(self.numbers[self.items.rows(numbers)]))  # 0-d comes back as a scalar
        return self.source.gather(rows.to(numbers.device) if isinstance(numbers, torch.Tensor) else rows)

    def __len__(self) -> int:
        return len(self.items)


def on_days(source: Source, days: range | list[int]) -> Part:
    """The items of these days: training and testing on different days, or a camera's day could be learned by heart."""
    return Part(source, np.isin(source.items.days, list(days)))


def few_each(source: Source, images: int, seed: int = 0) -> Part:
    """At most `images` items of each identity, spread over its cameras as evenly as they go, drawn by `seed`.

    The more common camera of a person never has two items more than another that has one left; with one image of each
    person, nothing can be learned across cameras.
    """
    if images < 1:
        raise ReidError(f"Found images={images}", "1 or more", "pass images=4")
    items, rng, kept = source.items, np.random.default_rng((seed, 5)), []
    for pid in np.unique(items.pids):
        own = rng.permutation(np.flatnonzero(items.pids == pid))
        # Its k-th picture in its own camera comes before any camera's (k+1)-th; cameras in random order.
        turn = np.empty(len(own), np.int64)
        for camid in np.unique(items.camids[own]):
            here = np.flatnonzero(items.camids[own] == camid)
            turn[here] = np.arange(len(here))
        kept.append(own[np.lexsort((rng.random(len(own)), turn))[:images]])
    return Part(source, np.sort(np.concatenate(kept)))

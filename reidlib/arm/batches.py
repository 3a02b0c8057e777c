"""The batch of a training step, as a function of (seed, step) alone: pictures with the episodes they belong to."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
import torch

from reidlib.arm.episodes import Episodes, EpisodeSampler
from reidlib.arm.items import Items
from reidlib.arm.recipes import Recipe
from reidlib.errors import ReidError


class Source(Protocol):
    """`Stills` or `Features`."""

    items: Items

    def gather(self, numbers: torch.Tensor | np.ndarray) -> torch.Tensor: ...


class EpisodeBatch(NamedTuple):
    """gallery (B, n, …) and probes (B, Q, …): pictures or features; classes : numbers 0 … of their identities among the
    training people, gallery and probes side by side (B, n + Q)."""

    gallery: torch.Tensor
    probes: torch.Tensor
    episodes: Episodes
    classes: torch.Tensor


class ItemBatch(NamedTuple):
    """items (m, …), their classes (m,) and cameras (m,)."""

    items: torch.Tensor
    classes: torch.Tensor
    camids: torch.Tensor


class Batches:
    """`batches(step)` -> `EpisodeBatch`, or `ItemBatch` for objectives without episodes.

    Parameters
    ----------
    source : where pictures come from.
    pids : the training people; their classes are numbered by ascending pid.
    """

    def __init__(self, source: Source, pids: np.ndarray, recipe: Recipe, seed: int) -> None:
        self.source, self.recipe, self.seed = source, recipe, seed
        self.pids = np.unique(np.asarray(pids, np.int64))
        self.sampler = EpisodeSampler(
            source.items, self.pids, ways=recipe.ways, shots=recipe.shots, probes=recipe.probes, mode=recipe.mode,
            same_day=recipe.same_day, distractors=recipe.distractors, on_short=recipe.on_short,
            episodes=recipe.episodes, seed=seed) if recipe.objective == "episode" else None
        if self.sampler is None:
            items = source.items
            order = np.flatnonzero(np.isin(items.pids, self.pids))
            self.members = [order[items.pids[order] == pid] for pid in self.pids]
            self.members = [each for each in self.members if len(each)]
            if len(self.members) < 2:
                raise ReidError(f"Found items of {len(self.members)} training identities", "2 or more",
                                "pass the pids of a split's training part")

    def __call__(self, step: int) -> EpisodeBatch | ItemBatch:
        # 3: apart from the sampler's own numbers
        rng = torch.Generator().manual_seed(int(np.random.SeedSequence((self.seed, step, 3)).generate_state(1)[0]))
        if self.sampler is None:
            return self._items(rng)
        episodes = self.sampler.draw(step)
        gallery, probes = (self._pictures(numbers, rng) for numbers in (episodes.gallery, episodes.probes))
        return EpisodeBatch(gallery, probes, episodes,
                            self._classes(torch.cat([episodes.gallery, episodes.probes], 1)))

    def _items(self, rng: torch.Generator) -> ItemBatch:
        count = min(self.recipe.identities, len(self.members))
        chosen = torch.randperm(len(self.members), generator=rng)[:count].tolist()
        numbers = []
        for k in chosen:
            own = self.members[k]
            first = torch.randperm(len(own), generator=rng)[:self.recipe.images].numpy()
            again = torch.randint(len(own), (self.recipe.images - len(first),), generator=rng).numpy()
            numbers.append(own[np.concatenate([first, again])])
        rows = torch.from_numpy(np.concatenate(numbers))
        return ItemBatch(self._pictures(rows, rng), self._classes(rows),
                         torch.from_numpy(self.source.items.camids[rows.numpy()]))

    def _pictures(self, numbers: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
        pictures = self.source.gather(numbers)
        if not self.recipe.flip or pictures.ndim < numbers.ndim + 3:  # features have no mirror
            return pictures
        mirrored = torch.rand(numbers.shape, generator=rng) < 0.5
        pictures[mirrored] = pictures[mirrored].flip(-1)
        return pictures

    def _classes(self, numbers: torch.Tensor) -> torch.Tensor:
        return torch.from_numpy(np.searchsorted(self.pids, self.source.items.pids[numbers.numpy()]))

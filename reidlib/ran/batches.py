"""The batch of a training step, as a function of (seed, step) alone: which tracklets, which frames, which crop."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from reidlib.data.pairs import Draw, IdentitySampler, PairSampler
from reidlib.data.reading import contiguous, spread
from reidlib.data.transforms import random_crop_flip
from reidlib.errors import ReidError
from reidlib.ran.inputs import TrackletInputs
from reidlib.ran.recipes import Recipe
from reidlib.ran.siamese import PairBatch

WINDOWS = {"contiguous": contiguous, "spread": spread}


class Batches:
    """`batches(step)` -> `PairBatch` of a recipe.

    Parameters
    ----------
    inputs : where channels come from.
    numbers : the tracklets of the training part; classes are numbered by ascending pid.
    features : of a frozen trunk, one array (T, D) for each of `numbers`; then batches hold features, not channels, and
        there is no crop to draw.
    """

    def __init__(self, inputs: TrackletInputs, numbers: np.ndarray, recipe: Recipe, seed: int,
                 features: Sequence[np.ndarray] | None = None) -> None:
        store = inputs.store
        if features is not None and [len(each) for each in features] != store.lengths[numbers].tolist():
            raise ReidError(f"Found features of {len(features)} tracklets for {len(numbers)}, or of other lengths",
                            "every frame of every training tracklet", "make them with reidlib.ran.embed.frame_features")
        kept = store.lengths[numbers] >= recipe.shortest
        self.features = None if features is None else {
            int(n): torch.from_numpy(np.ascontiguousarray(f)) for n, f in zip(numbers, features, strict=True)}
        self.inputs, self.recipe, self.seed = inputs, recipe, seed
        self.classes = {int(pid): k for k, pid in enumerate(np.unique(store.pids[numbers]))}
        numbers = np.asarray(numbers)[kept]
        ids = store.pids, store.camids, numbers
        self.sampler = (PairSampler(*ids, pairs=recipe.pairs, seed=seed) if recipe.sampling == "pairs" else
                        IdentitySampler(*ids, identities=recipe.identities, tracklets=recipe.tracklets, seed=seed))

    def __call__(self, step: int) -> PairBatch:
        draw: Draw = self.sampler.draw(step)
        rng = np.random.default_rng((self.seed, step, 2))  # 2: apart from the sampler's own numbers
        store, device = self.inputs.store, self.inputs.device
        frames, mask = WINDOWS[self.recipe.window](store.lengths[draw.numbers], self.recipe.frames, rng)
        if self.features is None:
            crop = random_crop_flip(len(draw.numbers), rng, first=self.recipe.first_offset)
            channels = self.inputs.channels(draw.numbers, frames, crop)
        else:
            channels = torch.stack([self.features[int(n)][f] for n, f in zip(draw.numbers, frames, strict=True)])
        labels = torch.tensor([self.classes[int(pid)] for pid in store.pids[draw.numbers]])
        parts = (torch.from_numpy(mask), labels, *map(torch.from_numpy, (draw.first, draw.second, draw.same)))
        return PairBatch(channels.to(device), *(part.to(device) for part in parts))

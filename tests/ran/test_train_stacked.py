"""Several splits and seeds of RAN at once end where each would have ended alone."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
import torch

from reidlib.data.splits import halves
from reidlib.ran.batches import Batches
from reidlib.ran.inputs import TrackletInputs
from reidlib.ran.presets import preset
from reidlib.ran.recipes import recipe
from reidlib.training.fit import fit
from reidlib.training.stacked import fit_stacked

STEPS, RUNS = 20, 3


# Adam divides by the root of a small square and so magnifies the last bits of float32: there the equality is shown in
# float64, for the printed network in the precision that trainings have.
@pytest.mark.parametrize(("name", "dtype"), [("paper", torch.float32), ("corrected", torch.float64)])
def test_three_stacked_splits_equal_three_separate_ones(street, name, dtype):
    system = preset(name)
    system = replace(system, cnn_options={**system.cnn_options, "hidden": 16})
    how = replace(recipe(system.quick), pairs=2, identities=4, tracklets=2, frames=2, steps=STEPS)
    inputs = TrackletInputs(street, system.inputs, system.flow)
    splits = halves(street.pids.tolist(), RUNS)
    batches = [Batches(inputs, split.tracklets(street.pids, "train"), how, seed) for seed, split in enumerate(splits)]
    models = [[system.siamese(len(each.classes), seed).to(dtype) for seed, each in enumerate(batches)]
              for _ in range(2)]

    def batch(run, step):
        drawn = batches[run](step)
        return drawn._replace(channels=drawn.channels.to(dtype))

    separate = [fit(model, partial(batch, seed), how.optimiser, STEPS, seed=seed)
                for seed, model in enumerate(models[0])]
    stacked = fit_stacked(models[1], lambda step: [batch(run, step) for run in range(RUNS)], how.optimiser, STEPS,
                          seeds=list(range(RUNS)))
    for alone, together in zip(separate, stacked, strict=True):
        torch.testing.assert_close(torch.tensor(together.history["total"]), torch.tensor(alone.history["total"]),
                                   rtol=1e-4, atol=1e-5)
    for alone, together in zip(*models, strict=True):
        for (key, one), other in zip(alone.state_dict().items(), together.state_dict().values(), strict=True):
            assert (one - other).norm() <= 1e-4 * one.norm() + 1e-7, key

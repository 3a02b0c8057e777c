"""Several trainings of one architecture in one: seeds, or settings of the data, for little more than the price of one.

Small networks leave a GPU idle. S of them with their weights stacked to (S, …) are one network with larger arrays
(torch.func: functional_call under vmap). Their losses share no weights, so one backward pass gives each its own
gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.func import functional_call, stack_module_state, vmap

from reidlib.errors import ReidError
from reidlib.training.fit import in_train_mode
from reidlib.training.loop import Loop
from reidlib.training.nested import in_dims, stacked_leaves
from reidlib.training.optimising import check_multipliers
from reidlib.training.result import Fit, Progress
from reidlib.training.settings import Optimiser


def fit_stacked(models: Sequence[nn.Module], batch_of: Callable[[int], Sequence[Any]], optimiser: Optimiser, steps: int,
                *, seeds: Sequence[Any], device: str | torch.device = "cpu", folder: str | Path | None = None,
                every: int = 100, callbacks: Sequence[Callable[[Progress], object]] = (),
                facts: Mapping[str, Any] | None = None) -> list[Fit]:
    """Trains S models of one architecture at once, each as its own `fit` would have, up to rounding.

    Each run has its own gradient norm and clipping. What a forward pass draws (dropout) is drawn for each run, but as
    one draw for all under `seeded(*seeds, step)`: with dropout a run is as random as its own `fit`, not equal to it.

    Parameters
    ----------
    models : S modules of equal architecture; trained in place.
    batch_of : step -> S batches of equal structure, shapes and dtypes; they are stacked tensor by tensor.
    seeds : S JSON values.
    optimiser, steps, device, folder, every, callbacks, facts : as in `fit`; all runs share them. Callbacks hear the
        mean over the runs. There is no early stop: the runs would not all end together.

    Returns
    -------
    list of Fit : one for each model; `seconds` is that of all together.

    Raises
    ------
    ReidError : models or batches that differ in kind; else as in `fit`. A loss that is not finite in one run ends all.
    """
    models, seeds = list(models), list(seeds)
    _check(models, seeds)
    check_multipliers(models[0], optimiser)
    device = torch.device(device)
    for model in models:
        model.to(device)
    with in_train_mode(*models):
        stack = _Stack(models, device)
        loop = Loop(stack, batch_of, optimiser, steps, seeds=seeds, device=device, folder=folder, every=every,
                    callbacks=callbacks, stop=None, facts=facts)
        try:
            return loop.run()
        finally:
            stack.unstack()


class _Stack:
    def __init__(self, models: list[nn.Module], device: torch.device) -> None:
        self.models, self.runs, self.device = models, len(models), device
        self.parameters, self.buffers = stack_module_state(models)
        self.state = {**self.parameters, **self.buffers}
        self.leaves = {name: each for name, each in self.parameters.items() if each.requires_grad}

    def ready(self, batches: Sequence[Any]) -> Any:
        if not isinstance(batches, (list, tuple)) or len(batches) != self.runs:
            found = len(batches) if isinstance(batches, (list, tuple)) else type(batches).__name__
            raise ReidError(f"batch_of gave {found} batches for {self.runs} models", "a list with one batch for each",
                            "return [batches[s](step) for s in range(S)]")
        return stacked_leaves(batches, self.device)

    def terms(self, batch: Any) -> Mapping[str, torch.Tensor]:
        each = vmap(self._one, in_dims=(0, 0, in_dims(batch)), randomness="different")
        return each(self.parameters, self.buffers, batch)

    def _one(self, parameters: dict, buffers: dict, batch: Any) -> Mapping[str, torch.Tensor]:
        return functional_call(self.models[0], (parameters, buffers), (batch,))

    @torch.no_grad()
    def unstack(self) -> None:
        """Gives each model its weights."""
        for s, model in enumerate(self.models):
            for name, tensor in (*model.named_parameters(), *model.named_buffers()):
                tensor.copy_(self.state[name][s])


def _check(models: list[nn.Module], seeds: list[Any]) -> None:
    if not models or len(models) != len(seeds):
        raise ReidError(f"Found {len(models)} models and {len(seeds)} seeds", "one model or more, and a seed for each",
                        "pass seeds=range(len(models))")
    if len({id(model) for model in models}) < len(models):
        raise ReidError("Found one model twice", "a model for each run", "build one for each seed")
    first = _shapes(models[0])
    for s, model in enumerate(models[1:], 1):
        if type(model) is not type(models[0]) or _shapes(model) != first:
            other = next((name for name, facts in _shapes(model).items() if first.get(name) != facts), "its modules")
            raise ReidError(f"Model {s} is of another architecture than model 0: {type(model).__name__}, {other}",
                            "models that differ in their weights only",
                            "build all from one preset, or train them one by one")


def _shapes(model: nn.Module) -> dict[str, tuple]:
    return {name: (tuple(each.shape), each.dtype, each.requires_grad)
            for name, each in (*model.named_parameters(), *model.named_buffers())}

"""One training: a model that turns a batch into named loss terms, stepped until it is done, killed or stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import nn

from reidlib.training.loop import Loop
from reidlib.training.nested import moved
from reidlib.training.optimising import check_multipliers
from reidlib.training.result import Fit, Progress
from reidlib.training.settings import Optimiser

__all__ = ["Fit", "Progress", "fit"]


def fit(model: nn.Module, batch_of: Callable[[int], Any], optimiser: Optimiser, steps: int, *, seed: Any = 0,
        device: str | torch.device = "cpu", folder: str | Path | None = None, every: int = 100,
        callbacks: Sequence[Callable[[Progress], object]] = (),
        stop: Callable[[Progress], bool | str] | None = None, facts: Mapping[str, Any] | None = None) -> Fit:
    """Trains `model` in place, in train mode; afterwards each of its modules has the mode it had.

    Every step runs under `seeded(seed, step)`, and its batch depends on the step alone. So what a step draws (dropout)
    is a function of (seed, step), and a training that was killed goes on as if nothing had happened: on a CPU the final
    weights are equal bit for bit (with the same number of threads; a GPU adds in another order each time).

    Parameters
    ----------
    model : forward(batch) -> {name: tensor without dimensions}, the loss terms, already weighted; the loss is their
        sum.
    batch_of : step (from 0) -> batch of tensors in any nesting of tuples, lists and dictionaries; a pure function.
    optimiser : its settings.
    steps : of the whole training.
    seed : a JSON value.
    device : model and batches are moved there.
    folder : for the checkpoint, of which the last replaces the one before; None keeps none. Called again with the same
        folder, `fit` goes on from there; a training that is finished, or that `stop` ended, returns at once.
    every : steps between two checkpoints, and between two questions to `stop`.
    callbacks : each hears a `Progress` after the first step, then about five times a second, and at the end.
    stop : hears a `Progress` every `every` steps; True or a reason ends the training. It should depend on nothing but
        its `history`: a killed training asks again.
    facts : JSON values kept in the checkpoint, such as preset, data version, split, code version.

    Returns
    -------
    Fit : after Ctrl-C with `interrupted`, at the end of the step and with a checkpoint written. A second Ctrl-C does
        not wait: it raises KeyboardInterrupt, and the checkpoint before stays.

    Raises
    ------
    ReidError : a loss or a gradient that is not finite (on a CPU before it reaches the weights, on a GPU up to 50 steps
        later; no checkpoint is written after it), a folder of another training, a batch or a model of another kind.
    An error of a callback, of `stop` or of `batch_of` is passed on, after a checkpoint was written.
    """
    check_multipliers(model, optimiser)
    device = torch.device(device)
    model.to(device)
    with in_train_mode(model):
        return Loop(_One(model, device), batch_of, optimiser, steps, seeds=[seed], device=device, folder=folder,
                    every=every, callbacks=callbacks, stop=stop, facts=facts).run()[0]


class _One:
    runs = None

    def __init__(self, model: nn.Module, device: torch.device) -> None:
        self.terms, self.device = model, device
        self.state = {**dict(model.named_parameters()), **dict(model.named_buffers())}
        self.leaves = {name: each for name, each in model.named_parameters() if each.requires_grad}

    def ready(self, batch: Any) -> Any:
        return moved(batch, self.device)


@contextmanager
def in_train_mode(*models: nn.Module) -> Iterator[None]:
    """Inside, all modules train; afterwards each has its own mode again."""
    before = [(module, module.training) for model in models for module in model.modules()]
    try:
        for model in models:
            model.train()
        yield
    finally:
        for module, training in before:
            module.training = training

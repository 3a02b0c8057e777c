"""A small model with dropout, a buffer and two loss terms, and batches that are a function of the step."""

from __future__ import annotations

import sys
import time
from typing import NamedTuple

import torch
from torch import nn

from reidlib.training.fit import fit
from reidlib.training.seeded import derive, seeded
from reidlib.training.settings import Optimiser

SETTINGS = {
    "sgd": Optimiser("sgd", 0.05, momentum=0.9, clip="norm", clip_at=0.5, milestones=(0.5,), weight_decay=1e-3,
                     multipliers={"head": 5.0}),
    "adam": Optimiser("adam", 0.01, clip="value", clip_at=0.01, warm_up=4, multipliers={"body.0": 0.5}),
}


class Batch(NamedTuple):
    x: torch.Tensor
    target: torch.Tensor
    mask: torch.Tensor | None


class Toy(nn.Module):
    """Regression of a nonlinear target, with a penalty as its second term; counts its forward passes."""

    def __init__(self, dropout: float = 0.3) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Dropout(dropout))
        self.head = nn.Linear(16, 1)
        self.register_buffer("seen", torch.zeros(()))

    def forward(self, batch: Batch) -> dict[str, torch.Tensor]:
        self.seen += 1
        out = self.head(self.body(batch.x))[:, 0]
        return {"error": ((out - batch.target) ** 2).mean(), "size": 0.01 * out.abs().mean()}


class StillToy(Toy):
    """Without the counter, which torch.func could not carry."""

    def forward(self, batch: Batch) -> dict[str, torch.Tensor]:
        out = self.head(self.body(batch.x))[:, 0]
        return {"error": ((out - batch.target) ** 2).mean(), "size": 0.01 * out.abs().mean()}


def toy(seed: int = 0, kind: type[Toy] = Toy, dropout: float = 0.3) -> Toy:
    with seeded("toy", seed):
        return kind(dropout)


def batch_of(step: int, run: int = 0) -> Batch:
    generator = torch.Generator().manual_seed(derive("toy batch", run, step))
    x = torch.randn(12, 6, generator=generator)
    return Batch(x, torch.sin(x[:, 0]) * x[:, 1], None)


class Asked:
    """`batch_of`, keeping the steps that it was asked for."""

    def __init__(self) -> None:
        self.steps: list[int] = []

    def __call__(self, step: int) -> Batch:
        self.steps.append(step)
        return batch_of(step)


def weights(model: nn.Module) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in model.state_dict().items()}


def same_bits(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def main(folder: str, kind: str, steps: int, pause: float) -> None:
    """A training in a process of its own, slow enough to be killed; says each step that it begins."""

    def slow(step: int) -> Batch:
        print(step, flush=True)
        time.sleep(pause)
        return batch_of(step)

    done = fit(toy(), slow, SETTINGS[kind], steps, seed=5, folder=folder, every=3)
    print("interrupted" if done.interrupted else "finished", done.step, flush=True)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))

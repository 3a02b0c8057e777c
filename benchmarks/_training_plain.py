"""RAN's network and training step as the code of its lineage writes them: the peers of reidlib's step.

After the published description of McLaughlin's code (one call of the CNN for each frame, tanh before pooling, channels
before rows and columns in memory, one pair a step, two branches) and RAN's own sizes (2560 -> 1024 -> 128). The head,
the classifiers and the loss are those of the model it is compared with, so that both are one network.
"""

from __future__ import annotations

import copy
from collections.abc import Callable

import torch
from torch import nn
from torch.nn.functional import cross_entropy

from reidlib.ran.siamese import PairBatch, Siamese
from reidlib.training.settings import Optimiser


class Plain(nn.Module):
    """One pair -> its loss, with the weights of `ours`; the parameters come in the same order.

    one_by_one : a loop over the frames, or all frames of the pair in one call.
    """

    def __init__(self, ours: Siamese, one_by_one: bool) -> None:
        super().__init__()
        stages, before = [], 5
        for filters in (16, 32, 32):
            stages += [nn.Conv2d(before, filters, 5, padding=4), nn.Tanh(), nn.MaxPool2d(2)]
            before = filters
        self.cnn = nn.Sequential(*stages, nn.Flatten(), nn.Linear(2560, 1024), nn.Tanh(), nn.Linear(1024, 128))
        self.head, self.classifier = copy.deepcopy(ours.network.head), copy.deepcopy(ours.classifier)
        self.similarity, self.margin = copy.deepcopy(ours.similarity), ours.options.margin
        self.one_by_one = one_by_one
        with torch.no_grad():
            for mine, theirs in zip(self.parameters(), ours.parameters(), strict=True):
                mine.copy_(theirs)

    def forward(self, batch: PairBatch) -> torch.Tensor:
        if self.one_by_one:
            sides = [torch.cat([self.cnn(frame[None]) for frame in side]) for side in batch.channels]
        else:
            sides = self.cnn(batch.channels.flatten(0, 1)).unflatten(0, (2, -1))
        first, second = (self.head(side[None]).video_feature for side in sides)
        same, gap = bool(batch.same), first - second
        hinge = gap.square().sum() if same else (self.margin - gap.norm()).clamp_min(0).square()
        return (hinge / 2 + cross_entropy(self.similarity(first, second), batch.same.long())
                + cross_entropy(self.classifier(first), batch.labels[:1])
                + cross_entropy(self.classifier(second), batch.labels[1:]))


def train_plainly(model: Plain, batch_of: Callable[[int], PairBatch], optimiser: Optimiser, steps: int) -> None:
    """Forward, backward, every gradient cut to ±`clip_at`, a step of SGD."""
    sgd = torch.optim.SGD(model.parameters(), optimiser.learning_rate, optimiser.momentum)
    for step in range(steps):
        sgd.zero_grad()
        model(batch_of(step)).backward()
        nn.utils.clip_grad_value_(model.parameters(), optimiser.clip_at)
        sgd.step()

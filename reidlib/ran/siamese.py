"""RAN's Siamese training model (§3.4, Eq. 6): a batch of pairs in, the named terms of the loss out."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import NamedTuple

import torch
from torch import nn

from reidlib.errors import ReidError
from reidlib.ran.frame_cnn import initialise
from reidlib.ran.losses import halves, identity_loss, linear_hinge, squared_hinge
from reidlib.ran.network import Network
from reidlib.ran.similarity import Similarity

HINGES = {"squared": squared_hinge, "linear": linear_hinge}


class PairBatch(NamedTuple):
    """B tracklets and P pairs of them; every tracklet is stored and computed once, however many pairs it is in.

    channels : (B, T, 5, 56, 40), or frame features (B, T, D) for a frozen trunk.
    mask : (B, T) bool, True = a real frame; None = all real.
    labels : (B,) int64, class numbers 0 … K−1.
    first, second : (P,) int64, indices into the B tracklets.
    same : (P,) bool, labels[first] == labels[second].
    """

    channels: torch.Tensor
    mask: torch.Tensor | None
    labels: torch.Tensor
    first: torch.Tensor
    second: torch.Tensor
    same: torch.Tensor


@dataclass(frozen=True)
class LossWeights:
    """Of the terms of Eq. 6, where each is 1. From 0; a weight of 0 leaves the term in the log, as 0."""

    hinge: float = 1.0
    similarity: float = 1.0
    identity_1: float = 1.0
    identity_2: float = 1.0

    def __post_init__(self) -> None:
        for each in fields(self):
            if not 0 <= getattr(self, each.name) < float("inf"):
                raise ReidError(f"Found the loss weight {each.name}={getattr(self, each.name)!r}", "a number from 0",
                                f"pass {each.name}=1.0")


@dataclass(frozen=True)
class SiameseOptions:
    """How pairs and identities are punished.

    margin : m of Eq. 5. Ours: 1, for features of unit length; RAN and McLaughlin have 2, for features of any length.
    hinge : "squared" (Eq. 5) or "linear" (McLaughlin's code).
    similarity : a mode of `Similarity`, or None to leave L_sim out, as McLaughlin does.
    weights : of the terms.
    init : of the identity classifier, as in `FrameCNN`.
    identity_scale : the classifier sees the video feature times this. On features of unit length its answers would
        stay unsure for long; 16 there (ours).
    """

    margin: float = 1.0
    hinge: str = "squared"
    similarity: str | None = "hadamard"
    weights: LossWeights = field(default_factory=LossWeights)
    init: str = "he"
    identity_scale: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.identity_scale < float("inf"):
            raise ReidError(f"Found identity_scale={self.identity_scale!r}", "a number above 0",
                            "pass identity_scale=1.0")
        if self.hinge not in HINGES:
            raise ReidError(f"Found hinge={self.hinge!r}", " or ".join(HINGES), "pass hinge='squared'")
        if not 0 < self.margin < float("inf"):
            raise ReidError(f"Found margin={self.margin!r}", "a distance above 0", "pass margin=1.0")


class Siamese(nn.Module):
    """Eq. 6: L = L_id1 + L_hinge + L_sim + L_id2. Forward: `PairBatch` -> the weighted terms by name; L is their sum.

    Both branches are one network, so "two branches" is two rows of a batch. After training only `network` is kept.

    Terms: "hinge_positive" and "hinge_negative", each ½ the mean over its kind of pairs, so that their sum is L_hinge
    and the log shows which of the two is at work; "similarity", balanced the same way, absent with similarity None;
    "identity_1" and "identity_2", the mean over pairs of the cross-entropy of the first and of the second member,
    negative pairs included, as McLaughlin does. Where the batch holds all its pairs, each tracklet is in B − 1 of
    them, so the two identity terms together weigh all tracklets evenly.

    Parameters
    ----------
    network : the branch.
    classes : K, identities in the training split; the classifier is Linear(D, K).
    options : see `SiameseOptions`.

    Raises
    ------
    ReidError : fewer than 2 classes; in `forward`, parts of a batch that do not fit each other.
    """

    def __init__(self, network: Network, classes: int, options: SiameseOptions | None = None) -> None:
        super().__init__()
        if not isinstance(classes, int) or classes < 2:
            raise ReidError(f"Found {classes!r} classes", "2 identities or more", "train on a split with more people")
        self.network, self.options = network, SiameseOptions() if options is None else options
        self.classifier = nn.Linear(network.features_out, classes)
        initialise(self.classifier, self.options.init)
        mode = self.options.similarity
        self.similarity = None if mode is None else Similarity(mode, network.features_out)

    def forward(self, batch: PairBatch) -> dict[str, torch.Tensor]:
        _check(batch)
        channels, mask, labels, first, second, same = batch
        if self.network.head.pooling == "pair":
            features = [pooled.video_feature for pooled in self.network.pair(channels, mask, first, second)]
            identity = [identity_loss(self._classified(each), labels[side])
                        for each, side in zip(features, (first, second), strict=True)]
        else:  # a tracklet has one feature, whatever it is paired with: classify it once
            feature = self.network(channels, mask).video_feature
            each = identity_loss(self._classified(feature), labels)
            features, identity = [feature[first], feature[second]], [each[first], each[second]]

        weights = self.options.weights
        positive, negative = halves(HINGES[self.options.hinge](*features, same, self.options.margin), same)
        terms = {"hinge_positive": weights.hinge * positive, "hinge_negative": weights.hinge * negative}
        if self.similarity is not None:
            terms["similarity"] = weights.similarity * sum(halves(self.similarity.losses(*features, same), same))
        terms["identity_1"] = weights.identity_1 * identity[0].mean()
        terms["identity_2"] = weights.identity_2 * identity[1].mean()
        return terms

    def _classified(self, video_feature: torch.Tensor) -> torch.Tensor:
        return self.classifier(self.options.identity_scale * video_feature)


def adjacent_pairs(labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """(first, second, same) of a batch of pairs: tracklets (0, 1), (2, 3), … of labels (2P,)."""
    if labels.ndim != 1 or len(labels) < 2 or len(labels) % 2:
        raise ReidError(f"Found labels of shape {tuple(labels.shape)}", "(2P,): an even number from 2",
                        "put both members of each pair side by side, or use all_pairs")
    first = torch.arange(0, len(labels), 2, device=labels.device)
    return first, first + 1, labels[0::2] == labels[1::2]


def all_pairs(labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """(first, second, same) of an identities × tracklets batch: all B (B − 1) / 2 pairs, first < second."""
    if labels.ndim != 1 or len(labels) < 2:
        raise ReidError(f"Found labels of shape {tuple(labels.shape)}", "(B,) with B of 2 or more",
                        "put more tracklets into the batch")
    first, second = torch.triu_indices(len(labels), len(labels), 1, device=labels.device)
    return first, second, labels[first] == labels[second]


def _check(batch: PairBatch) -> None:
    B, P = len(batch.channels), batch.first.numel()
    for name, shape, dtype in (("labels", (B,), torch.int64), ("first", (P,), torch.int64),
                               ("second", (P,), torch.int64), ("same", (P,), torch.bool)):
        part = getattr(batch, name)
        if part.dtype != dtype or tuple(part.shape) != shape or not P:
            raise ReidError(f"Found {name} of {part.dtype} {tuple(part.shape)} in a batch of {B} tracklets and {P} "
                            "pairs", f"{dtype} {shape}, and at least one pair",
                            "make the pairs with reidlib.ran.siamese.all_pairs or adjacent_pairs")

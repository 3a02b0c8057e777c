"""Training models: a batch in, the named terms of the loss out. One for episodes, two for the rivals."""

from __future__ import annotations

import torch
from torch import nn

from reidlib.arm.batches import EpisodeBatch, ItemBatch
from reidlib.arm.losses import IdentitySoftmax, batch_hard_loss, episode_loss
from reidlib.arm.model import Arm
from reidlib.arm.recipes import Recipe
from reidlib.training.seeded import seeded


class EpisodeLearning(nn.Module):
    """The meta-learner of ARM's text: the same question as at the test, over many galleries, so that the encoders learn
    how a gallery should be looked at (paper); "identity" is a softmax over the training people on z (ours, optional).
    """

    def __init__(self, network: Arm, identities: int, identity_weight: float = 0.0) -> None:
        super().__init__()
        self.network, self.weight = network, identity_weight
        self.classifier = IdentitySoftmax(network.D, identities) if identity_weight else None

    def forward(self, batch: EpisodeBatch) -> dict[str, torch.Tensor]:
        episodes = batch.episodes
        gallery_z, probe_z = self.network.features(batch.gallery), self.network.features(batch.probes)
        matched = self.network.match(gallery_z, probe_z, episodes, classes=episodes.gallery.shape[1])
        terms = {"episode": episode_loss(matched.log_probability, episodes.probe_labels, episodes.probe_mask)}
        if self.classifier is not None:
            z, mask = torch.cat([gallery_z, probe_z], 1), torch.cat([episodes.gallery_mask, episodes.probe_mask], 1)
            terms["identity"] = self.weight * self.classifier(z, batch.classes, mask)
        return terms


class TripletLearning(nn.Module):
    """Batch-hard triplets on z, positives from other cameras where there are any; soft margin."""

    def __init__(self, network: Arm) -> None:
        super().__init__()
        self.network = network

    def forward(self, batch: ItemBatch) -> dict[str, torch.Tensor]:
        z = self.network.features(batch.items)
        squared = (z[:, None] - z[None]).square().sum(-1)
        # The root has no slope at 0; what is this close is the item itself.
        return {"triplet": batch_hard_loss((squared + 1e-8).sqrt(), batch.classes, batch.camids)}


class IdentityLearning(nn.Module):
    """Softmax over the training people on z."""

    def __init__(self, network: Arm, identities: int) -> None:
        super().__init__()
        self.network, self.classifier = network, IdentitySoftmax(network.D, identities)

    def forward(self, batch: ItemBatch) -> dict[str, torch.Tensor]:
        return {"identity": self.classifier(self.network.features(batch.items), batch.classes)}


def learning(network: Arm, recipe: Recipe, identities: int, seed: int) -> nn.Module:
    """The training model of a recipe."""
    with seeded("arm", "learning", seed):
        if recipe.objective == "triplet":
            return TripletLearning(network)
        if recipe.objective == "identity":
            return IdentityLearning(network, identities)
        return EpisodeLearning(network, identities, recipe.identity_weight)

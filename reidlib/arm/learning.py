"""Training models: a batch in, the named terms of the loss out. One for episodes, two for the rivals."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.functional import normalize

from reidlib.arm.batches import EpisodeBatch, ItemBatch
from reidlib.arm.losses import IdentitySoftmax, batch_all_loss, batch_hard_loss, episode_loss
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
    """Triplets, positives from other cameras where there are any. "hard": the hardest of each anchor, soft margin, on
    z. "all": every one that violates its margin, on z of length 1, as the matching compares them.
    """

    def __init__(self, network: Arm, mining: str = "hard") -> None:
        super().__init__()
        self.network, self.mining = network, mining

    def forward(self, batch: ItemBatch) -> dict[str, torch.Tensor]:
        z = self.network.features(batch.items)
        z = normalize(z, dim=-1) if self.mining == "all" else z
        squared = (z[:, None] - z[None]).square().sum(-1)
        # The root has no slope at 0; what is this close is the item itself.
        loss = batch_all_loss if self.mining == "all" else batch_hard_loss
        return {"triplet": loss((squared + 1e-8).sqrt(), batch.classes, batch.camids)}


class IdentityLearning(nn.Module):
    """Softmax over the training people on z; with `batch_norm`, on z less its batch's mean, over its spread, as in Luo
    et al. (2019, BNNeck). A fresh network gives all pictures nearly one z, in which cosines to the classifier's weights
    tell nothing apart; the matching at test is of z itself (ours).
    """

    def __init__(self, network: Arm, identities: int, batch_norm: bool = False) -> None:
        super().__init__()
        self.network, self.classifier = network, IdentitySoftmax(network.D, identities)
        # Statistics of each batch alone: nothing to keep, nothing that a checkpoint could miss.
        self.norm = nn.BatchNorm1d(network.D, affine=False, track_running_stats=False) if batch_norm else nn.Identity()

    def forward(self, batch: ItemBatch) -> dict[str, torch.Tensor]:
        return {"identity": self.classifier(self.norm(self.network.features(batch.items)), batch.classes)}


def learning(network: Arm, recipe: Recipe, identities: int, seed: int) -> nn.Module:
    """The training model of a recipe."""
    with seeded("arm", "learning", seed):
        if recipe.objective == "triplet":
            return TripletLearning(network, recipe.mining)
        if recipe.objective == "identity":
            return IdentityLearning(network, identities, recipe.batch_norm)
        return EpisodeLearning(network, identities, recipe.identity_weight)

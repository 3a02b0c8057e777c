"""ARM as one network: picture -> feature -> feature in view of the gallery -> probability of each identity."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import nn

from reidlib.arm.episodes import Episodes
from reidlib.arm.gallery.encoder import GalleryEncoder
from reidlib.arm.matching import Matching, identity_log_probability
from reidlib.arm.probe import NoReads, ProbeReads


class Matched(NamedTuple):
    """Answers to B episodes.

    logits : (B, Q, n), ℓ of each gallery item, −inf at padding.
    log_probability : (B, Q, classes), of each identity.
    f, g : (B, Q, D) and (B, n, D), what was compared.
    attention : (B, Q, n) for each read of the probe encoder.
    """

    logits: torch.Tensor
    log_probability: torch.Tensor
    f: torch.Tensor
    g: torch.Tensor
    attention: tuple[torch.Tensor, ...]


class Arm(nn.Module):
    """Backbone, neck, gallery encoder, probe encoder and matching.

    ARM's text fixes the parts and what each looks at (paper); their formulas are ours, see each part. With encoders at
    their zero start the network is plain matching of z.

    Parameters
    ----------
    backbone, neck : pictures (..., 3, H, W), or features, to z (..., D).
    gallery, probe, matching : see `reidlib.arm.gallery`, `probe`, `matching`.
    """

    def __init__(self, backbone: nn.Module, neck: nn.Module, gallery: GalleryEncoder, probe: NoReads,
                 matching: Matching) -> None:
        super().__init__()
        self.backbone, self.neck = backbone, neck
        self.gallery, self.probe, self.matching = gallery, probe, matching

    @property
    def D(self) -> int:
        return self.gallery.D

    def features(self, pictures: torch.Tensor) -> torch.Tensor:
        """z (..., D): each picture by itself, before any context."""
        return self.neck(self.backbone(pictures))

    def encode(self, z: torch.Tensor, mask: torch.Tensor, camids: torch.Tensor) -> torch.Tensor:
        """g (B, n, D): the gallery's items in view of each other."""
        return self.gallery(z, mask, camids)

    def read(self, z: torch.Tensor, g: torch.Tensor, mask: torch.Tensor, gallery_camids: torch.Tensor,
             probe_camids: torch.Tensor, *, keep_attention: bool = True) -> ProbeReads:
        """f (B, Q, D): the probes in view of the gallery, never of each other."""
        return self.probe(z, g, mask, gallery_camids, probe_camids, keep_attention=keep_attention)

    def match(self, gallery_z: torch.Tensor, probe_z: torch.Tensor, episodes: Episodes, *,
              classes: int | None = None) -> Matched:
        """From z to answers."""
        mask, cameras = episodes.gallery_mask, episodes.gallery_camids
        g = self.encode(gallery_z, mask, cameras)
        f, attention = self.read(probe_z, g, mask, cameras, episodes.probe_camids)
        logits = self.matching(f, g, mask)
        answer = identity_log_probability(logits, mask, episodes.gallery_labels, episodes.ways, classes=classes)
        return Matched(logits, answer, f, g, attention)

    def forward(self, gallery: torch.Tensor, probes: torch.Tensor, episodes: Episodes) -> Matched:
        """Pictures or features of the gallery (B, n, …) and of the probes (B, Q, …)."""
        return self.match(self.features(gallery), self.features(probes), episodes)

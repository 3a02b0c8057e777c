"""ARM on top of its strongest rival: the gallery's mean is taken off first, and the encoders learn what is left."""

from __future__ import annotations

import torch

from reidlib.arm.baselines import camera_means, centre
from reidlib.arm.cached import Features
from reidlib.arm.episodes import Episodes
from reidlib.arm.model import Arm, Matched


class CentredArm(Arm):
    """The encoders and matching of `network` after `centre`; at their zero start it is the rival "centred cosine".

    The gallery loses its own mean, a probe the mean of the training people before its camera, as that rival has it.
    """

    def __init__(self, network: Arm, learned: Features) -> None:
        super().__init__(network.backbone, network.neck, network.gallery, network.probe, network.matching)
        camids = torch.from_numpy(learned.items.camids)
        means = camera_means(learned.feats, camids, int(camids.max()) + 1)
        self.register_buffer("means", means, persistent=False)

    def match(self, gallery_z: torch.Tensor, probe_z: torch.Tensor, episodes: Episodes, *,
              classes: int | None = None) -> Matched:
        centred = centre(gallery_z, probe_z, episodes.gallery_mask, self.means[episodes.probe_camids])
        return super().match(*centred, episodes, classes=classes)

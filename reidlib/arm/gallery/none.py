"""No context: each gallery item stands for itself."""

from __future__ import annotations

import torch

from reidlib.arm.gallery.encoder import GalleryEncoder


class NoContext(GalleryEncoder):
    """g_i = z_i: plain matching networks (Vinyals et al. 2016 §2.1.1), and ordinary ranking by cosine. Learns nothing.

    The rival that every other encoder has to beat.
    """

    def encode(self, z: torch.Tensor, mask: torch.Tensor, camids: torch.Tensor) -> torch.Tensor:
        return z

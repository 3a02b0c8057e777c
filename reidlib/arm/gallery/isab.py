"""Set attention through a few learned seats: the gallery is summed up once and read back, in linear time."""

from __future__ import annotations

import torch
from torch import nn

from reidlib.arm.gallery.encoder import GalleryEncoder
from reidlib.arm.gallery.sab import Block
from reidlib.choices import at_least


class Isab(GalleryEncoder):
    """h = MAB(I, u), u ← MAB(u, h): Lee et al. (2019) Eq. 9–10, with m inducing points I learned for each block.

    The seats gather what the gallery has in common, such as its light; no item meets another one itself. O(n m) time.
    I starts normal with variance 1/D (ours).

    Parameters
    ----------
    m : inducing points.
    blocks, heads, log_n : as for `Sab`. `log_n` counts the keys of each attention: n for h, m for u.
    """

    def __init__(self, D: int, m: int = 16, blocks: int = 1, heads: int = 4, log_n: bool = False) -> None:
        super().__init__(D)
        at_least("m", m, 1)
        at_least("blocks", blocks, 1)
        self.points = nn.Parameter(torch.randn(blocks, m, D) * D**-0.5)
        self.gather = nn.ModuleList(Block(D, heads, log_n) for _ in range(blocks))
        self.spread = nn.ModuleList(Block(D, heads, log_n) for _ in range(blocks))

    def encode(self, z: torch.Tensor, mask: torch.Tensor, camids: torch.Tensor) -> torch.Tensor:
        taken = torch.ones_like(mask[:, :1]).expand(-1, self.points.shape[1])
        for points, gather, spread in zip(self.points, self.gather, self.spread, strict=True):
            z = spread(z, gather(points.expand(len(z), -1, -1), z, mask), taken)
        return z

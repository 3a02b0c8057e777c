"""Set attention blocks: every item asks all items of its gallery."""

from __future__ import annotations

import torch
from torch import nn

from reidlib.arm.attention import SetAttention, Views, zero_linear
from reidlib.arm.gallery.encoder import GalleryEncoder
from reidlib.choices import at_least


class Block(nn.Module):
    """u ← u + W_o heads(LN u, LN keys);  u ← u + FFN(LN u): MAB of Lee et al. (2019, Set Transformer) Eq. 6–7.

    Where they normalise after each sum, we do before (ours), so that the sum itself stays free; W_o and the end of the
    FFN start at 0, so the block starts as the identity (ours). FFN: one hidden layer of 2 D with GELU. No dropout.
    """

    def __init__(self, D: int, heads: int, log_n: bool = False) -> None:
        super().__init__()
        self.norm, self.ffn_norm = nn.LayerNorm(D), nn.LayerNorm(D)
        self.heads = SetAttention(D, heads, log_n)
        self.out = zero_linear(D, D)
        self.ffn = nn.Sequential(nn.Linear(D, 2 * D), nn.GELU(), zero_linear(2 * D, D))

    def forward(self, u: torch.Tensor, keys: torch.Tensor, mask: torch.Tensor,
                views: Views | None = None) -> torch.Tensor:
        """u (B, n, D) reads from keys (B, m, D), of which mask (B, m) are real."""
        asking = self.norm(u)
        u = u + self.out(self.heads(asking, asking if keys is u else self.norm(keys), mask, views))
        return u + self.ffn(self.ffn_norm(u))


class Sab(GalleryEncoder):
    """L set attention blocks, SAB(u) = MAB(u, u): Lee et al. (2019) Eq. 8; the encoder of FEAT (Ye et al. 2020).

    All relations count alike, within a camera and across. O(n²) time, O(n) memory.

    Parameters
    ----------
    blocks : L.
    heads, log_n : see `SetAttention`.
    """

    def __init__(self, D: int, blocks: int = 1, heads: int = 4, log_n: bool = False) -> None:
        super().__init__(D)
        at_least("blocks", blocks, 1)
        self.blocks = nn.ModuleList(Block(D, heads, log_n) for _ in range(blocks))

    def encode(self, z: torch.Tensor, mask: torch.Tensor, camids: torch.Tensor) -> torch.Tensor:
        for block in self.blocks:
            z = block(z, z, mask)
        return z

"""Two attentions, one within the camera and one across, and a gate between them: closest to ARM's wording."""

from __future__ import annotations

import torch
from torch import nn

from reidlib.arm.attention import SetAttention, Views, zero_linear
from reidlib.arm.gallery.encoder import GalleryEncoder
from reidlib.choices import at_least


class SplitBlock(nn.Module):
    """u ← u + W_o(γ m_intra + (1−γ) m_cross), γ = σ(w·[u; m_intra; m_cross]);  u ← u + FFN(LN u).

    m_intra reads from the items of the own camera, m_cross from those of the others; each has its own heads. In a
    gallery of one camera m_cross = 0. w starts at 0, γ at ½.
    """

    def __init__(self, D: int, heads: int, log_n: bool = False) -> None:
        super().__init__()
        self.norm, self.ffn_norm = nn.LayerNorm(D), nn.LayerNorm(D)
        self.intra, self.cross = SetAttention(D, heads, log_n), SetAttention(D, heads, log_n)
        self.gate, self.out = zero_linear(3 * D, 1), zero_linear(D, D)
        self.ffn = nn.Sequential(nn.Linear(D, 2 * D), nn.GELU(), zero_linear(2 * D, D))

    def forward(self, u: torch.Tensor, mask: torch.Tensor, camids: torch.Tensor) -> torch.Tensor:
        items = self.norm(u)
        intra = self.intra(items, items, mask, Views(camids, camids, only="intra"))
        cross = self.cross(items, items, mask, Views(camids, camids, only="cross"))
        share = self.gate(torch.cat([u, intra, cross], -1)).sigmoid()
        u = u + self.out(share * intra + (1 - share) * cross)
        return u + self.ffn(self.ffn_norm(u))


class Split(GalleryEncoder):
    """Intra-view and cross-view relations kept apart (the words are the paper's, the formula is ours).

    Nothing weighs one camera's items against another's, as one softmax over all would: the gate alone decides, so the
    balance does not depend on how many items each camera has.

    Parameters
    ----------
    blocks, heads : as for `Sab`.
    log_n : see `SetAttention`; n counts the whole gallery, in both attentions.
    """

    def __init__(self, D: int, blocks: int = 1, heads: int = 4, log_n: bool = False) -> None:
        super().__init__(D)
        at_least("blocks", blocks, 1)
        self.blocks = nn.ModuleList(SplitBlock(D, heads, log_n) for _ in range(blocks))

    def encode(self, z: torch.Tensor, mask: torch.Tensor, camids: torch.Tensor) -> torch.Tensor:
        for block in self.blocks:
            z = block(z, mask, camids)
        return z

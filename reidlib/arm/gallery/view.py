"""View-aware set attention, ARM's gallery encoder here: own camera or another one changes how much an item counts."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from reidlib.arm.attention import Views
from reidlib.arm.gallery.draws import drawn
from reidlib.arm.gallery.encoder import GalleryEncoder
from reidlib.arm.gallery.sab import Block
from reidlib.choices import at_least
from reidlib.errors import ReidError


class View(GalleryEncoder):
    """Logits q_i·k_j/√d + b_intra or b_cross, as i and j share a camera or not; the rest as `Sab` (all ours).

    ARM's text asks for intra-view and cross-view relations; two numbers per head are the least that can tell them
    apart, and they fit any number of cameras, also cameras never seen in training and galleries of one camera. Softmax
    sees their difference only. They start at 0: as `Sab`.

    Parameters
    ----------
    blocks, heads, log_n : as for `Sab`.
    bias : the two numbers; False leaves `Sab`.
    cameras : camids of a closed set, such as Market-1501's six: each gets an embedding, added to z, 0 at first. Cameras
        not listed get none. None: no embeddings.
    camera_dropout : share of cameras (of each episode, in training) that go without their embedding, so that the
        encoder knows what to do with a camera that has none.
    seed : of the dropout, which depends on the seed and the number of the call; the buffer `calls` holds it.

    Raises
    ------
    ReidError : options out of range; cameras given twice, or none.
    """

    def __init__(self, D: int, blocks: int = 1, heads: int = 4, log_n: bool = False, bias: bool = True,
                 cameras: Sequence[int] | None = None, camera_dropout: float = 0.1, seed: int = 0) -> None:
        super().__init__(D)
        at_least("blocks", blocks, 1)
        if isinstance(camera_dropout, bool) or not isinstance(camera_dropout, int | float) or not (
                0 <= camera_dropout < 1):
            raise ReidError(f"Found camera_dropout={camera_dropout!r}", "a share of 0 ≤ camera_dropout < 1",
                            "pass camera_dropout=0.1")
        self.blocks = nn.ModuleList(Block(D, heads, log_n) for _ in range(blocks))
        self.bias = nn.Parameter(torch.zeros(blocks, heads, 2)) if bias else None
        self.camera_dropout, self.seed = float(camera_dropout), seed
        self.embeddings = None
        if cameras is not None:
            if not len(cameras) or len(set(cameras)) < len(cameras):
                raise ReidError(f"Found cameras={list(cameras)}", "the camids of a closed set, each once",
                                "pass cameras=(0, 1), or leave it out")
            self.embeddings = nn.Parameter(torch.zeros(len(cameras), D))
            self.register_buffer("cameras", torch.tensor(list(cameras)))
            self.register_buffer("calls", torch.zeros((), dtype=torch.int64))

    def encode(self, z: torch.Tensor, mask: torch.Tensor, camids: torch.Tensor) -> torch.Tensor:
        if self.embeddings is not None:
            z = z + self._embedded(camids)
        for i, block in enumerate(self.blocks):
            z = block(z, z, mask, None if self.bias is None else Views(camids, camids, self.bias[i]))
        return z

    def _embedded(self, camids: torch.Tensor) -> torch.Tensor:
        known = camids[..., None] == self.cameras  # (B, n, cameras)
        if self.training:
            episode = torch.arange(len(camids), device=camids.device)[:, None]
            place = torch.arange(len(self.cameras), device=camids.device)
            share = drawn(self.seed, self.calls, episode, place) / 2**53
            self.calls += 1
            known = known & (share >= self.camera_dropout)[:, None]
        return known.to(self.embeddings.dtype) @ self.embeddings

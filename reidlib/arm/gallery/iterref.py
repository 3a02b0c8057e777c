"""An LSTM that asks the whole gallery instead of reading it in a row: memory without order."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.functional import normalize

from reidlib.arm.attention import attend, zero_linear
from reidlib.arm.gallery.bilstm import STARTS, lstm
from reidlib.arm.gallery.encoder import GalleryEncoder
from reidlib.choices import at_least, one_of
from reidlib.errors import ReidError


class IterRef(GalleryEncoder):
    """The gallery's side of Altae-Tran et al. (2017), iterative refinement, R times from r = z, q = 0:

        a_ij = softmax_j(cos(r_i + W_o q_i, z_j)/τ),  r_i ← Σ_j a_ij z_j,  q ← LSTM(r, q);   g_i = z_i + W_o q_i

    Item i asks for what resembles it, keeps the answer in the cell of its LSTM and asks again: the memory of full
    context embeddings without their order. Theirs gives the LSTM [q; r] with the state q; gates are linear, so r alone
    spans the same functions.

    Parameters
    ----------
    R : refinements.
    temperature : τ. They have 1, where softmax of a cosine over 100 items is nearly a plain mean; 0.1 is ours.
    start : "zero" has W_o, 0 at first, so that the encoder starts as the identity (ours); "plain" is theirs, W_o = 1.

    The LSTM's weights start uniform in ±1/√D.

    Raises
    ------
    ReidError : options out of range.
    """

    def __init__(self, D: int, R: int = 3, temperature: float = 0.1, start: str = "zero") -> None:
        super().__init__(D)
        at_least("R", R, 1)
        one_of("start", start, STARTS)
        if isinstance(temperature, bool) or not isinstance(temperature, int | float) or not temperature >= 1e-6:
            raise ReidError(f"Found temperature={temperature!r}", "a number from 1e-06", "pass temperature=0.1")
        self.R, self.temperature = R, float(temperature)
        self.from_read, self.from_state = nn.Linear(D, 4 * D), nn.Linear(D, 4 * D, bias=False)
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -(D**-0.5), D**-0.5)
        self.out = zero_linear(D, D) if start == "zero" else nn.Identity()

    def encode(self, z: torch.Tensor, mask: torch.Tensor, camids: torch.Tensor) -> torch.Tensor:
        keys, values, read = normalize(z, dim=-1)[:, None], z[:, None], z
        state = cell = torch.zeros_like(z)
        for _ in range(self.R):
            asked = normalize(read + self.out(state), dim=-1)[:, None]
            read = attend(asked, keys, values, mask, scale=1 / self.temperature)[:, 0]
            state, cell = lstm(self.from_read(read) + self.from_state(state), cell)
        return z + self.out(state)

"""The paper-era gallery encoder: a bidirectional LSTM reads the gallery as if it were a sentence."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import nn

from reidlib.arm.attention import zero_linear
from reidlib.arm.gallery.draws import drawn
from reidlib.arm.gallery.encoder import GalleryEncoder
from reidlib.choices import at_least, one_of

STARTS = ("zero", "plain")
TRAINING, TEST = 0, 1


class BiLstm(GalleryEncoder):
    """g_i = h→_i + h←_i + z_i: full context embeddings, Vinyals et al. (2016) App. A.2.

    i, f, o = σ(·), ĉ = tanh(·) of W z + U h + b; c ← f c + i ĉ; h = o tanh(c); one LSTM from the first item to the
    last, one back, each with D units and state 0. A gallery has no order, so the answer hangs on something that means
    nothing: the flaw that attention mends. In training the items come in a new random order at each call.

    Parameters
    ----------
    permutations : 0 reads a gallery in the order given, at test; P ≥ 1 takes the mean over P fixed random orders of
        the places (ours), which depends less on the order given, but still does.
    start : "zero" puts an output matrix W_o between h→ + h← and the sum, 0 at first, so that the encoder starts as the
        identity (ours); "plain" adds them as printed. Entries of ĥ stay within ±1, so without W_o the correction is
        lost beside long features.
    seed : of the orders. In training they depend on it and on the number of the call, kept in the buffer `calls`.

    Weights start uniform in ±1/√D, as torch's LSTM. Steps run one after the other: O(n D²), slow on a GPU.
    """

    order_free: ClassVar[bool] = False

    def __init__(self, D: int, permutations: int = 0, start: str = "zero", seed: int = 0) -> None:
        super().__init__(D)
        at_least("permutations", permutations, 0)
        one_of("start", start, STARTS)
        self.permutations, self.seed = permutations, seed
        self.from_item, self.from_state = nn.Parameter(torch.empty(2, D, 4 * D)), nn.Parameter(torch.empty(2, D, 4 * D))
        self.gates = nn.Parameter(torch.empty(2, 4 * D))  # b, of both directions: forward, backward
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -(D**-0.5), D**-0.5)
        self.out = zero_linear(D, D) if start == "zero" else nn.Identity()
        self.register_buffer("calls", torch.zeros((), dtype=torch.int64))

    def encode(self, z: torch.Tensor, mask: torch.Tensor, camids: torch.Tensor) -> torch.Tensor:
        place = mask.cumsum(-1) - 1  # among the real items, so that padding changes no draw
        if self.training:
            episode = torch.arange(len(z), device=z.device)[:, None]
            ranks = [drawn(TRAINING, self.seed, self.calls, episode, place)]
            self.calls += 1
        elif self.permutations:
            ranks = [drawn(TEST, self.seed, p, place) for p in range(self.permutations)]
        else:
            ranks = [place]
        return z + self.out(sum(self._both_ways(z, mask, rank) for rank in ranks) / len(ranks))

    def _both_ways(self, z: torch.Tensor, mask: torch.Tensor, rank: torch.Tensor) -> torch.Tensor:
        """h→ + h← of items read by ascending and by descending rank, padding always last: it is read by nobody."""
        last = torch.iinfo(rank.dtype).max
        ways = torch.stack([rank, -rank]).masked_fill(~mask, last).argsort(-1)[..., None].expand(-1, -1, -1, self.D)
        read = self._lstm(z.expand(2, -1, -1, -1).gather(2, ways))
        return torch.zeros_like(read).scatter(2, ways, read).sum(0)

    def _lstm(self, items: torch.Tensor) -> torch.Tensor:
        """(2, B, n, D), each direction in its own order -> h (2, B, n, D)."""
        given = torch.einsum("wbnd,wde->wbne", items, self.from_item) + self.gates[:, None, None]
        state = cell = torch.zeros_like(items[:, :, 0])
        states = []
        for item in given.unbind(2):  # an index per step would cost n times the backward pass
            state, cell = lstm(torch.baddbmm(item, state, self.from_state), cell)
            states.append(state)
        return torch.stack(states, 2)


def lstm(gates: torch.Tensor, cell: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """h, c of one step, from what input and state say to the gates i, f, ĉ, o: (..., 4 D), (..., D)."""
    gate_in, gate_keep, content, gate_out = gates.chunk(4, -1)
    cell = gate_keep.sigmoid() * cell + gate_in.sigmoid() * content.tanh()
    return gate_out.sigmoid() * cell.tanh(), cell

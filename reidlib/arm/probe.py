"""Probe encoders by name: a probe reads the encoded gallery M times, and what it read moves its feature.

ARM's text (`paper`): the probe encoder attends to the encoded features of all gallery images, across views, and there
is a memory. Everything else here is `ours`, after the full context embeddings of Vinyals et al. 2016, App. A.1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import nn
from torch.nn.functional import layer_norm, linear

from reidlib.arm.masked import masked_softmax
from reidlib.choices import at_least, check_options, chosen
from reidlib.errors import ReidError

STARTS = ("zero", "plain")
BUFFER = 2**22  # weights (B, probes, n) computed at a time: 16 MiB in float32
SMALLEST_VARIANCE = 1e-5  # as in torch's layer norm
USUAL_GALLERY = 16  # items at which `log_n` changes nothing at first


class ProbeReads(NamedTuple):
    """f : (B, Q, D), the probes' features in view of the gallery.
    attention : one (B, Q, n) for each of M reads; rows sum to 1, or to 0 where a probe has nothing to read. Empty for
        encoders that do not read, and with `keep_attention=False`.
    """

    f: torch.Tensor
    attention: tuple[torch.Tensor, ...] = ()


Read = Callable[[torch.Tensor], torch.Tensor]


class NoReads(nn.Module):
    """f = z: the probe does not look at the gallery, as in plain re-identification."""

    M = 0

    def __init__(self, D: int = 128) -> None:
        super().__init__()
        at_least("D", D, 1)
        self.D = D

    def forward(self, z: torch.Tensor, g: torch.Tensor, mask: torch.Tensor, gallery_camids: torch.Tensor,
                probe_camids: torch.Tensor, *, keep_attention: bool = True) -> ProbeReads:
        """z (B, Q, D), g (B, n, D), bool mask (B, n), cameras (B, n) and (B, Q) -> `ProbeReads`.

        Raises
        ------
        ReidError : shapes that do not fit each other or D.
        """
        _check_shapes(self.D, z, g, mask, gallery_camids, probe_camids)
        return ProbeReads(z)


class Reading(NoReads):
    """What the encoders that read share. A probe never sees another probe, and an order of the gallery means nothing.

    One read, Vinyals A.1 Eq. 5 and 6: r = Σ a_i g_i, a = softmax over the items left of h·g_i/√D + b[same camera?].
    A subclass makes M of them into a correction c of u = LN(z); then f = z + σ c, where σ is the standard deviation
    of z's entries: LN undone, so that c = 0 gives z exactly (ours). LN matters since an LSTM's output lies in (−1, 1):
    beside a z of length 1 it would be everything, beside a z of length 50 nothing.

    Parameters
    ----------
    M : reads; 0 is `NoReads`.
    scaled : divide by √D (ours); False is Eq. 6 as printed, whose softmax picks a single item as D grows.
    view_bias : learn b, one number for items of the probe's own camera and one for the others, 0 at first (ours).
    mask_same_camera : hide items of the probe's own camera from its reads. Needs no labels. A probe with nothing left
        reads r = 0.
    start : "zero", an output projection of zeros, so that training starts at plain matching (ours), or "plain",
        without such a projection as printed (attlstm), or drawn as torch draws a linear layer (cross).
    log_n : multiply the logits by s·log n for n items to read, s learned, 1/log 16 at first: the softmax of a large
        gallery dilutes otherwise (Nakanishi 2025, arXiv 2501.19399).
    layer_norm : LN, without weights, of z and g before the reads (ours); False: u = z and σ = 1.

    Memory: without gradients no array of the reads holds more than `BUFFER` = 2²² weights (16 MiB in float32, about
    nine such arrays at a time, and two copies of g), unless a single probe of the batch needs more. Attention that is
    kept comes on top: M·B·Q·n numbers.
    """

    def __init__(self, D: int = 128, M: int = 3, scaled: bool = True, view_bias: bool = True,
                 mask_same_camera: bool = False, start: str = "zero", log_n: bool = False,
                 layer_norm: bool = True) -> None:
        super().__init__(D)
        at_least("M", M, 0)
        if start not in STARTS:
            raise ReidError(f"Found start={start!r}", " or ".join(map(repr, STARTS)), f"pass start={STARTS[0]!r}")
        self.M = M
        self.factor = 1 / math.sqrt(D) if scaled else 1.0
        self.mask_same_camera = mask_same_camera
        self.view_bias = nn.Parameter(torch.zeros(2)) if view_bias else None  # other cameras, own camera
        self.size_scale = nn.Parameter(torch.tensor(1 / math.log(USUAL_GALLERY))) if log_n else None
        self.layer_norm = layer_norm
        self._learn(D, start)

    def _learn(self, D: int, start: str) -> None:
        raise NotImplementedError

    def correct(self, u: torch.Tensor, read: Read) -> torch.Tensor:
        """u (B, q, D) and a function h -> r, both (B, q, D): the correction c (B, q, D), after M reads."""
        raise NotImplementedError

    def forward(self, z: torch.Tensor, g: torch.Tensor, mask: torch.Tensor, gallery_camids: torch.Tensor,
                probe_camids: torch.Tensor, *, keep_attention: bool = True) -> ProbeReads:
        _check_shapes(self.D, z, g, mask, gallery_camids, probe_camids)
        if self.M == 0:
            return ProbeReads(z)
        g = self._normed(g.masked_fill(~mask[..., None], 0))
        (B, Q), n = probe_camids.shape, g.shape[1]
        count = max(1, BUFFER // max(1, B * n))
        parts = [self._some(z[:, a:a + count], g, mask, gallery_camids, probe_camids[:, a:a + count], keep_attention)
                 for a in range(0, max(Q, 1), count)]
        return ProbeReads(torch.cat([part.f for part in parts], 1),
                          tuple(torch.cat(reads, 1) for reads in zip(*(part.attention for part in parts), strict=True)))

    def _some(self, z: torch.Tensor, g: torch.Tensor, mask: torch.Tensor, gallery_camids: torch.Tensor,
              probe_camids: torch.Tensor, keep_attention: bool) -> ProbeReads:
        same = gallery_camids[:, None] == probe_camids[..., None]
        left = mask[:, None] & ~same if self.mask_same_camera else mask[:, None]
        bias = None if self.view_bias is None else torch.where(same, self.view_bias[1], self.view_bias[0])
        size = None
        if self.size_scale is not None:
            size = self.size_scale * left.sum(-1, keepdim=True).clamp_min(1).to(z.dtype).log()
        kept = []

        def read(h: torch.Tensor) -> torch.Tensor:
            logits = (h * self.factor) @ g.transpose(1, 2)
            if bias is not None:
                logits = logits + bias
            if size is not None:
                logits = logits * size
            attention = masked_softmax(logits, left)
            if keep_attention:
                kept.append(attention)
            return attention @ g

        correction = self.correct(self._normed(z), read)
        if self.layer_norm:
            correction = correction * (z.var(-1, correction=0, keepdim=True) + SMALLEST_VARIANCE).sqrt()
        return ProbeReads(z + correction, tuple(kept))

    def _normed(self, vectors: torch.Tensor) -> torch.Tensor:
        return layer_norm(vectors, (self.D,), eps=SMALLEST_VARIANCE) if self.layer_norm else vectors


class Cross(Reading):
    """Reads without a memory: h ← h + W r, where r is read by LN(h). f = z + σ Σ W r.

    LN stands before the read rather than around the sum, LN(h + W r), which would not give h back at W = 0 (ours). One
    W for all reads.
    """

    def _learn(self, D: int, start: str) -> None:
        self.output = nn.Linear(D, D, bias=False)
        if start == "zero":
            nn.init.zeros_(self.output.weight)

    def correct(self, u: torch.Tensor, read: Read) -> torch.Tensor:
        correction = torch.zeros_like(u)
        for k in range(self.M):
            correction = correction + self.output(read(self._normed(u + correction) if k else u))
        return correction


class AttLstm(Reading):
    """Reads with a memory, Vinyals et al. 2016, A.1, Eq. 3 and 4: ĥ_k, cell_k = LSTM(u, [h_{k−1}; r_{k−1}],
    cell_{k−1}), h_k = ĥ_k + u, f = h_M. (They write K for M.)

    Intuition: what the first read found decides what the next one looks for, and the cell keeps what was seen.

    The paper's hidden state [h; r] has twice the size of the LSTM's output, which no library's cell takes. But gates
    are linear in all that comes in, so r may just as well enter beside u: LSTMCell([u; r], h) is the same function.
    h_0 = u and cell_0 = 0 (the paper leaves them open). With start="zero": h_k = W ĥ_k + u, W = 0 at first (ours).
    `scaled=False, view_bias=False, start="plain", layer_norm=False` is A.1 as printed.
    """

    def _learn(self, D: int, start: str) -> None:
        self.cell = nn.LSTMCell(2 * D, D)
        self.output = None
        if start == "zero":
            self.output = nn.Linear(D, D, bias=False)
            nn.init.zeros_(self.output.weight)

    def correct(self, u: torch.Tensor, read: Read) -> torch.Tensor:
        rows = u.reshape(-1, self.D)
        cell = torch.zeros_like(rows)
        correction = torch.zeros_like(u)
        for _ in range(self.M):
            h = u + correction
            joined = torch.cat([u, read(h)], -1).reshape(-1, 2 * self.D)
            output, cell = _lstm(self.cell, joined, h.reshape(-1, self.D), cell)
            correction = (output if self.output is None else self.output(output)).view_as(u)
        return correction


def _lstm(weights: nn.LSTMCell, x: torch.Tensor, h: torch.Tensor, cell: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """What the cell's own forward computes, which torch.func.vmap, and so `fit_stacked`, does not know."""
    gates = linear(x, weights.weight_ih, weights.bias_ih) + linear(h, weights.weight_hh, weights.bias_hh)
    write, keep, new, show = gates.chunk(4, -1)
    cell = keep.sigmoid() * cell + write.sigmoid() * new.tanh()
    return show.sigmoid() * cell.tanh(), cell


PROBES: dict[str, type[NoReads]] = {"none": NoReads, "cross": Cross, "attlstm": AttLstm}


def make_probe(name: str, D: int = 128, **options: object) -> NoReads:
    """A probe encoder by its name in `PROBES`, for features of size D; `options` as its class takes them.

    Raises
    ------
    ReidError : an unknown name or option, with the nearest known one, or a value out of range.
    """
    encoder = chosen(PROBES, name, "probe encoder")
    check_options(encoder, options, f"probe encoder {name!r}", own=("D",))
    return encoder(D, **options)


def _check_shapes(D: int, z: torch.Tensor, g: torch.Tensor, mask: torch.Tensor, gallery_camids: torch.Tensor,
                  probe_camids: torch.Tensor) -> None:
    (B, Q), n = z.shape[:2] if z.ndim == 3 else (-1, -1), g.shape[1] if g.ndim == 3 else -1
    found = {"z": z.shape, "g": g.shape, "mask": mask.shape, "gallery_camids": gallery_camids.shape,
             "probe_camids": probe_camids.shape}
    needed = {"z": (B, Q, D), "g": (B, n, D), "mask": (B, n), "gallery_camids": (B, n), "probe_camids": (B, Q)}
    wrong = [name for name in found if tuple(found[name]) != needed[name]]
    if wrong:
        raise ReidError("Found " + ", ".join(f"{name} of shape {tuple(found[name])}" for name in found),
                        f"z (B, Q, {D}), g (B, n, {D}), mask and gallery_camids (B, n), probe_camids (B, Q)",
                        f"check {' and '.join(wrong)}; a single episode needs B = 1: z[None]")
    if mask.dtype != torch.bool:
        raise ReidError(f"Found a mask of {mask.dtype}", "bool, True for real items", "pass mask.bool()")

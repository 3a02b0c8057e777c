"""Many heads attend to a set that may be empty, or hold 20,000 items: never an n × n tensor."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import nn
from torch.nn.functional import pad, scaled_dot_product_attention
from torch.utils.checkpoint import checkpoint

from reidlib.arm.masked import masked_softmax
from reidlib.choices import at_least, one_of
from reidlib.errors import ReidError

ONLY = ("intra", "cross")
LOGITS_AT_ONCE = 2**22  # float32: 16 MiB of logits between queries and keys
MOST_CAMERAS = 32  # so many more numbers in a query and a key still cost less than a bias for each pair
WIDTH = 8  # fused kernels want heads of a multiple of this
LOG_N_START = 1 / math.log(16)  # log-n scaling starts as the plain softmax of 16 items (ours)


class Views(NamedTuple):
    """Which camera saw the queries and which the keys: what makes a relation intra-view or cross-view.

    query_camids, key_camids : (B, n), (B, m); only compared with each other, so any numbers will do.
    bias : (heads, 2) or (B, heads, 2), added to the logits of keys from the query's own camera [..., 0] and of keys
        from another one [..., 1]. Softmax ignores what all keys share: only the difference of the two counts.
    only : "intra" or "cross" hides the keys of the other kind; `bias` is then one for all and plays no part.
    """

    query_camids: torch.Tensor
    key_camids: torch.Tensor
    bias: torch.Tensor | None = None
    only: str | None = None


def attend(queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, mask: torch.Tensor,
           views: Views | None = None, scale: float | None = None, at_once: int = LOGITS_AT_ONCE) -> torch.Tensor:
    """Σ_j softmax_j(scale · q_i·k_j + bias) v_j of each head, exact; 0 for a query that may see no key.

    Without `views` the weights never exist in memory, where torch has a fused kernel. With views the relation of each
    pair is needed: at once if there are at most `at_once` logits; beyond, a bias becomes part of queries and keys
    (`_attend_by_code`), with keys from at most `MOST_CAMERAS` cameras. Otherwise the queries are taken in turns of
    `at_once` logits; in training these are computed again for the gradient instead of kept.

    Parameters
    ----------
    queries, keys, values : (B, heads, n, d), (B, heads, m, d), (B, heads, m, d), finite also where masked.
    mask : (B, m) bool, True for real keys.
    scale : 1/√d if None.

    Returns
    -------
    (B, heads, n, d).

    Raises
    ------
    ReidError : `views.only` that is neither "intra" nor "cross".
    """
    if views is None:
        some = mask.any(-1, keepdim=True)
        shown = (mask | ~some)[:, None, None]  # an empty set is shown whole, since softmax needs a key, and cleared
        read = scaled_dot_product_attention(queries, keys, values, attn_mask=shown, scale=scale)
        return read.masked_fill(~some[:, None, None], 0)
    if views.only is not None:
        one_of("only", views.only, ONLY)
    heads = queries.shape[1]
    rows = max(1, at_once // max(1, mask.numel() * heads))
    shared = (keys, values, mask, views.key_camids, views.bias, views.only, scale)
    if rows >= queries.shape[2]:
        return _attend_by_view(queries, views.query_camids, *shared)
    if views.bias is not None and views.only is None:
        cameras = views.key_camids[mask].unique()
        if len(cameras) <= MOST_CAMERAS:
            return _attend_by_code(queries, keys, values, mask, views, cameras, scale)
    # One place for all answers: small tensors kept between large ones would scatter the heap to n × n after all.
    read = torch.empty_like(queries)
    for first in range(0, queries.shape[2], rows):
        turn = slice(first, first + rows)
        asked = (queries[:, :, turn], views.query_camids[:, turn], *shared)
        read[:, :, turn] = checkpoint(_attend_by_view, *asked, use_reentrant=False, preserve_rng_state=False) if (
            torch.is_grad_enabled()) else _attend_by_view(*asked)
    return read


def _attend_by_code(queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, mask: torch.Tensor, views: Views,
                    cameras: torch.Tensor, scale: float | None) -> torch.Tensor:
    """The bias as an inner product, so that the fused kernel needs no tensor of pairs.

    With a 1 at its own camera and 0 at the others, e_c·e_c' is 1 for one camera and 0 for two. A query that ends in
    (b_intra − b_cross) e_c beside a key that ends in e_c' has the bias in its logit, up to b_cross, which all keys
    share. A query from a camera without keys ends in zeros.
    """
    def code(camids: torch.Tensor) -> torch.Tensor:
        return (camids[..., None] == cameras).to(queries.dtype)[:, None]  # (B, 1, n, cameras)

    size, heads = queries.shape[-1], queries.shape[1]
    intra, cross = views.bias[..., None, None, :].unbind(-1)
    asked = queries * (size ** -0.5 if scale is None else scale)
    told = code(views.key_camids).expand(-1, heads, -1, -1)
    queries, keys = torch.cat([asked, (intra - cross) * code(views.query_camids)], -1), torch.cat([keys, told], -1)
    rest = -queries.shape[-1] % WIDTH
    wide = [pad(each, (0, queries.shape[-1] + rest - each.shape[-1])) for each in (queries, keys, values)]
    return attend(*wide, mask, scale=1.0)[..., :size]


def _attend_by_view(queries: torch.Tensor, query_camids: torch.Tensor, keys: torch.Tensor, values: torch.Tensor,
                    mask: torch.Tensor, key_camids: torch.Tensor, bias: torch.Tensor | None, only: str | None,
                    scale: float | None) -> torch.Tensor:
    same = query_camids[:, None, :, None] == key_camids[:, None, None]
    shown = mask[:, None, None].expand_as(same)
    if only is not None:
        shown = shown & (same if only == "intra" else ~same)
    intra, cross = (None, None) if bias is None or only is not None else bias[..., None, None, :].unbind(-1)
    if intra is not None and torch.is_grad_enabled():  # fused kernels do not give the gradient of a bias everywhere
        asked = queries * (queries.shape[-1] ** -0.5 if scale is None else scale)
        return masked_softmax(asked @ keys.mT + torch.where(same, intra, cross), shown) @ values
    some = shown.any(-1, keepdim=True)
    shown = shown | ~some
    if intra is not None:
        shown = torch.where(same, intra, cross).masked_fill(~shown, -math.inf)
    read = scaled_dot_product_attention(queries, keys, values, attn_mask=shown, scale=scale)
    return read.masked_fill(~some, 0)


class SetAttention(nn.Module):
    """Multi-head attention, Vaswani et al. (2017) §3.2.2, without its output matrix: what the heads read, side by side.

    Parameters
    ----------
    D, heads : size of the features and number of heads, D/heads numbers each.
    log_n : multiply the logits by s·log n, n the number of real keys (Nakanishi 2025, arXiv 2501.19399, SSMax), with
        one learned s per head, so that attention over 1,000 items is as sharp as over 16. Off by default.
        s starts at 1/log 16 (ours).

    Raises
    ------
    ReidError : heads that do not divide D.
    """

    def __init__(self, D: int, heads: int = 4, log_n: bool = False) -> None:
        super().__init__()
        at_least("D", D, 1)
        at_least("heads", heads, 1)
        if D % heads:
            raise ReidError(f"Found heads={heads} for features of size D={D}", "a number that divides D",
                            f"pass heads={max(h for h in range(1, heads) if D % h == 0)}")
        self.heads = heads
        self.query, self.key, self.value = (nn.Linear(D, D, bias=False) for _ in range(3))
        self.log_n_scale = nn.Parameter(torch.full((heads,), LOG_N_START)) if log_n else None

    def forward(self, queries: torch.Tensor, keys: torch.Tensor, mask: torch.Tensor,
                views: Views | None = None) -> torch.Tensor:
        """(B, n, D), (B, m, D), (B, m) -> (B, n, D)."""
        asked = self._split(self.query(queries))
        if self.log_n_scale is not None:
            size = mask.sum(-1, keepdim=True).clamp_min(1).to(asked.dtype)
            sharper = self.log_n_scale * size.log()  # (B, heads)
            asked = asked * sharper[..., None, None]
            if views is not None and views.bias is not None:
                views = views._replace(bias=views.bias * sharper[..., None])
        read = attend(asked, self._split(self.key(keys)), self._split(self.value(keys)), mask, views)
        return read.transpose(1, 2).flatten(2)

    def _split(self, features: torch.Tensor) -> torch.Tensor:
        return features.unflatten(-1, (self.heads, -1)).transpose(1, 2)


def zero_linear(features_in: int, features_out: int) -> nn.Linear:
    """A linear layer that starts by adding nothing: what it ends in is the identity at step 0 (ours)."""
    layer = nn.Linear(features_in, features_out)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer

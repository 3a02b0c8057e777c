"""ARM's learner: from features in view of each other to logits, and from logits to identities or to a ranking."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import nn

from reidlib.errors import ReidError

LARGEST_SCALE = 100.0  # 1/τ goes no further
SMALLEST_NORM = 1e-6  # a feature shorter than this has no direction
REDUCTIONS = ("sum", "mean")


class Matching(nn.Module):
    """ℓ_i = cos(f, g_i)/τ, the kernel of Vinyals et al. 2016 §2.1 with a temperature (ours; theirs is τ = 1).

    Intuition: cosines end at 1, so at τ = 1 even a perfect match cannot be told from a large gallery with confidence
    (`cosine_ceiling`); a small τ spreads them.

    Parameters
    ----------
    temperature : τ, at the start if it is learned; .01 or more.
    learned : learn log 1/τ (`log_scale`), so that τ stays positive; False keeps τ.

    Beyond 1/τ = 100 the scale is cut off and its gradient is 0: a guard against runaway, where training should not get.
    """

    def __init__(self, temperature: float = 0.1, learned: bool = True) -> None:
        super().__init__()
        number = isinstance(temperature, int | float) and not isinstance(temperature, bool)
        if not number or not 1 / LARGEST_SCALE <= temperature < math.inf:
            raise ReidError(f"Found temperature={temperature!r}", f"a number from {1 / LARGEST_SCALE:g}",
                            "pass temperature=0.1")
        log_scale = torch.tensor(-math.log(temperature))
        if learned:
            self.log_scale = nn.Parameter(log_scale)
        else:
            self.register_buffer("log_scale", log_scale)

    @property
    def scale(self) -> torch.Tensor:
        """1/τ, 0-d."""
        return self.log_scale.exp().clamp(max=LARGEST_SCALE)

    def forward(self, f: torch.Tensor, g: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """f (B, Q, D), g (B, n, D), bool mask (B, n) -> ℓ (B, Q, n), −inf where masked.

        Take the softmax with `reidlib.arm.masked.masked_softmax`, which knows what to do if all is masked.
        """
        logits = cosines(f, g.masked_fill(~mask[..., None], 0)) * self.scale
        return logits.masked_fill(~mask[..., None, :], -math.inf)


def cosines(f: torch.Tensor, g: torch.Tensor) -> torch.Tensor:
    """cos(f, g): (..., Q, D), (..., n, D) -> (..., Q, n). A feature of length 0 has the cosine 0 with all others, and
    the gradient there is finite."""
    return _unit(f) @ _unit(g).transpose(-1, -2)


def identity_log_probability(logits: torch.Tensor, mask: torch.Tensor, labels: torch.Tensor, ways: int,
                             reduce: str = "sum", classes: int | None = None) -> torch.Tensor:
    """log P(y | probe, gallery) for every identity y, from ℓ (B, Q, n): (B, Q, classes).

    "sum", Vinyals et al. 2016 Eq. 1: P(y) = Σ_{i: y_i = y} e^{ℓ_i} / Σ_j e^{ℓ_j}. Every image has a vote, so an
    identity with more images is favoured. "mean" (ours): the mean of e^{ℓ_i} over the images of y, over the sum of
    these means: identities have equal votes.

    Computed as logsumexp(class) − logsumexp(all), each with its own largest term taken out: exact where a probability
    is below the smallest float. (log(P + ε) is flat there, and learns nothing from the worst mistakes.)

    Parameters
    ----------
    mask, labels : (B, n); labels are 0 … ways−1 and ways … for distractors; at masked items they do not matter.
    ways : N.
    classes : how many identities to tell; by default as many as there are labels, but no fewer than N. If given, labels
        must be below it and are not looked at (no waiting for a GPU; works under torch.func.vmap).

    Returns
    -------
    −inf for identities without an image (all of them if the gallery is empty), with the gradient 0; else the
    exponentials sum to 1. Never NaN.

    Raises
    ------
    ReidError : an unknown `reduce`, shapes that do not fit, a real item without a label.
    """
    if reduce not in REDUCTIONS:
        raise ReidError(f"Found reduce={reduce!r}", " or ".join(map(repr, REDUCTIONS)), "pass reduce='sum'")
    B, Q, n = logits.shape
    if mask.shape != (B, n) or labels.shape != (B, n):
        raise ReidError(f"Found logits {(B, Q, n)}, mask {tuple(mask.shape)}, labels {tuple(labels.shape)}",
                        "(B, Q, n), (B, n) and (B, n)", "pass gallery_mask and gallery_labels of the same episodes")
    labels = labels.masked_fill(~mask, 0)
    if classes is None:
        if (labels < 0).any():
            raise ReidError("Found a real gallery item with a label below 0", "0 … ways−1, or more for distractors",
                            "set its gallery_mask to False")
        classes = max(ways, int(labels.max()) + 1 if labels.numel() else 0)
    index = labels[:, None].expand(B, Q, n)
    logits = logits.masked_fill(~mask[:, None], -math.inf)
    top = logits.new_full((B, Q, classes), -math.inf).scatter_reduce(2, index, logits.detach(), "amax")
    top = top.masked_fill(top == -math.inf, 0)
    total = logits.new_zeros(B, Q, classes).scatter_add(2, index, (logits - top.gather(2, index)).exp())
    empty = total == 0
    score = total.masked_fill(empty, 1).log() + top
    if reduce == "mean":
        images = logits.new_zeros(B, classes).scatter_add(1, labels, mask.to(logits))
        score = score - images.clamp_min(1).log()[:, None]
    score = score.masked_fill(empty, -math.inf).masked_fill(empty.all(-1, keepdim=True), 0)
    return score.log_softmax(-1).masked_fill(empty, -math.inf)


def rank_identities(log_probability: torch.Tensor) -> torch.Tensor:
    """Watch-list mode: the gallery's labels are known, and identities are sorted by P(y | probe).

    (B, Q, classes) -> int64 (B, Q, classes): labels, most probable first, the smaller label first at equal
    probability; identities without an image come last.
    """
    return log_probability.argsort(dim=-1, descending=True, stable=True)


def ranking_distances(f: torch.Tensor, g: torch.Tensor) -> np.ndarray:
    """Ranking mode, the re-identification benchmark: no label of the gallery is used. −cos for `evaluation.rank`.

    f (Q, D), g (n, D) -> float32 or float64 (Q, n) in −1 … 1, smaller is closer. τ changes no order, so it is left out.
    """
    if f.ndim != 2 or g.ndim != 2 or f.shape[1] != g.shape[1]:
        raise ReidError(f"Found f of shape {tuple(f.shape)} and g of shape {tuple(g.shape)}", "(Q, D) and (n, D)",
                        "rank one gallery at a time: f[0], g[0][mask[0]]")
    with torch.no_grad():
        return cosines(f, g).neg_().cpu().numpy()


def cosine_ceiling(n: int, temperature: float = 1.0, others: float = -1.0) -> float:
    """The largest P that one right item among n can have: e^{1/τ} / (e^{1/τ} + (n−1) e^{c/τ}), c = `others`.

    Derivation: P = 1 / (1 + Σ_{j≠i} e^{(ℓ_j − ℓ_i)}), which grows with cos_i and falls with every other cosine. So the
    match is put at 1 and the n−1 others at their smallest: −1, all opposite to the probe, the bound that nothing
    passes. Less favourable, more usual: c = 0, all others at right angles; c = −1/(n−1), the corners of a simplex,
    which is the best that probes of all n identities can have at once.

    At τ = 1 it is .65 for n = 5, .07 for 100, .0004 for Market-1501's 19,732 (Vinyals et al. train with it). At τ = .1
    it is 1 − 4e-5 for n = 19,732.
    """
    if n < 1 or not temperature > 0 or not -1 <= others <= 1:
        raise ReidError(f"Found n={n}, temperature={temperature}, others={others}",
                        "n from 1, a temperature above 0, a cosine", "pass cosine_ceiling(5)")
    return 1 / (1 + (n - 1) * math.exp((others - 1) / temperature))


def _unit(vectors: torch.Tensor) -> torch.Tensor:
    return vectors / (vectors.square().sum(-1, keepdim=True) + SMALLEST_NORM**2).sqrt()

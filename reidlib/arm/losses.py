"""What ARM is trained with: the probability of the right identity; and two rivals of it, triplets and a classifier."""

from __future__ import annotations

import math

import torch
from torch import nn
from torch.nn.functional import cross_entropy, softplus

from reidlib.arm.matching import cosines
from reidlib.errors import ReidError


def episode_loss(log_probability: torch.Tensor, probe_labels: torch.Tensor, probe_mask: torch.Tensor) -> torch.Tensor:
    """−log P(ŷ | probe, gallery), the mean over the real probes of all episodes; Vinyals et al. 2016, Eq. 2.

    Intuition: training asks the very question of the test. No margin, no mining (`paper`): every gallery item that is
    more probable than it should be is pushed away, in proportion.

    Parameters
    ----------
    log_probability : (B, Q, classes), from `identity_log_probability`.
    probe_labels : (B, Q), 0 … classes−1; at masked probes they do not matter.
    probe_mask : bool (B, Q).

    Returns
    -------
    0-d. 0, with the gradient 0, if all probes are masked. inf, not NaN, if the identity of a real probe has no image in
    its gallery: such a probe has no answer and belongs under the mask.
    """
    labels = probe_labels.masked_fill(~probe_mask, 0)
    right = log_probability.gather(-1, labels[..., None])[..., 0]
    return masked_mean(-right, probe_mask)


def batch_hard_loss(distances: torch.Tensor, labels: torch.Tensor, camids: torch.Tensor | None = None,
                    margin: float | None = None, mask: torch.Tensor | None = None) -> torch.Tensor:
    """Batch-hard triplets, Hermans et al. 2017, Eq. 5: [m + max_p d(a, p) − min_n d(a, n)]₊, the mean over anchors a.

    Intuition: of all triplets of an anchor only the hardest counts, the farthest image of its own identity and the
    nearest of another. ARM's text names such mining as what it does without: a rival, not a part of it.

    Parameters
    ----------
    distances : (n, n) between all items, as of `torch.cdist`; row = anchor.
    labels : (n,) identities.
    camids : (n,); if given, a positive must come from another camera, as in the benchmarks' matches (ours).
    margin : m; None is the soft margin ln(1 + exp(·)), which goes on pulling.
    mask : bool (n,), False hides an item altogether.

    Returns
    -------
    0-d. Anchors without a positive or without a negative are left out; 0, with the gradient 0, if none is left.
    """
    n = len(distances)
    if distances.shape != (n, n) or labels.shape != (n,):
        raise ReidError(f"Found distances {tuple(distances.shape)} and labels {tuple(labels.shape)}",
                        "(n, n) and (n,)", "pass torch.cdist(f, f) and one label for each f")
    shown = torch.ones_like(labels, dtype=torch.bool) if mask is None else mask
    both = shown[:, None] & shown
    same = labels[:, None] == labels
    positive = both & same & ~torch.eye(n, dtype=torch.bool, device=labels.device)
    if camids is not None:
        positive = positive & (camids[:, None] != camids)
    negative = both & ~same
    anchors = positive.any(1) & negative.any(1)
    farthest = distances.masked_fill(~positive, -math.inf).amax(1)
    nearest = distances.masked_fill(~negative, math.inf).amin(1)
    gap = farthest - nearest  # −inf for anchors that lack either
    return masked_mean(softplus(gap) if margin is None else (gap + margin).clamp_min(0), anchors)


def batch_all_loss(distances: torch.Tensor, labels: torch.Tensor, camids: torch.Tensor | None = None,
                   margin: float = 0.2) -> torch.Tensor:
    """Every triplet of a batch, Hermans et al. 2017, Eq. 6: [m + d(a, p) − d(a, n)]₊, the mean over those above 0.

    Intuition: the hardest negative of a network that knows nothing is nearly the same picture, and pulling positives
    below it shrinks everything to a point; the mean over all triplets knows a direction from the first step on. The
    mean over the triplets that are not yet satisfied ("BA≠0" there) keeps the few that matter from being drowned.

    Parameters
    ----------
    distances, labels, camids : as of `batch_hard_loss`. margin : m, above 0.

    Returns
    -------
    0-d; 0, with the gradient 0, if no triplet violates its margin.
    """
    n = len(distances)
    if distances.shape != (n, n) or labels.shape != (n,) or not margin > 0:
        raise ReidError(f"Found distances {tuple(distances.shape)}, labels {tuple(labels.shape)}, margin {margin}",
                        "(n, n), (n,), a margin above 0", "pass torch.cdist(f, f) and one label for each f")
    same = labels[:, None] == labels
    positive = same & ~torch.eye(n, dtype=torch.bool, device=labels.device)
    if camids is not None:
        positive = positive & (camids[:, None] != camids)
    gaps = distances[:, :, None] - distances[:, None, :] + margin  # (a, p, n)
    return masked_mean(gaps, positive[:, :, None] & ~same[:, None, :] & (gaps > 0))


class IdentitySoftmax(nn.Module):
    """Cross-entropy over the training identities, logits scale · cos(z, w_y), w learned; NormFace, Wang et al. 2017.

    Intuition: a gallery of one ideal image for every training identity, thrown away after training. As an auxiliary
    term beside `episode_loss` (ours). The scale is what 1/τ is in `Matching`, and needed for the same reason.

    Parameters
    ----------
    D, identities : sizes.
    scale : above 0.
    """

    def __init__(self, D: int, identities: int, scale: float = 16.0) -> None:
        super().__init__()
        if identities < 2 or D < 1 or not 0 < scale < math.inf:
            raise ReidError(f"Found D={D}, identities={identities}, scale={scale}",
                            "D from 1, 2 identities or more, a scale above 0", f"pass IdentitySoftmax({max(D, 1)}, 50)")
        self.weight = nn.Parameter(torch.randn(identities, D))
        self.scale = scale

    def logits(self, z: torch.Tensor) -> torch.Tensor:
        """(..., D) -> (..., identities)."""
        return self.scale * cosines(z, self.weight)

    def forward(self, z: torch.Tensor, labels: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        """z (..., D), labels (...) of 0 … identities−1, bool mask (...) -> the mean over real items, 0-d; 0 if none."""
        mask = torch.ones_like(labels, dtype=torch.bool) if mask is None else mask
        z, labels = z.masked_fill(~mask[..., None], 0), labels.masked_fill(~mask, 0)
        values = cross_entropy(self.logits(z).flatten(0, -2), labels.flatten(), reduction="none")
        return masked_mean(values, mask.flatten())


def masked_mean(values: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """The mean over what the bool mask leaves, whatever stands elsewhere; 0, and its gradient 0, if that is nothing."""
    return values.masked_fill(~mask, 0).sum() / mask.sum().clamp_min(1)

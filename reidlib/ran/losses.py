"""RAN's losses on pairs and identities (§3.4), one value per pair, with their gradients in closed form."""

from __future__ import annotations

import torch
from torch.nn.functional import cross_entropy

SMALLEST_DISTANCE = 1e-6  # ε of `distance`


def squared_distance(first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
    """‖f1 − f2‖²: (P, D), (P, D) -> (P,)."""
    return (first - second).square().sum(-1)


def distance(first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
    """√(‖f1 − f2‖² + ε²), ε = 1e-6: (P, D), (P, D) -> (P,).

    The norm itself has no gradient at 0, and autograd answers NaN there. With ε inside the root equal features have
    the distance ε and the gradient 0; from a distance of .01 on, float32 cannot tell the difference.
    """
    return (squared_distance(first, second) + SMALLEST_DISTANCE**2).sqrt()


def squared_hinge(first: torch.Tensor, second: torch.Tensor, same: torch.Tensor, margin: float) -> torch.Tensor:
    """Eq. 5: ½ d² for pairs of one person, ½ max(0, m − d)² for two people. (P, D), (P, D), bool (P,) -> (P,).

    Intuition: a spring pulls the features of one person together; another pushes those of two people apart, and is
    slack once they are m apart. RAN sets m = 2 on features of any length; unit vectors are at most 2 apart, so m = 2
    would never let go of them.
    """
    push = (margin - distance(first, second)).clamp_min(0)
    return torch.where(same, squared_distance(first, second), push.square()) / 2


def linear_hinge(first: torch.Tensor, second: torch.Tensor, same: torch.Tensor, margin: float) -> torch.Tensor:
    """What McLaughlin's code computes (Torch's HingeEmbeddingCriterion): d, and max(0, m − d). Shapes as above.

    Its pull does not weaken as the features meet: the gradient has length 1 at any distance.
    """
    d = distance(first, second)
    return torch.where(same, d, (margin - d).clamp_min(0))


def identity_loss(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Softmax cross-entropy of L_id1 and L_id2: logits (N, K), labels (N,) int64 of 0 … K−1 -> (N,)."""
    return cross_entropy(logits, labels, reduction="none")


def halves(per_pair: torch.Tensor, same: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """½ mean over the positive pairs, ½ mean over the negative pairs: each kind counts alike, however many it has.

    §4.2: "equal numbers of positive and negative samples". Of all pairs in a batch most are negative; a plain mean
    would hardly hear the positives. With one pair of each kind the two halves add up to the plain mean. A batch of one
    kind alone, such as the paper's single pair, counts whole, and the other kind is 0.
    """
    # Zeros instead of chosen elements: vmap needs shapes that do not depend on values.
    kinds = same.any().to(per_pair) + (~same).any().to(per_pair)
    return (torch.where(same, per_pair, 0).sum() / (kinds * same.sum().clamp_min(1)),
            torch.where(same, 0, per_pair).sum() / (kinds * (~same).sum().clamp_min(1)))


def balanced(per_pair: torch.Tensor, same: torch.Tensor) -> torch.Tensor:
    """The two `halves` together: values (P,), bool (P,) -> 0-d."""
    positive, negative = halves(per_pair, same)
    return positive + negative


def hinge_gradient(first: torch.Tensor, second: torch.Tensor, same: torch.Tensor, margin: float) -> torch.Tensor:
    """∂/∂f1 of Eq. 5, (P, D): f1 − f2 for positives, −max(0, m − d) (f1 − f2)/d for negatives. For f2, the negative.

    At d = 0 two people's features have no direction to flee in: the gradient is 0, where the push should be strongest.
    """
    return _along(first, second, same, margin, lambda d: d)


def linear_hinge_gradient(first: torch.Tensor, second: torch.Tensor, same: torch.Tensor, margin: float) -> torch.Tensor:
    """∂/∂f1 of the linear hinge, (P, D): the unit vector from f2 to f1 for positives; its negative while d < m."""
    return _along(first, second, same, margin, lambda d: (d > 0).to(d))


def identity_gradient(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """∂/∂logits of the cross-entropy, (N, K): softmax minus 1 at the label."""
    truth = torch.zeros_like(logits).scatter(1, labels[:, None], 1)
    return logits.softmax(1) - truth


def _along(first: torch.Tensor, second: torch.Tensor, same: torch.Tensor, margin: float, slope) -> torch.Tensor:
    """The gradient of a function of d points along f1 − f2, with the function's slope as its length."""
    towards = first - second
    d = towards.norm(dim=-1, keepdim=True)
    direction = torch.where(d > 0, towards / d.clamp_min(torch.finfo(d.dtype).tiny), 0)
    return direction * torch.where(same[:, None], slope(d), -slope((margin - d).clamp_min(0)))

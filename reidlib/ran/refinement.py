"""RAN Eq. 3–4, attention refinement, and the same thing as a recursion over one number.

θ′ᵀ concat(x_t, f) = θ′_x·x_t + θ′_f·f. The second term is one number c for all frames, so f can lift or lower all
scores together and never reorder the frames. With u_t = θ′_x·x_t and v_t = θ′_f·x_t the whole refinement is
c_{k+1} = Σ_t σ(u_t + c_k) v_t.
"""

from __future__ import annotations

from typing import NamedTuple

import torch

from reidlib.choices import one_of
from reidlib.errors import ReidError
from reidlib.ran.attention import SMALLEST_NORM, attend, attention_logits, frame_weights, weighted_sum

FEEDBACKS = ("raw", "unit")
HALVINGS = 60


class Refined(NamedTuple):
    """f after R iterations, (B, D), and α and z of iterations 1 … R, (B, T) each."""

    video_feature: torch.Tensor
    attention: tuple[torch.Tensor, ...]
    attention_logits: tuple[torch.Tensor, ...]


class Scalars(NamedTuple):
    """c_0 … c_R, (B,) each, and α of iterations 1 … R, (B, T) each."""

    constants: tuple[torch.Tensor, ...]
    attention: tuple[torch.Tensor, ...]


def refine(frame_features: torch.Tensor, mask: torch.Tensor, video_feature: torch.Tensor, refine_score: torch.Tensor,
           R: int, bias: torch.Tensor | None = None, *, kind: str = "sigmoid", normalise: str = "none",
           feedback: str = "raw") -> Refined:
    """R times: score each frame beside the video feature (Eq. 3), weigh and add the frames again (Eq. 4).

    Parameters
    ----------
    frame_features, mask : (B, T, D), 0 at masked frames, and (B, T).
    video_feature : (B, D), f of Eq. 2.
    refine_score : (2 D,), θ′ = (θ′_x, θ′_f), the same in all iterations.
    bias : b′; the paper prints none.
    kind : "sigmoid", as printed, or "softmax", under which c cancels and every R ≥ 1 is the same attention.
    normalise : "none", the sum as printed, or "sum", divided by Σα (ours).
    feedback : what stands in concat(x_t, ·): f itself ("raw"), or f divided by its length ("unit", ours).
    """
    D = frame_features.shape[-1]
    u = attention_logits(frame_features, refine_score[:D], bias)
    attentions, logits = [], []
    for _ in range(R):
        fed = video_feature * _shrink(video_feature.square().sum(-1), feedback)[:, None]
        z = u + attention_logits(fed, refine_score[D:])[:, None]
        alpha = attend(z, mask, kind)
        video_feature = weighted_sum(frame_weights(alpha, normalise), frame_features)
        attentions.append(alpha)
        logits.append(z)
    return Refined(video_feature, tuple(attentions), tuple(logits))


def scalars_of(frame_features: torch.Tensor, refine_score: torch.Tensor,
               bias: torch.Tensor | None = None) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """u (B, T) with b′ in it, v (B, T) and the Gram matrix x xᵀ (B, T, T): all that refinement can see of x."""
    D = frame_features.shape[-1]
    u = attention_logits(frame_features, refine_score[:D], bias)
    return u, attention_logits(frame_features, refine_score[D:]), frame_features @ frame_features.mT


def constant(weights: torch.Tensor, v: torch.Tensor, gram: torch.Tensor | None = None,
             feedback: str = "raw") -> torch.Tensor:
    """c = θ′_f·f for f = Σ w_t x_t, from T numbers: Σ w_t v_t, over ‖f‖ = √(wᵀ G w) if f is fed back at unit length.

    (..., T), (..., T), (..., T, T) -> (...).
    """
    c = (weights * v).sum(-1)
    if feedback == "raw":
        return c
    if gram is None:
        raise ReidError(f"Found feedback={feedback!r} without a Gram matrix", "gram, x xᵀ of (..., T, T)",
                        "pass gram=frame_features @ frame_features.mT")
    squared = torch.einsum("...t,...ts,...s->...", weights, gram, weights)
    return c * _shrink(squared.clamp_min(0), feedback)  # rounding can push a quadratic form below 0


def scalar_map(c: torch.Tensor, u: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None, *,
               gram: torch.Tensor | None = None, kind: str = "sigmoid", normalise: str = "none",
               feedback: str = "raw") -> torch.Tensor:
    """One refinement as a function of one number: c -> Σ_t σ(u_t + c) v_t in the paper's form.

    c : (...), for instance (n,) for a curve of one tracklet, whose u, v and mask are (T,) and gram (T, T).
    """
    return constant(frame_weights(_attention(c, u, mask, kind), normalise), v, gram, feedback)


def scalar_recursion(u: torch.Tensor, v: torch.Tensor, c0: torch.Tensor, R: int, mask: torch.Tensor | None = None, *,
                     gram: torch.Tensor | None = None, kind: str = "sigmoid", normalise: str = "none",
                     feedback: str = "raw") -> Scalars:
    """`refine` without the D features: R steps of `scalar_map` from c0 = θ′_f·f_0 (of `constant`).

    u, v, mask : (B, T), u with the bias in it; c0 : (B,); gram : (B, T, T), needed for feedback="unit".
    """
    constants, attentions = [c0], []
    for _ in range(R):
        attentions.append(_attention(constants[-1], u, mask, kind))
        constants.append(constant(frame_weights(attentions[-1], normalise), v, gram, feedback))
    return Scalars(tuple(constants), tuple(attentions))


def slope(c: torch.Tensor, u: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None, *,
          gram: torch.Tensor | None = None, kind: str = "sigmoid", normalise: str = "none",
          feedback: str = "raw") -> torch.Tensor:
    """Derivative of `scalar_map` at c: Σ_t σ′(u_t + c) v_t in the paper's form, 0 under softmax. (...) -> (...).

    A fixed point attracts where it lies between −1 and 1. As σ′ ≤ ¼, Σ|v_t| < 4 is enough in the paper's form, and
    more frames make it steeper.
    """
    alpha = _attention(c, u, mask, kind)
    weights = frame_weights(alpha, normalise)
    rise = alpha * (1 - alpha) if kind == "sigmoid" else torch.zeros_like(alpha)  # a shift of all scores cancels
    if normalise == "sum":
        total = alpha.sum(-1, keepdim=True).clamp_min(torch.finfo(alpha.dtype).tiny)
        rise = (rise - weights * rise.sum(-1, keepdim=True)) / total
    if feedback == "raw":
        return (rise * v).sum(-1)
    fed = constant(weights, v, gram, feedback)  # θ′_f·f / ‖f‖; its derivative by the quotient rule
    squared, turned = (torch.einsum("...t,...ts,...s->...", left, gram, weights) for left in (weights, rise))
    shrink = _shrink(squared.clamp_min(0), feedback)
    return (rise * v).sum(-1) * shrink - fed * turned * shrink.square()


def fixed_points(u: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None, *, points: int = 4001,
                 **form: object) -> torch.Tensor:
    """Every c with scalar_map(c) = c of one tracklet, ascending, float64: where refinement can come to rest.

    At least one exists, as the map is continuous and its values are bounded. Two that lie closer together than the
    range of those values over `points` may be missed. u, v, mask (T,), gram (T, T); `form` as in `scalar_map`.
    """
    u, v = u.double(), v.double()
    form = {name: value.double() if isinstance(value, torch.Tensor) else value for name, value in form.items()}
    low, high = _range(v, **form)
    room = 1e-6 * (1 + high - low)
    grid = torch.linspace(0, 1, points, dtype=torch.float64, device=u.device) * (high - low + 2 * room) + low - room

    def above(c: torch.Tensor) -> torch.Tensor:
        return scalar_map(c, u, v, mask, **form) >= c

    start = above(grid)
    crossing = start[:-1] != start[1:]
    left, right, rising = grid[:-1][crossing], grid[1:][crossing], start[:-1][crossing]
    for _ in range(HALVINGS):
        middle = (left + right) / 2
        same = above(middle) == rising
        left, right = torch.where(same, middle, left), torch.where(same, right, middle)
    return (left + right) / 2


def _range(v: torch.Tensor, gram: torch.Tensor | None = None, kind: str = "sigmoid", normalise: str = "none",
           feedback: str = "raw") -> tuple[torch.Tensor, torch.Tensor]:
    """Bounds of the values of `scalar_map`, whichever frames are masked."""
    if feedback == "unit" and gram is not None:
        most = (v @ torch.linalg.pinv(gram, hermitian=True) @ v).clamp_min(0).sqrt()  # θ′_f inside the frames' span
        return -most, most
    if kind == "softmax" or normalise == "sum":
        return v.min().clamp_max(0), v.max().clamp_min(0)  # 0 where all sigmoids run under
    return v.clamp_max(0).sum(), v.clamp_min(0).sum()


def _attention(c: torch.Tensor, u: torch.Tensor, mask: torch.Tensor | None, kind: str) -> torch.Tensor:
    return attend(u + c[..., None], torch.ones_like(u, dtype=torch.bool) if mask is None else mask, kind)


def _shrink(squared: torch.Tensor, feedback: str) -> torch.Tensor:
    """What f is multiplied by before it is fed back, from its squared length."""
    one_of("feedback", feedback, FEEDBACKS)
    return torch.ones_like(squared) if feedback == "raw" else (squared + SMALLEST_NORM**2).rsqrt()

"""Rivals of a learned context that learn nothing: what ARM has to beat before its attention means anything.

A camera tints all that it sees. Attention over the gallery can find the tint and take it away; so can a mean. No probe
sees another, and only `per_identity` and `prototypical`, which score identities instead of items, read labels. All is
`ours` unless said otherwise. Everywhere: gallery (B, n, D); mask (B, n) bool, True for real items; probes (B, Q, D);
gallery_camids (B, n), probe_camids (B, Q).
"""

from __future__ import annotations

import math

import torch

from reidlib.arm.masked import masked_softmax
from reidlib.errors import ReidError

SMALLEST_NORM = 1e-6  # a feature shorter than this has no direction, and its cosines go to 0
DARKEST = 1 / 255  # a colour channel below one grey level has no measurable gain


def cosine(gallery: torch.Tensor, probes: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """cos(probe, item): (B, Q, n), −inf at masked items. Plain re-identification.

    Assumes that all cameras see alike: what tells cameras apart counts as much as what tells people apart.
    """
    _check(gallery, probes, mask)
    return (_unit(probes) @ _unit(_zeroed(gallery, mask)).mT).masked_fill(~mask[:, None], -math.inf)


def euclidean(gallery: torch.Tensor, probes: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """−‖probe − item‖²: (B, Q, n), −inf at masked items.

    Assumes that a feature's length means something. After `centre` with a `probe_mean` it can beat `cosine`, before it
    suffers more from a camera's shift.
    """
    _check(gallery, probes, mask)
    items = torch.where(mask[..., None], gallery, _mean(gallery, mask))
    return _minus_squared(probes, items).masked_fill(~mask[:, None], -math.inf)


def matching_attention(gallery: torch.Tensor, probes: torch.Tensor, mask: torch.Tensor,
                       temperature: float = 1.0) -> torch.Tensor:
    """a = softmax_i cos(f, g_i)/τ, Vinyals et al. (2016) §2.1 without full context: (B, Q, n), 0 at masked items.

    The paper has τ = 1, under which no probability can exceed e/(e + (n − 1)/e); the ranking is that of `cosine`.
    A gallery without real items gives 0 everywhere. Assumes what `cosine` does.
    """
    if not temperature > 0:
        raise ReidError(f"Found temperature={temperature!r}", "a number above 0", "pass temperature=0.1")
    return masked_softmax(cosine(gallery, probes, mask) / temperature, mask[:, None])


def per_identity(attention: torch.Tensor, labels: torch.Tensor, classes: int) -> torch.Tensor:
    """P(y) = Σ a_i over the items of label y, Vinyals et al. (2016) Eq. 1: (B, Q, n), (B, n) -> (B, Q, classes).

    Items with labels outside 0 … classes − 1, such as −1 at padding, count for nobody. More items, more votes.
    """
    return attention @ _one_hot(labels, classes).to(attention.dtype)


def prototypical(gallery: torch.Tensor, probes: torch.Tensor, mask: torch.Tensor, labels: torch.Tensor, classes: int,
                 metric: str = "euclidean") -> torch.Tensor:
    """−‖probe − c_y‖², c_y the mean of the items of label y (Snell et al. 2017 Eq. 1 and 2), or cos(probe, c_y).

    (B, n) labels -> (B, Q, classes), −inf for labels without real items; no gradient flows through those. Assumes that
    an identity's items spread evenly around one point; "euclidean" also that a feature's length means something.
    """
    _check(gallery, probes, mask)
    if metric not in ("euclidean", "cosine"):
        raise ReidError(f"Found metric={metric!r}", "'euclidean' or 'cosine'", "pass metric='euclidean'")
    member = (_one_hot(labels, classes) & mask[..., None]).to(gallery.dtype)
    count = member.sum(1)  # (B, classes)
    means = (member.mT @ _zeroed(gallery, mask)) / count.clamp_min(1)[..., None]
    if metric == "cosine":
        score = _unit(probes) @ _unit(means).mT
    else:
        score = _minus_squared(probes, means)
    return score.masked_fill((count == 0)[:, None], -math.inf)


def centre(gallery: torch.Tensor, probes: torch.Tensor, mask: torch.Tensor,
           probe_mean: torch.Tensor | None = None) -> tuple[torch.Tensor, torch.Tensor]:
    """Both sides without their means, masked items 0; score the result with `cosine` or `euclidean`.

    The gallery loses its own mean: whatever shifts all its items cancels exactly. Probes must not see each other, so
    they lose `probe_mean`, the mean of training people under the probe's camera (`camera_means`), of any shape that
    broadcasts to (B, Q, D); None takes the gallery's mean. Assumes one shift for the whole gallery; None also that
    the probe's camera has the same shift, `probe_mean` that the camera shifts now as it did in training. A gallery of
    one item becomes 0 and its cosines 0: it can only be compared with itself.
    """
    _check(gallery, probes, mask)
    mean = _mean(gallery, mask)
    return _zeroed(gallery - mean, mask), probes - (mean if probe_mean is None else probe_mean)


def centre_cameras(gallery: torch.Tensor, probes: torch.Tensor, mask: torch.Tensor, gallery_camids: torch.Tensor,
                   probe_camids: torch.Tensor, prior: float = 0.0) -> tuple[torch.Tensor, torch.Tensor]:
    """Each item without the mean of the gallery's items of its own camera; a probe likewise, masked items 0.

    A probe whose camera has no item in the gallery loses the gallery's mean instead. `prior` counts as so many further
    items at the gallery's mean in each camera's mean. Assumes that the people under each camera are a fair sample of
    all: a camera with few items loses people with its shift, and with `prior=0` a camera's only item becomes 0.
    """
    _check(gallery, probes, mask)
    if not prior >= 0:
        raise ReidError(f"Found prior={prior!r}", "a number from 0", "pass prior=1.0")
    overall, shown = _mean(gallery, mask), _zeroed(gallery, mask)

    def own(camids: torch.Tensor) -> torch.Tensor:
        """(B, m) -> (B, m, D), the mean of that camera."""
        same = ((camids[..., None] == gallery_camids[:, None]) & mask[:, None]).to(gallery.dtype)
        count = same.sum(-1, keepdim=True) + prior
        total = same @ shown + prior * overall
        return torch.where(count > 0, total / torch.where(count > 0, count, 1), overall)

    return _zeroed(gallery - own(gallery_camids), mask), probes - own(probe_camids)


def camera_means(features: torch.Tensor, camids: torch.Tensor, cameras: int) -> torch.Tensor:
    """The mean feature of training people under each camera: (m, D), (m,) -> (cameras, D).

    A camera without items gets the mean of all. `camera_means(…)[probe_camids]` is a `probe_mean` for `centre` and
    `zscore`; taken off both sides, `gallery - means[gallery_camids]`, it is the rival that needs no gallery at all.
    """
    if features.ndim != 2 or camids.shape != features.shape[:1] or not len(features):
        raise ReidError(f"Found features {tuple(features.shape)} and camids {tuple(camids.shape)}",
                        "(m, D) and (m,), m of 1 or more", "pass the features of the training people")
    member = _one_hot(camids, cameras).to(features.dtype)
    count = member.sum(0)[:, None]
    return torch.where(count > 0, member.mT @ features / count.clamp_min(1), features.mean(0))


def zscore(gallery: torch.Tensor, probes: torch.Tensor, mask: torch.Tensor, spread: torch.Tensor | None = None,
           prior: float = 8.0, probe_mean: torch.Tensor | None = None,
           probe_spread: torch.Tensor | None = None) -> tuple[torch.Tensor, torch.Tensor]:
    """`centre`, then each dimension divided by its spread in the gallery; masked items 0.

    variance_d = (Σ_i (g_id − mean_d)² + prior · spread_d²) / (n + prior), shrunk because few items tell little.
    `spread` is the standard deviation among training people, (D,) or (B, 1, D); None shrinks towards the
    gallery's mean variance over dimensions. Probes are divided by `probe_spread` (broadcasts to (B, Q, D)), else by the
    gallery's. Assumes that cameras shift and scale each dimension, and that a dimension in which this gallery's people
    differ much is no better evidence than one in which they differ little.
    """
    centred, moved = centre(gallery, probes, mask, probe_mean)
    if not prior >= 0:
        raise ReidError(f"Found prior={prior!r}", "a number from 0", "pass prior=8.0")
    squares, n = centred.square().sum(1, keepdim=True), mask.sum(1)[:, None, None]
    towards = squares.mean(-1, keepdim=True) / n.clamp_min(1) if spread is None else spread.square()
    variance = (squares + prior * towards) / (n + prior).clamp_min(1)
    own = (variance + SMALLEST_NORM**2).sqrt()  # one item without a training spread has none: a factor for all
    return centred / own, moved / (own if probe_spread is None else probe_spread)


def mean_colour(images: torch.Tensor) -> torch.Tensor:
    """Of each image's channels, as light 0 … 1: (..., 3, H, W) of −1 … 1 -> (..., 3)."""
    if images.ndim < 3 or images.shape[-3] != 3 or not images.dtype.is_floating_point:
        raise ReidError(f"Found images of {images.dtype} {tuple(images.shape)}", "floats (..., 3, H, W), values −1 … 1",
                        "pass what the items' gather returns")
    return images.mean((-2, -1)) / 2 + 0.5


def grey_gains(colour: torch.Tensor) -> torch.Tensor:
    """The factor for each channel that makes this mean colour grey of the same level: (..., 3) -> (..., 3).

    The grey world of Buchsbaum (1980): a scene averages to grey, so its mean colour is the light's. A factor on light
    is a factor on its gamma-coded values too, where the code is a power.
    """
    return colour.mean(-1, keepdim=True) / colour.clamp_min(DARKEST)


def with_gains(images: torch.Tensor, gains: torch.Tensor) -> torch.Tensor:
    """Images (..., 3, H, W) of −1 … 1 with their light times gains (..., 3); not clipped, so 1 can be exceeded."""
    return (images + 1) * gains[..., None, None] - 1


def grey_world(images: torch.Tensor) -> torch.Tensor:
    """Each image with its own channels brought to one mean: (..., 3, H, W) of −1 … 1, the same shape.

    Assumes that each picture averages to grey: a camera's tint goes, and so does much of a red coat's red.
    """
    return with_gains(images, grey_gains(mean_colour(images)))


def grey_world_gallery(gallery: torch.Tensor, probes: torch.Tensor, mask: torch.Tensor,
                       probe_gains: torch.Tensor | None = None) -> tuple[torch.Tensor, torch.Tensor]:
    """One gain per channel for the whole gallery: (B, n, 3, H, W), (B, Q, 3, H, W) -> the same, masked items black.

    The gains bring the mean colour of all real gallery images to grey. A probe gets `probe_gains`, those of its
    camera from training people (`grey_gains` of their mean colour; any shape that broadcasts to (B, Q, 3)), or, None,
    its own image's, which costs it the colour of its clothes. Assumes one tint in the whole gallery, and that its
    people average to the same colour as any others; unlike `grey_world` it keeps who is redder than whom.
    """
    colour = mean_colour(gallery)
    gains = grey_gains(_mean(colour, mask))
    own = grey_gains(mean_colour(probes)) if probe_gains is None else probe_gains
    return with_gains(gallery, gains).masked_fill(~mask[..., None, None, None], -1), with_gains(probes, own)


def _unit(vectors: torch.Tensor) -> torch.Tensor:
    """Divided by their length; finite, with a finite gradient, at 0."""
    return vectors / (vectors.square().sum(-1, keepdim=True) + SMALLEST_NORM**2).sqrt()


def _minus_squared(probes: torch.Tensor, points: torch.Tensor) -> torch.Tensor:
    """−‖p‖² + 2 p·c − ‖c‖², without an array of (B, Q, n, D); first moved near 0, where little is lost to rounding."""
    middle = points.mean(1, keepdim=True)
    probes, points = probes - middle, points - middle
    return 2 * probes @ points.mT - probes.square().sum(-1, keepdim=True) - points.square().sum(-1)[:, None]


def _zeroed(gallery: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    return gallery.masked_fill(~mask[..., None], 0)


def _mean(gallery: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """(B, 1, D), over real items; 0 where there are none."""
    return _zeroed(gallery, mask).sum(1, keepdim=True) / mask.sum(1)[:, None, None].clamp_min(1)


def _one_hot(labels: torch.Tensor, classes: int) -> torch.Tensor:
    """(..., n) -> (..., n, classes) bool; a label outside 0 … classes − 1 belongs to nobody."""
    return labels[..., None] == torch.arange(classes, device=labels.device)


def _check(gallery: torch.Tensor, probes: torch.Tensor, mask: torch.Tensor) -> None:
    fits = gallery.ndim == probes.ndim == 3 and gallery.shape[::2] == probes.shape[::2] and \
        mask.shape == gallery.shape[:2] and mask.dtype == torch.bool
    if not fits:
        raise ReidError(f"Found gallery {tuple(gallery.shape)}, probes {tuple(probes.shape)}, mask {mask.dtype} "
                        f"{tuple(mask.shape)}", "(B, n, D), (B, Q, D), bool (B, n)",
                        "add the axis of episodes: gallery[None], probes[None], mask[None]")

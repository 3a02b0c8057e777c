"""Answers to an episode, by name: the trained network's, and those of rivals without a learned look at the gallery.

Every answer is a function (gallery z (B, n, D), probe z (B, Q, D), episodes) -> scores of identities (B, Q, classes),
so that all of them meet the very same episodes.
"""

from __future__ import annotations

from collections.abc import Callable

import torch

from reidlib.arm.baselines import (
    camera_means,
    centre,
    centre_cameras,
    cosine,
    euclidean,
    prototypical,
    zscore,
)
from reidlib.arm.episodes import Episodes
from reidlib.arm.model import Arm
from reidlib.errors import ReidError

Answer = Callable[[torch.Tensor, torch.Tensor, Episodes], torch.Tensor]


def answer_of(network: Arm) -> Answer:
    """log P of each identity, as the network's own matching gives it."""

    def answer(gallery: torch.Tensor, probes: torch.Tensor, episodes: Episodes) -> torch.Tensor:
        with torch.no_grad():
            return network.match(gallery, probes, episodes, classes=_classes(episodes)).log_probability

    return answer


def rivals(z: torch.Tensor, camids: torch.Tensor) -> dict[str, Answer]:
    """The rivals by name. `z` (m, D) and `camids` (m,) are of the training people: what may be known beforehand.

    An identity scores as its best image does, but for "prototypes". "centred" takes the gallery's mean off the gallery
    and off each probe the mean of training people before its camera; "own means" takes those training means off both
    sides, without a look at the gallery; "z-scored" also divides by spreads; "camera-centred" works by cameras.

    Raises
    ------
    ReidError : fewer than two features, which have no spread, or another number of cameras.
    """
    if z.ndim != 2 or len(z) < 2 or camids.shape != z.shape[:1]:
        raise ReidError(f"Found features {tuple(z.shape)} and cameras {tuple(camids.shape)} of training people",
                        "(m, D) and (m,), m of 2 or more", "pass embed(network, source) and the cameras of its items")
    cameras = int(camids.max()) + 1
    means, spread = camera_means(z, camids, cameras), z.std(0)

    def mean_of(cams: torch.Tensor) -> torch.Tensor:
        known = means[cams.clamp_max(cameras - 1)]
        return torch.where((cams < cameras)[..., None], known, z.mean(0))

    def scored(metric: Callable, moved: Callable) -> Answer:
        def answer(gallery: torch.Tensor, probes: torch.Tensor, episodes: Episodes) -> torch.Tensor:
            return best_image(metric(*moved(gallery, probes, episodes), episodes.gallery_mask), episodes)

        return answer

    def plain(g: torch.Tensor, p: torch.Tensor, e: Episodes) -> tuple[torch.Tensor, torch.Tensor]:
        return g, p

    def centred(g: torch.Tensor, p: torch.Tensor, e: Episodes) -> tuple[torch.Tensor, torch.Tensor]:
        return centre(g, p, e.gallery_mask, mean_of(e.probe_camids))

    def own_means(g: torch.Tensor, p: torch.Tensor, e: Episodes) -> tuple[torch.Tensor, torch.Tensor]:
        return g - mean_of(e.gallery_camids), p - mean_of(e.probe_camids)

    def cameras_centred(g: torch.Tensor, p: torch.Tensor, e: Episodes) -> tuple[torch.Tensor, torch.Tensor]:
        return centre_cameras(g, p, e.gallery_mask, e.gallery_camids, e.probe_camids)

    def z_scored(g: torch.Tensor, p: torch.Tensor, e: Episodes) -> tuple[torch.Tensor, torch.Tensor]:
        return zscore(g, p, e.gallery_mask, spread, probe_mean=mean_of(e.probe_camids), probe_spread=spread)

    def prototypes(moved: Callable) -> Answer:
        def answer(gallery: torch.Tensor, probes: torch.Tensor, episodes: Episodes) -> torch.Tensor:
            g, p = moved(gallery, probes, episodes)
            return prototypical(g, p, episodes.gallery_mask, episodes.gallery_labels.clamp_min(0), _classes(episodes))

        return answer

    found = {}
    for name, moved in (("", plain), ("centred ", centred), ("own means ", own_means), ("z-scored ", z_scored),
                        ("camera-centred ", cameras_centred)):
        found[f"{name}cosine"] = scored(cosine, moved)
        found[f"{name}euclidean"] = scored(euclidean, moved)
    found["prototypes"] = prototypes(plain)
    found["centred prototypes"] = prototypes(centred)
    return found


def best_image(scores: torch.Tensor, episodes: Episodes) -> torch.Tensor:
    """(B, Q, n) scores of items -> (B, Q, classes), the highest of each identity, −inf for those without one."""
    classes = _classes(episodes)
    labels = episodes.gallery_labels.masked_fill(~episodes.gallery_mask, 0)[:, None].expand_as(scores)
    scores = scores.masked_fill(~episodes.gallery_mask[:, None], -torch.inf)
    found = scores.new_full((*scores.shape[:2], classes), -torch.inf)
    return found.scatter_reduce(2, labels, scores, "amax")


def _classes(episodes: Episodes) -> int:
    return max(episodes.ways, episodes.gallery.shape[1])

"""RankWall: a probe and its sorted gallery, matches marked, what is ignored and why, and the CMC that follows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from reidlib.errors import ReidError
from reidlib.evaluation import protocols
from reidlib.evaluation.protocols import JUNK, CameraPair, Market1501, Protocol
from reidlib.evaluation.ranking import rank
from reidlib.evaluation.result import Ranking
from reidlib.evaluation.topk import topk
from reidlib.views.arrays import as_array, as_pictures
from reidlib.views.host import View
from reidlib.views.rank_wall_picture import WallRow, rank_wall_picture, two_ends
from reidlib.views.sprite import sprite_sheet

MOST, DEPTH = 50, 50  # gallery items in a row, ranks of the CMC
Names = tuple[Sequence[str] | None, Sequence[str] | None]


class _Side(NamedTuple):
    pids: np.ndarray
    camids: np.ndarray
    images: np.ndarray
    names: list[str] | None

    def data(self, quality: int) -> dict[str, Any]:
        return {"pids": self.pids, "camids": self.camids, "names": self.names,
                "sheet": sprite_sheet(self.images, quality=quality)}


def rank_wall(
    distances: ArrayLike | None,
    probe_pids: ArrayLike,
    gallery_pids: ArrayLike,
    probe_camids: ArrayLike,
    gallery_camids: ArrayLike,
    *,
    probe_images: ArrayLike,
    gallery_images: ArrayLike,
    probe_features: ArrayLike | None = None,
    gallery_features: ArrayLike | None = None,
    metric: str = "euclidean",
    protocol: str | Protocol = protocols.market1501,
    ap: str = "step",
    ties: str = "stable",
    top: int = 10,
    names: Names | None = None,
    note: str | None = None,
    quality: int = 80,
) -> View:
    """All probes sorted by the rank of their first match; the chosen one with its gallery, nearest first, and the CMC.

    A mean hides which probes it is made of. Walk through them: green ✓ is the probe's person, red ✗ and dashed somebody
    else, grey and dotted an item that the protocol ignores, with the reason. The camera rule and the treatment of ties
    can be switched; order, AP, CMC and mAP follow at once, by the rules of `reidlib.evaluation.rank`.

    Parameters
    ----------
    distances
        (P, G), smaller is closer; or None with `probe_features` (P, D) and `gallery_features` (G, D), compared by
        `metric`.
    probe_pids, gallery_pids, probe_camids, gallery_camids
        (P,) and (G,) integers; pid -1 is junk.
    probe_images, gallery_images
        (P, H, W, 3) and (G, H, W, 3) uint8, one thumbnail each. They travel as two JPEG sheets of this `quality`.
    protocol, ap, ties
        As in `rank`; the protocol must be one without chance: market1501, mars or camera_pair.
    top
        Gallery items in a row, ignored ones included; a first match farther behind is shown after them.
    names
        Texts for (probes, gallery items), either may be None; without them "person 7".
    note
        What a reader must know besides, such as what the network was trained on.

    A wall of 50 probes and 150 rendered people at 64 × 32 takes 202 KiB of pictures and 73 KiB of distances, and its
    twin half a megabyte. The page gets distances with as many digits as it takes to keep every order and every tie;
    `view.data["distances"]` holds them. ReidError for arrays that do not fit together, are not finite, or leave no
    probe with a match.
    """
    protocol = _without_chance(protocols.find(protocol))
    distances = _distances(distances, probe_features, gallery_features, metric)
    if distances.ndim == 2 and 0 in distances.shape:
        raise ReidError(f"Found {distances.shape[0]} probes and {distances.shape[1]} gallery items",
                        "one of each, or more", "check the split or the filter that chose them")
    # First of all, so that its sentences speak about shapes, NaN and probes without a match.
    labels = {"probe_pids": probe_pids, "gallery_pids": gallery_pids, "probe_camids": probe_camids,
              "gallery_camids": gallery_camids}  # fmt: skip
    ranking = rank(distances, protocol=protocol, ap=ap, ties=ties, max_rank=DEPTH, **labels)
    if not np.isfinite(distances).all():
        p, g = np.argwhere(~np.isfinite(distances))[0].tolist()
        raise ReidError(f"Found {distances[p, g]} at distances[{p}, {g}]", "finite distances, also of junk items",
                        "find the feature that is not finite")
    if not 1 <= top <= MOST:
        raise ReidError(f"Found top={top}", f"1 to {MOST} gallery items in a row", "pass top=10")
    ids = {name: _whole(name, values) for name, values in labels.items()}
    probe_names, gallery_names = names or (None, None)
    probes = _Side(ids["probe_pids"], ids["probe_camids"], *_shown("probe", probe_images, probe_names, len(distances)))
    gallery = _Side(ids["gallery_pids"], ids["gallery_camids"],
                    *_shown("gallery", gallery_images, gallery_names, distances.shape[1]))
    pair = [protocol.probe_camera, protocol.gallery_camera] if isinstance(protocol, CameraPair) else None
    shorter = [[float(value) for value in row] for row in _fewest_digits(distances.astype(np.float64))]
    picture = rank_wall_picture(
        [_row(p, distances, probes, gallery, pair, ranking, top) for p in two_ends(ranking)], ranking, note=note)
    return View(
        "rank_wall.js",
        {
            "probes": probes.data(quality), "gallery": gallery.data(quality), "distances": shorter, "pair": pair,
            "protocol": str(protocol), "ap": ap, "ties": ties, "top": min(top, distances.shape[1]),
            "depth": min(DEPTH, distances.shape[1]), "note": note,
        },
        picture=picture,
        title=f"Rank wall: {len(distances)} probes, {distances.shape[1]} gallery items",
        parts=("rank_wall_scores.js", "rank_wall_curve.js", "rank_wall_parts.js"),
    )  # fmt: skip


def _whole(name: str, values: ArrayLike) -> np.ndarray:
    array = as_array(name, values)
    bad = ~np.isfinite(array)
    if bad.any():  # as an integer it would be some number, which the wall would show as a person
        raise ReidError(f"Found {array[bad][0]} in {name}", "whole numbers", "give people without a name the pid -1")
    return array.astype(np.int64)


def _kinds(p: int, probes: _Side, gallery: _Side, pair: Sequence[int] | None) -> np.ndarray:
    """(G,) of "match", "nonmatch", and for ignored items "junk", "camera" (the probe's person there) or "outside"."""
    own = gallery.pids == probes.pids[p]
    kinds = np.where(own, "match", "nonmatch").astype("U8")
    if pair is None:
        kinds[own & (gallery.camids == probes.camids[p])] = "camera"
    else:
        kinds[(gallery.camids != pair[1]) | (probes.camids[p] != pair[0])] = "outside"
    kinds[gallery.pids == JUNK] = "junk"
    return kinds


def _row(p: int, distances: np.ndarray, probes: _Side, gallery: _Side, pair: Sequence[int] | None, ranking: Ranking,
         top: int) -> WallRow:  # fmt: skip
    kinds = _kinds(p, probes, gallery, pair)
    early = {"stable": None, "pessimistic": "nonmatch", "optimistic": "match"}[ranking.ties]
    late = {"stable": None, "pessimistic": "match", "optimistic": "nonmatch"}[ranking.ties]
    place = (kinds == late).astype(int) - (kinds == early)
    order = np.lexsort((place, distances[p]))[:top]
    return WallRow(p, probes.images[p], gallery.images[order], kinds[order],
                   distances[p, order], int(ranking.first_rank[p]), float(ranking.average_precision[p]))


def _without_chance(protocol: Protocol) -> Protocol:
    if not isinstance(protocol, Market1501 | CameraPair):
        raise ReidError(f"Found the protocol {protocol}, which draws its gallery by chance",
                        "market1501, mars or camera_pair", "show one of them, or pass one draw's items alone")
    return protocol


def _distances(given: ArrayLike | None, probes: ArrayLike | None, gallery: ArrayLike | None, metric: str) -> np.ndarray:
    features = (probes is not None, gallery is not None)
    if (given is not None) == any(features) or features[0] != features[1]:
        raise ReidError("Found distances and features, or only a part of them",
                        "either distances, or probe_features and gallery_features",
                        "pass rank_wall(distances, …) or rank_wall(None, …, probe_features=…, gallery_features=…)")
    if given is not None:
        return as_array("distances", given)
    probes, gallery = as_array("probe_features", probes), as_array("gallery_features", gallery)
    if gallery.ndim != 2 or not len(gallery):
        raise ReidError(f"Found gallery_features of shape {gallery.shape}", "(G, D) with one item or more",
                        "check the split or the filter that chose them")
    found = topk(probes, gallery, len(gallery), metric=metric)
    distances = np.empty(found.distances.shape)
    np.put_along_axis(distances, found.items, found.distances, axis=1)
    return distances


def _shown(side: str, images: ArrayLike, names: Sequence[str] | None, count: int) -> tuple[np.ndarray, Any]:
    images = as_pictures(f"{side}_images", images)
    if len(images) != count:
        raise ReidError(f"Found {side}_images of type {images.dtype} and shape {images.shape}",
                        f"uint8 of shape ({count}, H, W, 3), one thumbnail each",
                        "take one frame of every tracklet, resized to one size such as 64 × 32")
    if names is not None and len(names) != count:
        raise ReidError(f"Found {len(names)} names for {count} {side} items", "one for each", "check the order, too")
    return images, None if names is None else [str(name) for name in names]


def _fewest_digits(distances: np.ndarray) -> np.ndarray:
    """Rounded as far as no row's order and no tie changes, but to four significant digits of the largest at least."""
    largest = float(np.abs(distances).max())
    start = 3 - int(np.floor(np.log10(largest))) if largest > 0 else 0
    order = np.argsort(distances, axis=1, kind="stable")
    ties = np.diff(np.take_along_axis(distances, order, 1), axis=1) == 0
    for digits in range(start, start + 12):
        shorter = np.round(distances, digits) + 0.0
        if ((np.diff(np.take_along_axis(shorter, order, 1), axis=1) == 0) == ties).all():
            return shorter
    return distances

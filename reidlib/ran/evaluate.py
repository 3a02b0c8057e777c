"""A trained network on people it never saw: embed, rank, and say the result in one line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from reidlib.data.store import Store
from reidlib.data.transforms import CROP, CropFlip
from reidlib.errors import ReidError
from reidlib.evaluation.intervals import Interval
from reidlib.evaluation.protocols import CameraPair, Protocol
from reidlib.evaluation.rank_interval import hit_interval, mAP_interval
from reidlib.evaluation.ranking import rank
from reidlib.evaluation.result import Ranking
from reidlib.ran.embed import Embedded, embed, frame_features, pool, used_frames
from reidlib.ran.inputs import TrackletInputs
from reidlib.ran.network import Network
from reidlib.ran.recipes import Recipe

VANISHING = 1e-12  # length beside the longest


@dataclass(frozen=True, eq=False)
class Evaluated:
    """What came out at test.

    probes, gallery : numbers of tracklets in the store.
    probe, found : what `embed` gave for each side (of the centre crop).
    ranking : see `reidlib.evaluation.ranking.rank`.
    """

    probes: np.ndarray
    gallery: np.ndarray
    probe: Embedded
    found: Embedded
    ranking: Ranking

    @property
    def rank_1(self) -> Interval:
        """Share of probes whose nearest gallery tracklet is theirs, with an interval over probes."""
        return hit_interval(self.ranking)

    @property
    def mAP(self) -> Interval:
        """Mean average precision with a bootstrap interval over probes."""
        return mAP_interval(self.ranking)

    @property
    def line(self) -> str:
        """rank-1, mAP, n, intervals, in one line."""
        first, mean = self.rank_1, self.mAP
        return (f"rank-1 {100 * first.estimate:.1f} % [{100 * first.low:.1f}, {100 * first.high:.1f}], "
                f"mAP {100 * mean.estimate:.1f} % [{100 * mean.low:.1f}, {100 * mean.high:.1f}], "
                f"n = {self.ranking.queries} probes, {len(self.gallery)} in the gallery, chance "
                f"{100 / len(self.gallery):.1f} %, 95 % intervals over probes of this one run")


def sides(store: Store, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Probes from the first of two cameras, gallery from the second, as on iLIDS-VID and PRID-2011; (P,), (G,)."""
    cameras = np.unique(store.camids[numbers])
    if len(cameras) != 2:
        raise ReidError(f"Found {len(cameras)} cameras in this part of {store.name}", "two, of which the first gives "
                        "the probes", "pass probes and gallery yourself: evaluate(…, probes=…, gallery=…)")
    return tuple(numbers[store.camids[numbers] == camera] for camera in cameras)


def evaluate(network: Network, inputs: TrackletInputs, probes: np.ndarray, gallery: np.ndarray,
             recipe: Recipe | None = None, protocol: str | Protocol | None = None, ap: str = "step",
             progress: Callable[[int, int], None] | None = None) -> Evaluated:
    """Embeds probes and gallery as the recipe says (default: all frames, centre crop) and ranks by Euclidean distance.

    RAN §4.2: the losses' classifiers are gone; the two video features are compared directly. Default protocol: the
    camera of the first probe finds the camera of the first gallery tracklet. `ap` as in `rank`.
    """
    recipe = Recipe("all frames") if recipe is None else recipe
    frames = _frames(inputs, probes, gallery, recipe)
    both = embed(network, inputs, np.concatenate([probes, gallery]), [*frames[0], *frames[1]], progress=progress)
    first, second = both.part(slice(len(probes))), both.part(slice(len(probes), None))
    store = inputs.store
    if protocol is None:
        protocol = CameraPair(int(store.camids[probes[0]]), int(store.camids[gallery[0]]))
    labels = {"probe_pids": store.pids[probes], "gallery_pids": store.pids[gallery],
              "probe_camids": store.camids[probes], "gallery_camids": store.camids[gallery], "protocol": protocol,
              "ap": ap}
    if recipe.test_crops == "centre":
        ranking = rank(**_comparable(first.features, second.features), **labels)
    else:
        ranking = rank(summed_distances(network, inputs, probes, gallery, recipe), **labels)
    return Evaluated(probes, gallery, first, second, ranking)


def summed_distances(network: Network, inputs: TrackletInputs, probes: np.ndarray, gallery: np.ndarray,
                     recipe: Recipe) -> np.ndarray:
    """(P, G): Euclidean distances summed over sixteen crops, down the diagonal and mirrored, as McLaughlin's code."""
    frames = _frames(inputs, probes, gallery, recipe)
    total = np.zeros((len(probes), len(gallery)))
    for offset in range(1, 9):
        for flip in (False, True):
            crop = CropFlip(np.array([offset]), np.array([offset]), np.array([flip]), CROP)
            features = [pool(network.head, frame_features(network.frame_cnn, inputs, numbers, chosen, crop),
                             inputs.device).features.astype(np.float64)
                        for numbers, chosen in zip((probes, gallery), frames, strict=True)]
            total += np.linalg.norm(features[0][:, None] - features[1][None], axis=2)
    return total


def _frames(inputs: TrackletInputs, probes: np.ndarray, gallery: np.ndarray,
            recipe: Recipe) -> tuple[list[np.ndarray], list[np.ndarray]]:
    lengths = inputs.store.lengths
    return (used_frames(lengths[probes], recipe.test_frames),
            used_frames(lengths[gallery], recipe.test_frames, recipe.test_last))


def _comparable(probe: np.ndarray, gallery: np.ndarray) -> dict[str, np.ndarray]:
    """The same ranking from features whose longest has length 1; those that vanish beside it become 0.

    Attention as printed can fall to nothing, and take the features' length with it.
    """
    longest = max(np.linalg.norm(side.astype(np.float64), axis=1).max() for side in (probe, gallery)) or 1.0
    sides = {}
    for name, side in (("probe_features", probe), ("gallery_features", gallery)):
        scaled = side.astype(np.float64) / longest
        scaled[np.linalg.norm(scaled, axis=1) < VANISHING] = 0
        sides[name] = scaled
    return sides

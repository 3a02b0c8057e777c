"""A benchmark's own probes and gallery, ranked by a trained network: not in episodes, but as its papers report it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from reidlib.arm.context import features_in_context
from reidlib.arm.evaluate import embed
from reidlib.arm.model import Arm
from reidlib.arm.stills import Stills
from reidlib.data.benchmarks.division import Division
from reidlib.errors import ReidError
from reidlib.evaluation.rank_interval import hit_interval, mAP_interval
from reidlib.evaluation.ranking import rank
from reidlib.evaluation.result import Ranking

JUNK = -1


@dataclass(frozen=True, eq=False)
class Ranked:
    """One network by one division: `alone` compares z, `context` what the encoders make of the whole gallery."""

    division: str
    note: str
    gallery: int
    alone: Ranking
    context: Ranking

    @property
    def line(self) -> str:
        """Both, with intervals over probes."""
        return (f"{self.division}: in context {_points(self.context)}; z alone {_points(self.alone)}; "
                f"n = {self.alone.queries} probes, {self.gallery} in the gallery, 95 % intervals over probes of this "
                "one run")

    def as_dict(self) -> dict:
        """JSON values."""
        return {"division": self.division, "note": self.note, "gallery": self.gallery,
                "alone": self.alone.summary(), "context": self.context.summary()}


def ranked(network: Arm, source: Stills, division: Division, *, device: str | torch.device = "cpu",
           progress: Callable[[int, int], None] | None = None) -> Ranked:
    """Ranks by cosine under the division's own rule; junk is dropped before the gallery is encoded.

    Raises
    ------
    ReidError : a division of tracklets of several frames; what `rank` refuses.
    """
    store = source.store
    if (store.lengths != 1).any() or len(source.rows) != len(store):
        raise ReidError(f"Found tracklets of several frames in {store.name}", "an image benchmark, one image each",
                        "train on it with reidlib train ran, or leave --protocol out")
    numbers = division.numbers(store)
    probes, gallery = numbers["probes"], numbers["gallery"]
    gallery = gallery[store.pids[gallery] != JUNK]
    network.to(device)
    z = embed(network, source, np.concatenate([probes, gallery]), device=device, progress=progress)
    network.to("cpu")
    sides = z[: len(probes)], z[len(probes):]
    cameras = store.camids[probes], store.camids[gallery]
    how = {"probe_pids": store.pids[probes], "gallery_pids": store.pids[gallery], "probe_camids": cameras[0],
           "gallery_camids": cameras[1], "metric": "cosine", "protocol": division.rule,
           "ap": division.average_precision}
    f, g = features_in_context(network, *sides, *cameras)
    alone, context = (rank(probe_features=np.asarray(a), gallery_features=np.asarray(b), **how)
                      for a, b in (sides, (f, g)))
    return Ranked(division.label, division.note, len(gallery), alone, context)


def _points(ranking: Ranking) -> str:
    first, mean = hit_interval(ranking), mAP_interval(ranking)
    return (f"rank-1 {100 * first.estimate:.1f} % [{100 * first.low:.1f}, {100 * first.high:.1f}], "
            f"mAP {100 * mean.estimate:.1f} % [{100 * mean.low:.1f}, {100 * mean.high:.1f}]")

"""ARM on a whole gallery: how much of it a picture may know before it is ranked. CMC and mAP are one for all modes.

Training shows galleries of some tens of items, a benchmark has thousands, and ARM's text does not say what happens in
between; all of this file is ours. Context makes details of the evaluation inputs of the model:

- Junk (pid −1) is dropped before anything is encoded, since the metric acts as if it were not there. Distractors (pid
  0, or anybody who is no probe) stay: they stand in the gallery, and change the features of all.
- Items of the probe's identity under its own camera are ignored by the metric, but the encoders see them: to take them
  out would use the answer. Cameras are known, so `mask_same_camera` may hide all items of the probe's camera from its
  reads; the gallery encoder always sees all.
- Probes never see each other. Labels reach nothing but the metric.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import torch

from reidlib.arm.context_parts import Side, blocks, chunking, reader, shortlisting
from reidlib.arm.matching import cosines
from reidlib.arm.model import Arm
from reidlib.choices import at_least, one_of
from reidlib.errors import ReidError
from reidlib.evaluation import inputs
from reidlib.evaluation.protocols import JUNK, market1501
from reidlib.evaluation.ranking import rank
from reidlib.evaluation.result import Ranking

MODES = ("full", "independent", "shortlist", "chunk")
PARTS = ("shortlist", "chunk")
TIE = 1e-5  # cosines closer than this may change places by rounding alone
Vectors = np.ndarray | torch.Tensor
Progress = Callable[[int, int], None]
Block = tuple[slice, np.ndarray]


def rank_in_context(network: Arm, probe_z: Vectors, gallery_z: Vectors, probe_pids: np.ndarray,
                    gallery_pids: np.ndarray, probe_camids: np.ndarray, gallery_camids: np.ndarray, *,
                    mode: str = "full", k: int = 100, m: int = 64, mask_same_camera: bool | None = None, seed: int = 0,
                    ap: str = "step", ties: str = "stable", max_rank: int = 50,
                    progress: Progress | None = None) -> Ranking:
    """CMC, mAP and mINP of P probes against G items under Market-1501's rule, by cosine of what `mode` compares.

    Single-shot protocols: draw the gallery first, then pass it here; a drawn part of a finished ranking has seen items
    that the protocol took out.

    Parameters
    ----------
    probe_z, gallery_z : (P, D), (G, D), each picture by itself: `reidlib.arm.evaluate.embed`.
    mode : "independent": z with z, plain re-identification. "full": the whole gallery is one set, encoded once and read
        by each probe. "shortlist": the k nearest of each probe by z are encoded as its gallery and ranked again, the
        rest keeps its order behind them. "chunk": the gallery is dealt out in chunks of at most m, each encoded alone;
        a probe reads each chunk by itself and is compared with that chunk's items. A cosine has the same ends in every
        chunk, which is why they can be ranked together, though each is told by another f; no score says so for sure.
    k, m, seed : of "shortlist" and "chunk"; the seed decides who shares a chunk.
    mask_same_camera : hide items of a probe's camera from its reads; None: as the network has it. Encoders that do not
        read have nothing to hide.
    ap, ties, max_rank : see `reidlib.evaluation.ranking.rank`.
    progress : hears (done, total) parts of the work.

    Memory, beside z: "full" holds g and f and what `Reading` and `rank` need; the others the distances of 256 probes at
    a time in float64, 40 MB for Market-1501. Time: "chunk" runs the probe encoder G/m times, so small chunks are slow;
    "shortlist" encodes P galleries.

    Raises
    ------
    ReidError : no item left, NaN, sizes that do not fit each other or the network, k or m below 1, an unknown mode, no
        probe with a match.
    """
    one_of("mode", mode, MODES)
    at_least("k", k, 1)
    at_least("m", m, 1)
    probe_z, gallery_z = _features(probe_z, gallery_z)
    labels = inputs.labels(len(probe_z), len(gallery_z), probe_pids=probe_pids, gallery_pids=gallery_pids,
                           probe_camids=probe_camids, gallery_camids=gallery_camids)
    kept = labels.gallery_pids != JUNK
    gallery_z = gallery_z[kept]
    probes = {"probe_pids": labels.probe_pids, "probe_camids": labels.probe_camids}
    gallery = {"gallery_pids": labels.gallery_pids[kept], "gallery_camids": labels.gallery_camids[kept]}
    if not len(gallery_z):
        raise ReidError(f"Found {len(kept)} gallery items, all of them junk (pid {JUNK})" if len(kept) else
                        "Found an empty gallery", "1 gallery item or more", "check gallery_pids")
    how = {"protocol": market1501, "ap": ap, "ties": ties, "max_rank": max_rank}
    camids = probes["probe_camids"], gallery["gallery_camids"]
    # Metric and encoders never meet: from here on features come from z and cameras alone.
    if mode in PARTS:
        matched = _matched(**probes, **gallery)
        if matched.any():
            parts = distances_in_context(network, probe_z, gallery_z, *camids, mode=mode, k=k, m=m, seed=seed,
                                         mask_same_camera=mask_same_camera, progress=progress)
            return _joined(parts, matched, probes, gallery, how)
        mode = "independent"  # which says why there is no probe to rank
    f, g = probe_z, gallery_z
    if mode == "full":
        f, g = features_in_context(network, probe_z, gallery_z, *camids, mask_same_camera=mask_same_camera,
                                   progress=progress)
    return rank(probe_features=f, gallery_features=g, **probes, **gallery, metric="cosine", progress=progress, **how)


def features_in_context(network: Arm, probe_z: Vectors, gallery_z: Vectors, probe_camids: np.ndarray,
                        gallery_camids: np.ndarray, *, mask_same_camera: bool | None = None,
                        progress: Progress | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Mode "full" before it is ranked: f (P, D) and g (G, D) of all items given, which are one gallery.

    `progress` hears (probes done, P). For the rest see `rank_in_context`.
    """
    probe_z, gallery_z = _features(probe_z, gallery_z)
    with _at_test(network):
        probes, gallery = _sides(network, probe_z, gallery_z, probe_camids, gallery_camids)
        probe, camids = reader(network, mask_same_camera), gallery.camids[None]
        mask = torch.ones_like(camids, dtype=torch.bool)
        g = network.encode(gallery.z[None], mask, camids)
        f = torch.empty_like(probes.z)
        for rows in blocks(len(f)):
            f[rows] = probe(probes.z[None, rows], g, mask, camids, probes.camids[None, rows], keep_attention=False).f[0]
            if progress is not None:
                progress(rows.stop, len(f))
    return f.cpu().numpy(), g[0].cpu().numpy()


def distances_in_context(network: Arm, probe_z: Vectors, gallery_z: Vectors, probe_camids: np.ndarray,
                         gallery_camids: np.ndarray, *, mode: str, k: int = 100, m: int = 64, seed: int = 0,
                         mask_same_camera: bool | None = None, progress: Progress | None = None) -> Iterator[Block]:
    """Modes "shortlist" and "chunk" before they are ranked: which probes, and their distances (p, G) float64.

    Smaller is closer: −cos, and −cos − 3 on a shortlist. For the rest see `rank_in_context`.
    """
    one_of("mode", mode, PARTS)
    at_least("k", k, 1)
    at_least("m", m, 1)
    probe_z, gallery_z = _features(probe_z, gallery_z)
    with _at_test(network):
        probes, gallery = _sides(network, probe_z, gallery_z, probe_camids, gallery_camids)
        probe = reader(network, mask_same_camera)
        distances = shortlisting(network, probe, probes, gallery, k) if mode == "shortlist" else \
            chunking(network, probe, probes, gallery, m, seed)
    for rows in blocks(len(probe_z)):
        with _at_test(network):
            distance = distances(rows)
        yield rows, distance
        if progress is not None:
            progress(rows.stop, len(probe_z))


def flip_rate(network: Arm, probe_z: Vectors, gallery_z: Vectors, probe_camids: np.ndarray,
              gallery_camids: np.ndarray, *, seed: int = 0, mask_same_camera: bool | None = None) -> float:
    """Share of probes whose nearest item is another one when the same gallery is merely listed in another order.

    The order is drawn from the seed; mode "full". Winners within 1e-5 of each other (copies of one item, or rounding)
    are no flip. 0 for every order-free encoder: a list says nothing that a set does not.
    """
    probe_z, gallery_z = _features(probe_z, gallery_z)
    gallery_camids = np.asarray(gallery_camids)
    order = np.random.default_rng(seed).permutation(len(gallery_z))
    back = np.argsort(order)
    options = {"mask_same_camera": mask_same_camera}
    as_given = features_in_context(network, probe_z, gallery_z, probe_camids, gallery_camids, **options)
    f, g = features_in_context(network, probe_z, gallery_z[order], probe_camids, gallery_camids[order], **options)
    flips = 0
    for rows in blocks(len(probe_z)):
        before, after = (cosines(torch.from_numpy(f[rows]), torch.from_numpy(g)) for f, g in (as_given, (f, g[back])))
        first = before.argmax(1, keepdim=True)
        flips += int((after.gather(1, first)[:, 0] < after.amax(1) - TIE).sum())
    return flips / len(probe_z)


@contextmanager
def _at_test(network: Arm) -> Iterator[None]:
    """No draws, no gradients; the network is handed back as it was."""
    was = network.training
    network.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        network.train(was)


def _features(probe_z: Vectors, gallery_z: Vectors) -> tuple[np.ndarray, np.ndarray]:
    arrays = []
    for name, z in (("probe_z", probe_z), ("gallery_z", gallery_z)):
        z = inputs.numbers(name, z.detach().cpu().numpy() if isinstance(z, torch.Tensor) else z, "f")
        if not len(z):
            raise ReidError(f"Found {name} of shape {z.shape}", "1 row or more", "check what the split left")
        wrong = np.flatnonzero(~np.isfinite(z).all(1))
        if len(wrong):
            raise ReidError(f"Found NaN or infinity in {len(wrong)} of {len(z)} rows of {name}, first in row "
                            f"{wrong[0]}", "finite features", "check the network that gave them")
        arrays.append(z)
    return inputs.same_space(*arrays)


def _sides(network: Arm, probe_z: np.ndarray, gallery_z: np.ndarray, probe_camids: np.ndarray,
           gallery_camids: np.ndarray) -> tuple[Side, Side]:
    """On the network's device and in its dtype."""
    like = network.matching.log_scale
    if probe_z.shape[1] != network.D:
        raise ReidError(f"Found features of {probe_z.shape[1]} dimensions", f"{network.D}, the network's D",
                        "pass what network.features gives: reidlib.arm.evaluate.embed(network, source)")
    sides = []
    for name, z, camids in (("probe", probe_z, probe_camids), ("gallery", gallery_z, gallery_camids)):
        camids = np.asarray(camids)
        if camids.shape != z.shape[:1]:
            raise ReidError(f"Found {name}_camids of shape {camids.shape} for {len(z)} {name} features",
                            f"({len(z)},), one for each", "pass both of the same items, in the same order")
        sides.append(Side(torch.as_tensor(z).to(like), torch.as_tensor(camids.astype(np.int64)).to(like.device)))
    return sides[0], sides[1]


def _matched(probe_pids: np.ndarray, probe_camids: np.ndarray, gallery_pids: np.ndarray,
             gallery_camids: np.ndarray) -> np.ndarray:
    """(P,) whether another camera has an item of the probe's identity."""
    return np.concatenate([((gallery_pids == probe_pids[rows, None]) &
                            (gallery_camids != probe_camids[rows, None])).any(1) for rows in blocks(len(probe_pids))])


def _joined(parts: Iterator[Block], matched: np.ndarray, probes: dict, gallery: dict, how: dict) -> Ranking:
    """What `rank` would say of all distances at once, from some probes at a time."""
    first, scores = np.zeros((1, len(matched)), np.int64), np.full((2, 1, len(matched)), np.nan)
    for rows, distance in parts:
        some = np.arange(rows.start, rows.stop)[matched[rows]]
        if len(some):
            own = {name: ids[some] for name, ids in probes.items()}
            found = rank(distance[some - rows.start], **own, **gallery, **how)
            first[:, some] = found.first_ranks
            scores[:, :, some] = found.average_precisions, found.inverse_negative_penalties
    return Ranking(market1501, how["ap"], how["ties"], how["max_rank"], first, *scores)

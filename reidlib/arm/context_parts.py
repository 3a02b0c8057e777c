"""A gallery in parts: a shortlist for each probe, or chunks that never meet. Distances, some probes at a time."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import torch

from reidlib.arm.matching import cosines
from reidlib.arm.model import Arm
from reidlib.arm.probe import NoReads
from reidlib.evaluation.topk import topk

PROBES = 256  # probes whose distances to a whole gallery are held at a time
NUMBERS = 2**22  # of one array of features at a time: 16 MiB in float32
BEHIND = 3.0  # cosines are 2 apart at most, so items moved by this stand before all others

Distances = Callable[[slice], np.ndarray]  # some probes -> (p, G) float64, smaller is closer


class Side(NamedTuple):
    """z (n, D) of one side, each picture by itself, and its cameras (n,), where the network is."""

    z: torch.Tensor
    camids: torch.Tensor


def reader(network: Arm, mask_same_camera: bool | None) -> NoReads:
    """The network's probe encoder, with its option changed unless None; the weights are shared."""
    probe = network.probe
    if mask_same_camera is not None and probe.M:
        probe = copy.copy(probe)
        probe.mask_same_camera = mask_same_camera
    return probe


def shortlisting(network: Arm, probe: NoReads, probes: Side, gallery: Side, k: int) -> Distances:
    """Per probe the k items nearest by cosine of z are a gallery of their own, in the order of the whole one: encoded,
    read and ordered by cos(f, g). The rest stands behind them in the order of z.
    """
    k = min(k, len(gallery.z))
    turn = max(1, NUMBERS // (k * network.D))
    whole, host = gallery.z.double(), gallery.z.cpu().numpy()

    def distances(rows: slice) -> np.ndarray:
        z, camids = probes.z[rows, None], probes.camids[rows, None]
        distance = -cosines(z[:, 0].double(), whole)
        near = topk(z[:, 0].cpu().numpy(), host, k, metric="cosine").items
        items = torch.from_numpy(np.sort(near, 1)).to(z.device)
        for first in range(0, len(z), turn):
            some = slice(first, first + turn)
            seen = gallery.camids[items[some]]
            mask = torch.ones_like(seen, dtype=torch.bool)
            g = network.encode(gallery.z[items[some]], mask, seen)
            f, _ = probe(z[some], g, mask, seen, camids[some], keep_attention=False)
            distance[some].scatter_(1, items[some], -cosines(f.double(), g.double())[:, 0] - BEHIND)
        return distance.cpu().numpy()

    return distances


def chunking(network: Arm, probe: NoReads, probes: Side, gallery: Side, m: int, seed: int) -> Distances:
    """Each chunk of the gallery is encoded alone, and each probe reads each chunk, as if it were the whole gallery: to
    be compared with the items of that chunk.
    """
    items, real = (torch.from_numpy(part).to(gallery.z.device) for part in dealt(len(gallery.z), m, seed))
    chunks, width = items.shape
    seen, turn = gallery.camids[items], max(1, NUMBERS // (width * network.D))
    g = torch.cat([network.encode(gallery.z[items[a:a + turn]], real[a:a + turn], seen[a:a + turn])
                   for a in range(0, chunks, turn)])

    def distances(rows: slice) -> np.ndarray:
        z, camids = probes.z[None, rows], probes.camids[None, rows]
        distance = torch.empty(z.shape[1], len(gallery.z), dtype=torch.float64, device=z.device)
        turn = max(1, NUMBERS // (z.shape[1] * max(4 * network.D, width)))  # the gates of an LSTM are 4 D
        for a in range(0, chunks, turn):
            some = slice(a, a + turn)
            count = len(items[some])
            f, _ = probe(z.expand(count, -1, -1), g[some], real[some], seen[some], camids.expand(count, -1),
                         keep_attention=False)
            found = -cosines(f.double(), g[some].double()).transpose(0, 1)  # (p, chunks, width)
            distance[:, items[some][real[some]]] = found[:, real[some]]
        return distance.cpu().numpy()

    return distances


def dealt(G: int, m: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """G items dealt like cards, in an order drawn from the seed, into as few chunks of at most m as will hold them.

    So chunks differ by one item at most, and none is left over that is too small to tell anything. Within a chunk items
    stand in the gallery's order.

    Returns
    -------
    (chunks, width) int64 numbers of items, and bool, False at padding, which repeats the chunk's first item.
    """
    chunks = -(-G // m)
    order = np.random.default_rng(seed).permutation(G)
    hands = [np.sort(order[first::chunks]) for first in range(chunks)]
    width = max(map(len, hands))
    items = np.stack([np.append(hand, np.full(width - len(hand), hand[0])) for hand in hands])
    return items, np.arange(width) < np.array([len(hand) for hand in hands])[:, None]


def blocks(P: int) -> Iterator[slice]:
    """P probes, `PROBES` at a time."""
    return (slice(first, min(first + PROBES, P)) for first in range(0, P, PROBES))

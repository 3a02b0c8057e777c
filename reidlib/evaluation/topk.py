"""The k nearest gallery items of each probe, exactly, for galleries whose distances do not fit into memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from reidlib.errors import ReidError
from reidlib.evaluation import inputs
from reidlib.evaluation.features import Features, FeatureTile, Prepared
from reidlib.evaluation.identities import PROBES


class TopK(NamedTuple):
    """Nearest first; both (P, k)."""

    items: np.ndarray
    """int64 gallery indices."""
    distances: np.ndarray
    """float64: Euclidean distance, or 1 - cosine."""


def topk(
    probe_features: np.ndarray,
    gallery_features: np.ndarray,
    k: int,
    *,
    metric: str = "euclidean",
    progress: Callable[[int, int], None] | None = None,
) -> TopK:
    """The k nearest of G gallery items (G, D) for each of P probes (P, D), as float64 brute force would find them.

    Intuition: once a probe knows k items, only an item nearer than the k-th of them can matter. A cheap matrix product
    with a proven margin (`features.py`) rules out nearly all others, and what is left is compared in float64.

    So near ties are decided by float64 distances, |x - y|² or -cos(x, y); equal ones go to the smaller gallery index.
    Works on tiles of 512 × 2,048. `progress(done, total)` counts probes × items.

    Raises ReidError for features that are not finite or do not fit together, and for a k outside 1 … G.
    """
    probes = inputs.numbers("probe_features", probe_features, "f")
    gallery = inputs.numbers("gallery_features", gallery_features, "f")
    source = Features(*inputs.same_space(probes, gallery), metric)
    if not 1 <= k <= len(gallery):
        raise ReidError(f"Found k={k} for {len(gallery)} gallery items", "1 <= k <= gallery items", "pass a smaller k")
    items = np.empty((len(probes), k), np.int64)
    distances = np.empty((len(probes), k))
    total = len(probes) * len(gallery)
    for a in range(0, len(probes), PROBES):
        group = np.arange(a, min(a + PROBES, len(probes)))
        best = _Best(source, group, k)
        for done in _search(source, group, best):
            if progress is not None:
                progress(a * len(gallery) + done, total)
        items[group], distances[group] = best.item, best.distance
    return TopK(items, np.sqrt(distances) if metric == "euclidean" else 1 + distances)


def _search(source: Features, probes: np.ndarray, best: _Best) -> Iterator[int]:
    """Go through the gallery tile by tile; yields how many probes × items are done."""
    size = source.shape[1]
    rows, width = source.block(size)
    blocks = [np.arange(a, min(a + rows, len(probes))) for a in range(0, len(probes), rows)]
    prepared = [source.prepare(probes[block]) for block in blocks]
    # The first tile must hold k items.
    width = max(width, best.k)
    values = np.empty((len(blocks[0]), min(width, size)), np.float32)
    for g in range(0, size, width):
        tile = source.tile(np.arange(g, min(g + width, size)))
        # In random order k / g of the items are among the first k so far; twice that is still chance.
        likely = 2 * best.k * width / max(g, width)
        for number, block in enumerate(blocks):
            out = values[: len(block), : len(tile.items)]
            row, column = _candidates(tile, prepared[number], out, best, block)
            limit = source.undecided_limit(len(block))
            if limit is not None and len(row) > limit + likely * len(block):
                source.refine()
                tile, prepared = source.tile(tile.items), [source.prepare(probes[b]) for b in blocks]
                row, column = _candidates(tile, prepared[number], out, best, block)
            best.offer(block[row], tile.items[column])
            yield g * len(probes) + len(tile.items) * int(block[-1] + 1)
    best.merge()


def _candidates(
    tile: FeatureTile, prepared: Prepared, out: np.ndarray, best: _Best, block: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs (row of the block, column of the tile) that may be as near as the k-th best so far."""
    interval = tile.fill(prepared, out)
    if np.isinf(best.worst[block[0]]):
        best.start(block, tile.items[np.argpartition(out, best.k - 1, axis=1)[:, : best.k]])
    _, upper = interval(np.arange(len(block)), best.worst[block])
    # Much faster than np.nonzero in two dimensions.
    return np.divmod(np.flatnonzero(out <= upper[:, None]), len(tile.items))


class _Best:
    """The k best items of some probes so far, and candidates that wait for being merged with them."""

    def __init__(self, source: Features, probes: np.ndarray, k: int) -> None:
        self._source, self._probes, self.k = source, probes, k
        self.item = np.zeros((len(probes), k), np.int64)
        self.distance = np.full((len(probes), k), np.inf)
        # No item farther than this can be among the k best.
        self.worst = np.full(len(probes), np.inf)
        self._waiting: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        self._count = 0

    def start(self, rows: np.ndarray, items: np.ndarray) -> None:
        """Any k items bound the k-th distance from above."""
        distance = self._source.exact(np.repeat(self._probes[rows], self.k), items.ravel())
        self.worst[rows] = distance.reshape(-1, self.k).max(axis=1)

    def offer(self, row: np.ndarray, item: np.ndarray) -> None:
        distance = self._source.exact(self._probes[row], item)
        near = distance <= self.worst[row]
        self._waiting.append((row[near], item[near], distance[near]))
        self._count += int(np.count_nonzero(near))
        # Merging costs a sort; waiting costs candidates that a fresher bound would have ruled out.
        if self._count >= self.item.size:
            self.merge()

    def merge(self) -> None:
        if not self._count:
            return
        waiting = [np.concatenate(column) for column in zip(*self._waiting, strict=True)]
        touched = np.unique(waiting[0])
        known = np.isfinite(self.distance[touched])
        row = np.concatenate([np.repeat(touched, known.sum(axis=1)), waiting[0]])
        item = np.concatenate([self.item[touched][known], waiting[1]])
        distance = np.concatenate([self.distance[touched][known], waiting[2]])
        order = np.lexsort((item, distance, row))
        row = row[order]
        place = np.arange(len(row)) - np.searchsorted(row, row)
        keep = place < self.k
        row, place, order = row[keep], place[keep], order[keep]
        self.item[row, place], self.distance[row, place] = item[order], distance[order]
        self.worst[touched] = np.minimum(self.worst[touched], self.distance[touched, -1])
        self._waiting, self._count = [], 0

"""Who shares an identity with whom, without a P × G table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

# Held at a time: pairs of a probe and an item of its identity, and probes (a few MB with all that belongs to them).
PAIRS = 1 << 17
PROBES = 4096


@dataclass(frozen=True, eq=False)
class Labels:
    """Identity and camera of P probes and G gallery items, int64."""

    probe_pids: np.ndarray
    gallery_pids: np.ndarray
    probe_camids: np.ndarray
    gallery_camids: np.ndarray


class OwnItems:
    """Finds, for probes, the gallery items of their identity; `gallery` (ascending indices) says which items count."""

    def __init__(self, gallery_pids: np.ndarray, gallery: np.ndarray) -> None:
        order = np.argsort(gallery_pids[gallery], kind="stable")
        self._items = gallery[order]
        self._pids = gallery_pids[self._items]

    def parts(self, probe_pids: np.ndarray) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
        """(part, row, item): consecutive probes, and pairs of a row of that part and an item, ascending."""
        begin = np.searchsorted(self._pids, probe_pids, "left")
        count = np.searchsorted(self._pids, probe_pids, "right") - begin
        total = np.concatenate([[0], np.cumsum(count)])
        a = 0
        while a < len(probe_pids):
            # At least one probe, however many items it owns.
            b = min(max(a + 1, int(np.searchsorted(total, total[a] + PAIRS, "right")) - 1), a + PROBES)
            row = np.repeat(np.arange(b - a), count[a:b])
            item = self._items[np.arange(len(row)) + np.repeat(begin[a:b] - total[a:b] + total[a], count[a:b])]
            yield slice(a, b), row, item
            a = b

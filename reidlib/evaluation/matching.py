"""Ranks of every probe's matches in one trial: which items are matches, and how many others stand before each."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from reidlib.evaluation.counting import Counter
from reidlib.evaluation.identities import Labels, OwnItems
from reidlib.evaluation.protocols import Trial
from reidlib.evaluation.sources import Source, Tile, as_slice

TIES = ("stable", "pessimistic", "optimistic")


@dataclass(frozen=True, eq=False)
class MatchRanks:
    """Ranks (from 1, ascending) of the matches of some probes: those of probes[i] are ranks[first[i]:first[i + 1]]."""

    probes: np.ndarray
    first: np.ndarray
    ranks: np.ndarray


def match_ranks(
    source: Source, trial: Trial, labels: Labels, ties: str, advance: Callable[[int], None]
) -> Iterator[MatchRanks]:
    """Go through a trial's probes in parts that bound the memory; `advance` hears how many probes × items are done."""
    own_items = OwnItems(labels.gallery_pids, trial.gallery)
    for part, row, own in own_items.parts(labels.probe_pids[trial.probes]):
        probes = trial.probes[part]
        if trial.drawn is not None:
            match_row = np.flatnonzero(trial.drawn[part] >= 0)
            match = trial.drawn[part][match_row]
        elif trial.cross_camera:
            is_match = labels.gallery_camids[own] != labels.probe_camids[probes[row]]
            match_row, match = row[is_match], own[is_match]
        else:
            match_row, match = row, own
        distance = source.exact(probes[match_row], match)
        order = np.lexsort((match, distance, match_row))
        first = np.searchsorted(match_row, np.arange(len(probes) + 1))
        counting = _Counting(source, probes, first, match[order], distance[order], row, own, ties)
        ranks = counting.before(trial.gallery, advance)
        ranks += np.arange(len(ranks)) - first[match_row] + 1
        yield MatchRanks(probes, first, ranks)


class _TooManyUndecided(Exception):
    pass


@dataclass(eq=False)
class _Counting:
    """Some probes; their matches in the order (probe, distance, index); pairs (own_row, own) of their own items."""

    source: Source
    probes: np.ndarray
    first: np.ndarray
    match: np.ndarray
    distance: np.ndarray
    own_row: np.ndarray
    own: np.ndarray
    ties: str

    def before(self, gallery: np.ndarray, advance: Callable[[int], None]) -> np.ndarray:
        """How many items of other identities stand before each match."""
        before = np.zeros(len(self.match), np.int64)
        rows, width = self.source.block(len(gallery))
        rows = min(rows, len(self.probes))
        starts = range(0, len(self.probes), rows)
        prepared, counter = self._prepared(rows), None
        looked = undecided = 0
        for g in range(0, len(gallery), width):
            items = gallery[g : g + width]
            tile = self.source.tile(items)
            if counter is None or counter.values.shape[1] != len(tile.items):
                counter = Counter(rows, len(tile.items))
            for number, a in enumerate(starts):
                b = min(a + rows, len(self.probes))
                looked += b - a
                limit = self.source.undecided_limit(looked)
                block = _Block(self, tile, a, b, math.inf if limit is None else limit - undecided)
                try:
                    count = block.count(counter, prepared[number])
                except _TooManyUndecided:
                    self.source.refine()
                    prepared, tile = self._prepared(rows), self.source.tile(items)
                    block = _Block(self, tile, a, b, math.inf)
                    count = block.count(counter, prepared[number])
                undecided += block.undecided
                before[self.first[a] : self.first[b]] += count
                advance((b - a) * len(items))
        return before

    def _prepared(self, rows: int) -> list:
        return [self.source.prepare(self.probes[a : a + rows]) for a in range(0, len(self.probes), rows)]


class _Block:
    """Probes a … b against one tile."""

    def __init__(self, whole: _Counting, tile: Tile, a: int, b: int, limit: float) -> None:
        begin, end = whole.first[a], whole.first[b]
        self._source, self._ties, self._tile = whole.source, whole.ties, tile
        self._probes, self._match, self._distance = whole.probes[a:b], whole.match[begin:end], whole.distance[begin:end]
        self._first = whole.first[a : b + 1] - begin
        own = slice(*np.searchsorted(whole.own_row, (a, b)))
        self._own = whole.own_row[own] - a, whole.own[own]
        self._limit, self.undecided = limit, 0

    def count(self, counter: Counter, prepared: object) -> np.ndarray:
        """Items of other identities before each match."""
        rows = len(self._probes)
        out = counter.values[:rows]
        interval = self._tile.fill(prepared, out)
        out[_columns(self._tile.items, *self._own)] = np.nan
        lo, hi = interval(np.repeat(np.arange(rows), np.diff(self._first)), self._distance)
        return counter.before(rows, self._first, lo, hi, self._settle)

    def _settle(self, row: np.ndarray, column: np.ndarray, start: np.ndarray, stop: np.ndarray) -> np.ndarray:
        """By float64, and by the rule for ties: the first of the matches start … stop that an item stands before."""
        self.undecided += len(row)
        if self.undecided > self._limit:
            raise _TooManyUndecided
        probe, item = self._probes[row], self._tile.items[column]
        at, undecided = start.copy(), np.arange(len(row))
        closer = self._source.closer(probe, item)
        if closer is not None:
            value, error = closer
            self._forward(at, stop, undecided, lambda k, i: self._distance[k] < (value - error)[i])
            end = at.copy()
            self._forward(end, stop, undecided, lambda k, i: self._distance[k] <= (value + error)[i])
            undecided = np.flatnonzero(at < end)
        value = np.empty(len(row))
        value[undecided] = self._source.exact(probe[undecided], item[undecided])
        self._forward(at, stop, undecided, lambda k, i: self._precedes(k, value[i], item[i]))
        return at

    @staticmethod
    def _forward(at: np.ndarray, stop: np.ndarray, which: np.ndarray, behind: Callable) -> None:
        """Move items `which` on from match to match as long as they stand behind it."""
        which = which[at[which] < stop[which]]
        while len(which):
            which = which[behind(at[which], which)]
            at[which] += 1
            which = which[at[which] < stop[which]]

    def _precedes(self, k: np.ndarray, value: np.ndarray, item: np.ndarray) -> np.ndarray:
        """Whether match k stands before another item."""
        distance = self._distance[k]
        if self._ties == "pessimistic":
            return distance < value
        if self._ties == "optimistic":
            return distance <= value
        return (distance < value) | ((distance == value) & (self._match[k] < item))


def _columns(items: np.ndarray, row: np.ndarray, own: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where in a tile the own items are; those outside it are left out."""
    if isinstance(as_slice(items), slice):
        column = own - items[0]
        inside = (column >= 0) & (column < len(items))
    else:
        column = np.minimum(np.searchsorted(items, own), len(items) - 1)
        inside = items[column] == own
    return row[inside], column[inside]

"""How many wrong items stand before each match: all that CMC, AP and INP need, found by counting instead of sorting.

A row holds one probe's values for many gallery items; its matches come as intervals [lo, hi] on the same scale. A value
below lo stands before the match, one above hi after it, and one inside is undecided: the caller settles it exactly.
With lo = hi = the match's distance only ties are undecided; with wider intervals the values may be approximations
(rounded, or from a cheap matrix product) and the count is still exact. NaN marks an item that must not be counted.

Three ways, the cheapest chosen row by row:
- few values up to the worst match: pick them out and bisect each into the row's matches;
- many values, few matches: one pass over the row per match, counting;
- many values, many matches: sort what is picked, where only ties can be undecided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

# Picking a value and finding its place costs about as much as comparing 100 values in a pass (20 to 35 ns).
COMPARED_PER_PICK = 100
# The passes' tables of booleans, matches × items, hold about this many bytes each.
TABLE_BYTES = 1 << 20
# From that many picked values on, sorting them costs less than bisecting each.
SORT_FROM = 500
# 255 is the most that a byte can add up.
WORDS = 255

# settle(row, item, start, stop) gets undecided values and returns, for each, the first of its row's matches
# start … stop that it stands before, or stop if there is none.
Settle = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray], np.ndarray]


class Counter:
    """Counts over blocks of at most `rows` × `items` values; owns the buffers, so one counter serves many blocks.

    Fill `values[:b]` (float32), then call `before`.
    """

    def __init__(self, rows: int, items: int) -> None:
        words = max(1, -(-items // 8))
        self._groups = -(-words // WORDS)
        self._words = -(-words // self._groups)
        width = self._groups * self._words * 8
        # The padding stays NaN and is therefore never counted.
        self._padded = np.full((rows, width), np.nan, np.float32)
        self._mask = np.empty((rows, width), np.bool_)
        self._tables = np.empty((2, max(1, TABLE_BYTES // width), width), np.bool_)
        self.values = self._padded[:, :items]

    def before(self, rows: int, first: np.ndarray, lo: np.ndarray, hi: np.ndarray, settle: Settle) -> np.ndarray:
        """Count, for each match of the first `rows` rows, the values that stand before it.

        first: (rows + 1,) offsets of each row's matches in `lo` and `hi` (float32, ascending within a row).
        """
        values, mask = self._padded[:rows], self._mask[:rows]
        matches = np.diff(first)
        some = np.flatnonzero(matches)
        worst = np.full((rows, 1), np.nan, np.float32)
        worst[some, 0] = hi[first[some + 1] - 1]
        np.less_equal(values, worst, out=mask)
        picked = self._totals(mask)
        owner = np.repeat(np.arange(rows), matches)
        bisect = _Bisect(_keys(owner, lo), _keys(owner, hi), settle)
        # +1 where a value begins to stand before the matches of its row, -1 where it ends.
        step, count = np.zeros(len(lo) + 1, np.int64), np.zeros(len(lo), np.int64)
        passes = picked * COMPARED_PER_PICK > matches * mask.shape[1]
        for segments in _portions(np.flatnonzero(passes), first, self._tables.shape[1]):
            self._pass(segments, lo, hi, bisect, count, step)
        sorts = ~passes & (picked > SORT_FROM) if np.array_equal(lo, hi) else np.zeros(rows, np.bool_)
        for row in np.flatnonzero(sorts).tolist():
            self._sort(row, first[row], first[row + 1], lo, bisect, count, step)
        done = passes | sorts
        mask[done], picked[done] = False, 0
        if picked.any():
            row = np.repeat(np.arange(rows), picked)
            item = np.flatnonzero(mask) - row * mask.shape[1]
            start, _ = bisect(row, item, values[row, item], 0, len(lo))
            step += np.bincount(start, minlength=len(step))
            step -= np.bincount(first[row + 1], minlength=len(step))
        return count + np.cumsum(step[:-1])

    def _pass(self, segments: np.ndarray, lo: np.ndarray, hi: np.ndarray, bisect: _Bisect,
              count: np.ndarray, step: np.ndarray) -> None:  # fmt: skip
        """Compare rows with some of their matches; segments: (row, begin, end) of each."""
        ends = np.cumsum(segments[:, 2] - segments[:, 1])
        below, upto = self._tables[:, : ends[-1]]
        for (row, begin, end), last in zip(segments.tolist(), ends.tolist(), strict=True):
            place = slice(last - (end - begin), last)
            np.less(self._padded[row], lo[begin:end, None], out=below[place])
            np.less_equal(self._padded[row], hi[begin:end, None], out=upto[place])
        certain = self._totals(below)
        match = np.arange(ends[-1]) + np.repeat(segments[:, 2] - ends, segments[:, 2] - segments[:, 1])
        count[match] = certain
        differ = np.flatnonzero(self._totals(upto) != certain)
        if len(differ) == 0:
            return
        segment = np.searchsorted(ends, differ, "right")
        new = np.flatnonzero(np.diff(segment, prepend=-1))
        words = below.view(np.uint64)[differ] ^ upto.view(np.uint64)[differ]
        undecided = np.bitwise_or.reduceat(words, new, axis=0).view(np.bool_)
        which, item = np.divmod(np.flatnonzero(undecided), undecided.shape[1])
        row, begin, end = segments[segment[new]][which].T
        start, stop = bisect(row, item, self._padded[row, item], begin, end)
        step += np.bincount(start, minlength=len(step))
        step -= np.bincount(stop, minlength=len(step))

    def _sort(self, row: int, begin: int, end: int, distance: np.ndarray, bisect: _Bisect,
              count: np.ndarray, step: np.ndarray) -> None:  # fmt: skip
        """Sort what is picked of a row; only ties can be undecided."""
        item = np.flatnonzero(self._mask[row])
        value = self._padded[row, item]
        ordered = np.sort(value)
        count[begin:end] = np.searchsorted(ordered, distance[begin:end], "left")
        differ = np.searchsorted(ordered, distance[begin:end], "right") > count[begin:end]
        if differ.any():
            tied = np.isin(value, distance[begin:end][differ])
            start, stop = bisect(np.full(np.count_nonzero(tied), row), item[tied], value[tied], begin, end)
            step += np.bincount(start, minlength=len(step))
            step -= np.bincount(stop, minlength=len(step))

    def _totals(self, mask: np.ndarray) -> np.ndarray:
        """Number of True per row, eight booleans an addition: each byte of a word adds up on its own."""
        words = mask.view(np.uint64).reshape(len(mask), self._groups, self._words)
        sums = np.add.reduce(words, axis=2)
        return np.add.reduce(sums.view(np.uint8).reshape(len(mask), -1), axis=1, dtype=np.int64)


class _Bisect:
    """Finds where values stand among the matches of their rows."""

    def __init__(self, lo: np.ndarray, hi: np.ndarray, settle: Settle) -> None:
        self._lo, self._hi, self._settle = lo, hi, settle

    def __call__(self, row: np.ndarray, item: np.ndarray, value: np.ndarray, begin, end) -> tuple:
        """(start, stop): values stand before the matches from `start` on; up to `stop` that had to be settled."""
        key = _keys(row, value)
        start = np.clip(np.searchsorted(self._hi, key, "left"), begin, end)
        stop = np.clip(np.searchsorted(self._lo, key, "right"), begin, end)
        undecided = np.flatnonzero(start < stop)
        if len(undecided):
            row, item = row[undecided], item[undecided]
            start[undecided] = self._settle(row, item, start[undecided], stop[undecided])
        return start, stop


def _portions(rows: np.ndarray, first: np.ndarray, height: int) -> Iterator[np.ndarray]:
    """All (row, begin, end) of the rows' matches, in portions of at most `height` matches."""
    waiting, filled = [], 0
    for row, begin, end in zip(rows.tolist(), first[rows].tolist(), first[rows + 1].tolist(), strict=True):
        while begin < end:
            stop = min(end, begin + height - filled)
            waiting.append((row, begin, stop))
            filled += stop - begin
            begin = stop
            if filled == height:
                yield np.array(waiting)
                waiting, filled = [], 0
    if waiting:
        yield np.array(waiting)


def _keys(row: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Integers in the order of (row, value): a float32's bits, negatives reversed, below the row number."""
    # + 0 makes -0 and 0, which are equal, the same bits.
    bits = (value + np.float32(0)).view(np.int32).astype(np.int64)
    bits ^= (bits >> 63) & 0x7FFFFFFF
    bits += row.astype(np.int64) << 32
    return bits

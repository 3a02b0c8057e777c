"""RAN's Tables 4 and 5 asked what they can say: from printed percentages back to hits, then intervals, tests and luck.

Rahman, Rochan, Wang, *Video-based Person Re-identification Using Refined Attention Networks*, AVSS 2019, §4.4. Both
tables choose the number of refinement iterations on held-out identities: 40 of iLIDS-VID, 225 of MARS. The paper
prints no hits, no intervals and no per-query results. One probe per identity is our reading (`ours`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import numpy as np

from reidlib.errors import ReidError
from reidlib.evaluation.chance import BestByChance, RangeByChance, best_by_chance, range_by_chance
from reidlib.evaluation.exact_tests import PValue, equal_rates, fisher_exact, mcnemar_counts
from reidlib.evaluation.intervals import Interval, wilson
from reidlib.evaluation.vectors import at_least

ROUNDINGS = ("floor", "half_up", "half_even")


@dataclass(frozen=True)
class PrintedTable:
    """A table of whole percentages: one row for each number of iterations, one column for each rank."""

    name: str
    dataset: str
    identities: int
    ranks: tuple[int, ...]
    percent: Mapping[int, tuple[int, ...]]

    def column(self, rank: int) -> tuple[int, ...]:
        """The printed percentages at one rank, by number of iterations."""
        if rank not in self.ranks:
            raise ReidError(f"rank={rank}", f"one of {self.ranks}, as {self.name} prints", f"pass rank={self.ranks[0]}")
        return tuple(row[self.ranks.index(rank)] for row in self.percent.values())


TABLE_4 = PrintedTable(
    "RAN Table 4", "iLIDS-VID", 40, (1, 5, 10, 20),
    {
        0: (60, 92, 97, 100),
        1: (70, 95, 97, 100),
        2: (62, 95, 97, 100),
        3: (77, 97, 97, 100),
        4: (70, 97, 97, 100),
        5: (65, 97, 97, 100),
    },
)
TABLE_5 = PrintedTable(
    "RAN Table 5", "MARS", 225, (1, 5, 10, 20),
    {
        0: (56, 80, 87, 89),
        1: (57, 80, 87, 89),
        2: (56, 80, 86, 90),
        3: (56, 80, 88, 90),
        4: (58, 78, 87, 90),
        5: (58, 79, 87, 89),
    },
)


def printed(hits: int, n: int, rounding: str = "floor") -> int:
    """The whole percentage that `hits` of `n` is printed as; exact, no floating point."""
    if rounding == "floor":
        return 100 * hits // n
    if rounding == "half_up":
        return (200 * hits + n) // (2 * n)
    if rounding == "half_even":
        return round(Fraction(100 * hits, n))
    raise ReidError(f"rounding={rounding!r}", f"one of {', '.join(ROUNDINGS)}", "pass rounding='floor'")


def possible_hits(percent: int, n: int, rounding: str = "floor") -> list[int]:
    """Every number of hits of `n` that is printed as `percent`; empty when the rounding rule cannot print it."""
    at_least("n", n, 1)
    return [hits for hits in range(n + 1) if printed(hits, n, rounding) == percent]


def cells_explained(table: PrintedTable) -> dict[str, tuple[int, int]]:
    """For each rounding rule, how many of the table's cells some number of hits explains: (explained, cells)."""
    cells = [value for row in table.percent.values() for value in row]
    explained = {rule: sum(bool(possible_hits(v, table.identities, rule)) for v in cells) for rule in ROUNDINGS}
    return {rule: (count, len(cells)) for rule, count in explained.items()}


def hits_of(table: PrintedTable, rank: int = 1, rounding: str = "floor") -> list[list[int]]:
    """For each number of iterations, the hits that the printed percentage allows."""
    allowed = [possible_hits(value, table.identities, rounding) for value in table.column(rank)]
    for value, hits in zip(table.column(rank), allowed, strict=True):
        if not hits:
            raise ReidError(
                f"{table.name} prints {value} %, which no number of {table.identities} gives by {rounding}",
                "a rounding rule that explains every cell", "call cells_explained(table)",
            )
    return allowed


def pairings(first_hits: int, second_hits: int, n: int) -> list[PValue]:
    """Exact McNemar tests for all per-query results that two totals allow, most favourable to a difference first.

    Entry c supposes c queries that the worse system alone gets right. Without per-query results nobody knows c.
    """
    low, high = sorted((first_hits, second_hits))
    if low < 0 or high > n:
        raise ReidError(f"{first_hits} and {second_hits} hits of {n}", "counts between 0 and n", "pass counts of hits")
    return [mcnemar_counts(high - low + c, c, n) for c in range(min(low, n - high) + 1)]


@dataclass(frozen=True)
class IterationStudy:
    """One printed column read as an experiment. Where a percentage allows several hits, `hits` are the middle ones."""

    table: PrintedTable
    rank: int
    allowed: list[list[int]]
    hits: list[int]
    intervals: list[Interval]  # Wilson, one for each number of iterations
    equal: PValue  # are all rates equal?
    equal_p_range: tuple[float, float]  # the same p over every choice of allowed hits
    best: int  # iterations of the first row with the most hits
    against_none: PValue  # Fisher: best row against no iteration
    paired: list[PValue]  # McNemar: best row against no iteration, for each number of reversals
    gap: int  # hits between best and worst row
    range_chance: RangeByChance
    best_chance: BestByChance


def study(table: PrintedTable, rank: int = 1, *, rounding: str = "floor", shared: float = 0.0) -> IterationStudy:
    """Intervals, tests and luck behind one column of an iterations table.

    `shared` lets the runs stumble over the same queries (see `range_by_chance`); 0 takes them as independent.
    """
    n, allowed = table.identities, hits_of(table, rank, rounding)
    hits = [values[(len(values) - 1) // 2] for values in allowed]
    extremes = [equal_rates(choice, n).p for choice in product(*allowed)]
    rate = sum(hits) / (n * len(hits))
    if not 0 < rate < 1:
        raise ReidError(f"{table.name}, rank {rank}: all {n} queries are hits in every row", "a column that varies",
                        "choose another rank")
    best, gap = int(np.argmax(hits)), max(hits) - min(hits)
    return IterationStudy(
        table, rank, allowed, hits, [wilson(h, n) for h in hits],
        equal_rates(hits, n), (min(extremes), max(extremes)),
        list(table.percent)[best], fisher_exact(hits[best], n, hits[0], n), pairings(hits[best], hits[0], n),
        gap, range_by_chance(n, len(hits), rate, gap, shared=shared), best_by_chance(n, len(hits), rate, hits[best]),
    )

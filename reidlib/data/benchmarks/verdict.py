"""Found against published: is this archive the data set that the papers speak of?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reidlib.data.benchmarks.benchmark import Benchmark
from reidlib.data.benchmarks.listing import Listing


@dataclass(frozen=True)
class Verdict:
    """rows : (what, found or None, published or None). ignored : {reason: files}."""

    title: str
    rows: tuple[tuple[str, int | None, int | None], ...]
    ignored: Mapping[str, int]

    @property
    def whole(self) -> bool:
        """True when every published count was found."""
        return all(found == published for _, found, published in self.rows if published is not None)

    @property
    def sentence(self) -> str:
        differ = [what for what, found, published in self.rows if published is not None and found != published]
        if not differ:
            return f"{self.title}: complete, all {len(self.rows)} counts are as published"
        return f"{self.title}: not as published; {', '.join(differ)} differ{'s' if len(differ) == 1 else ''}"

    @property
    def text(self) -> str:
        """A table for a terminal, with the verdict as its last line."""
        wide = max([len(what) for what, _, _ in self.rows] + [5])
        lines = [f"{'':{wide}}  {'found':>11}  {'published':>11}"]
        for what, found, published in self.rows:
            mark = "" if published is None else "  ok" if found == published else "  differs"
            cells = ["–" if count is None else f"{count:,}" for count in (found, published)]
            lines.append(f"{what:{wide}}  {cells[0]:>11}  {cells[1]:>11}{mark}")
        lines += [f"passed over: {count:,} × {reason}" for reason, count in self.ignored.items()]
        return "\n".join([*lines, self.sentence])


def verdict(benchmark: Benchmark, listing: Listing) -> Verdict:
    """Compares what was listed with what was published."""
    names = list(dict.fromkeys([*benchmark.published, *listing.counts]))
    rows = tuple((name, listing.counts.get(name), benchmark.published.get(name)) for name in names)
    return Verdict(benchmark.title, rows, dict(listing.ignored))

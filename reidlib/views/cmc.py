"""CMC curves with bands, so that two lines are never read without their uncertainty."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, PercentFormatter
from numpy.typing import ArrayLike

from reidlib.errors import ReidError
from reidlib.evaluation.cmc_band import CmcBand, cmc_band
from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.palette import THEMES, series

_THEME = THEMES["light"]


def cmc_figure(
    first_ranks: Mapping[str, ArrayLike],
    pids: ArrayLike | None = None,
    *,
    max_rank: int = 20,
    level: float = 0.95,
    resamples: int = 10_000,
    seed: int = 0,
    chance: float | None = None,
) -> DescribedFigure:
    """CMC of up to six systems on the same queries, each with its bootstrap band over identities.

    `first_ranks` maps a system's name to the rank of each query's first match, as in `cmc_band`; `pids` (P,) are
    shared. `chance` draws the rank-1 share of guessing.
    """
    if not first_ranks:
        raise ReidError("no systems", "one or more, by name", 'pass {"mean pooling": ranking.first_ranks}')
    bands = {
        name: cmc_band(ranks, pids, max_rank=max_rank, level=level, resamples=resamples, seed=seed)
        for name, ranks in first_ranks.items()
    }
    picture = figure(alt=lambda: _sentence(bands, chance), height=4.2)
    axes: Axes = picture.axes
    ranks = np.arange(1, max_rank + 1)
    for i, (name, band) in enumerate(bands.items()):
        style = series(i)
        axes.fill_between(ranks, band.low, band.high, color=style["color"], alpha=0.13, linewidth=0)
        ends = f" [{band.low[0]:.1%}, {band.high[0]:.1%}]" if np.isfinite(band.low[0]) else ""
        marked = sorted({0, *range(4, max_rank, 5)})
        axes.plot(ranks, band.cmc, label=f"{name}  {band.cmc[0]:.1%}{ends}", markevery=marked, markersize=6,
                  linewidth=1.8, **style)
    if chance is not None:
        axes.axhline(chance, color=_THEME.muted, linewidth=1, linestyle=(0, (2, 3)), label=f"guessing  {chance:.1%}")
    lowest = min(band.low.min() if np.isfinite(band.low).all() else band.cmc.min() for band in bands.values())
    bottom = 0.0 if chance is not None or lowest < 0.3 else np.floor(lowest * 10) / 10
    axes.set(xlabel="rank", ylabel="queries with a match so far", xlim=(0.5, max_rank + 0.5), ylim=(bottom, 1.01))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=10, min_n_ticks=2))
    axes.yaxis.set_major_locator(MaxNLocator(steps=[1, 2, 5, 10], nbins=6))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    first = next(iter(bands.values()))
    legend = axes.legend(title=f"rank 1, {level:.0%} interval ({first.queries} queries, {first.identities} identities)",
                         loc="lower right", frameon=True, framealpha=0.9, edgecolor="none", fontsize=9.5)
    legend.set_alignment("left")
    legend.get_title().set(fontsize=9, color=_THEME.muted)
    return picture


def _sentence(bands: dict[str, CmcBand], chance: float | None) -> str:
    parts = []
    for name, band in bands.items():
        later = min(5, len(band.cmc))
        part = f"{name} {band.cmc[0]:.1%} at rank 1"
        if np.isfinite(band.low[0]):
            part += f" (interval {band.low[0]:.1%} to {band.high[0]:.1%})"
        parts.append(part + (f", {band.cmc[later - 1]:.1%} at rank {later}" if later > 1 else ""))
    first = next(iter(bands.values()))
    text = f"CMC curves of {first.queries} queries of {first.identities} identities: {'; '.join(parts)}."
    return text if chance is None else f"{text} Guessing reaches {chance:.1%} at rank 1."

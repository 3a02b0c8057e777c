"""A share of hits, such as rank-1, against what is turned: frames, leaked people; each point with its interval."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.ticker import PercentFormatter
from numpy.typing import ArrayLike

from reidlib.errors import ReidError
from reidlib.evaluation.intervals import wilson_bounds
from reidlib.views.arrays import as_array
from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.palette import series


def hit_curves(at: ArrayLike, hits: Mapping[str, ArrayLike], *, xlabel: str, quantity: str = "rank-1",
               title: str = "", log: bool = False) -> DescribedFigure:
    """A line for each system: the share of its hits at each place, with Wilson's 95 % interval over the probes.

    Parameters
    ----------
    at : (n,) ascending numbers, the places on the horizontal axis.
    hits : {name: (n, P) bool}, whether each of the P probes was a hit at each place.
    log : each doubling the same step to the right.

    Raises
    ------
    ReidError : no system, more than six, hits that are not bool (n, P), or places that do not ascend.
    """
    places = as_array("at", at).astype(float)
    tables = {name: as_array(name, table) for name, table in hits.items()}
    if not 1 <= len(tables) <= 6 or places.ndim != 1 or (np.diff(places) <= 0).any():
        raise ReidError(f"Found {len(tables)} systems at {places.tolist()}", "one to six systems, ascending places",
                        "pass at=[16, 32, 64] and hits={name: (3, P) bool}")
    for name, table in tables.items():
        if table.ndim != 2 or len(table) != len(places) or table.dtype != bool or not table.shape[1]:
            raise ReidError(f"Found hits of {name}: {table.dtype} {table.shape}", f"bool ({len(places)}, P)",
                            "pass first_ranks == 1, one row for each place")
    picture = figure(alt=lambda: _sentence(places, tables, quantity, xlabel), height=3.6)
    axes = picture.axes
    for k, (name, table) in enumerate(tables.items()):
        share = table.mean(1)
        ends = np.stack(wilson_bounds(table.sum(1), table.shape[1]))
        # Side by side, so that no interval hides another.
        aside = (k - (len(tables) - 1) / 2) * 0.02
        x = places * 2 ** (2 * aside) if log else places + aside * np.ptp(places)
        axes.errorbar(x, share, np.abs(ends - share), label=name, elinewidth=1.2, capsize=2, **series(k))
    if log:
        axes.set_xscale("log", base=2)
    axes.set_xticks(places, [f"{place:g}" for place in places])
    axes.set(xlabel=xlabel, ylabel=quantity, ylim=(0, 1))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.set_title(title, fontsize=10)
    axes.legend(frameon=False)
    return picture


def _sentence(places: np.ndarray, tables: dict[str, np.ndarray], quantity: str, xlabel: str) -> str:
    said = "; ".join(f"{name} " + ", ".join(f"{share:.0%}" for share in table.mean(1))
                     for name, table in tables.items())
    P = next(iter(tables.values())).shape[1]
    return f"{quantity} of {P} probes at {xlabel} {', '.join(f'{place:g}' for place in places)}: {said}."

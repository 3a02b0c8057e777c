"""Every split and every seed as a dot: what one number per method hides."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, PercentFormatter
from numpy.typing import ArrayLike

from reidlib.errors import ReidError
from reidlib.evaluation.intervals import Interval
from reidlib.evaluation.spread import Spread, spread
from reidlib.evaluation.vectors import finite
from reidlib.views.arrays import as_array
from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.palette import THEMES, series

_THEME = THEMES["light"]
_PLATE = {"facecolor": _THEME.background, "alpha": 0.8, "linewidth": 0, "pad": 0.8}  # keeps words off the lines


def split_strip(
    values: Mapping[str, ArrayLike],
    *,
    quantity: str = "rank-1",
    against: str | None = None,
    test_share: float = 0.5,
    level: float = 0.95,
    chance: float | None = None,
    seed: int = 0,
) -> DescribedFigure:
    """Results of several methods on the same splits: a dot per split and seed, split means joined across methods.

    `values` maps a method's name to fractions (splits, seeds) or (splits,), row s the same split everywhere. The bar
    beside each strip is the mean with the corrected interval of `reidlib.evaluation.spread`. `against` names a method
    whose split means are subtracted from those of the others; the paired differences stand below the names. Lines that
    run parallel show that the splits differ more than the methods do. `seed` places the dots' jitter.
    """
    tables = _tables(values, against)
    spreads = {name: spread(table, test_share=test_share, level=level) for name, table in tables.items()}
    leads = {} if against is None else {
        name: spread(table.mean(axis=1) - tables[against].mean(axis=1), test_share=test_share, level=level).interval
        for name, table in tables.items() if name != against
    }
    width = max(5.0, 1.6 + 1.4 * len(tables))
    picture = figure(alt=lambda: _sentence(spreads, leads, quantity, against), height=4.4, width=width)
    axes: Axes = picture.axes
    means = np.array([table.mean(axis=1) for table in tables.values()])  # (methods, splits)
    axes.plot(np.arange(len(tables)), means, color=_THEME.line, linewidth=0.9, alpha=0.7, zorder=1)
    colours = [series(i % 6)["color"] for i in range(len(tables))]
    _strips(axes, tables, colours, np.random.default_rng(seed))
    for i, (result, shade) in enumerate(zip(spreads.values(), colours, strict=True)):
        place = i + 0.27
        if result.interval.known:
            axes.plot([place, place], [result.interval.low, result.interval.high], color=shade, linewidth=2.4, zorder=3)
        axes.plot(place, result.mean, marker="D", markersize=8, color=shade, markeredgecolor="white", zorder=4)
        axes.annotate(f"{result.mean:.1%}", (place, result.mean), (8, 0), textcoords="offset points", va="center",
                      fontsize=9.5, color=_THEME.text, bbox=_PLATE, zorder=4)
    if chance is not None:
        axes.axhline(chance, color=_THEME.muted, linewidth=1, linestyle=(0, (2, 3)))
    axes.set(xlabel="", ylabel=quantity, xlim=(-0.45, len(tables) - 1 + 0.72))
    labels = [f"{name}\n{_points(leads[name])}" if name in leads else name for name in tables]
    axes.set_xticks(range(len(tables)), labels)
    axes.yaxis.set_major_locator(MaxNLocator(steps=[1, 2, 5, 10], nbins=7))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.grid(axis="x", visible=False)
    _legend(axes, next(iter(spreads.values())), level, chance, against, columns=1 if width < 8 else 2)
    return picture


def _tables(values: Mapping[str, ArrayLike], against: str | None) -> dict[str, np.ndarray]:
    if not values:
        raise ReidError("no methods", "one or more, by name", 'pass {"mean": rank1}, rank1 (splits, seeds)')
    if against is not None and against not in values:
        raise ReidError(f"against={against!r}", f"one of {', '.join(values)}", f"pass against={next(iter(values))!r}")
    tables = {name: _table(name, table) for name, table in values.items()}
    splits = {len(table) for table in tables.values()}
    if len(splits) > 1:
        raise ReidError(f"methods with {sorted(splits)} splits", "the same splits for every method",
                        "leave out the splits that not every method has")
    return tables


def _strips(axes: Axes, tables: dict[str, np.ndarray], colours: list[str], rng: np.random.Generator) -> None:
    rows = [(name, value) for name, table in tables.items() for value in table.ravel()]
    state = np.random.get_state()  # noqa: NPY002 (seaborn draws from the global generator, even without jitter)
    sns.stripplot(x=[name for name, _ in rows], y=[value for _, value in rows], hue=[name for name, _ in rows],
                  palette=colours, jitter=False, size=4.5, alpha=0.65, linewidth=0, legend=False, ax=axes, zorder=2)
    np.random.set_state(state)  # noqa: NPY002
    for strip in axes.collections:
        places = np.array(strip.get_offsets())
        places[:, 0] += rng.uniform(-0.13, 0.13, len(places))
        strip.set_offsets(places)


def _points(lead: Interval) -> str:
    ends = f" [{100 * lead.low:+.1f}, {100 * lead.high:+.1f}]" if lead.known else ""
    return f"{100 * lead.estimate:+.1f}{ends}".replace("-", "−")


def _table(name: str, values: ArrayLike) -> np.ndarray:
    table = finite(f"values[{name!r}]", as_array(f"values[{name!r}]", values))
    table = table[:, None] if table.ndim == 1 else table
    if table.ndim != 2 or 0 in table.shape:
        raise ReidError(f"values[{name!r}] has shape {table.shape}", "(splits, seeds) or (splits,)", "reshape it")
    return table


def _legend(axes: Axes, result: Spread, level: float, chance: float | None, against: str | None,
            columns: int) -> None:
    dot = f"one of {result.splits} splits" + (f" × {result.seeds} seeds" if result.seeds > 1 else "")
    ink = _THEME.muted
    handles = [
        Line2D([], [], color=ink, marker="o", markersize=4.5, linestyle="", label=dot),
        Line2D([], [], color=ink, linewidth=0.9, label="the same split"),
    ]
    if result.interval.known:
        label = f"mean, {level:.0%} interval for overlapping splits"
        handles.append(Line2D([], [], color=ink, marker="D", markersize=7, linewidth=2.4, label=label))
    if chance is not None:
        handles.append(Line2D([], [], color=ink, linewidth=1, linestyle=(0, (2, 3)), label="guessing"))
    if against is not None:
        handles.append(Line2D([], [], linestyle="", label=f"±0.0 [low, high]: points over {against}, paired by split"))
    axes.figure.legend(handles=handles, loc="outside lower center", ncols=columns, frameon=False, fontsize=9.5,
                       labelcolor=_THEME.text)


def _sentence(spreads: dict[str, Spread], leads: dict[str, Interval], quantity: str, against: str | None) -> str:
    first = next(iter(spreads.values()))
    parts = []
    for name, result in spreads.items():
        part = f"{name} {result.mean:.1%}"
        if result.interval.known:
            part += f" (standard deviation over splits {100 * result.sd_splits:.1f} points, interval "
            part += f"{result.interval.low:.1%} to {result.interval.high:.1%})"
        parts.append(part)
    runs = f"{first.splits} split{'s' * (first.splits > 1)}" + (f" and {first.seeds} seeds" if first.seeds > 1 else "")
    text = f"{quantity} over {runs}, one dot a run: {'; '.join(parts)}."
    if leads:
        text += f" Points over {against}: " + "; ".join(f"{name} {_points(lead)}" for name, lead in leads.items()) + "."
    return text

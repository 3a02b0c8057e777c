"""Scores of one method and of the best of several equally good ones, as one picture."""

from __future__ import annotations

import numpy as np

from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.palette import THEMES, series
from reidlib.views.winners_curse_chances import Luck, Setting, checked_setting, luck, percent, points

_THEME = THEMES["light"]
_TAIL = 5e-4  # chance that is left out at either end of the axis


def winners_curse_picture(n: int = 150, p: float = 0.6, m: int = 6, *, alike: float = 0.0, lead: float = 5.0,
                          width: float = 7.2) -> DescribedFigure:  # fmt: skip
    """Outline: one method's score. Filled: the best of m; hatched: where it seems better by `lead` points or more.

    Parameters as in `WinnersCurse`.
    """
    given = checked_setting(n, p, m, alike, lead)
    chances = luck(given.n, given.p, given.m, given.alike)
    picture = figure(alt=lambda: _sentence(given, chances), width=width, height=3.6)
    axes, hits = picture.axes, given.hits
    edges = (np.arange(given.n + 2) - 0.5) * 100 / given.n
    one, best, beyond = ({"color": _THEME.text, "linewidth": 1.8}, {"color": _THEME.line, "alpha": 0.55},
                         {"facecolor": series(1)["color"], "edgecolor": _THEME.background, "hatch": "///"})
    axes.stairs(chances.best, edges, fill=True, label=_best(given.m), **best)
    if hits <= given.n and given.m > 1:
        axes.stairs(chances.best[hits:], edges[hits:], fill=True, linewidth=0, **beyond,
                    label=f"… {points(given.lead / 100)} points too good or more")
    axes.stairs(chances.one, edges, label="one method", **one)
    axes.axvline(100 * given.p, color=_THEME.text, linewidth=1, linestyle=(0, (4, 3)))
    axes.annotate(f"truth {points(given.p)} %", (100 * given.p, 1.0), (0, 3), xycoords=("data", "axes fraction"),
                  textcoords="offset points", ha="center", va="bottom", fontsize=10, color=_THEME.text)  # fmt: skip
    low = int(np.searchsorted(np.cumsum(chances.one), _TAIL))
    high = min(given.n, int(np.searchsorted(np.cumsum(chances.best), 1 - _TAIL)))
    last = min(given.n, max(high, hits))
    axes.set(xlim=(edges[max(0, min(low, int(given.n * given.p)) - 1)], edges[min(given.n, last + 1) + 1]),
             ylim=(0, None), xlabel=f"score on {given.n} people (%)", ylabel="chance of each score")  # fmt: skip
    picture.mpl.legend(frameon=False, fontsize=10, ncols=3, loc="outside upper center")
    return picture


def _best(m: int) -> str:
    return "the only one" if m == 1 else f"best of {m}"


def _sentence(given: Setting, chances: Luck) -> str:
    alone, reached = chances.reach(given.hits)
    n, p, m, alike, lead = given
    who = "One method is" if m == 1 else f"{m} methods are each"
    agree = f", all with the same result on {points(alike)} % of them" if alike and m > 1 else ""
    above = f"{points(lead / 100)} points or more above the truth"
    text = f"{who} truly right for {points(p)} % of people, tested on {n}{agree}. "
    if m == 1:
        return text + f"It scores {above} in {percent(alone)} of tests."
    return text + (f"The best of them scores {above} in {percent(reached)} of comparisons, one method alone in "
                   f"{percent(alone)}. On average the best scores {points(chances.mean)} %, "
                   f"{points(chances.mean - p)} points too good.")

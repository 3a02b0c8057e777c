"""How far a feature moves under each change of its input, measured in distances between two people."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from reidlib.errors import ReidError
from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.palette import THEMES, series


def feature_moves(moves: Mapping[str, Mapping[str, float]]) -> DescribedFigure:
    """A row for each change, a mark for each network; 1 (the line) is the mean distance of two different people.

    moves : name of a network -> {change: mean movement of the feature / mean distance of two people}.
    """
    changes = list(next(iter(moves.values()), {}))
    if not changes or any(list(each) != changes for each in moves.values()):
        raise ReidError(f"Found the changes {[list(each) for each in moves.values()]}",
                        "the same changes for every network, one at least", "fill both in one loop")
    parts = [f"{name}: {', '.join(f'{change} {value:.2f}' for change, value in each.items())}"
             for name, each in moves.items()]
    picture = figure(alt=f"Movement of the feature as a share of the distance of two people. {'; '.join(parts)}.",
                     height=0.9 + 0.33 * len(changes))
    axes, rows = picture.axes, np.arange(len(changes))[::-1]
    for k, (name, each) in enumerate(moves.items()):
        axes.plot(list(each.values()), rows, **{**series(k), "linestyle": ""}, markersize=8, label=name)
    axes.axvline(1, color=THEMES["light"].text, linewidth=1, linestyle=(0, (4, 3)))
    axes.set_yticks(rows, changes)
    axes.set(xlim=(0, None), ylim=(-0.6, len(changes) - 0.4), xlabel="movement / distance of two people")
    axes.legend(fontsize=9, loc="center left", bbox_to_anchor=(1.01, 0.5))
    return picture

"""What becomes of an attention's AUC as the hidden frames become the majority of a tracklet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from reidlib.errors import ReidError
from reidlib.evaluation.bootstrap import bootstrap_interval
from reidlib.views.arrays import as_array
from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.palette import THEMES, series

_THEME = THEMES["light"]


def majority_lines(auc: Mapping[str, ArrayLike], shares: Sequence[float], *, pids: ArrayLike | None = None,
                   note: str = "", resamples: int = 1000, width: float = 8.4) -> DescribedFigure:
    """A line for each attention with its 95 % band; on the shaded side, more than half of the frames are hidden.

    Parameters
    ----------
    auc : name -> (len(shares), n), the AUC of the same n tracklets at each share of hidden frames; at most six names.
    shares : rising, in (0, 1).
    pids : (n,), makes people the unit of the bands instead of tracklets.
    note : a sentence below the picture. width : inches.
    """
    tables = {name: as_array(name, table).astype(np.float64) for name, table in auc.items()}
    shapes = {table.shape for table in tables.values()}
    if len(shapes) != 1 or len(next(iter(shapes))) != 2 or next(iter(shapes))[0] != len(shares):
        raise ReidError(f"Found AUC of shapes {sorted(shapes)} for {len(shares)} shares", f"({len(shares)}, n), the "
                        "same n for every attention", "pass one row for each share")
    picture = figure(alt=lambda: _sentence(tables, shares, note), width=width, height=3.4)
    axes = picture.axes
    axes.axvspan(0.5, 1, color=_THEME.line, alpha=0.15, linewidth=0)
    for k, (name, table) in enumerate(tables.items()):
        ends = [bootstrap_interval(row, pids, resamples=resamples) for row in table]
        look = series(k)
        axes.fill_between(shares, [e.low for e in ends], [e.high for e in ends], color=look["color"], alpha=0.1,
                          linewidth=0)
        axes.plot(shares, table.mean(1), **look, label=name)
    axes.axhline(0.5, color=_THEME.text, linewidth=0.9, linestyle=(0, (4, 3)))
    axes.set(xlabel=f"share of hidden frames ({next(iter(shapes))[1]} tracklets)", ylabel="AUC within a tracklet",
             xlim=(0, 1), ylim=(0, 1.03))
    picture.mpl.legend(loc="outside right upper", frameon=False)
    if note:
        picture.mpl.supxlabel(note, fontsize=9.5, color=_THEME.muted)
    return picture


def _sentence(tables: Mapping[str, np.ndarray], shares: Sequence[float], note: str) -> str:
    parts = [f"{name} from {table[0].mean():.2f} to {table[-1].mean():.2f}" for name, table in tables.items()]
    span = f"from {shares[0]:.0%} to {shares[-1]:.0%}"
    text = f"AUC within a tracklet as the hidden frames go {span}: {'; '.join(parts)}."
    return text + (f" {note[0].upper()}{note[1:]}." if note else "")

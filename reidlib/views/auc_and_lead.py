"""Weightings of frames in two panels: how well they agree with visibility, and what they gain in the ranking."""

from __future__ import annotations

from collections.abc import Mapping

from reidlib.errors import ReidError
from reidlib.evaluation.intervals import Interval
from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.palette import THEMES, colour

_THEME = THEMES["light"]


def auc_and_lead(auc: Mapping[str, Interval], lead: Mapping[str, Interval], *, quantity: str = "lead in mAP (points)",
                 note: str = "", width: float = 9.0) -> DescribedFigure:
    """A row for each weighting, the highest AUC on top. Left its AUC within a tracklet, right its lead over the plain
    mean, both with intervals; dashed: chance, and no lead.

    Parameters
    ----------
    auc, lead : the same names -> intervals; `lead` as a fraction, drawn in points.
    note : a sentence below the picture, such as what the network was trained on.
    width : inches.
    """
    if not auc or set(auc) != set(lead):
        raise ReidError(f"Found AUC of {', '.join(auc) or 'nothing'} and leads of {', '.join(lead) or 'nothing'}",
                        "one or more weightings, the same in both", "score and rank every weighting")
    names = sorted(auc, key=lambda name: auc[name].estimate)
    points = {name: [100 * each for each in (lead[name].low, lead[name].estimate, lead[name].high)] for name in names}
    picture = figure(alt=lambda: _sentence(names[::-1], auc, points, quantity, note), columns=2, share_y=True,
                     width=width, height=1.3 + 0.42 * len(names))
    for row, name in enumerate(names):
        each = auc[name]
        _mark(picture.axes[0], row, (each.low, each.estimate, each.high), f"{each.estimate:.2f}")
        _mark(picture.axes[1], row, points[name], f"{points[name][1]:+.1f}")
    for axes, none in zip(picture.axes, (0.5, 0), strict=True):
        axes.axvline(none, color=_THEME.text, linewidth=0.9, linestyle=(0, (4, 3)))
        axes.grid(axis="y", visible=False)
    picture.axes[0].set_yticks(range(len(names)), names)
    picture.axes[0].set(xlabel="AUC within a tracklet", ylim=(-0.5, len(names) - 0.35))
    picture.axes[1].set(xlabel=quantity)
    if note:
        picture.mpl.supxlabel(note, fontsize=9.5, color=_THEME.muted)
    return picture


def _mark(axes, row: int, ends: tuple[float, float, float], text: str) -> None:
    low, middle, high = ends
    axes.plot([low, high], [row, row], color=colour("attention"), linewidth=2.4, alpha=0.7)
    axes.plot(middle, row, "o", color=colour("attention"), markersize=6.5, markeredgecolor="white")
    axes.annotate(text, (middle, row), (0, 6), textcoords="offset points", ha="center", fontsize=9, color=_THEME.text)


def _sentence(names: list[str], auc: Mapping[str, Interval], points: Mapping[str, list], quantity: str,
              note: str) -> str:
    parts = [f"{name} {auc[name].estimate:.2f} and {points[name][1]:+.1f} ({points[name][0]:+.1f} to "
             f"{points[name][2]:+.1f})" for name in names]
    text = f"AUC within a tracklet and {quantity}: {'; '.join(parts)}."
    return text + (f" {note[0].upper()}{note[1:]}." if note else "")

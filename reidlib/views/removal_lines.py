"""Deletion and insertion curves of several attentions, beside frames dropped at random and by the truth."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.ticker import PercentFormatter

from reidlib.errors import ReidError
from reidlib.evaluation.curves import RemovalCurves
from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.palette import THEMES, series, style

_THEME = THEMES["light"]
PANELS = {"insertion": "the most attended are kept", "deletion": "the most attended go first"}


def removal_lines(curves: Mapping[str, RemovalCurves], *, quantity: str, note: str = "",
                  width: float = 9.6) -> DescribedFigure:
    """Left: `quantity` when only the most attended frames are kept; right: when they go first. Both by the share kept.

    Every attention has a line and its pointwise band. Black and dashed: random frames, the floor of both panels. Grey
    squares, where the curves were made with visibility: frames kept or dropped by the truth.

    Parameters
    ----------
    curves : name -> `removal_curves` of the same tracklets, at most six.
    note : a sentence below the picture, such as what the network was trained on.
    width : inches.
    """
    if not curves:
        raise ReidError("Found no curves", "one attention or more", "pass {'RAN': removal_curves(…)}")
    picture = figure(alt=lambda: _sentence(curves, quantity, note), columns=2, share_y=True, width=width, height=3.7)
    first = next(iter(curves.values()))
    for axes, (kind, title) in zip(picture.axes, PANELS.items(), strict=True):
        for k, (name, each) in enumerate(curves.items()):
            look = series(k)
            axes.fill_between(each.kept, *each.bands[kind], color=look["color"], alpha=0.1, linewidth=0)
            axes.plot(each.kept, each.curves[kind], **look, markersize=5, label=name)
        axes.plot(first.kept, first.curves["random"], color=_THEME.text, linewidth=1.3, linestyle=(0, (4, 3)),
                  label="random frames")
        if f"oracle_{kind}" in first.curves:
            axes.plot(first.kept, first.curves[f"oracle_{kind}"], **style("visibility"), markersize=5,
                      label="by visibility")
        axes.set(xlabel="share of the frames kept", xlim=(0, 1.02))
        axes.set_title(title, loc="left", fontsize=10.5)
        axes.xaxis.set_major_formatter(PercentFormatter(1))
    picture.axes[0].set_ylabel(quantity)
    handles, labels = picture.axes[0].get_legend_handles_labels()
    picture.mpl.legend(handles, labels, loc="outside right upper", frameon=False)
    if note:
        picture.mpl.supxlabel(note, fontsize=9.5, color=_THEME.muted)
    return picture


def _sentence(curves: Mapping[str, RemovalCurves], quantity: str, note: str) -> str:
    first = next(iter(curves.values()))
    parts = [f"{name} {each.curves['insertion'][0]:.2f} and {each.curves['deletion'][0]:.2f}"
             for name, each in curves.items()]
    text = (f"Frames removed, {quantity}. With {first.kept[0]:.0%} kept, the most attended and the least attended: "
            f"{'; '.join(parts)}; random frames {first.curves['random'][0]:.2f}; all frames "
            f"{first.curves['random'][-1]:.2f}.")
    return text + (f" {note[0].upper()}{note[1:]}." if note else "")

"""The scalar map of refinement as a cobweb: where the iterations of RAN Eq. 3–4 go, and whether they come to rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from reidlib.errors import ReidError
from reidlib.evaluation.vectors import finite_vector
from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.html import number_text
from reidlib.views.palette import THEMES, series, style

_THEME = THEMES["light"]
POINTS, SETTLING, SAME = 401, 500, 1e-4  # curve points; steps before the end is judged; relative distance


class ScalarMap(NamedTuple):
    """One panel: c ← step(c) from `start`.

    step : (n,) -> (n,), for instance Σ_t σ(u_t + c) v_t. fixed : (k,), every c with step(c) = c. slopes : (k,), the
    derivative there; the fixed point attracts where it lies between −1 and 1.
    """

    name: str
    step: Callable[[np.ndarray], np.ndarray]
    start: float
    fixed: ArrayLike
    slopes: ArrayLike


def path(step: Callable[[np.ndarray], np.ndarray], start: float, iterations: int) -> np.ndarray:
    """c_0 … c_R, (R + 1,) float64."""
    values = np.empty(iterations + 1)
    values[0] = start
    for k in range(iterations):
        values[k + 1] = float(np.asarray(step(values[k:k + 1])).reshape(-1)[0])
    return values


def fate(step: Callable[[np.ndarray], np.ndarray], start: float) -> tuple[str, np.ndarray]:
    """What becomes of c after 500 steps: ("settles", (1,)), ("flips", (2,)) with period 2, or ("neither", (0,))."""
    end = path(step, start, SETTLING)[-3:]
    near = SAME * (1 + np.abs(end).max())
    if abs(end[2] - end[1]) < near:
        return "settles", end[2:]
    if abs(end[2] - end[0]) < 1e-4 * near:  # close to slope −1 a walk that comes to rest looks like a flip for long
        return "flips", np.sort(end[1:])
    return "neither", end[:0]


def cobweb(maps: Sequence[ScalarMap], *, iterations: int = 5, note: str = "", width: float = 9.0) -> DescribedFigure:
    """One panel a map: the curve, the diagonal, and the staircase of `iterations` steps from the start.

    Up or down to the curve is one refinement, across to the diagonal makes its result the next input. A full dot is a
    fixed point that attracts, an open one repels; beside it stands the slope. `note` is printed below.
    """
    if not maps or iterations < 1:
        raise ReidError(f"{len(maps)} maps and iterations={iterations}", "one map and one iteration or more",
                        "pass [ScalarMap(name, step, start, fixed, slopes)]")
    checked = [_checked(each) for each in maps]
    picture = figure(alt=lambda: _sentence(checked, iterations, note), columns=len(maps), width=width,
                     height=min(4.2, width / len(maps) + (0.45 if note else 0.2)))
    for axes, each in zip(np.atleast_1d(picture.axes), checked, strict=True):
        _panel(axes, each, iterations)
    if note:
        picture.mpl.supxlabel(note, fontsize=9, color=_THEME.muted)
    return picture


def _checked(each: ScalarMap) -> ScalarMap:
    fixed, slopes = finite_vector("fixed", each.fixed), finite_vector("slopes", each.slopes)
    if fixed.shape != slopes.shape:
        raise ReidError(f"'{each.name}' has {len(fixed)} fixed points and {len(slopes)} slopes", "one slope for each",
                        "pass the derivative of step at every fixed point")
    return each._replace(fixed=fixed, slopes=slopes, start=float(each.start))


def _panel(axes: Axes, each: ScalarMap, iterations: int) -> None:
    values = path(each.step, each.start, iterations)
    shown = np.concatenate([values, each.fixed])
    room = max(0.12 * np.ptp(shown), 1e-3)
    low, high = shown.min() - room, shown.max() + room
    grid = np.linspace(low, high, POINTS)
    axes.plot([low, high], [low, high], color=_THEME.line, linewidth=1)
    axes.plot(grid, np.asarray(each.step(grid)), color=series(0)["color"], linewidth=1.8)
    axes.plot(np.repeat(values, 2)[:-1], np.concatenate([values[:1], np.repeat(values[1:], 2)]),
              color=style("attention")["color"], linewidth=1.3)
    axes.plot(values[0], values[0], color=style("attention")["color"], marker="o", markersize=5)
    axes.annotate("start", (values[0], values[0]), (5, -11), textcoords="offset points", fontsize=9, color=_THEME.text)
    for c, rise in zip(each.fixed, each.slopes, strict=True):
        inside = series(1)["color"] if abs(rise) < 1 else _THEME.background
        axes.plot(c, c, marker="D", markersize=7, color=inside, markeredgecolor=series(1)["color"], zorder=4)
        left = c > (low + high) / 2
        axes.annotate(f"slope {_number(rise)}", (c, c), (-9 if left else 9, 7), textcoords="offset points", fontsize=9,
                      ha="right" if left else "left", color=_THEME.text, zorder=5,
                      bbox={"facecolor": _THEME.background, "alpha": 0.8, "linewidth": 0, "pad": 0.8})
    axes.set(xlim=(low, high), ylim=(low, high), aspect="equal", xlabel="c", title=each.name)
    axes.set_ylabel("next c")
    axes.title.set_size(11)


def _number(value: float) -> str:
    return number_text(value, 2)


def _sentence(maps: Sequence[ScalarMap], iterations: int, note: str) -> str:
    parts = []
    for each in maps:
        end = path(each.step, each.start, iterations)[-1]
        kind, values = fate(each.step, each.start)
        later = {"settles": lambda v: f"settles at {_number(v[0])}",
                 "flips": lambda v: f"flips between {_number(v[0])} and {_number(v[1])} for ever",
                 "neither": lambda v: "neither settles nor flips between two values"}[kind](values)
        points = ", ".join(f"{_number(c)} (slope {_number(rise)}, {'attracts' if abs(rise) < 1 else 'repels'})"
                           for c, rise in zip(each.fixed, each.slopes, strict=True)) or "none given"
        parts.append(f"{each.name}: from {_number(each.start)}, {iterations} steps lead to {_number(end)}, and the "
                     f"recursion {later}; fixed points: {points}")
    return "Cobwebs of the scalar map. " + ". ".join(parts) + "." + (f" {note.rstrip('.')}." if note else "")

"""Loss curves: while a training runs, and afterwards from its history.

    curves = TrainingCurves()
    train(..., callbacks=[curves])

The live picture is one output that is replaced in place. What the last replacement left is an ordinary PNG with alt
text, so a saved, exported or not trusted notebook shows the whole training, without a widget's state.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from reidlib.errors import ReidError
from reidlib.views.arrays import as_array
from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.palette import THEMES, series

# Columns of a history that are no losses.
NO_LOSS = ("learning_rate", "gradient_norm")
MOST_TERMS = 5  # with the total, as many lines as the palette tells apart
POINTS = 600  # more than a line has pixels would only cost time
PAUSE, SHARE = 0.5, 10  # seconds between two pictures, and at least so many times what one takes to draw
_THEME = THEMES["light"]


class Told(Protocol):
    """What a training tells its callbacks."""

    step: int
    steps: int
    done: bool
    history: Mapping[str, Sequence[float]]


def training_figure(history: Mapping[str, ArrayLike], steps: int | None = None, *, smooth: int | None = None,
                    log: bool = False, title: str = "") -> DescribedFigure:
    """Every loss term and their total against the step.

    Parameters
    ----------
    history : {name: (n,) values, one a step}; "total" is the sum of the others (made where it is missing),
        "learning_rate" and "gradient_norm" are left out. Of more than five terms the smallest are drawn as one.
    steps : of the whole training, the end of the axis; default n.
    smooth : steps that a centred moving mean takes together; default a twenty-fifth of n. The total's single values
        stay visible behind it.
    log : logarithmic losses.

    Raises
    ------
    ReidError : no step yet, or columns of different lengths.
    """
    losses = _losses(history)
    n = len(next(iter(losses.values())))
    steps = n if steps is None else steps
    window = max(1, n // 25) if smooth is None else smooth
    smoothed = {name: _moving_mean(values, window) for name, values in losses.items()}
    picture = figure(alt=lambda: _sentence(smoothed, n, steps, window), height=3.8)
    axes, at = picture.axes, np.unique(np.linspace(0, n - 1, min(n, POINTS)).round().astype(int))
    if window > 1:
        axes.plot(at + 1, next(iter(losses.values()))[at], color=series(0)["color"], alpha=0.22, linewidth=0.8)
    for i, (name, values) in enumerate(smoothed.items()):
        axes.plot(at + 1, values[at], label=f"{name}  {values[-1]:.3g}", linewidth=2.2 if i == 0 else 1.6,
                  markersize=5, markevery=(min(i * len(at) // 48, len(at) - 1), max(1, len(at) // 8)), **series(i))
    axes.set(xlabel="step", ylabel="loss", title=title, xlim=(0, max(steps, 2) + 1))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
    if log and min(values.min() for values in losses.values()) > 0:
        axes.set_yscale("log")
    else:
        top = max(float(np.quantile(each, 0.99)) for each in (*losses.values(), *smoothed.values()))
        low = min(0.0, *(float(each.min()) for each in smoothed.values()))
        axes.set_ylim(low * 1.05, (top if top > low else low + 1.0) * 1.05)
    means = f"mean of {window} steps" if window > 1 else "single steps"
    legend = axes.legend(title=f"{n} of {steps} steps, {means}", loc="upper left", bbox_to_anchor=(1.01, 1.0),
                         frameon=False, fontsize=9.5, borderaxespad=0)
    legend.set_alignment("left")
    legend.get_title().set(fontsize=9, color=_THEME.muted)
    return picture


class TrainingCurves:
    """A callback that draws the loss curves of a running training; see `training_figure` for the parameters.

    In Jupyter the picture appears under the running cell and is replaced at most twice a second, and so seldom that
    drawing takes at most a tenth of the time. Elsewhere nothing is drawn until `figure()` is asked for. One object
    serves one training: another cell that runs it gets a picture of its own.
    """

    def __init__(self, *, smooth: int | None = None, log: bool = False, title: str = "") -> None:
        self._options = {"smooth": smooth, "log": log, "title": title}
        self._history: dict[str, np.ndarray] = {}
        self._steps = 0
        self._handle: Any = None
        self._cell: int | None = None
        self._next = 0.0

    def __call__(self, progress: Told) -> None:
        """Hears of the training; draws when it is time, and always when it is done."""
        kernel = _kernel()
        if not progress.step or (not progress.done and (kernel is None or time.monotonic() < self._next)):
            return
        self._history = {name: np.array(values) for name, values in progress.history.items()}
        self._steps = progress.steps
        if kernel is None:
            return
        began = time.monotonic()
        self._publish(kernel)
        drawn = time.monotonic()
        self._next = drawn + max(PAUSE, SHARE * (drawn - began))

    def figure(self) -> DescribedFigure:
        """The picture of what was heard last; ReidError before the first step."""
        return training_figure(self._history, self._steps or None, **self._options)

    def _publish(self, kernel: Any) -> None:
        from IPython.display import DisplayHandle

        data, metadata = self.figure()._repr_mimebundle_()
        if self._handle is None or self._cell != kernel.execution_count:
            self._handle, self._cell = DisplayHandle(), kernel.execution_count
            self._handle.display(data, metadata=metadata, raw=True)
        else:
            self._handle.update(data, metadata=metadata, raw=True)

    def _ipython_display_(self) -> None:
        # As the last expression of the cell that trained: its picture is there already.
        kernel = _kernel()
        if kernel is not None and (self._handle is None or self._cell != kernel.execution_count):
            self._publish(kernel)


def _kernel() -> Any:
    """The running IPython, or None; never imports it."""
    module = sys.modules.get("IPython")
    return module.get_ipython() if module else None


def _losses(history: Mapping[str, ArrayLike]) -> dict[str, np.ndarray]:
    """The total first, then at most five terms in the order of the history; a single term is its own total."""
    columns = {name: as_array(name, values).astype(float) for name, values in history.items() if name not in NO_LOSS}
    lengths = {len(values) for values in columns.values()}
    if len(lengths) != 1 or not max(lengths):
        raise ReidError(f"Found a history of {', '.join(f'{k} ({len(v)})' for k, v in columns.items()) or 'no loss'}",
                        "one value a step for each loss term, and at least one step",
                        "draw after the first step, from Fit.history or Progress.history")
    terms = {name: values for name, values in columns.items() if name != "total"}
    total = columns.get("total", sum(terms.values()))
    if len(terms) < 2:
        return terms or {"total": total}
    if len(terms) > MOST_TERMS:
        ordered = sorted(terms, key=lambda name: -float(np.abs(terms[name]).mean()))
        small = [name for name in terms if name in ordered[MOST_TERMS - 1:]]
        rest = sum(terms.pop(name) for name in small)
        terms[f"{len(small)} others"] = rest
    return {"total": total, **terms}


def _moving_mean(values: np.ndarray, window: int) -> np.ndarray:
    """Means over at most `window` steps around each; fewer at the ends, so that every step has one."""
    if window < 1:
        raise ReidError(f"Found smooth={window!r}", "a number of steps from 1", "pass smooth=None")
    sums = np.concatenate([[0.0], np.cumsum(values)])
    at = np.arange(len(values))
    first, last = np.maximum(at - (window - 1) // 2, 0), np.minimum(at + window // 2 + 1, len(values))
    return (sums[last] - sums[first]) / (last - first)


def _sentence(smoothed: Mapping[str, np.ndarray], n: int, steps: int, window: int) -> str:
    means = f" (means of {window} steps)" if window > 1 else ""
    parts = "; ".join(f"{name} from {values[0]:.3g} to {values[-1]:.3g}" for name, values in smoothed.items())
    return f"Training losses after {n} of {steps} steps{means}: {parts}."

"""Something measured in galleries of growing size, with intervals, beside bounds such as chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.ticker import PercentFormatter
from numpy.typing import ArrayLike

from reidlib.errors import ReidError
from reidlib.evaluation.intervals import Interval
from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.palette import THEMES, series

_THEME = THEMES["light"]
_DASHES = ((0, (4, 3)), (0, (1, 2)), (0, (6, 2, 1, 2)))


def gallery_size_curves(at: Sequence[int], curves: Mapping[str, Sequence[Interval | float]],
                        bounds: Mapping[str, tuple[ArrayLike, ArrayLike]], *, quantity: str) -> DescribedFigure:
    """A line with intervals for each name; thin lines without marks for the bounds.

    Parameters
    ----------
    at : ascending gallery sizes n, each doubling the same step to the right.
    curves : name -> a share for each n, with its interval or without; at most six.
    bounds : name -> (sizes, values), such as chance; at most three.
    """
    wrong = [name for name, each in curves.items() if len(each) != len(at)]
    if not curves or wrong or len(curves) > 6 or len(bounds) > len(_DASHES) or (np.diff(at) <= 0).any():
        raise ReidError(f"Found {len(curves)} curves and {len(bounds)} bounds over the sizes {list(at)}, of another "
                        f"length: {', '.join(wrong) or 'none'}", "one to six curves with a value for each rising size, "
                        f"and up to {len(_DASHES)} bounds", "pass one interval for each n")
    curves = {name: [_interval(one) for one in each] for name, each in curves.items()}
    picture = figure(alt=lambda: _sentence(at, curves, bounds, quantity), width=9, height=3.5)
    axes = picture.axes
    for dash, (name, (x, y)) in zip(_DASHES, bounds.items(), strict=False):
        axes.plot(x, y, color=_THEME.muted, linewidth=1.2, linestyle=dash, label=name)
    for k, (name, each) in enumerate(curves.items()):
        middle = np.array([one.estimate for one in each])
        ends = np.abs(np.array([[one.low if one.known else one.estimate, one.high if one.known else one.estimate]
                                for one in each]).T - middle)
        axes.errorbar(np.array(at) * 2 ** (0.03 * (k - (len(curves) - 1) / 2)), middle, ends, label=name, capsize=2,
                      elinewidth=1.2, **series(k))
    axes.set_xscale("log", base=2)
    axes.minorticks_off()
    shown = sorted({*map(int, at), *(int(max(np.asarray(x))) for x, _ in bounds.values())})
    axes.set_xticks(shown, [f"{n:,}" for n in shown])
    axes.set(xlabel="gallery items n", ylabel=quantity, ylim=(0, 1.02))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    picture.mpl.legend(loc="outside right upper", frameon=False, fontsize=9)
    return picture


def _interval(share: Interval | float) -> Interval:
    return share if isinstance(share, Interval) else Interval(float(share), np.nan, np.nan, 1)


def _sentence(at: Sequence[int], curves: Mapping, bounds: Mapping, quantity: str) -> str:
    lines = [f"{name} " + ", ".join(f"{one.estimate:.0%}" for one in each) for name, each in curves.items()]
    lines += [f"{name} from {np.asarray(y)[0]:.2g} to {np.asarray(y)[-1]:.2g}" for name, (_, y) in bounds.items()]
    return f"{quantity} in galleries of {', '.join(map(str, at))}: {'; '.join(lines)}."

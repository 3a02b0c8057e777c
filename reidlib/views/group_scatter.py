"""Features of several groups, such as a camera's days, in the two directions in which they vary most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from reidlib.errors import ReidError
from reidlib.views.arrays import as_array
from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.palette import THEMES, series

_THEME = THEMES["light"]


def group_share(features: ArrayLike, groups: Sequence) -> float:
    """Share of the variance (n, D) that lies between the groups (n,): Σ n_g ‖mean_g − mean‖² / Σ ‖x − mean‖²."""
    x, (_, group) = as_array("features", features).astype(float), np.unique(np.asarray(groups), return_inverse=True)
    x = x - x.mean(0)
    means = np.stack([x[group == k].mean(0) for k in range(group.max() + 1)])
    return float(np.square(means[group]).sum() / max(np.square(x).sum(), 1e-30))


def group_scatter(panels: Mapping[str, ArrayLike], groups: Sequence[str]) -> DescribedFigure:
    """A panel for each set of features (n, D) of the same n items: its own first two principal directions; large
    marks are the groups' means.

    groups : (n,) names, at most six. The titles say which share of the variance, over all D, lies between them.
    """
    tables = {name: as_array(name, each).astype(float) for name, each in panels.items()}
    names = sorted(set(groups))
    if not tables or any(each.ndim != 2 or len(each) != len(groups) for each in tables.values()) or len(names) > 6:
        raise ReidError(f"Found features {[each.shape for each in tables.values()]} and {len(groups)} items in "
                        f"{len(names)} groups", "(n, D) for n items in at most six groups", "check both")
    shares = {name: group_share(each, groups) for name, each in tables.items()}
    said = ", ".join(f"{name} {share:.0%}" for name, share in shares.items())
    picture = figure(alt=f"Share of the variance of {len(groups)} features that lies between {', '.join(names)}: "
                     f"{said}.", columns=len(tables), width=1.6 + 2.75 * len(tables), height=3.3, grid=False)
    for axes, (name, each) in zip(np.atleast_1d(picture.axes), tables.items(), strict=True):
        centred = each - each.mean(0)
        _, _, directions = np.linalg.svd(centred, full_matrices=False)
        signs = np.sign(directions[:2][np.arange(2), np.abs(directions[:2]).argmax(1)])  # the same picture each time
        plane = centred @ (directions[:2] * signs[:, None]).T
        for k, group in enumerate(names):
            own, look = plane[np.asarray(groups) == group], {**series(k), "linestyle": ""}
            axes.plot(*own.T, **look, markersize=4, alpha=0.45, label="_" + group)
            axes.plot(*own.mean(0), **look, markersize=11, markeredgecolor=_THEME.background, markeredgewidth=1.5,
                      label=group)
        axes.set_title(f"{name}\nbetween groups {shares[name]:.0%}", fontsize=10)
        axes.set(xticks=[], yticks=[])
    handles, labels = np.atleast_1d(picture.axes)[0].get_legend_handles_labels()
    picture.mpl.legend(handles, labels, loc="outside right upper", frameon=False, fontsize=9, title="large: the means",
                       title_fontsize=9)
    return picture

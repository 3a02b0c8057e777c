"""Loss and force of the hinges against the distance of a pair."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from reidlib.errors import ReidError
from reidlib.ran.losses import hinge_gradient, linear_hinge, linear_hinge_gradient, squared_hinge
from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.palette import THEMES, series

POINTS = 301


def hinge_curves(margins: Sequence[float] = (1.0, 2.0), longest: float = 3.0) -> DescribedFigure:
    """Left the loss, right the force (minus the slope: above 0 apart, below 0 together), from distance 0 to `longest`.

    Pairs of one person and of two, squared (Eq. 5) for each of at most three `margins`, and linear (McLaughlin's code)
    for the last of them.
    """
    if not 1 <= len(margins) <= 3 or min(margins, default=0) <= 0:
        raise ReidError(f"Found margins={tuple(margins)}", "one to three distances above 0", "pass margins=(1.0, 2.0)")
    distances = torch.linspace(0, longest, POINTS, dtype=torch.float64)[:, None]
    last = margins[-1]
    curves = [("one person, squared", True, last, squared_hinge, hinge_gradient),
              ("one person, linear", True, last, linear_hinge, linear_hinge_gradient)]
    curves += [(f"two people, squared, m = {m:g}", False, m, squared_hinge, hinge_gradient) for m in margins]
    curves += [(f"two people, linear, m = {last:g}", False, last, linear_hinge, linear_hinge_gradient)]
    listed = ", ".join(f"{m:g}" for m in margins)
    picture = figure(columns=2, width=9, height=3.4, alt=(
        f"Loss and force from distance 0 to {longest:g}. The squared pull grows with distance, up to {longest:g}; the "
        f"linear one is 1 everywhere. The squared push falls to 0 at the margin ({listed}), the linear one is 1 up to "
        f"{last:g} and then 0."))
    for k, (name, one, margin, loss, gradient) in enumerate(curves):
        pair = distances, torch.zeros_like(distances), torch.full((POINTS,), one), margin
        x, look = distances[1:, 0].numpy(), series(k) | {"markevery": (9 * k, 60), "markersize": 5}
        picture.axes[0].plot(x, loss(*pair)[1:].numpy(), label=name, **look)
        picture.axes[1].plot(x, -gradient(*pair)[1:, 0].numpy(), label=name, **look)
    top = max(last, longest) ** 2 / 2
    picture.axes[0].set(xlabel="distance d", ylabel="loss", ylim=(-0.03 * top, top))
    picture.axes[1].set(xlabel="distance d", ylabel="force")
    picture.axes[1].axhline(0, color=THEMES["light"].line, linewidth=0.8, zorder=1)
    picture.axes[0].legend(fontsize=8)
    picture.axes[1].set_yticks(np.arange(-np.floor(longest), np.floor(last) + 1))
    return picture

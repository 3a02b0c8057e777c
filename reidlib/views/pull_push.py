"""PullPush: two embeddings in the plane that can be dragged, and the force of the hinge loss on each."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from reidlib.errors import ReidError
from reidlib.views.arrays import as_array
from reidlib.views.drawn_later import Later
from reidlib.views.figure import DescribedFigure
from reidlib.views.host import View

EPSILON = 1e-6  # that of reidlib.ran.losses, which would bring torch with it
HINGES = {"squared": "squared (Eq. 5)", "linear": "linear (McLaughlin’s code)"}
FARTHEST = 1e4  # coordinates and margins: numbers beyond that cannot be read in a table
FASTEST = 1.2  # learning rate: with the squared pull, points move apart from 1 on


class PullPush(View):
    """Two embeddings: distance, loss and the force on each, minus the gradient, at once wherever they are dragged.

    An arrow ends where one step with the learning rate would put its point. The circle around f₁ has the margin as
    radius: somebody else outside of it is left alone. Beside it: the terms by number, and the loss against the
    distance. The page computes what autograd gives for `reidlib.ran.losses`, ε in the distance included, so at
    distance 0 every gradient is 0 and none is NaN.

    Drag a point, or choose a distance on the curve. Keys: arrows move a point, with Shift a tenth as far, Enter makes
    one step, Escape puts the points back; on the curve left and right change the distance.

    Parameters
    ----------
    first, second : (2,) f₁ and f₂; coordinates up to 10,000.
    same : whether they begin as one person (pull) or as two (push).
    margin : m of Eq. 5, above 0.
    hinge : "squared" (Eq. 5) or "linear" (McLaughlin's code).
    rate : the learning rate, from .05 to 1.2: one step moves each point by rate × force.
    names : whose points they are, shown beside f₁ and f₂.
    note : a sentence below the view, such as what the network was trained on.

    Raises ReidError for NaN, other shapes and settings that do not exist.
    """

    def __init__(
        self,
        first: ArrayLike,
        second: ArrayLike,
        *,
        same: bool = False,
        margin: float = 1.0,
        hinge: str = "squared",
        rate: float = 0.4,
        names: Sequence[str] | None = None,
        note: str | None = None,
        title: str = "Pull and push",
    ) -> None:
        points = [_point("first", first), _point("second", second)]
        if not isinstance(same, (bool, np.bool_)):
            raise ReidError(f"Found same={same!r}", "True for one person, False for two", "pass same=pid_1 == pid_2")
        if hinge not in HINGES:
            raise ReidError(f"Found hinge={hinge!r}", f"one of {', '.join(HINGES)}", 'pass hinge="squared"')
        if names is not None and (len(names) != 2 or not all(isinstance(name, str) for name in names)):
            raise ReidError(f"Found names={names!r}", "two texts", 'pass names=("A", "B")')
        margin = _number("margin", margin, 1e-3, FARTHEST)
        rate = _number("rate", rate, 0.05, FASTEST)
        data: dict[str, Any] = {
            "points": points, "same": bool(same), "margin": margin, "hinge": hinge, "hinges": HINGES, "rate": rate,
            "fastest": FASTEST, "names": list(names or ()), "epsilon": EPSILON, "note": note or "",
        }  # fmt: skip
        labels = ["f₁", "f₂"] if names is None else list(names)

        def draw() -> DescribedFigure:
            from reidlib.views.pull_push_picture import pull_push  # computes with torch

            people = [0, 0 if same else 1]
            return pull_push(points, people, margin, names=labels, hinge=hinge, step=rate, note=note or "")

        parts = ("pull_push_loss.js", "pull_push_plane.js", "pull_push_curve.js", "pull_push_controls.js")
        super().__init__("pull_push.js", data, picture=Later(draw), title=title, parts=parts)


def _point(name: str, values: ArrayLike) -> list[float]:
    try:
        point = as_array(name, values).astype(np.float64)
    except (TypeError, ValueError, ReidError):
        point = np.empty(0)
    if point.shape != (2,) or not np.isfinite(point).all() or np.abs(point).max() > FARTHEST:
        raise ReidError(f"Found {name}={values!r}", f"two finite numbers of at most {FARTHEST:g}",
                        "bring the embeddings into the plane and pass one of them, such as points[0]")
    return point.tolist()


def _number(name: str, value: Any, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, Real) or not low <= value <= high:
        raise ReidError(f"Found {name}={value!r}", f"a number from {low:g} to {high:g}", f"pass {name}=1.0")
    return float(value)

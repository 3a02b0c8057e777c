"""Embeddings in the plane, and the forces of the hinge loss between them, as one picture; the view is pull_push.py."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.patches import Circle
from numpy.typing import ArrayLike

from reidlib.errors import ReidError
from reidlib.ran.losses import hinge_gradient, linear_hinge, linear_hinge_gradient, squared_hinge
from reidlib.views.arrays import as_array
from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.html import number_text, writable
from reidlib.views.palette import THEMES, colour, role, style

_THEME = THEMES["light"]
_HINGES = {"squared": (squared_hinge, hinge_gradient), "linear": (linear_hinge, linear_hinge_gradient)}
_DASH = {"match": "-", "nonmatch": (0, (4, 3))}


class _Pair(NamedTuple):
    """Two points, what they are to each other, and the loss of the pair with its force on the first."""

    first: int
    second: int
    same: bool
    distance: float
    loss: float
    force: np.ndarray


def pull_push(points: ArrayLike, people: Sequence[int], margin: float, *, names: Sequence[str] | None = None,
              hinge: str = "squared", step: float = 0.4, pairs: Sequence[tuple[int, int]] | None = None,
              title: str = "", note: str = "") -> DescribedFigure:
    """Points with an arrow at both ends of each pair: minus the gradient of the hinge loss, times `step`.

    Green solid lines join tracklets of one person, red dashed ones those of two; the grey circle around the first
    point has the margin as radius: what lies outside it and is somebody else feels nothing from that point. Beside
    each pair: its distance, its loss and the length of its force.

    Parameters
    ----------
    points : (N, 2) embeddings, N from 2 to 8.
    people : (N,) whose each point is.
    margin : m of Eq. 5.
    names : what stands beside each point; default A, B, C, …
    hinge : "squared" (Eq. 5) or "linear" (McLaughlin's code).
    step : length of an arrow for a force of 1; a learning rate.
    pairs : which to draw; default all.
    note : a sentence below the picture, such as what the network was trained on.
    """
    points, people = as_array("points", points).astype(float), list(people)
    names = [chr(ord("A") + n) for n in range(len(people))] if names is None else names
    names = [writable(str(name)) for name in names]
    _check(points, people, names, margin, hinge)
    pairs = list(combinations(range(len(points)), 2)) if pairs is None else pairs
    found = _forces(points, people, margin, hinge, pairs)
    picture = figure(alt=lambda: _sentence(found, names, margin, hinge, note), width=5.6, height=4.6)
    axes: Axes = picture.axes
    axes.add_patch(Circle(points[0], margin, fill=False, edgecolor=_THEME.line, linestyle=":", linewidth=1.2))
    for pair in found:
        _draw(axes, points, pair, step)
    axes.plot(*points.T, linestyle="", marker="o", markersize=8, color=_THEME.text, zorder=4)
    spread = np.ptp(points, axis=0).max()
    for point, name in zip(points, names, strict=True):  # above or below: the arrows of a push lead outwards
        lift = 14 if point[1] >= points[:, 1].mean() else -14
        axes.annotate(_short(name), point, (0, lift), textcoords="offset points", fontsize=10, weight="bold",
                      ha="center", va="center", color=_THEME.text, zorder=5, parse_math=False)
    # The margin's circle is shown as far as there is something to see.
    centre, half = (points.max(axis=0) + points.min(axis=0)) / 2, 0.85 * max(spread, margin / 2)
    axes.set(xlim=(centre[0] - 1.15 * half, centre[0] + 1.15 * half), ylim=(centre[1] - half, centre[1] + half),
             aspect="equal")
    axes.set_title(writable(title), parse_math=False)
    axes.text(0.01, 0.01, f"m = {margin:g}, arrows: {step:g} × force", transform=axes.transAxes, fontsize=8.5,
              color=_THEME.muted)
    if note:
        picture.mpl.supxlabel(writable(note), parse_math=False, wrap=True, fontsize=9.5, color=_THEME.muted)
    return picture


def _short(name: str) -> str:
    """Matplotlib gives up the whole layout where a name is wider than the picture; the alt text has all of it."""
    return name if len(name) <= 18 else f"{name[:17]}…"


def _forces(points: np.ndarray, people: list, margin: float, hinge: str,
            pairs: Sequence[tuple[int, int]]) -> list[_Pair]:
    first, second = np.array(pairs, int).reshape(-1, 2).T
    sides = torch.from_numpy(points[first]), torch.from_numpy(points[second])
    same = torch.tensor([people[i] == people[j] for i, j in pairs])
    value, gradient = _HINGES[hinge]
    losses, forces = value(*sides, same, margin).numpy(), -gradient(*sides, same, margin).numpy()
    distances = np.linalg.norm(points[first] - points[second], axis=1)
    return [_Pair(int(i), int(j), bool(one), float(d), float(loss), force)
            for i, j, one, d, loss, force in zip(first, second, same, distances, losses, forces, strict=True)]


def _draw(axes: Axes, points: np.ndarray, pair: _Pair, step: float) -> None:
    kind = "match" if pair.same else "nonmatch"
    ends = points[[pair.first, pair.second]]
    axes.plot(*ends.T, color=colour(kind), linestyle=_DASH[kind], linewidth=1.1, alpha=0.7, zorder=2)
    strength = float(np.linalg.norm(pair.force))
    if strength > 0:
        arrows = step * np.stack([pair.force, -pair.force])
        axes.quiver(*ends.T, *arrows.T, color=colour(kind), angles="xy", scale_units="xy", scale=1, width=0.011,
                    zorder=3)
    middle = ends.mean(axis=0)
    axes.plot(*middle, linestyle="", markersize=6, **style(kind), zorder=4)
    d, loss, force = map(_number, (pair.distance, pair.loss, strength))
    axes.annotate(f"{role(kind).glyph} d {d}\nloss {loss}\nforce {force}", middle, (9, 0), va="center",
                  textcoords="offset points", fontsize=8.5, color=_THEME.text, zorder=5,
                  bbox={"facecolor": _THEME.background, "alpha": 0.85, "linewidth": 0, "pad": 1})


def _check(points: np.ndarray, people: list, names: list, margin: float, hinge: str) -> None:
    if points.ndim != 2 or points.shape[1] != 2 or not 2 <= len(points) <= 8 or not np.isfinite(points).all():
        raise ReidError(f"Found points of shape {points.shape}", "(N, 2), finite, N from 2 to 8",
                        "choose a few embeddings and bring them into the plane")
    if len(people) != len(points) or len(names) != len(points):
        raise ReidError(f"Found {len(points)} points, {len(people)} people and {len(names)} names", "one of each",
                        "pass whose each point is")
    if hinge not in _HINGES or not margin > 0:
        raise ReidError(f"Found hinge={hinge!r}, margin={margin!r}", f"{' or '.join(_HINGES)}, and a margin above 0",
                        "pass hinge='squared', margin=1.0")


def _sentence(found: list[_Pair], names: list[str], margin: float, hinge: str, note: str) -> str:
    parts = []
    for pair in found:
        who = f"{names[pair.first]} and {names[pair.second]}, {'one person' if pair.same else 'two people'}"
        strength = float(np.linalg.norm(pair.force))
        fate = f"{'pulled' if pair.same else 'pushed'} with force {_number(strength)}" if strength else "no force"
        parts.append(f"{who}, are {_number(pair.distance)} apart: loss {_number(pair.loss)}, {fate}")
    kind = "Margin" if hinge == "squared" else "Linear hinge, margin"
    return f"{kind} {margin:g}. {'; '.join(parts)}." + (f" {note[0].upper()}{note[1:]}." if note else "")


def _number(value: float) -> str:
    return number_text(value, 3)

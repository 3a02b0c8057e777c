"""One episode as a contact sheet: the gallery with the names of its people, the probes with the name to be found."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from reidlib.errors import ReidError
from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.palette import THEMES, role

_THEME = THEMES["light"]
_GAP = 0.18  # in widths of a picture


def episode_sheet(gallery: ArrayLike, gallery_labels: Sequence[int], probes: ArrayLike, probe_labels: Sequence[int], *,
                  headings: tuple[str, str] = ("gallery", "probes")) -> DescribedFigure:
    """Above the gallery in its order, below the probes, each in the place of its person's first gallery picture.

    Parameters
    ----------
    gallery, probes : (n, H, W, 3) and (Q, H, W, 3) uint8.
    gallery_labels, probe_labels : (n,) and (Q,) of 0, 1, …, shown as A, B, …
    headings : of the two rows, such as camera and day.

    Raises
    ------
    ReidError : other pictures, labels that do not fit, more than 26 people, a probe whose person the gallery lacks.
    """
    rows = [np.asarray(gallery), np.asarray(probes)]
    labels = [[int(each) for each in part] for part in (gallery_labels, probe_labels)]
    for pictures, own in zip(rows, labels, strict=True):
        if pictures.dtype != np.uint8 or pictures.ndim != 4 or pictures.shape[-1] != 3 or len(own) != len(pictures):
            raise ReidError(f"Found pictures {pictures.dtype} {pictures.shape} and {len(own)} labels",
                            "uint8 (n, H, W, 3) and a label for each", "check gallery and probes")
    if min(labels[0], default=-1) < 0 or max(labels[0]) > 25 or not set(labels[1]) <= set(labels[0]):
        raise ReidError(f"Found gallery labels {labels[0]} and probe labels {labels[1]}",
                        "labels 0 … 25, those of the probes among the gallery's", "pass an episode without padding")
    places = [list(range(len(labels[0])))]
    taken: list[int] = []
    for label in labels[1]:  # a second probe of a person goes to the next free place
        place = labels[0].index(label)
        while place in taken:
            place += 1
        taken.append(place)
    places.append(taken)
    aspect = rows[0].shape[1] / rows[0].shape[2]
    columns = max(max(part) for part in places) + 1
    inches = min(0.95, 9.6 / (columns * (1 + _GAP)))
    high = aspect + 0.62
    picture = figure(alt=lambda: _sentence(labels, headings), width=columns * (1 + _GAP) * inches + 0.2,
                     height=2 * high * inches + 0.1, grid=False)
    axes: Axes = picture.axes
    for row, kind in enumerate(("gallery", "probe")):
        axes.text(0, row * high - 0.32, headings[row], fontsize=9.5, color=_THEME.text, va="center")
        for image, label, place in zip(rows[row], labels[row], places[row], strict=True):
            _card(axes, image, place * (1 + _GAP), row * high, aspect, chr(65 + label), kind)
    axes.set(xlim=(-0.08, columns * (1 + _GAP) - _GAP + 0.08), ylim=(2 * high - 0.48, -0.52), aspect="equal")
    axes.axis("off")
    return picture


def _card(axes: Axes, image: np.ndarray, left: float, top: float, aspect: float, name: str, kind: str) -> None:
    axes.imshow(image, extent=(left, left + 1, top + aspect, top), interpolation="nearest", zorder=2)
    ink = role("probe").light if kind == "probe" else _THEME.line
    axes.add_patch(Rectangle((left, top), 1, aspect, fill=False, edgecolor=ink, linewidth=2, zorder=3))
    mark = f"{role('probe').glyph} {name}" if kind == "probe" else name
    axes.text(left + 0.5, top - 0.09, mark, ha="center", va="center", fontsize=9,
              color=role("probe").light if kind == "probe" else _THEME.text, fontweight="bold")


def _sentence(labels: list[list[int]], headings: tuple[str, str]) -> str:
    gallery, probes = ("".join(chr(65 + label) for label in part) for part in labels)
    people = len(set(labels[0]))
    return (f"An episode of {people} people. {headings[0].capitalize()}: {len(gallery)} pictures of "
            f"{', '.join(gallery)}. {headings[1].capitalize()}: {len(probes)} pictures, of {', '.join(probes)}.")

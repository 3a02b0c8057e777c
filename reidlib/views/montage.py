"""A probe and the head of its ranked gallery, as frames: each item says by colour, sign and line whether it matches."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from reidlib.errors import ReidError
from reidlib.views.arrays import as_array, as_pictures
from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.palette import THEMES, role

_THEME = THEMES["light"]
_GAP, _AFTER_PROBE = 0.2, 0.35  # in widths of a frame
_DASH = {"probe": "-", "match": "-", "nonmatch": (0, (3, 2))}


def rank_montage(
    probe: ArrayLike,
    ranked: Sequence[ArrayLike],
    matches: ArrayLike,
    *,
    distances: ArrayLike | None = None,
    names: Sequence[str] | None = None,
    frames: int = 3,
) -> DescribedFigure:
    """The probe's tracklet on the left, then the ranked gallery; `frames` of each, spread over it, one below another.

    `probe` and each of `ranked` are (T, H, W, 3) uint8 or one image (H, W, 3); `matches` (n,) bool in the same order;
    `distances` (n,) and `names` are printed below. A match is green, with ✓ and a solid line, any other item red, with
    ✗ and a dashed one.
    """
    matches = as_array("matches", matches)
    if matches.shape != (len(ranked),) or matches.dtype != bool or not len(ranked):
        raise ReidError(f"{len(ranked)} ranked items, matches {matches.dtype} {matches.shape}",
                        "one item or more and a bool for each", "pass matches = gallery_pids[order] == probe_pid")
    notes = [[] for _ in ranked]
    for extra, text in ((names, str), (distances, "{:.3g}".format)):
        if extra is not None and len(extra) != len(ranked):
            raise ReidError(f"{len(extra)} names or distances for {len(ranked)} items", "one for each", "check order")
        for note, value in zip(notes, [] if extra is None else extra, strict=extra is not None):
            note.append(text(value))
    if frames < 1:
        raise ReidError(f"frames={frames}", "1 or more", "pass frames=3")
    strips = [_spread_frames(item, frames) for item in [probe, *ranked]]
    height, width = strips[0].shape[1:3]
    aspect = height / width
    right = _AFTER_PROBE + len(strips) * (1 + _GAP)
    lines = max(len(note) for note in notes)
    top, bottom = 0.45, frames * (aspect + 0.06) + 0.1 + 0.19 * lines
    inches = min(0.95, 11.0 / right)
    picture = figure(alt=lambda: _sentence(matches, distances), width=right * inches,
                     height=(top + bottom) * inches, grid=False)
    axes: Axes = picture.axes
    left = 0.0
    for k, strip in enumerate(strips):
        kind = "probe" if k == 0 else "match" if matches[k - 1] else "nonmatch"
        title = f"{role(kind).glyph} probe" if k == 0 else f"{role(kind).glyph} {k}"
        _column(axes, left, strip, aspect, kind, title, notes[k - 1] if k else [], 10.5 * inches / 0.95)
        left += 1 + _GAP + (_AFTER_PROBE if k == 0 else 0)
    axes.set(xlim=(-0.06, right - _GAP + 0.06), ylim=(bottom, -top), aspect="equal")
    axes.axis("off")
    return picture


def _spread_frames(item: ArrayLike, count: int) -> np.ndarray:
    """`count` frames spread over the tracklet, ends included; a shorter tracklet repeats frames."""
    array = as_array("item", item)
    array = as_pictures("item", array, 3)[None] if array.ndim == 3 else as_pictures("item", array)
    return array[np.linspace(0, len(array) - 1, count).round().astype(int)]


def _column(axes: Axes, left: float, strip: np.ndarray, aspect: float, kind: str, title: str, notes: list[str],
            size: float) -> None:
    ink = role(kind).light
    top = 0.0
    for frame in strip:
        axes.imshow(frame, extent=(left, left + 1, top + aspect, top), interpolation="nearest", aspect="equal")
        top += aspect + 0.06
    end = top - 0.06
    axes.add_patch(Rectangle((left - 0.025, -0.025), 1.05, end + 0.05, fill=False, edgecolor=ink, linewidth=2.4,
                             linestyle=_DASH[kind]))
    axes.text(left + 0.5, -0.1, title, ha="center", va="bottom", fontsize=size + 1.5, color=ink, weight="bold")
    for line, note in enumerate(notes):
        axes.text(left + 0.5, end + 0.13 + 0.19 * line, note, ha="center", va="top", fontsize=size - 1.5,
                  color=_THEME.muted)


def _sentence(matches: np.ndarray, distances: ArrayLike | None) -> str:
    where = (np.flatnonzero(matches) + 1).tolist()
    if not where:
        found = f"none of the first {len(matches)} gallery items is the same person"
    else:
        ranks = ", ".join(map(str, where))
        found = f"of the first {len(matches)} gallery items, rank{'s' if len(where) > 1 else ''} {ranks} "
        found += f"show{'' if len(where) > 1 else 's'} the same person"
    text = f"Frames of a probe tracklet and its ranked gallery: {found}."
    if distances is not None:
        values = as_array("distances", distances).astype(float)
        text += f" Distances run from {values.min():.3g} to {values.max():.3g}."
    return text

"""The rank wall as a picture: both ends of the list, the probes found best and worst, and the CMC they belong to.

Papers print retrievals that somebody chose. Here the sorted list chooses: its first and its last probes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator, PercentFormatter

from reidlib.evaluation.result import Ranking
from reidlib.views import html
from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.note import noted
from reidlib.views.palette import THEMES, colour, role

_THEME = THEMES["light"]
_COUNTED = ("match", "nonmatch")
_LINE = {"probe": "-", "match": "-", "nonmatch": (0, (3, 2))}
IGNORED = {"junk": "junk", "camera": "own camera", "outside": "left out"}
# In widths of a thumbnail.
_GAP, _AFTER_PROBE, _HEAD, _FOOT, _SIDE = 0.16, 0.3, 0.42, 0.5, 0.5
_CELL, _CMC, _MARGIN = 0.56, 2.6, 0.2  # inches


class WallRow(NamedTuple):
    """One probe and the head of its sorted gallery, n items."""

    probe: int
    image: np.ndarray
    gallery: np.ndarray
    """(n, H, W, 3) uint8."""
    kinds: np.ndarray
    """(n,) "match", "nonmatch", or why the item is ignored: "junk", "camera", "outside"."""
    distances: np.ndarray
    first: int
    ap: float


def two_ends(ranking: Ranking, rows: int = 4) -> list[int]:
    """The probes found best and worst, half of each: by rank of the first match, then AP; all where there are fewer."""
    first, ap = ranking.first_rank, ranking.average_precision
    valid = np.flatnonzero(ranking.valid)
    order = valid[np.lexsort((valid, -ap[valid], first[valid]))].tolist()
    return order if len(order) <= rows else order[: (rows + 1) // 2] + order[len(order) - rows // 2 :]


def rank_wall_picture(rows: Sequence[WallRow], ranking: Ranking, *, note: str | None = None) -> DescribedFigure:
    """Rows of a probe and its sorted gallery, each item marked, and the CMC of all probes."""
    aspect = max(side.shape[-3] / side.shape[-2] for row in rows for side in (row.image, row.gallery))
    cells = max(len(row.gallery) for row in rows)
    right = 1 + _AFTER_PROBE + cells * (1 + _GAP)
    tall = _HEAD + aspect + _FOOT
    width, height = (right + _SIDE) * _CELL, len(rows) * tall * _CELL
    picture = figure(alt=lambda: _sentence(rows, ranking), columns=2, width=width + _CMC,
                     height=max(2.6, height + _MARGIN), width_ratios=[width, _CMC])  # fmt: skip
    wall, curve = picture.axes
    for number, row in enumerate(rows):
        top = number * tall + _HEAD
        first = f"first: {row.first}" if row.first else "no match"
        _cell(wall, 0, top, aspect, row.image, "probe", f"{role('probe').glyph} probe", f"{first}\nAP {row.ap:.2f}")
        decimals = html.decimals_for(float(np.abs(row.distances).max()), 3)
        rank = 0
        for k, kind in enumerate(row.kinds):
            rank += kind in _COUNTED
            title = f"{role(kind).glyph} {rank}" if kind in _COUNTED else "–"
            words = html.number_text(row.distances[k], decimals) + ("" if kind in _COUNTED else f"\n{IGNORED[kind]}")
            left = 1 + _AFTER_PROBE + k * (1 + _GAP)
            _cell(wall, left, top, aspect, row.gallery[k], kind, title, words)
    if len(rows) < ranking.queries:
        half = (len(rows) + 1) // 2
        for start, stop, words in ((0, half, "found best"), (half, len(rows), "found worst")):
            wall.text(-0.2, (start + stop) / 2 * tall, words, rotation=90, ha="right", va="center", fontsize=10,
                      color=_THEME.text)  # fmt: skip
    wall.set(xlim=(-_SIDE, right), ylim=(len(rows) * tall, 0), aspect="equal")
    wall.axis("off")
    _curve(curve, ranking)
    return noted(picture, note) if note and note.strip() else picture


def _cell(axes: Axes, left: float, top: float, aspect: float, image: np.ndarray, kind: str, title: str,
          words: str) -> None:  # fmt: skip
    known = kind in _LINE
    ink = colour(kind) if known else _THEME.muted
    shown = image if known else np.repeat(image.mean(-1, keepdims=True), 3, -1).astype(np.uint8)
    axes.imshow(shown, extent=(left, left + 1, top + aspect, top), alpha=1.0 if known else 0.45,
                interpolation="nearest")
    axes.add_patch(Rectangle((left, top), 1, aspect, fill=False, edgecolor=ink, linewidth=2.0 if known else 1.2,
                             linestyle=_LINE.get(kind, (0, (1, 2)))))  # fmt: skip
    place = {"ha": "center", "clip_on": False, "linespacing": 1.05}
    axes.text(left + 0.5, top - 0.07, title, va="bottom", fontsize=8.5, weight="bold", color=ink, **place)
    axes.text(left + 0.5, top + aspect + 0.05, words, va="top", fontsize=7, color=_THEME.muted, **place)


def _curve(axes: Axes, ranking: Ranking) -> None:
    depth = min(20, ranking.max_rank)
    ranks = np.arange(1, depth + 1)
    axes.step(ranks, ranking.cmc[:depth], where="mid", color=_THEME.text, linewidth=1.8)
    axes.plot(1, ranking.cmc[0], "o", color=_THEME.text, markersize=5)
    axes.set(xlim=(0.5, depth + 0.5), ylim=(0, 1.02), xlabel="rank", box_aspect=1)
    axes.set_title(f"{ranking.cmc[0]:.1%} found at rank 1\n{ranking.queries} queries, mAP {ranking.mAP:.1%}",
                   fontsize=9, color=_THEME.text)  # fmt: skip
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5, min_n_ticks=2))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))


def _sentence(rows: Sequence[WallRow], ranking: Ranking) -> str:
    parts = []
    for row in rows:
        ranks = np.cumsum(np.isin(row.kinds, _COUNTED))
        matches = ranks[row.kinds == "match"].tolist()
        seen = f"matches shown at {', '.join(map(str, matches))}" if matches else "no match among those shown"
        ignored = int((~np.isin(row.kinds, _COUNTED)).sum())
        parts.append(f"probe {row.probe + 1} first match at rank {row.first}, {seen}"
                     + (f", {ignored} ignored" if ignored else ""))  # fmt: skip
    chosen = f"{len(rows)} of {ranking.queries} probes with a match"
    chosen += ", those found best and worst" if len(rows) < ranking.queries else ""
    deep = min(10, ranking.max_rank)
    return (f"Rank wall under {ranking.protocol}, {chosen}: {'; '.join(parts)}. "
            f"CMC: {ranking.cmc[0]:.1%} at rank 1, {ranking.cmc[deep - 1]:.1%} at rank {deep}; mAP {ranking.mAP:.1%}.")

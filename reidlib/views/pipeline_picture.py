"""The pipeline map as a picture: what GitHub, print and notebooks that are not trusted show."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.palette import THEMES, colour, role
from reidlib.views.pipeline_stages import LANES, STAGES, Stage, arrows, lane

_COLUMNS = 5
# Boxes, gaps and lane titles in the picture's own units.
_WIDTH, _HEIGHT, _GAP_X, _GAP_Y, _TITLE = 1.0, 0.62, 0.17, 0.27, 0.36
_RIGHT = _COLUMNS * (_WIDTH + _GAP_X) - _GAP_X
_THEME = THEMES["light"]


def pipeline_picture(exists: Mapping[str, bool]) -> DescribedFigure:
    """Both lanes as boxes and arrows; `exists` says of each step's key whether its code is there (solid outline)."""
    picture = figure(alt=_sentence(exists), width=9.6, height=5.2, grid=False)
    axes: Axes = picture.axes
    places, top = {}, 0.0
    for key, (title, *about) in LANES.items():
        words = {"va": "center", "color": _THEME.text}
        axes.text(0, top + 0.16, f"{key}  {title}", fontsize=12, weight="bold", **words)
        axes.text(_RIGHT, top + 0.16, " ".join(about), fontsize=10, ha="right", va="center", color=_THEME.muted)
        top += _TITLE
        for i, stage in enumerate(lane(key)):
            row, column = divmod(i, _COLUMNS)
            places[stage.key] = (column * (_WIDTH + _GAP_X), top + row * (_HEIGHT + _GAP_Y))
            _box(axes, *places[stage.key], stage, exists[stage.key])
        top = places[stage.key][1] + _HEIGHT + _GAP_Y
    for start, end in arrows():
        _arrow(axes, places[start], places[end])
    axes.text(0, top - 0.06, "Solid outline: its code is in this version.  Dashed: comes later.", fontsize=10,
              color=_THEME.muted, va="center")  # fmt: skip
    axes.set(xlim=(-0.02, _RIGHT + 0.02), ylim=(top + 0.05, 0))
    axes.axis("off")
    return picture


def _box(axes: Axes, left: float, top: float, stage: Stage, exists: bool) -> None:
    edge = colour(stage.accent) if stage.accent else _THEME.line
    axes.add_patch(FancyBboxPatch((left + 0.04, top + 0.04), _WIDTH - 0.08, _HEIGHT - 0.08, facecolor=_THEME.surface,
                                  boxstyle="round,pad=0.04,rounding_size=0.07", edgecolor=edge, linewidth=1.6,
                                  linestyle="-" if exists else (0, (3, 2))))  # fmt: skip
    rounds = f"  ×{stage.loop[0]}" if stage.loop else ""
    lines = ((0.22, stage.title, 10.5, "bold", _THEME.text), (0.39, stage.shape + rounds, 9.5, "normal", _THEME.text),
             (0.53, f"notebook {stage.notebook[:2]}", 9, "normal", _THEME.muted))  # fmt: skip
    for below, words, size, weight, ink in lines:
        axes.text(left + _WIDTH / 2, top + below, words, fontsize=size, weight=weight, color=ink, ha="center",
                  va="center")  # fmt: skip
    if stage.accent:
        glyph = role(stage.accent).glyph
        axes.text(left + _WIDTH - 0.04, top + 0.09, glyph, fontsize=10, color=edge, ha="right", va="center")


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Straight to the next box, below the row to a later one, round the row's end to the next row."""
    (x, y), (to_x, to_y) = start, end
    middle, bottom = _WIDTH / 2, y + _HEIGHT
    if y == to_y and to_x - x < 2 * _WIDTH:
        way = [(x + _WIDTH, y + _HEIGHT / 2), (to_x, y + _HEIGHT / 2)]
    elif y == to_y:
        below = bottom + _GAP_Y / 3
        way = [(x + middle, bottom), (x + middle, below), (to_x + middle, below), (to_x + middle, bottom)]
    else:
        between = bottom + _GAP_Y / 2
        way = [(x + middle, bottom), (x + middle, between), (to_x + middle, between), (to_x + middle, to_y)]
    axes.plot(*zip(*way[:-1], strict=True), color=_THEME.muted, linewidth=1.3)
    look = {"arrowstyle": "-|>", "color": _THEME.muted, "shrinkA": 0, "shrinkB": 1, "linewidth": 1.3}
    axes.annotate("", xy=way[-1], xytext=way[-2], arrowprops=look)


def _sentence(exists: Mapping[str, bool]) -> str:
    lanes = [
        f"{key}, {title.lower()}: "
        + ", ".join(stage.title + (f" ({stage.loop})" if stage.loop else "") for stage in lane(key))
        for key, (title, *_) in LANES.items()
    ]
    ready = [stage.title for stage in STAGES if exists[stage.key]]
    code = f"The code of {len(ready)} of {len(STAGES)} steps is in this version" + (": " if ready else "")
    return f"Pipeline map, left to right. {'. '.join(lanes)}. {code}{', '.join(ready)}."

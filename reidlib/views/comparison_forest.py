"""A forest plot: differences with their intervals, one row each, one panel for each world in which they were asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from reidlib.errors import ReidError
from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.palette import THEMES, series

_THEME = THEMES["light"]
_NEEDED = ("world", "name", "estimate", "low", "high")
_PLAIN, _PRIMARY = series(0)["color"], series(1)["color"]


def comparison_forest(rows: Sequence[Mapping], *, quantity: str, reference: str, note: str = "",
                      width: float = 10.4) -> DescribedFigure:
    """Each difference as a mark with its interval. A filled mark's interval is clear of 0, a hollow one's holds 0.

    All panels have the same scale, so equal lengths are equal differences. Beside each mark its numbers; a row that one
    world lacks stays empty there.

    Parameters
    ----------
    rows : a mapping for each difference in one world, drawn in the order of their first appearance:
        `world` (its panel), `name` (its row), `estimate`, `low`, `high` as fractions, drawn in points; `low` and `high`
        None where the data allowed no interval. Optional: `group`, a heading over neighbouring rows, and `primary`,
        True for the one that the question was about (a square). Further keys are ignored.
    quantity : what is compared, such as "difference in mAP".
    reference : what the zero line stands for, such as "as many as the plain mean".
    note : a sentence below the picture. width : inches.
    """
    table = _table(rows)
    worlds = list(dict.fromkeys(world for world, _, _ in table))
    lines = _lines(table)
    picture = figure(alt=lambda: _sentence(table, worlds, quantity, reference, note), columns=len(worlds), share_x=True,
                     share_y=True, width=width, height=1.35 + 0.3 * len(lines))
    panels = np.atleast_1d(picture.axes)
    for world, axes in zip(worlds, panels, strict=True):
        axes.axvline(0, color=_THEME.text, linewidth=0.9, linestyle=(0, (4, 3)))
        for height, (group, name) in lines.items():
            if name is not None and height % 2:  # every other row shaded, so a mark is followed to its name
                axes.axhspan(height - 0.5, height + 0.5, color=_THEME.surface, linewidth=0)
            if name is not None:
                _row(axes, height, table.get((world, group, name)))
        axes.set_title(world, fontsize=10.5, loc="left")
        axes.grid(axis="y", visible=False)
        axes.tick_params(axis="y", length=0)
    _names(panels[0], lines, {(group, name) for (_, group, name), row in table.items() if row["primary"]})
    picture.mpl.supxlabel(_caption(table, quantity, reference, note), fontsize=9.5, color=_THEME.muted)
    return picture


def _table(rows: Sequence[Mapping]) -> dict[tuple[str, str, str], dict]:
    """(world, group, name) -> its numbers in points, checked."""
    table: dict[tuple[str, str, str], dict] = {}
    for row in rows:
        missing = [key for key in _NEEDED if key not in row]
        if missing:
            raise ReidError(f"Found a row without {', '.join(missing)}: {dict(row)}", f"{', '.join(_NEEDED)} in each",
                            "pass one mapping for each difference in each world")
        key = (row["world"], row.get("group", ""), row["name"])
        ends = [np.nan if row[end] is None else 100 * float(row[end]) for end in ("low", "estimate", "high")]
        if key in table or not np.isfinite(ends[1]) or ends[0] > ends[1] or ends[1] > ends[2]:
            what = "twice" if key in table else f"with low, estimate, high {ends}"
            raise ReidError(f"Found {row['name']!r} of {row['world']!r} {what}", "each difference once in each world, "
                            "its estimate a number within its interval", "check where the rows come from")
        clear = bool(ends[0] > 0 or ends[2] < 0)
        table[key] = {"ends": ends, "clear": clear, "primary": bool(row.get("primary"))}
    if not table:
        raise ReidError("Found no rows", "one difference or more", "pass a mapping for each")
    return table


def _lines(table: Mapping) -> dict[float, tuple[str, str | None]]:
    """Height -> (group, name) from the top down; a group's heading has no name."""
    groups: dict[str, list[str]] = {}
    for _, group, name in table:
        names = groups.setdefault(group, [])
        if name not in names:
            names.append(name)
    order = []
    for group, names in groups.items():
        order += ([(group, None)] if group else []) + [(group, name) for name in names]
    return {float(-k): line for k, line in enumerate(order)}


def _row(axes, height: float, found: Mapping | None) -> None:
    primary = found is not None and found["primary"]
    axes.annotate("not asked" if found is None else _numbers(found["ends"]), (1.02, height),
                  xycoords=axes.get_yaxis_transform(), va="center", fontsize=8, annotation_clip=False,
                  color=_THEME.muted if found is None else _THEME.text, fontweight="bold" if primary else "normal")
    if found is None:
        return
    low, middle, high = found["ends"]
    hue = _PRIMARY if primary else _PLAIN
    axes.plot([low, high], [height, height], color=hue, linewidth=3 if primary else 1.8, solid_capstyle="butt")
    axes.plot(middle, height, "s" if primary else "o", color=hue, markersize=6.5, markeredgewidth=1.5,
              markerfacecolor=hue if found["clear"] else "white")


def _numbers(ends: Sequence[float]) -> str:
    low, middle, high = (f"{end:+z.1f}".replace("-", "−") for end in ends)
    return f"{middle} [{low}, {high}]" if np.isfinite(ends).all() else f"{middle} [no interval]"


def _names(axes, lines: Mapping, primary: set) -> None:
    axes.set_yticks(list(lines), [group if name is None else name for group, name in lines.values()])
    axes.set_ylim(min(lines) - 0.6, 0.6)
    for (group, name), label in zip(lines.values(), axes.get_yticklabels(), strict=True):
        if name is None or (group, name) in primary:
            label.set_fontweight("bold")
        if name is None:
            label.set_color(_THEME.muted)


def _caption(table: Mapping, quantity: str, reference: str, note: str) -> str:
    marks = "bars: 95 % intervals; filled mark: clear of 0; hollow: 0 is possible"
    square = "; square: the primary comparison" if any(row["primary"] for row in table.values()) else ""
    return "\n".join([f"{quantity} (points); dashed line: {reference}", marks + square, *([note] if note else [])])


def _sentence(table: Mapping, worlds: Sequence[str], quantity: str, reference: str, note: str) -> str:
    parts = []
    for world in worlds:
        here = {(group, name): row for (where, group, name), row in table.items() if where == world}
        clear = sum(row["clear"] for row in here.values())
        told, before = [], None
        for (group, name), row in here.items():
            heading = f"{group}: " if group and group != before else ""
            told.append(f"{heading}{name} {_numbers(row['ends'])}{', the primary' if row['primary'] else ''}")
            before = group
        parts.append(f"{world}, {clear} of {len(here)} clear of 0: {'; '.join(told)}.")
    text = f"{quantity[0].upper()}{quantity[1:]} in points with 95 % intervals, 0 is {reference}. {' '.join(parts)}"
    return text + (f" {note[0].upper()}{note[1:].rstrip('.')}." if note else "")

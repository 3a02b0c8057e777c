"""One palette for the whole course: a colour means the same thing in every figure and every view.

Each role also has a mark (a matplotlib marker, a character, a hatch), because colour is never the only carrier of a
meaning: about one man in twelve confuses some pair of hues, and print is grey. The values were chosen so that any two
roles stay apart for protan, deutan and tritan vision and that each reaches 3:1 against its backgrounds (WCAG 2.2,
1.4.11); tests compute both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from reidlib.errors import ReidError

ThemeName = Literal["light", "dark"]


@dataclass(frozen=True)
class Role:
    """One meaning: its colour on light and on dark, and the marks that carry it without colour."""

    name: str
    light: str
    dark: str
    marker: str
    glyph: str
    hatch: str
    meaning: str


@dataclass(frozen=True)
class Theme:
    """The neutral colours around the roles. `text` and `muted` reach 4.5:1 on both `background` and `surface`."""

    background: str
    surface: str
    text: str
    muted: str
    line: str
    focus: str


ROLES: dict[str, Role] = {
    role.name: role
    for role in (
        Role("attention", "#d06a00", "#f5ae2a", "o", "●", "", "weight that a model gives to a frame or an item"),
        Role("visibility", "#6b7078", "#a9adb3", "s", "■", "//", "share of the person that is really visible"),
        Role("probe", "#174a8c", "#3b94e3", "D", "◆", "xx", "the tracklet that is being looked for"),
        Role("match", "#2a9d63", "#5be6a0", "^", "✓", "..", "gallery item of the probe's identity"),
        Role("nonmatch", "#98102a", "#e8503f", "X", "✗", "--", "gallery item of somebody else"),
    )
}

THEMES: dict[str, Theme] = {
    "light": Theme("#ffffff", "#f5f6f8", "#1b1f24", "#565d66", "#7f8792", "#0b57d0"),
    "dark": Theme("#15181d", "#1f242c", "#eceff3", "#adb5bf", "#7b8592", "#8ab4ff"),
}

# For things that are no role (methods, splits, settings): neither orange, blue, green nor red, so none is claimed.
_SERIES: tuple[tuple[str, Any, str], ...] = (
    ("#1b1f24", "-", "o"),
    ("#8a3ab9", (0, (6, 2)), "s"),
    ("#0c8c99", (0, (1, 1.4)), "^"),
    ("#c95fb8", (0, (6, 2, 1, 2)), "D"),
    ("#75604a", (0, (3, 1.2)), "v"),
    ("#8f97a3", (0, (8, 2, 1, 2, 1, 2)), "P"),
)


def role(name: str) -> Role:
    """The role called `name`; ReidError for a name that has no agreed meaning."""
    try:
        return ROLES[name]
    except KeyError:
        raise ReidError(f"Found no palette role {name!r}", f"one of {', '.join(ROLES)}",
                        "pick the role by what the mark means, or use series(i) where it means none of them") from None


def colour(name: str, theme: ThemeName = "light") -> str:
    """Hex colour of a role, e.g. `colour("attention")`."""
    return role(name).dark if theme == "dark" else role(name).light


def style(name: str) -> dict[str, Any]:
    """Keyword arguments that draw a role in matplotlib: `axes.plot(x, y, **style("probe"))`."""
    return {"color": role(name).light, "marker": role(name).marker}


def bar_style(name: str) -> dict[str, Any]:
    """The same for bars and areas: the hatch tells the roles apart without colour."""
    return {"facecolor": role(name).light, "edgecolor": THEMES["light"].background, "hatch": role(name).hatch}


def series(index: int) -> dict[str, Any]:
    """Keyword arguments for the line of the `index`-th method, setting or split: own colour, dash and marker each."""
    if not 0 <= index < len(_SERIES):
        raise ReidError(f"Found series number {index}", f"a number from 0 to {len(_SERIES) - 1}",
                        "show fewer lines in one figure, or use small multiples: more lines cannot be told apart")
    line_colour, dash, marker = _SERIES[index]
    return {"color": line_colour, "linestyle": dash, "marker": marker}


def css_variables(theme: ThemeName) -> str:
    """The palette as CSS custom properties (`--reid-attention: …;`), so scripts and figures cannot drift apart."""
    neutral = THEMES[theme]
    pairs = {field: getattr(neutral, field) for field in ("background", "surface", "text", "muted", "line", "focus")}
    pairs |= {name: colour(name, theme) for name in ROLES}
    return "".join(f"--reid-{name}:{value};" for name, value in pairs.items())

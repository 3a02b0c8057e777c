"""What Lucas–Kanade can be told: two named settings, and each value of them on its own."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from reidlib.errors import ReidError

INTERPOLATIONS = ("bilinear", "bicubic")


@dataclass(frozen=True)
class Setting:
    """Numbers of the pyramidal, iterative method. A tuple holds one value per level, the finest first; its last value
    serves all coarser levels. A plain number stands for a tuple of one.

    levels : pictures of the pyramid; each halves height and width, none gets smaller than 8 pixels.
    iterations : of warping and solving, per level.
    window : odd width in pixels of the Gaussian window; its standard deviation is (window − 1) / 4.8.
    grid : the 2×2 systems are solved at every `grid`-th pixel and interpolated in between.
    damping : grey levels (of 255) per pixel; a window whose gradients are weaker keeps the motion it came with.
    smoothing : pixels, standard deviation of the Gaussian that evens out the motion after each iteration; 0 = none.
    trust : 0 = all windows count alike in that smoothing; otherwise a window weighs (mean squared difference between
        its pixels and those they came from) to the power −trust: windows across a motion boundary follow others.
    interpolation : of the warped frame per level, "bilinear" or "bicubic".
    """

    levels: int = 2
    iterations: tuple[int, ...] = (2, 3)
    window: tuple[int, ...] = (13, 19)
    grid: tuple[int, ...] = (4,)
    damping: tuple[float, ...] = (1.5, 0.8)
    smoothing: tuple[float, ...] = (2.8,)
    trust: float = 0.5
    interpolation: tuple[str, ...] = ("bilinear",)

    def __post_init__(self) -> None:
        for name in ("iterations", "window", "grid", "damping", "smoothing", "interpolation"):
            value = getattr(self, name)
            object.__setattr__(self, name, tuple(value) if isinstance(value, (tuple, list)) else (value,))
        for name, good, needed in (
            ("levels", _whole(self.levels, 1), "a whole number from 1"),
            ("iterations", _all(_whole, self.iterations, 1), "whole numbers from 1"),
            ("window", _all(_whole, self.window, 3) and all(n % 2 for n in self.window), "odd numbers from 3"),
            ("grid", _all(_whole, self.grid, 1), "whole numbers from 1"),
            ("damping", _all(_number, self.damping, 0) and min(self.damping) > 0, "numbers above 0"),
            ("smoothing", _all(_number, self.smoothing, 0), "numbers from 0"),
            ("trust", _number(self.trust, 0), "a number from 0"),
            ("interpolation", {*self.interpolation} <= {*INTERPOLATIONS}, " or ".join(INTERPOLATIONS)),
        ):
            if not good:
                raise ReidError(f"Found {name} {getattr(self, name)!r}", needed,
                                f"leave {name} out for the setting's own value")

    def at(self, name: str, level: int) -> Any:
        """The value of `name` at pyramid level `level`, 0 = finest."""
        values = getattr(self, name)
        return values[min(level, len(values) - 1)]

    def as_dict(self) -> dict[str, object]:
        """JSON values, for the plan of a stored column."""
        return {f.name: list(v) if isinstance(v := getattr(self, f.name), tuple) else v for f in fields(self)}


def _whole(value: object, low: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= low


def _number(value: object, low: float) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value < float("inf")


def _all(test, values: tuple, low: float) -> bool:
    return len(values) > 0 and all(test(value, low) for value in values)


FAST = Setting()
ACCURATE = Setting(levels=4, iterations=(2, 4, 3), window=(11, 17), damping=(1.3, 0.6), smoothing=(2.5, 4.0),
                   trust=0.7, interpolation=("bicubic", "bilinear"))
SETTINGS = {"fast": FAST, "accurate": ACCURATE}


def setting_of(setting: str | Setting, **changes: object) -> Setting:
    """The setting called `setting` (or a Setting itself), with every change that is not None."""
    if not isinstance(setting, Setting):
        if not isinstance(setting, str) or setting not in SETTINGS:
            raise ReidError(f"Found the setting {setting!r}", "fast, accurate, or a Setting",
                            'pass setting="fast"')
        setting = SETTINGS[setting]
    return replace(setting, **{name: value for name, value in changes.items() if value is not None})

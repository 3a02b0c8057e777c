"""Flow as colours, with the wheel that tells what they mean: hue is the direction, strength the length."""

from __future__ import annotations

import colorsys
from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from reidlib.errors import ReidError
from reidlib.views.arrays import as_array
from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.palette import THEMES

_HUES = np.array([colorsys.hsv_to_rgb(k / 360, 1.0, 1.0) for k in range(360)])
_SIZE = 121  # pixels of the wheel's picture


def flow_colours(flow: np.ndarray, largest: float | None = None) -> np.ndarray:
    """Flow (..., 2, H, W) as uint8 RGB (..., H, W, 3): hue is the direction, strength the length; white stands still.

    `largest` (pixels per frame) has full colour; by default the longest vector of the array.
    """
    x, y = np.moveaxis(as_array("flow", flow).astype(np.float64), -3, 0)
    length = np.hypot(x, y)
    largest = float(length.max()) if largest is None else largest
    hue = _HUES[np.rint(np.degrees(np.arctan2(y, x))).astype(int) % 360]
    strength = np.minimum(1.0, length / max(largest, 1e-9))[..., None]
    return np.rint(255 * (1 - strength * (1 - hue))).astype(np.uint8)


def wheel_picture(size: int = _SIZE) -> np.ndarray:
    """(size, size, 3) uint8: the colour of every motion from −1 to 1 in x and y; white beyond length 1."""
    place = np.linspace(-1, 1, size)
    x, y = np.meshgrid(place, place)
    picture = flow_colours(np.stack([x, y]), 1.0)
    picture[np.hypot(x, y) > 1] = 255
    return picture


def _draw_wheel(axes: Axes, largest: float) -> None:
    axes.imshow(wheel_picture(), extent=(-largest, largest, largest, -largest), interpolation="bilinear")
    angle = np.linspace(0, 2 * np.pi, 181)
    for part in (0.5, 1.0):
        axes.plot(part * largest * np.cos(angle), part * largest * np.sin(angle), color=THEMES["light"].line,
                  linewidth=0.8)
    text = {"fontsize": 8.5, "color": THEMES["light"].text, "ha": "center", "va": "center"}
    for name, x, y in (("right", 1, 0), ("down", 0, 1), ("left", -1, 0), ("up", 0, -1)):
        axes.text(1.3 * largest * x, 1.16 * largest * y, name, **text)
    axes.text(0, 1.4 * largest, f"edge: {largest:.3g} px", **text)
    axes.set(xlim=(-1.6 * largest, 1.6 * largest), ylim=(1.55 * largest, -1.3 * largest), aspect="equal")
    axes.axis("off")


def flow_wheel(largest: float = 1.0) -> DescribedFigure:
    """The wheel alone: the colour of each direction, and lengths up to `largest` pixels per frame."""
    if not 0 < largest < float("inf"):
        raise ReidError(f"Found a largest length of {largest!r}", "pixels per frame above 0", "pass largest=1.0")
    picture = figure(alt=f"The colour of each direction of motion: right is red, down is yellow-green, left is cyan, "
                     f"up is violet; white stands still, full colour moves by {largest:.3g} pixels per frame.",
                     width=2.6, height=2.6, grid=False)
    _draw_wheel(picture.axes, largest)
    return picture


def flow_panels(flows: Mapping[str, np.ndarray], largest: float | None = None) -> DescribedFigure:
    """Flows of one frame side by side under one colour scale, with the wheel.

    Parameters
    ----------
    flows : name -> (2, H, W), pixels per frame, x right, y down; all of one shape.
    largest : pixels per frame with full colour; default the 99.5 % quantile of the first flow's lengths.
    """
    arrays = {name: as_array(name, flow).astype(np.float64) for name, flow in flows.items()}
    shapes = {array.shape for array in arrays.values()}
    if len(shapes) != 1 or len(shape := shapes.pop()) != 3 or shape[0] != 2:
        raise ReidError(f"Found flows of shapes {[array.shape for array in arrays.values()]}",
                        "one flow or more of one shape (2, H, W)", "pass one frame of each: flow[t]")
    lengths = {name: np.hypot(*array) for name, array in arrays.items()}
    if largest is None:
        largest = float(np.quantile(next(iter(lengths.values())), 0.995)) or 1.0
    parts = [f"{name} moves by {length.mean():.2f} pixels per frame on average" for name, length in lengths.items()]
    width = 7.2 / (len(arrays) + 1)
    picture = figure(alt=f"Optical flow in colours, and the wheel that names them: {'; '.join(parts)}.",
                     columns=len(arrays) + 1, height=max(1.9, width * shape[1] / shape[2] + 0.4), grid=False)
    for axes, (name, array) in zip(picture.axes, arrays.items(), strict=False):
        axes.imshow(flow_colours(array, largest), interpolation="nearest")
        axes.set(xticks=[], yticks=[], title=name)
        axes.spines[:].set_visible(False)
    _draw_wheel(picture.axes[-1], largest)
    return picture

"""The maps after each stage of a CNN, laid over the frame where their cells look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from reidlib.errors import ReidError
from reidlib.views.arrays import as_array
from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.palette import THEMES, series

_EDGE = series(1)["color"]


def stage_maps(frame: np.ndarray, maps: Mapping[str, Sequence[np.ndarray]],
               fields: Sequence[tuple[int, int, int]], shown: int = 2) -> DescribedFigure:
    """A row for each network: the frame with one receptive field per stage, then `shown` maps of each stage.

    Of a stage, the channels that vary most over the frame are shown, each on its own scale around 0.

    Parameters
    ----------
    frame : (H, W, 3) uint8, as the network saw it.
    maps : name of a network -> its stages' maps (C, h, w).
    fields : (size, stride, start) of a cell's receptive field for each stage, in pixels of the frame: cell i sees
        start + i · stride … + size − 1. The boxes are those of the middle cells.
    """
    if not maps or any(len(stages) != len(fields) for stages in maps.values()):
        raise ReidError(f"Found {[len(stages) for stages in maps.values()]} stages and {len(fields)} fields",
                        "one network or more, with one field for each of its stages", "pass receptive_fields()")
    maps = {name: [as_array(name, each) for each in stages] for name, stages in maps.items()}
    spreads = {name: [float(each.std()) for each in stages] for name, stages in maps.items()}
    sizes = ", ".join(f"{size}×{size}" for size, *_ in fields)
    parts = [f"{name} {', '.join(f'{value:.2f}' for value in values)}" for name, values in spreads.items()]
    columns = 1 + shown * len(fields)
    picture = figure(alt=f"Maps after {len(fields)} stages laid over the frame; their cells see {sizes} pixels. "
                     f"Standard deviation of the values stage by stage: {'; '.join(parts)}.",
                     rows=len(maps), columns=columns, height=1.75 * len(maps), grid=False)
    for row, (name, stages) in zip(np.reshape(picture.axes, (len(maps), columns)), maps.items(), strict=True):
        _draw_frame(row[0], frame, name, stages, fields)
        for k, (stage, field) in enumerate(zip(stages, fields, strict=True)):
            largest = np.argsort(stage.std(axis=(1, 2)))[::-1][:shown]
            for axes, channel in zip(row[1 + k * shown:], largest, strict=False):
                _draw_map(axes, stage[channel], field, np.shape(frame))
                axes.set_title(f"stage {k + 1}, no. {channel}", fontsize=8.5)
    return picture


def _middle(shape: tuple[int, ...], field: tuple[int, int, int]) -> tuple[float, float, int]:
    size, stride, start = field
    row, column = shape[-2] // 2, shape[-1] // 2
    return start + column * stride - 0.5, start + row * stride - 0.5, size


def _draw_frame(axes: Axes, frame: np.ndarray, name: str, stages: Sequence[np.ndarray],
                fields: Sequence[tuple[int, int, int]]) -> None:
    axes.imshow(frame, interpolation="nearest")
    for stage, field in zip(stages, fields, strict=True):
        x, y, size = _middle(np.shape(stage), field)
        axes.add_patch(Rectangle((x, y), size, size, fill=False, edgecolor=THEMES["light"].background, linewidth=2.4))
        axes.add_patch(Rectangle((x, y), size, size, fill=False, edgecolor=_EDGE, linewidth=1.2))
    axes.set_title(name, fontsize=8.5)
    _bare(axes, np.shape(frame))


def _draw_map(axes: Axes, values: np.ndarray, field: tuple[int, int, int], frame: tuple[int, ...]) -> None:
    size, stride, start = field
    left = start + (size - stride) / 2 - 0.5  # a cell's square is drawn in the middle of what it sees
    h, w = values.shape
    largest = max(float(np.abs(values).max()), 1e-9)
    axes.imshow(values, cmap="RdBu_r", vmin=-largest, vmax=largest, interpolation="nearest",
                extent=(left, left + w * stride, left + h * stride, left))
    axes.add_patch(Rectangle((-0.5, -0.5), frame[1], frame[0], fill=False, edgecolor=THEMES["light"].text,
                             linewidth=1))
    _bare(axes, frame)


def _bare(axes: Axes, frame: tuple[int, ...]) -> None:
    axes.set(xticks=[], yticks=[], xlim=(-9, frame[1] + 8), ylim=(frame[0] + 8, -9))  # one window for all panels
    axes.spines[:].set_visible(False)

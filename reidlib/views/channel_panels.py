"""What the frame CNN reads: one frame and its five channels side by side."""

from __future__ import annotations

import numpy as np

from reidlib.errors import ReidError
from reidlib.views.arrays import as_array
from reidlib.views.figure import DescribedFigure, figure

NAMES = ("Y", "U", "V", "flow x", "flow y")


def channel_panels(frame: np.ndarray, channels: np.ndarray, limit: float = 2.0) -> DescribedFigure:
    """The frame (H, W, 3) uint8 and its channels (5, h, w): colours in grey, flow red to the right and down.

    `limit` is the value at the ends of both scales; beyond it colours stay as they are.
    """
    channels = as_array("channels", channels)
    if channels.ndim != 3 or len(channels) != len(NAMES):
        raise ReidError(f"Found channels of shape {channels.shape}", f"({len(NAMES)}, h, w), one frame",
                        "pass inputs.channels(…)[0, t]")
    parts = [f"{name} from {plane.min():.1f} to {plane.max():.1f}" for name, plane in zip(NAMES, channels, strict=True)]
    picture = figure(alt=f"A frame and its five channels: {', '.join(parts)}.", columns=6, height=2.1, grid=False)
    picture.axes[0].imshow(frame, interpolation="nearest")
    picture.axes[0].set_title("frame")
    for axes, name, plane in zip(picture.axes[1:], NAMES, channels, strict=True):
        scale = "RdBu_r" if name.startswith("flow") else "gray"
        axes.imshow(plane, cmap=scale, vmin=-limit, vmax=limit, interpolation="nearest")
        axes.set_title(name)
    for axes in picture.axes:
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
    return picture

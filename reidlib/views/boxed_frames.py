"""Frames of a video with the boxes of its tracks: what a tracker handed over, before anything is cut."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from reidlib.errors import ReidError
from reidlib.views.arrays import as_array, as_pictures
from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.palette import THEMES, series

_THEME = THEMES["light"]
KINDS = 6  # of lines; boxes overlap, and colour and dash say which edges belong together


def boxed_frames(pictures: Sequence[ArrayLike], boxes: Sequence[ArrayLike], names: Sequence[str], *,
                 width: float = 9.0) -> DescribedFigure:
    """One picture below the other, each with its boxes and, above each box, the number of the track.

    Parameters
    ----------
    pictures : (H, W, 3) uint8 each, all of one size.
    boxes : for each picture (n, 5): track, left, top, width, height in pixels; n may be 0.
    names : what stands above each picture.
    width : inches.

    Raises
    ------
    ReidError : no picture, lists of different lengths, pictures of several sizes, rows that are no boxes.
    """
    arrays, rows = [as_pictures("pictures", each, 3) for each in pictures], [as_array("boxes", each) for each in boxes]
    if not arrays or not len(arrays) == len(rows) == len(names):
        raise ReidError(f"Found {len(arrays)} pictures, {len(rows)} lists of boxes and {len(names)} names",
                        "one or more pictures, a list and a name for each", "pass three lists of one length")
    if len({each.shape for each in arrays}) > 1 or any(each.ndim != 2 or each.shape[1] != 5 for each in rows):
        raise ReidError(f"Found pictures of {sorted({each.shape for each in arrays})} and boxes of "
                        f"{[each.shape for each in rows]}", "pictures of one size (H, W, 3), boxes (n, 5)",
                        "pass track, left, top, width, height")
    high, wide = arrays[0].shape[:2]
    picture = figure(alt=lambda: _sentence(names, rows), rows=len(arrays), width=width,
                     height=len(arrays) * (width * high / wide + 0.3), grid=False)
    for axes, array, each, name in zip(np.atleast_1d(picture.axes), arrays, rows, names, strict=True):
        axes.imshow(array, interpolation="bilinear")
        for track, left, top, w, h in each.tolist():
            line = series(int(track) % KINDS)
            axes.add_patch(Rectangle((left - 0.5, top - 0.5), w, h, fill=False, edgecolor=line["color"],
                                     linestyle=line["linestyle"], linewidth=1.8))
            axes.text(left + 2, top + 3, f"{track:g}", fontsize=9, va="top", color=_THEME.text, clip_on=True,
                      bbox={"facecolor": _THEME.background, "edgecolor": line["color"], "pad": 1.5})
        axes.set_title(name, loc="left", fontsize=10)
        axes.set(xlim=(-0.5, wide - 0.5), ylim=(high - 0.5, -0.5), xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
    return picture


def _sentence(names: Sequence[str], rows: Sequence[np.ndarray]) -> str:
    said = [f"{name}: {len(each)} boxes" + (f", of the tracks {', '.join(f'{t:g}' for t in sorted(each[:, 0]))}"
                                            if len(each) else "")
            for name, each in zip(names, rows, strict=True)]
    return f"Frames of a video with the boxes of its tracks. {'; '.join(said)}."

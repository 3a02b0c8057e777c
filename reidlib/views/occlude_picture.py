"""A tracklet with a box over one frame, and the attention of all frames before and after, as one picture."""

from __future__ import annotations

import numpy as np
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from reidlib.errors import ReidError
from reidlib.views.attention_strip_data import checked_frames, checked_visibility, checked_weights
from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.html import writable
from reidlib.views.occlude_boxes import Answer, box_name, painted
from reidlib.views.palette import THEMES, bar_style, colour

_THEME = THEMES["light"]
_FILLS = {"grey": "grey", "noise": "noise", "mean": "the frame's mean colour"}


def occlude_picture(
    frames: ArrayLike,
    before: ArrayLike,
    answer: Answer,
    *,
    visibility: ArrayLike | None = None,
    fill: str = "grey",
    note: str = "",
    count: int = 12,
    width: float = 9.0,
) -> DescribedFigure:
    """Frames with the box painted in, and below each the attention: an outline before, orange with the box.

    Parameters
    ----------
    frames : (T, H, W, 3) uint8 without the box; `count` of them are shown, always the one with the box.
    before : (T,). answer : the box and what the model gave with it.
    visibility : (T,) in [0, 1], a row of grey bars, or None.
    """
    frames = checked_frames(frames)
    T, tall, wide = frames.shape[:3]
    before, after = checked_weights("before", before, T), checked_weights("answer", answer.attention, T)
    seen = None if visibility is None else checked_visibility(visibility, T)
    if count < 1:
        raise ReidError(f"Found count={count}", "one frame or more", "pass count=12")
    count = min(count, T)
    strip = min(2.2, width * tall / (wide * count))
    rows = [strip, 1.7] + ([0.8] if seen is not None else [])
    picture = figure(alt=lambda: _sentence(before, after, answer, (tall, wide), fill, note), rows=len(rows),
                     width=width, height=sum(rows) + 0.9, height_ratios=rows, grid=False)  # fmt: skip
    _frames(picture.axes[0], painted(frames, answer.frame, answer.box, fill), answer, count)
    bars = picture.axes[1]
    t = np.arange(T)
    bars.bar(t, after, width=0.8, color=colour("attention"), label="with the box")
    bars.bar(t, before, width=0.8, facecolor="none", edgecolor=_THEME.text, linewidth=1.3, label="before")
    top = 1.28 * max(before.max(), after.max())
    bars.annotate("▼ box", (answer.frame, max(before[answer.frame], after[answer.frame])), (0, 3), fontsize=10,
                  textcoords="offset points", ha="center", color=_THEME.text)  # fmt: skip
    bars.set(ylabel="attention", ylim=(0, top), xlim=(-0.6, T - 0.4))
    bars.legend(loc="upper right", ncols=2, frameon=False, fontsize=10, borderaxespad=0)
    if seen is not None:
        style = bar_style("visibility") | {"hatch": ""}
        picture.axes[2].bar(t, seen, width=0.8, **style)
        picture.axes[2].set(ylabel="visibility", ylim=(0, 1.05), xlim=(-0.6, T - 0.4))
    picture.axes[-1].set_xlabel("frame")
    if note:
        picture.mpl.supxlabel(writable(note), parse_math=False, wrap=True, fontsize=9.5, color=_THEME.muted)
    return picture


def _frames(axes, frames: np.ndarray, answer: Answer, count: int) -> None:
    """`count` frames side by side with their numbers, the one with the box outlined."""
    T, tall, wide = frames.shape[:3]
    shown = np.linspace(0, T - 1, count).round().astype(int)
    shown[np.abs(shown - answer.frame).argmin()] = answer.frame
    step = 1.06 * wide
    for k, t in enumerate(shown):
        left = k * step
        axes.imshow(frames[t], extent=(left, left + wide, tall, 0), interpolation="nearest")
        axes.text(left + wide / 2, -0.03 * tall, str(t), ha="center", va="bottom", fontsize=9, color=_THEME.muted)
        if t == answer.frame:
            x0, y0, x1, y1 = answer.box
            axes.add_patch(Rectangle((left + x0, y0), x1 - x0, y1 - y0, fill=False, edgecolor=_THEME.background,
                                     linewidth=3))  # fmt: skip
            axes.add_patch(Rectangle((left + x0, y0), x1 - x0, y1 - y0, fill=False, edgecolor=_THEME.text,
                                     linewidth=1.3, linestyle=(0, (4, 2))))  # fmt: skip
    axes.set(xlim=(-2, count * step), ylim=(tall + 1, -0.16 * tall), xticks=[], yticks=[], aspect="equal")
    axes.spines[:].set_visible(False)


def _sentence(before: np.ndarray, after: np.ndarray, answer: Answer, size: tuple[int, int], fill: str,
              note: str) -> str:  # fmt: skip
    t, T = answer.frame, len(before)
    tracklet = "a tracklet of 1 frame" if T == 1 else f"a tracklet of {T} frames"
    text = (f"A box of {_FILLS[fill]} over frame {t} of {tracklet} ({box_name(answer.box, *size)}): its attention goes "
            f"from {before[t]:.3g} to {after[t]:.3g}.")
    if T > 1:
        change = np.delete(after - before, t)
        k = int(np.abs(change).argmax())
        other = k + (k >= t)
        text += (f" Of the other frames, frame {other} changes most, from {before[other]:.3g} to {after[other]:.3g}."
                 if change[k] else " No other frame changes.")  # fmt: skip
    if answer.shift is not None:
        text += f" The video feature turns by {answer.shift:.1f} degrees."
    return text + (f" {note[0].upper()}{note[1:]}." if note else "")

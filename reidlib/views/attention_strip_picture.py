"""One tracklet, what attention gave each of its frames, and how much of the person was visible, one below another."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from reidlib.errors import ReidError
from reidlib.views.arrays import as_array, as_pictures
from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.html import writable
from reidlib.views.palette import THEMES, bar_style, colour

_THEME = THEMES["light"]
HIDDEN = 0.5  # a frame below this visibility counts as hidden
MANY = 200  # frames


def attention_strip_picture(
    frames: ArrayLike,
    attention: Mapping[str, ArrayLike],
    visibility: ArrayLike | None = None,
    *,
    note: str = "",
    count: int = 12,
    width: float = 9.0,
    same_axis: int = 0,
) -> DescribedFigure:
    """Frames, a row of orange bars for each attention, and grey bars for visibility, all over the same axis of time.

    Attention is drawn as a share: 1 (dashed) is what each frame would get if all got the same, T · α_t / Σ α, so that
    sigmoid and softmax have one scale. Frames less than half visible lie on a grey ground in every row.

    Parameters
    ----------
    frames : (T, H, W, 3) uint8; `count` of them are shown, each above the bars of the frames that it stands for.
    attention : name of a row -> (T,) weights of 0 or more, not all 0.
    visibility : (T,) in [0, 1], or None where nobody knows it: then there is no such row and no grey ground.
    note : a sentence below the picture, such as what the network was trained on.
    width : inches.
    same_axis : the first so many rows, such as the iterations of one model, share one axis of shares.
    """
    frames = as_pictures("frames", frames)
    T = len(frames)
    known = visibility is not None
    visibility = as_array("visibility", visibility).astype(np.float64) if known else np.ones(T)
    if frames.ndim != 4 or frames.dtype != np.uint8 or visibility.shape != (T,) or not T or count < 1 \
            or not (known or attention):
        raise ReidError(f"Found frames {frames.dtype} {frames.shape}, visibility {visibility.shape}, count {count}",
                        "uint8 (T, H, W, 3), (T,) or attention, and a count from 1",
                        "pass tracklet.frames, tracklet.visibility")
    shares = {name: _shares(name, weights, T) for name, weights in attention.items()}
    count = min(count, T)
    strip = width * frames.shape[1] / (frames.shape[2] * count)
    rows = len(shares) + known
    picture = figure(
        alt=lambda: _sentence(shares, visibility if known else None, note), rows=rows + 1, width=width, share_x=True,
        grid=False, height=strip + 0.95 * rows + 0.7, height_ratios=[strip] + [0.95] * rows,
    )
    _frames(picture.axes[0], frames, count)
    together = max((share.max() for share in list(shares.values())[:same_axis]), default=0)
    for k, (axes, (name, share)) in enumerate(zip(picture.axes[1:], shares.items(), strict=False)):
        _bars(axes, share, {"color": colour("attention")})
        axes.axhline(1, color=_THEME.text, linewidth=0.9, linestyle=(0, (4, 3)))
        # A row is not much higher than ten letters are long.
        axes.set_ylabel(_label(name), parse_math=False, **({"fontsize": 8.5} if len(name) > 10 else {}))
        axes.set(ylim=(0, 1.1 * max(together if k < same_axis else share.max(), 1.2)))
    if known:
        _bars(picture.axes[-1], visibility, bar_style("visibility") | {"hatch": ""})
        picture.axes[-1].set(ylabel="visibility", ylim=(0, 1.05), yticks=[0, 0.5, 1])
    picture.axes[-1].set(xlabel="frame", xlim=(-0.5, T - 0.5))
    for axes in picture.axes[1:]:
        axes.fill_between(np.arange(-0.5, T + 0.5).repeat(2)[1:-1], 0, 1, where=(visibility < HIDDEN).repeat(2),
                          transform=axes.get_xaxis_transform(), color=_THEME.line, alpha=0.22, linewidth=0, zorder=0)
    if note:
        picture.mpl.supxlabel(writable(note), parse_math=False, wrap=True, fontsize=9.5, color=_THEME.muted)
    return picture


def _bars(axes: Axes, heights: np.ndarray, look: dict) -> None:
    T = len(heights)
    if T <= MANY:
        axes.bar(np.arange(T), heights, width=0.86, **look)
    else:  # no gap would be seen, and hundreds of rectangles a row take seconds
        axes.stairs(heights, np.arange(T + 1) - 0.5, fill=True, **look | {"linewidth": 0})


def _label(name: str) -> str:
    name = writable(name)
    return name if len(name) <= 18 else f"{name[:17]}…"


def _shares(name: str, weights: ArrayLike, T: int) -> np.ndarray:
    weights = as_array(f"attention '{name}'", weights).astype(np.float64)
    if weights.shape != (T,) or not np.isfinite(weights).all() or (weights < 0).any() or not weights.any():
        raise ReidError(f"Found attention '{name}' of shape {weights.shape}", f"({T},) weights of 0 or more, one a "
                        "frame, not all 0", "pass pooled.attention[0][i], not the logits")
    return T * weights / weights.sum()


def _frames(axes: Axes, frames: np.ndarray, count: int) -> None:
    T = len(frames)
    edges = np.linspace(-0.5, T - 0.5, count + 1)
    for left, right in pairwise(edges):
        t = int(np.clip(round((left + right) / 2), 0, T - 1))
        gap = 0.02 * (right - left)
        axes.imshow(frames[t], extent=(left + gap, right - gap, 0, 1), aspect="auto", interpolation="nearest")
    axes.set(ylim=(0, 1), yticks=[])
    axes.tick_params(bottom=False)
    axes.spines[:].set_visible(False)


def _sentence(shares: dict[str, np.ndarray], visibility: np.ndarray | None, note: str) -> str:
    if visibility is None:
        hidden = np.zeros(len(next(iter(shares.values()))), bool)
        text = f"A tracklet of {len(hidden)} frames whose visibility is not known"
    else:
        hidden = visibility < HIDDEN
        text = f"A tracklet of {len(visibility)} frames, {hidden.sum()} of them less than half visible"
    text += f", between frames {np.flatnonzero(hidden)[0]} and {np.flatnonzero(hidden)[-1]}" if hidden.any() else ""
    parts = []
    for name, share in shares.items():
        part = f"{name}: from {share.min():.2f} (frame {share.argmin()}) to {share.max():.2f} (frame {share.argmax()})"
        part += " of an equal share"
        if hidden.any() and not hidden.all():
            part += f", hidden frames {share[hidden].mean():.2f} on average, the others {share[~hidden].mean():.2f}"
        parts.append(part)
    rows = f". Attention, {'; '.join(parts)}." if parts else "."
    return text + rows + (f" {note[0].upper()}{note[1:]}." if note else "")

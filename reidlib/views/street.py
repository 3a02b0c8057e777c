"""Pictures of what the rendered street knows about each frame: who is visible, how much, and how it moves."""

from __future__ import annotations

import numpy as np

from reidlib.errors import ReidError
from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.flow_wheel import flow_colours
from reidlib.views.palette import ROLES, THEMES


def _row(pictures: np.ndarray) -> np.ndarray:
    return np.concatenate(list(pictures), axis=1)


def ground_truth(
    frames: np.ndarray, mask: np.ndarray, visibility: np.ndarray, flow: np.ndarray | None = None, count: int = 10
) -> DescribedFigure:
    """One tracklet and its truth: `count` frames, the person mask on them, the exact flow, and visibility over time.

    Parameters
    ----------
    frames : (T, H, W, 3) uint8.
    mask : (T, H, W) bool, True on the person.
    visibility : (T,) fractions in [0, 1].
    flow : (T, 2, H, W) pixels per frame, x right, y down; None where it is not known, and not shown.
    count : frames shown, spread over the tracklet.
    """
    length = len(frames)
    flows = length if flow is None else len(flow)
    if not len(mask) == len(visibility) == flows == length or count < 1:
        raise ReidError(
            f"Found {length} frames, {len(mask)} masks, {len(visibility)} visibilities, {flows} flows and a count "
            f"of {count}",
            "one mask, visibility and flow a frame, and a count of 1 or more",
            "pass the columns of one tracklet and the flow of the same tracklet",
        )
    shown = np.array([(2 * k + 1) * length // (2 * count) for k in range(count)])
    tinted = frames[shown].astype(np.float64)
    tinted[~mask[shown]] = tinted[~mask[shown]] * 0.25 + 255 * 0.75
    rows = {"frames": _row(frames[shown]), "person mask": _row(np.rint(tinted).astype(np.uint8))}
    if flow is not None:
        speed = np.hypot(flow[:, 0], flow[:, 1])
        largest = float(np.quantile(speed, 0.995)) if speed.any() else 1.0
        rows["exact flow"] = _row(flow_colours(flow[shown], largest))
    hidden = int((visibility < 0.5).sum())

    def alt() -> str:
        known = "the person mask on them" if flow is None else "the person mask on them and the exact flow"
        moves = "" if flow is None else f" The surfaces move {speed.mean():.1f} pixels per frame on average."
        return (
            f"A tracklet of {length} frames: {count} of them, {known}. "
            f"Visibility runs from {visibility.min():.0%} to {visibility.max():.0%}; {hidden} frames show less than "
            f"half of the person.{moves}"
        )

    height, width = frames.shape[1:3]
    strip = 7.2 * height / (width * count)
    picture = figure(alt=alt, rows=len(rows) + 1, height=len(rows) * strip + 2.2, grid=False,
                     height_ratios=[*[strip] * len(rows), 1.4])
    for axes, (name, image) in zip(picture.axes, rows.items(), strict=False):
        axes.imshow(image, interpolation="nearest", aspect="auto")
        axes.set(xticks=[], yticks=[], ylabel=name)
        axes.spines[:].set_visible(False)
    axes, role = picture.axes[-1], ROLES["visibility"]
    axes.plot(np.arange(length), visibility, color=role.light, marker=role.marker, markersize=3)
    axes.axhline(0.5, color=THEMES["light"].line, linewidth=0.8)
    axes.vlines(shown, 0, visibility[shown], color=role.light, alpha=0.5)
    axes.set(xlabel="frame", ylabel="visibility", ylim=(0, 1.05), xlim=(-0.5, length - 0.5))
    return picture

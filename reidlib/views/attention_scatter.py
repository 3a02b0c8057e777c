"""Attention against visibility: frames as dots, the calibration curve through them, and the AUC beside its rivals."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter
from numpy.typing import ArrayLike

from reidlib.evaluation.calibration import Calibration, calibration_curve
from reidlib.evaluation.ragged import flatten
from reidlib.evaluation.visibility import AttentionReport, score_attention
from reidlib.evaluation.within import midranks
from reidlib.views.arrays import as_array
from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.palette import THEMES, colour, style

_THEME = THEMES["light"]
_MOST_DOTS = 4000  # more only blacken the panel
_PLATE = {"facecolor": _THEME.background, "alpha": 0.85, "linewidth": 0, "pad": 1.0}  # keeps words off the lines
_NAMES = {"features_norm": "feature norm", "frame_index": "frame index"}


def attention_scatter(
    attention: ArrayLike,
    visibility: ArrayLike,
    lengths: ArrayLike | None = None,
    *,
    mask: ArrayLike | None = None,
    pids: ArrayLike | None = None,
    sharpness: ArrayLike | None = None,
    features_norm: ArrayLike | None = None,
    scale: str = "rank",
    threshold: float = 0.5,
    level: float = 0.95,
    resamples: int = 2_000,
    seed: int = 0,
) -> DescribedFigure:
    """Left: frames by attention and visibility with the calibration curve and its band. Right: AUC within tracklets of
    the attention, its floors and the oracle, with intervals. Arguments as in `score_attention`; `scale` as in
    `calibration_curve`: "rank" inside the tracklet, or the "value" of weights in [0, 1].
    """
    attention, visibility = as_array("attention", attention), as_array("visibility", visibility)
    columns = {"attention": attention, "visibility": visibility}
    flat, layout = flatten(columns, lengths, mask)
    report = score_attention(attention, visibility, lengths, mask=mask, pids=pids, sharpness=sharpness,
                             features_norm=features_norm, threshold=threshold, level=level, resamples=resamples,
                             seed=seed)
    curve = calibration_curve(attention, visibility, lengths, mask=mask, pids=pids, scale=scale, level=level,
                              resamples=resamples, seed=seed)
    picture = figure(alt=lambda: _sentence(report, curve), columns=2, width=9.6, height=4.2, width_ratios=[1.25, 1])
    position = flat["attention"]
    if scale == "rank":
        position = (midranks(flat["attention"], layout) - 0.5) / layout.lengths[layout.owner]
    _dots(picture.axes[0], position, flat["visibility"], curve, threshold, seed)
    _rivals(picture.axes[1], report)
    return picture


def _dots(axes: Axes, position: np.ndarray, visibility: np.ndarray, curve: Calibration, threshold: float,
          seed: int) -> None:
    rng = np.random.default_rng(seed)
    shown = np.arange(len(position))
    if len(shown) > _MOST_DOTS:
        shown = np.sort(rng.choice(shown, _MOST_DOTS, replace=False))
    # Fully visible frames lie on one line; a little scatter lets their number be seen.
    scatter = rng.uniform(-0.012, 0.012, len(shown))
    axes.scatter(position[shown], visibility[shown] + scatter, s=7, color=colour("visibility"), alpha=0.3,
                 linewidths=0, rasterized=True)
    if np.isfinite(curve.low).all():
        axes.fill_between(curve.attention, curve.low, curve.high, color=colour("attention"), alpha=0.25, linewidth=0)
    axes.plot(curve.attention, curve.visibility, label="mean visibility", linewidth=2.2, markersize=6,
              markeredgecolor="white", **style("attention"))
    axes.axhline(threshold, color=_THEME.text, linewidth=0.9, linestyle=(0, (4, 3)))
    axes.annotate(f"visible from {threshold:g} on", (0.015, threshold), (0, 3), textcoords="offset points", fontsize=9,
                  color=_THEME.text, bbox=_PLATE)
    label = "rank of attention inside the tracklet" if curve.scale == "rank" else "attention weight"
    axes.set(xlabel=label, ylabel="visibility of the person", xlim=(0, 1), ylim=(-0.04, 1.04))
    axes.xaxis.set_major_formatter(PercentFormatter(1) if curve.scale == "rank" else axes.xaxis.get_major_formatter())
    dots = f"{len(shown)} of {len(position)} frames" if len(shown) < len(position) else f"{len(position)} frames"
    axes.set_title(f"{dots}; line: mean visibility, {curve.level:.0%} band", loc="left", fontsize=10.5)


def _rivals(axes: Axes, report: AttentionReport) -> None:
    entries = {"attention": report.attention, **report.floors}
    for row, (name, entry) in enumerate(reversed(entries.items())):
        look = style("attention") if name == "attention" else style("visibility")
        if entry.auc.known:
            axes.plot([entry.auc.low, entry.auc.high], [row, row], color=look["color"], linewidth=2.6)
        axes.plot(entry.auc.estimate, row, markersize=7, markeredgecolor="white", **look)
        axes.annotate(f"{entry.auc.estimate:.3f}", (entry.auc.estimate, row), (0, 8), textcoords="offset points",
                      ha="center", fontsize=9.5, color=_THEME.text, bbox=_PLATE)
    axes.axvline(0.5, color=_THEME.text, linewidth=0.9, linestyle=(0, (4, 3)))
    axes.set_yticks(range(len(entries)), [_NAMES.get(name, name) for name in reversed(entries)])
    for label in axes.get_yticklabels():
        label.set_weight("bold" if label.get_text() == "attention" else "normal")
    low = min([0.4, *(e.auc.low if e.auc.known else e.auc.estimate for e in entries.values())])
    axes.set(xlabel="AUC within a tracklet", xlim=(low - 0.05, 1.06), ylim=(-0.5, len(entries) - 0.3))
    axes.grid(axis="y", visible=False)
    axes.set_title(f"{report.scored} tracklets with both classes", loc="left", fontsize=10.5)


def _sentence(report: AttentionReport, curve: Calibration) -> str:
    auc = report.attention.auc
    interval = f" (interval {auc.low:.3f} to {auc.high:.3f})" if auc.known else ""
    rivals = ", ".join(f"{_NAMES.get(name, name)} {entry.auc.estimate:.3f}" for name, entry in report.floors.items())
    return (
        f"Attention against visibility for {report.frames} frames of {report.tracklets} tracklets. Mean visibility "
        f"goes from {curve.visibility[0]:.2f} at the least attention to {curve.visibility[-1]:.2f} at the most. AUC "
        f"within a tracklet {auc.estimate:.3f}{interval} over {report.scored} tracklets with both classes; {rivals}."
    )

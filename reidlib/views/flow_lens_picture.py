"""The twin of FlowLens: what one window of Lucas–Kanade sees, from its pixels to the arrow."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Ellipse, Rectangle

from reidlib.errors import ReidError
from reidlib.flow.window import WindowSolution, solve_window
from reidlib.views.arrays import as_array
from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.html import number_text, writable
from reidlib.views.palette import THEMES, series

_LIGHT = THEMES["light"]
_KINDS = (
    "flat, no direction is known", "an edge, only motion across it is known", "a corner, both directions are known",
)
_FOUND, _TRUE, _LIBRARY = series(1), series(2), series(4)
COLOURS = {"found": _FOUND["color"], "exact": _TRUE["color"], "library": _LIBRARY["color"]}


def flow_lens(previous: np.ndarray, current: np.ndarray, row: int, column: int, window: int = 15,
              truth: np.ndarray | None = None, eigenvalue: float = 4.0, *,
              library: np.ndarray | None = None, note: str = "") -> DescribedFigure:
    """One window around (row, column), solved in one step and drawn in six panels.

    The frame with window and arrow; the gradients gx and gy; the difference of the frames; all gradients as points with
    the ellipse of the structure tensor (half axes √eigenvalue); each pixel's line of possible motions, darker where it
    weighs more, and where they agree best.

    Parameters
    ----------
    previous, current : (H, W) grey frames t − 1 and t, 0 … 255.
    truth : (2,) the true motion at the centre, or (2, H, W), which is read there; drawn as a second arrow.
    library : the same for another method's flow, drawn as a third arrow.
    window, eigenvalue : see `reidlib.flow.window.solve_window`.
    note : a sentence below the picture.
    """
    solved = solve_window(previous, current, row, column, window, eigenvalue)
    truth = _read("truth", truth, solved, np.shape(current))
    library = _read("library", library, solved, np.shape(current))
    sentence = f"{_sentence(solved, truth, library)} {note}".strip()
    picture = figure(alt=sentence, rows=2, columns=3, height=5.2, grid=False)
    frame, gx, gy, difference, ellipse, lines = picture.axes.flat
    _draw_frame(frame, np.asarray(current), solved, truth, library)
    largest = max(float(np.abs([solved.gx, solved.gy]).max()), 1.0)
    _draw_patch(gx, solved.gx, largest, "gradient gx")
    _draw_patch(gy, solved.gy, largest, "gradient gy")
    _draw_patch(difference, solved.difference, max(float(np.abs(solved.difference).max()), 1.0), "frame t − 1 minus t")
    _draw_tensor(ellipse, solved)
    _draw_lines(lines, solved, truth, library)
    if note:
        picture.mpl.supxlabel(writable(note), parse_math=False, wrap=True, fontsize=9.5, color=_LIGHT.muted)
    # Square panels shift the layout a little at every drawing; after one it stays, and equal input gives equal bytes.
    picture.mpl.draw_without_rendering()
    picture.mpl.set_layout_engine("none")
    return picture


def _read(name: str, flow: np.ndarray | None, solved: WindowSolution, shape: tuple[int, ...]) -> np.ndarray | None:
    """(2,) at the window's centre."""
    if flow is None:
        return None
    flow = as_array("flow", flow).astype(np.float64)
    flow = flow[:, solved.row, solved.column] if flow.shape == (2, *shape) else flow
    if flow.shape != (2,):
        raise ReidError(f"Found a {name} of shape {flow.shape}", f"(2,) or {(2, *shape)}", "pass flow[t] of frame t")
    return flow


def _sentence(solved: WindowSolution, truth: np.ndarray | None, library: np.ndarray | None) -> str:
    size, (x, y) = len(solved.weights), solved.flow
    text = (f"A {size}×{size} window around row {solved.row}, column {solved.column}. Its structure tensor has the "
            f"eigenvalues {' and '.join(map(_number, solved.eigenvalues))}: {_KINDS[solved.known]}. "
            f"The lines of its pixels agree best on a motion of {_number(x)} pixels right and {_number(y)} down")
    if library is not None:
        text += f"; the library's flow there is {_number(library[0])} and {_number(library[1])}"
    if truth is None:
        return text + "."
    error = float(np.hypot(*(solved.flow - truth)))
    return text + f"; the truth is {_number(truth[0])} and {_number(truth[1])}, {_number(error)} pixels away."


def _draw_frame(axes: Axes, frame: np.ndarray, solved: WindowSolution, truth: np.ndarray | None,
                library: np.ndarray | None) -> None:
    size = len(solved.weights)
    axes.imshow(frame, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    corner = solved.column - size / 2, solved.row - size / 2
    axes.add_patch(Rectangle(corner, size, size, fill=False, edgecolor=_FOUND["color"], linewidth=1.6))
    # An arrow of true length is shorter than its own head.
    for motion, look, name in ((truth, _TRUE, "truth"), (library, _LIBRARY, "library"), (solved.flow, _FOUND, "found")):
        if motion is not None:
            axes.quiver(solved.column, solved.row, *motion, color=look["color"], angles="xy", scale_units="xy",
                        scale=0.2, width=0.016, label=name)
    axes.set(xticks=[], yticks=[], title="frame t, motion × 5")
    axes.legend(fontsize=7, loc="lower right")


def _draw_patch(axes: Axes, patch: np.ndarray, largest: float, title: str) -> None:
    axes.imshow(patch, cmap="gray", vmin=-largest, vmax=largest, interpolation="nearest")
    axes.set(xticks=[], yticks=[], title=title, xlabel=f"black −{largest:.0f}, white +{largest:.0f}")


def _draw_tensor(axes: Axes, solved: WindowSolution) -> None:
    weight = solved.weights.ravel() / solved.weights.max()
    axes.scatter(solved.gx.ravel(), solved.gy.ravel(), s=5, color=_LIGHT.text, alpha=0.15 + 0.6 * weight, linewidths=0)
    axes_lengths = 2 * np.sqrt(np.maximum(solved.eigenvalues, 0))
    x, y = solved.eigenvectors[:, 0]
    axes.add_patch(Ellipse((0, 0), *axes_lengths, angle=float(np.degrees(np.arctan2(y, x))), fill=False,
                           edgecolor=_FOUND["color"], linewidth=1.8))
    reach = 1.1 * max(np.abs(solved.gx).max(), np.abs(solved.gy).max(), axes_lengths[0] / 2, 1.0)
    axes.set(xlim=(-reach, reach), ylim=(reach, -reach), aspect="equal", title="structure tensor", xlabel="gx",
             ylabel="gy")
    axes.text(0.03, 0.03, "λ = " + ", ".join(map(_number, solved.eigenvalues)), fontsize=8,
              transform=axes.transAxes, color=_LIGHT.text)


def _draw_lines(axes: Axes, solved: WindowSolution, truth: np.ndarray | None, library: np.ndarray | None) -> None:
    points = [each for each in (solved.flow, truth, library) if each is not None]
    reach = max(1.5, 1.6 * float(np.abs(points).max()))
    strength = solved.weights.ravel() * np.hypot(solved.gx, solved.gy).ravel()
    strength = strength / max(float(strength.max()), 1e-9)
    for (a, b, d), alpha in zip(solved.lines, strength, strict=True):
        norm = np.hypot(a, b)
        if alpha > 0.03 and abs(d) < 1.5 * reach * norm:
            foot, along = np.array([a, b]) * d / norm**2, np.array([-b, a]) / norm
            ends = np.stack([foot - 3 * reach * along, foot + 3 * reach * along])
            axes.plot(*ends.T, color=_LIGHT.text, alpha=0.5 * float(alpha), linewidth=0.8)
    for motion, look, name in ((truth, _TRUE, "truth"), (library, _LIBRARY, "library")):
        if motion is not None:
            axes.plot(*motion, linestyle="", marker=look["marker"], color=look["color"], markersize=9, label=name)
    axes.plot(*solved.flow, linestyle="", marker=_FOUND["marker"], color=_FOUND["color"], markersize=7, label="found")
    axes.set(xlim=(-reach, reach), ylim=(reach, -reach), aspect="equal", title="possible motions", xlabel="x (pixels)",
             ylabel="y (pixels)")
    axes.legend(fontsize=7, loc="lower right")


def _number(value: float) -> str:
    return number_text(value, 2)

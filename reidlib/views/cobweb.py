"""Cobweb: drag the start of the scalar map of refinement, and see where the iterations go."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from reidlib.errors import ReidError
from reidlib.evaluation.vectors import finite, finite_vector
from reidlib.views.arrays import as_array
from reidlib.views.cobweb_picture import ScalarMap, cobweb
from reidlib.views.drawn_later import Later
from reidlib.views.figure import DescribedFigure
from reidlib.views.host import View

MOST, MOST_R, MANY = 128, 50, 128  # frames of u and v; iterations; frames that the slider reaches at least
DIGITS = 6  # what the page computes with; four would show in a map of slope −10
# (kind, normalise, feedback) of `reidlib.ran.refinement`, in the order in which notebook 05 meets them.
FORMS = {
    "as printed": ("sigmoid", "none", "raw"),
    "divided by Σα": ("sigmoid", "sum", "raw"),
    "divided by Σα, f at unit length": ("sigmoid", "sum", "unit"),
    "as printed, f at unit length": ("sigmoid", "none", "unit"),
    "softmax": ("softmax", "none", "raw"),
    "softmax, f at unit length": ("softmax", "none", "unit"),
}


class Cobweb(View):
    """The recursion c_{k+1} = Σ_t σ(u_t + c_k) v_t of RAN Eq. 3–4 as a staircase between its curve and the diagonal.

    Drag in the plot to choose c_0, or move it by arrow keys (Shift: larger steps, Escape: back to where it began).
    Sliders: iterations R, frames T (the tracklet over and over), b′ added to every u_t, a factor on θ′_f, that is, on
    every v_t. Below, hover looks at an iteration, click locks it, left and right walk, Escape frees. The page computes
    what `scalar_recursion`, `slope` and `fixed_points` of `reidlib.ran.refinement` compute, on arrays of six digits,
    which `data` holds.

    Parameters
    ----------
    u, v : (T,), u_t = θ′_x·x_t (+ b′) and v_t = θ′_f·x_t of one tracklet; at most 128 frames.
    c0 : where the recursion starts, θ′_f·f_0; 0 for f_0 = 0.
    R : iterations, 0 to 50.
    gram : (T, T), x xᵀ; with it the reader can feed f back at unit length.
    kind, normalise, feedback : the form of the first screen, as in `scalar_map`.
    frames : how many frames of the tracklet, played over and over, the first screen takes; all of them by default.
    note : a sentence below the view, such as what the network was trained on.

    ReidError for arrays that do not fit each other, NaN, no frame, an unknown form, or feedback="unit" without gram.
    """

    def __init__(
        self,
        u: ArrayLike,
        v: ArrayLike,
        c0: float = 0.0,
        R: int = 5,
        *,
        gram: ArrayLike | None = None,
        kind: str = "sigmoid",
        normalise: str = "none",
        feedback: str = "raw",
        frames: int | None = None,
        note: str | None = None,
        title: str = "Cobweb",
    ) -> None:
        u, v = (finite_vector(name, as_array(name, each)) for name, each in (("u", u), ("v", v)))
        T = len(u)
        if not 1 <= T <= MOST or len(v) != T:
            raise ReidError(f"Found u of {T} and v of {len(v)} frames", f"as many of both, 1 to {MOST}",
                            f"pass u[:{MOST}] and v[:{MOST}] of one tracklet")
        c0 = float(finite("c0", as_array("c0", c0).reshape(())))
        R = _whole("R", R, 0, MOST_R)
        frames = T if frames is None else _whole("frames", frames, 1, max(MANY, T))
        gram = None if gram is None else _checked_gram(gram, T)
        # Under softmax the weights have sum 1 already.
        form = kind, "none" if kind == "softmax" and normalise == "sum" else normalise, feedback
        name = next((name for name, each in FORMS.items() if each == form), None)
        if name is None:
            raise ReidError(f"Found kind={kind!r}, normalise={normalise!r}, feedback={feedback!r}",
                            "sigmoid or softmax, none or sum, raw or unit", 'pass kind="sigmoid", normalise="none", '
                            'feedback="raw" for the printed form')
        if feedback == "unit" and gram is None:
            raise ReidError("Found feedback='unit' without a Gram matrix", "gram, x xᵀ of (T, T)", "pass gram=x @ x.T")
        offered = {key: each for key, each in FORMS.items()
                   if key == name or key in ("as printed", "divided by Σα", "softmax")
                   or (gram is not None and key == "divided by Σα, f at unit length")}
        data: dict[str, Any] = {
            "u": _short(u), "v": _short(v), "gram": None if gram is None else _short(gram[np.tril_indices(T)]),
            "most": 0.0 if gram is None else _most(v, gram), "c0": _short(np.array([c0]))[0], "R": R, "frames": frames,
            "form": name, "forms": {key: list(each) for key, each in offered.items()},
            "ends": {"R": max(20, R), "frames": max(MANY, T)}, "note": note or "",
        }  # fmt: skip
        # The picture computes with the numbers that the page has, or the two would differ in the digits they show.
        sent = np.array(data["u"]), np.array(data["v"]), data["c0"]
        picture = Later(lambda: _twin(*sent, R, gram, name, frames, note or ""))
        super().__init__("cobweb.js", data, picture=picture, title=title,
                         parts=("cobweb_map.js", "cobweb_plot.js", "cobweb_steps.js"))


def _whole(name: str, value: object, low: int, high: int) -> int:
    number = as_array(name, value)
    if number.shape != () or number.dtype.kind not in "iu" or not low <= int(number) <= high:
        raise ReidError(f"Found {name}={value!r}", f"a whole number from {low} to {high}", f"pass {name}={max(low, 5)}")
    return int(number)


def _checked_gram(gram: ArrayLike, T: int) -> np.ndarray:
    array = finite("gram", as_array("gram", gram))
    if array.shape != (T, T) or not np.allclose(array, array.T, rtol=1e-4, atol=1e-6 * max(1, np.abs(array).max())):
        raise ReidError(f"Found gram of shape {array.shape}", f"a symmetric matrix of shape ({T}, {T})",
                        "pass gram=x @ x.T of the same frames as u and v")
    return array


def _short(values: np.ndarray) -> list[float]:
    return [float(f"{each:.{DIGITS}g}") for each in values.ravel().tolist()]


def _most(v: np.ndarray, gram: np.ndarray) -> float:
    """No |θ′_f·f| / ‖f‖ exceeds the length of θ′_f inside the frames' span."""
    return float(f"{np.sqrt(max(0.0, v @ np.linalg.pinv(gram, rcond=1e-9, hermitian=True) @ v)) * 1.0001:.{DIGITS}g}")


def _twin(u: np.ndarray, v: np.ndarray, c0: float, R: int, gram: np.ndarray | None, name: str, frames: int,
          note: str) -> DescribedFigure:
    import torch

    from reidlib.ran.refinement import fixed_points, scalar_map, slope

    rows = np.arange(frames) % len(u)
    form: dict[str, Any] = dict(zip(("kind", "normalise", "feedback"), FORMS[name], strict=True))
    if gram is not None:
        form["gram"] = torch.from_numpy(gram[np.ix_(rows, rows)])
    first, second = torch.from_numpy(u[rows]), torch.from_numpy(v[rows])
    fixed = fixed_points(first, second, **form)
    step = ScalarMap(f"{name}, {frames} {'frame' if frames == 1 else 'frames'}",
                     lambda c: scalar_map(torch.from_numpy(c), first, second, **form).numpy(), c0, fixed.numpy(),
                     slope(fixed, first, second, **form).numpy())
    return cobweb([step], iterations=max(R, 1), note=note, width=5.4)

"""What a box over one frame does: painted into a copy, given to the model, and its answer checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from reidlib.errors import ReidError
from reidlib.views.arrays import as_array
from reidlib.views.attention_strip_data import checked_weights

FILLS = ("grey", "noise", "mean")
GREY = 128
SMALLEST = 8  # pixels a side of a frame, so that a third of it is something

Box = tuple[int, int, int, int]
Rerun = Callable[[np.ndarray], Any]


class Answer(NamedTuple):
    """What the model said about one box.

    frame : its number. box : left, top, right, bottom in pixels of the frame, right and bottom outside.
    attention : (T,) of the tracklet with that box. shift : degrees by which the video feature turned, or None.
    """

    frame: int
    box: Box
    attention: np.ndarray
    shift: float | None = None


def named_boxes(height: int, width: int) -> dict[str, Box]:
    """Six boxes that say where a model looks: thirds from the top, halves from the left, and the whole frame."""
    upper, lower, middle = round(height / 3), round(2 * height / 3), round(width / 2)
    return {
        "top third": (0, 0, width, upper), "middle third": (0, upper, width, lower),
        "bottom third": (0, lower, width, height), "left half": (0, 0, middle, height),
        "right half": (middle, 0, width, height), "whole frame": (0, 0, width, height),
    }  # fmt: skip


def checked_place(frame: Any, box: Any, shape: Sequence[int]) -> tuple[int, Box]:
    """Frame number and box as integers inside (T, H, W, 3); they may come from a page, so nothing is taken for sure."""
    T, height, width = shape[:3]
    try:
        t, sides = int(frame), tuple(int(side) for side in box)
        exact = t == frame and all(side == given for side, given in zip(sides, box, strict=True))
    except (TypeError, ValueError, OverflowError):
        exact, t, sides = False, 0, ()
    if not exact or len(sides) != 4 or not 0 <= t < T or not (0 <= sides[0] < sides[2] <= width) \
            or not (0 <= sides[1] < sides[3] <= height):
        raise ReidError(f"Found frame {frame!r} and box {box!r}", f"a frame from 0 to {T - 1} and a box (left, top, "
                        f"right, bottom) inside {width} × {height} pixels", "count pixels from the upper left corner")
    return t, sides


def painted(frames: np.ndarray, frame: int, box: Box, fill: str = "grey") -> np.ndarray:
    """A copy of frames (T, H, W, 3) uint8 with a box over one of them.

    fill : "grey" (128), "mean" (that frame's mean colour) or "noise" (each value drawn evenly from 0 to 255; the same
    box gets the same noise).
    """
    if fill not in FILLS:
        raise ReidError(f"Found fill={fill!r}", f"one of {', '.join(FILLS)}", 'pass fill="grey"')
    left, top, right, bottom = box
    copy = np.array(frames)
    if fill == "noise":
        rng = np.random.default_rng((frame, *box))
        colour: Any = rng.integers(0, 256, (bottom - top, right - left, 3), dtype=np.uint8)
    else:
        colour = GREY if fill == "grey" else mean_colour(copy[frame])
    copy[frame, top:bottom, left:right] = colour
    return copy


def mean_colour(frame: np.ndarray) -> np.ndarray:
    """(3,) uint8."""
    return np.round(frame.mean((0, 1))).astype(np.uint8)


def ask(rerun: Rerun, frames: np.ndarray, frame: int, box: Box, fill: str) -> Answer:
    """Paints the box and runs the model on the whole tracklet; ReidError for an answer that is not (T,) of finite
    weights of 0 or more."""
    said = rerun(painted(frames, frame, box, fill))
    weights, shift = (said.get("attention"), said.get("feature_shift")) if isinstance(said, Mapping) else (said, None)
    return checked_answer(frame, box, weights, shift, frames.shape)


def checked_answer(frame: Any, box: Any, weights: ArrayLike, shift: Any, shape: Sequence[int]) -> Answer:
    t, sides = checked_place(frame, box, shape)
    attention = checked_weights("the attention that rerun gave", weights, shape[0])
    if shift is None:
        return Answer(t, sides, attention)
    degrees = as_array("feature_shift", shift)
    if degrees.ndim or degrees.dtype.kind not in "fiu" or not 0 <= float(degrees) <= 180:
        raise ReidError(f"Found feature_shift={shift!r}", "an angle from 0 to 180 degrees",
                        "pass np.degrees(np.arccos(np.clip(f @ g, -1, 1))) of features of length 1")
    return Answer(t, sides, attention, float(degrees))


def prepared_answers(prepared: int | Iterable[Sequence[Any]], rerun: Rerun | None, frames: np.ndarray,
                     fill: str) -> list[Answer]:  # fmt: skip
    """Answers that need no Python later: computed here for that many frames, or given and checked."""
    T, height, width = frames.shape[:3]
    if not isinstance(prepared, int | np.integer):
        if not isinstance(prepared, Iterable) or isinstance(prepared, str):
            raise ReidError(f"Found prepared={prepared!r}", "a number of frames, or answers", "pass prepared=4")
        answers = [checked_answer(*(tuple(each) + (None,) * (4 - len(each)))[:4], frames.shape) for each in prepared]
        if not answers:
            raise ReidError("Found no prepared answer", "one or more", "pass prepared=4 to compute them on 4 frames")
        return answers
    if rerun is None:
        raise ReidError("Found neither rerun nor prepared answers", "one of them",
                        "pass rerun=, a function from frames (T, H, W, 3) to attention (T,)")
    if prepared < 1:
        raise ReidError(f"Found prepared={prepared}", "one frame or more: without Python nothing else can be shown",
                        "pass prepared=1")
    chosen = sorted(set(np.linspace(0, T - 1, min(int(prepared), T)).round().astype(int).tolist()))
    boxes = named_boxes(height, width).values()
    return [ask(rerun, frames, t, box, fill) for t in chosen for box in boxes]


def box_name(box: Box, height: int, width: int) -> str:
    """Its name where it has one, else its pixels."""
    left, top, right, bottom = box
    known = {sides: name for name, sides in named_boxes(height, width).items()}
    return known.get(box, f"columns {left}–{right - 1}, rows {top}–{bottom - 1}")


def most_telling(answers: Sequence[Answer], before: np.ndarray) -> int:
    """Number of the answer that differs most from the attention before, summed over the frames."""
    return int(np.argmax([np.abs(answer.attention - before).sum() for answer in answers]))

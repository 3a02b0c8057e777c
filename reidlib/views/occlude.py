"""Occlude: drag a box over one frame, and see the attention of all frames follow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from reidlib.errors import ReidError
from reidlib.views.attention_strip_data import (
    axis_end,
    checked_frames,
    checked_visibility,
    checked_weights,
    significant,
    strip_sheet,
)
from reidlib.views.attention_strip_picture import HIDDEN
from reidlib.views.drawn_later import Later
from reidlib.views.host import View
from reidlib.views.occlude_boxes import (
    FILLS,
    GREY,
    SMALLEST,
    Answer,
    Rerun,
    ask,
    box_name,
    checked_place,
    mean_colour,
    most_telling,
    prepared_answers,
)
from reidlib.views.occlude_picture import occlude_picture

MOST = 128  # frames: a bar still has seven pixels; the model runs on all of them for every box


class Occlude(View):
    """One tracklet, a box over one of its frames, and the attention of all frames before and after.

    Live (`occlude.live()`) each box runs the model again, while it is dragged. Without Python the view shows answers
    that were computed before, and says that free boxes need a running kernel.

    Hover looks at a frame, click locks it; drag a box over the enlarged frame. Keys: left and right choose the frame,
    Enter puts a box in its middle, arrows move it, Shift and arrows resize it, Enter asks, Escape removes it.

    Parameters
    ----------
    frames : (T, H, W, 3) uint8, at most 128 of them, at least 8 × 8 pixels.
    attention : (T,) before anything is covered; weights of 0 or more.
    rerun : a function from frames (T, H, W, 3) uint8 to attention (T,), or to {"attention": (T,), "feature_shift":
        degrees by which the video feature turned}. It gets a copy; where the network uses flow, compute it anew there.
    visibility : (T,) in [0, 1], drawn below.
    fill : what the box is painted with: "grey", "noise", or "mean", the frame's own mean colour.
    prepared : on how many frames six boxes are tried now (six runs of the model each), for the first screen and for
        where no Python runs; or the answers themselves (`Answer`, such as `answers` of another view), at no cost, which
        makes `rerun` optional.
    note : a sentence below the view, such as what the network was trained on.

    `answers` holds the prepared answers. ReidError for arrays that do not fit, NaN (also in what `rerun` gives), no
    frame; live such an error becomes a sentence in the view.
    """

    def __init__(
        self,
        frames: ArrayLike,
        attention: ArrayLike,
        rerun: Rerun | None = None,
        *,
        visibility: ArrayLike | None = None,
        fill: str = "grey",
        prepared: int | Iterable[Sequence[Any]] = 4,
        note: str | None = None,
        title: str = "Occlude",
    ) -> None:
        frames = checked_frames(frames)
        T, height, width = frames.shape[:3]
        if T > MOST or min(height, width) < SMALLEST:
            raise ReidError(f"Found {T} frames of {height} × {width} pixels", f"at most {MOST} frames of at least "
                            f"{SMALLEST} × {SMALLEST} pixels", f"pass frames[:{MOST}], and a rerun for as many")
        if fill not in FILLS:
            raise ReidError(f"Found fill={fill!r}", f"one of {', '.join(FILLS)}", 'pass fill="grey"')
        before = checked_weights("attention", attention, T)
        seen = None if visibility is None else checked_visibility(visibility, T)
        self.answers = prepared_answers(prepared, rerun, frames, fill)
        self._frames, self._rerun, self._fill = frames, rerun, fill
        first = most_telling(self.answers, before)
        colours = [[GREY] * 3 if fill == "grey" else mean_colour(frame).tolist() for frame in frames]
        data: dict[str, Any] = {
            "sheet": strip_sheet(frames), "size": [height, width], "attention": significant(before),
            "axis": axis_end(np.stack([before, *(answer.attention for answer in self.answers)])),
            "visibility": seen, "hidden": HIDDEN, "fill": fill, "colours": colours, "first": first,
            "prepared": [self._entry(answer) for answer in self.answers], "note": note or "",
        }  # fmt: skip
        shown = self.answers[first]
        picture = Later(lambda: occlude_picture(frames, before, shown, visibility=seen, fill=fill, note=note or ""))
        parts = ("attention_strip_pool.js", "attention_strip_plot.js", "occlude_plot.js", "occlude_box.js",
                 "occlude_result.js")  # fmt: skip
        super().__init__("occlude.js", data, picture=picture, title=title, parts=parts)

    def live(self, on_message: Callable[[Any], Mapping[str, Any] | None] | None = None) -> Any:
        """The view with the model behind it. `on_message` replaces the answer to {"frame": t, "box": [left, top,
        right, bottom]}; without it `rerun` answers."""
        if self._rerun is None and on_message is None:
            raise ReidError("Found no rerun", "a function from frames to attention", "pass rerun= to Occlude")
        return super().live(on_message or self.answer)

    def answer(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """What the page asks for, as it gets it."""
        frame, box = checked_place(message.get("frame"), message.get("box"), self._frames.shape)
        return {"answer": self._entry(ask(self._rerun, self._frames, frame, box, self._fill))}

    def _entry(self, answer: Answer) -> dict[str, Any]:
        height, width = self._frames.shape[1:3]
        return {"frame": answer.frame, "box": list(answer.box), "name": box_name(answer.box, height, width),
                "attention": significant(answer.attention),
                "shift": None if answer.shift is None else round(answer.shift, 2)}

"""A caption below a picture, seen and read aloud: what was the network trained on?"""

from __future__ import annotations

from reidlib.errors import ReidError
from reidlib.views.figure import DescribedFigure
from reidlib.views.palette import THEMES


def noted(picture: DescribedFigure, note: str) -> DescribedFigure:
    """The same picture with `note` below it and at the end of its alt text.

    A picture travels without its page, so a caveat belongs into the picture. Call it once, when all is drawn.
    """
    if not note.strip():
        raise ReidError("Found an empty note", "a few words, such as `course.trained(…).note`",
                        "leave noted(…) out where there is nothing to note")
    picture.mpl.supxlabel(note, fontsize=8.5, color=THEMES["light"].muted)
    return DescribedFigure(picture.mpl, picture.axes, lambda: f"{picture.alt} Note: {note.rstrip('.')}.")

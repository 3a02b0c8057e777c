"""A picture that is drawn when somebody first looks at it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reidlib.views.figure import DescribedFigure


class Later(DescribedFigure):
    """The twin, drawn when somebody first looks at it: matplotlib takes longer than everything else here."""

    def __init__(self, draw: Callable[[], DescribedFigure]) -> None:
        self._draw = draw

    def __getattr__(self, name: str) -> Any:
        if name not in ("mpl", "axes", "_alt"):
            raise AttributeError(name)
        picture = self._draw()
        self.mpl, self.axes, self._alt = picture.mpl, picture.axes, picture._alt
        return getattr(self, name)

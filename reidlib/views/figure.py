"""The one way to make a figure in the course: matplotlib without pyplot, and a sentence for those who cannot see it.

    picture = figure(alt=lambda: f"Rank-1 rises from {low:.0%} to {high:.0%} over {n} epochs.")
    picture.axes.plot(epochs, rank1, **palette.series(0))
    picture

pyplot keeps a global list of figures and is not thread-safe, while widget callbacks may run in another thread; so
every figure here is an object of its own, drawn to PNG by itself.
"""

from __future__ import annotations

import base64
import io
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reidlib.data.files import explained, write_whole
from reidlib.errors import ReidError
from reidlib.views import html
from reidlib.views.palette import THEMES, series
from reidlib.views.small_png import small_png

# A browser shows 96 CSS pixels an inch; half as many again stay sharp on dense screens at half the bytes of twice.
CSS_DPI, DPI = 96, 144
# Dates, versions and random ids would make each run's bytes differ.
_METADATA: dict[str, dict[str, None]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "ModDate": None, "Creator": None, "Producer": None},
}
_svg_lock = threading.Lock()
_FILE_NAME = re.compile(r"\S+\.(png|jpe?g|svg|pdf|gif|webp|ipynb|py)\.?", re.IGNORECASE)


def checked_alt(alt: object) -> str:
    """`alt` with tidy blanks; ReidError unless it is a sentence that says what the figure shows."""
    if not isinstance(alt, str):
        raise ReidError(f"Found an alt text of type {type(alt).__name__}", "a sentence, or a function that returns one",
                        'write figure(alt="Rank-1 is 62 % after 20 epochs, 8 points above mean pooling.")')
    text = " ".join(html.writable(alt).split())
    words = [word for word in text.split() if any(c.isalnum() for c in word) and not _FILE_NAME.fullmatch(word)]
    if len(words) < 4 or len(text) < 20:
        raise ReidError(f"Found the alt text {text!r}", "a sentence of four words or more that says what the data show",
                        "name the quantities, the largest and the smallest value, and what follows from them")
    return text


def named_path(path: object, example: str) -> Path:
    """`path` as a Path; ReidError for what is no file name, such as None."""
    try:
        return Path(path)
    except TypeError:
        raise ReidError(f"Found the file name {path!r}", "a path", f'type save("{example}")') from None


class DescribedFigure:
    """A matplotlib figure that carries its description; made by `figure()`.

    `axes` is one Axes, or an array of them (rows, columns) with unit dimensions dropped; anything that takes `ax=`
    (seaborn, matplotlib) draws into it. `mpl` is the matplotlib Figure itself.
    """

    def __init__(self, mpl: Figure, axes: Any, alt: str | Callable[[], str]) -> None:
        self.mpl, self.axes = mpl, axes
        self._alt = alt if callable(alt) else checked_alt(alt)

    @property
    def alt(self) -> str:
        """The sentence. A callable is asked each time, so it describes what has been drawn by then."""
        return checked_alt(self._alt() if callable(self._alt) else self._alt)

    def __enter__(self) -> DescribedFigure:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        # An error inside a display hook does not stop a notebook; here it stops the cell that caused it.
        if kind is None:
            _ = self.alt

    def render(self, kind: str = "png") -> bytes:
        """The picture as PNG, SVG or PDF bytes: equal input gives equal bytes under one matplotlib version."""
        if kind not in _METADATA:
            raise ReidError(f"Found the picture format {kind!r}", "png, svg or pdf",
                            'end the name in one of them, as in save("attention.svg")')
        described = {"png": "Description", "svg": "Description", "pdf": "Subject"}[kind]
        target, options = io.BytesIO(), {"format": kind, "facecolor": self.mpl.get_facecolor(), "dpi": DPI}
        options["metadata"] = {**_METADATA[kind], described: self.alt}
        if kind != "svg":
            self.mpl.savefig(target, **options)
            return target.getvalue()
        with _svg_lock:  # ids come from this salt; without one matplotlib draws them at random
            before = matplotlib.rcParams["svg.hashsalt"]
            matplotlib.rcParams["svg.hashsalt"] = "reidlib"
            try:
                self.mpl.savefig(target, **options)
            finally:
                matplotlib.rcParams["svg.hashsalt"] = before
        # Screen readers take an inline SVG for a picture only when it says so.
        label = f'<svg role="img" aria-label="{html.text(self.alt)}" '
        return target.getvalue().replace(b"<svg ", label.encode(), 1)

    def save(self, path: str | Path) -> Path:
        """Write the picture; the ending (.png, .svg, .pdf) chooses the format. Never leaves half a file."""
        path = named_path(path, "picture.png")
        content = self.render(path.suffix.lstrip(".").lower())
        with explained(path):
            write_whole(path, content)
        return path

    def html(self, *, small: bool = False) -> str:
        """`<img>` with the sentence as alt text and the picture inside, so it needs no second file.

        small : with 256 colours where the eye sees no difference, at a third of the bytes (see small_png.py).
        """
        png = small_png(self.render()) if small else self.render()
        return self._image_tag(base64.b64encode(png).decode(), self.alt)

    def _image_tag(self, png: str, alt: str) -> str:
        width, height = self._css_size()
        return (f'<img alt="{html.text(alt)}" src="data:image/png;base64,{png}" width="{width}" height="{height}" '
                'style="max-width:100%;height:auto">')

    def _css_size(self) -> tuple[int, int]:
        width, height = self.mpl.get_size_inches() * CSS_DPI
        return round(width), round(height)

    def _repr_html_(self) -> str:
        return self.html()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, str], dict[str, Any]]:
        png, alt = base64.b64encode(self.render()).decode(), self.alt
        width, height = self._css_size()
        bundle = {"text/html": self._image_tag(png, alt), "image/png": png, "text/plain": alt}
        return bundle, {"image/png": {"width": width, "height": height, "alt": alt}}


def figure(
    *,
    alt: str | Callable[[], str],
    rows: int = 1,
    columns: int = 1,
    width: float = 7.2,
    height: float | None = None,
    share_x: bool = False,
    share_y: bool = False,
    grid: bool = True,
    **gridspec: Any,
) -> DescribedFigure:
    """A new figure in the course's style.

    Parameters
    ----------
    alt
        A sentence that says what the data show, or a function without arguments that makes it from the data; it is
        called after drawing. Empty, very short or file-name-like texts are a ReidError.
    rows, columns, share_x, share_y, gridspec
        The panels, as in `Figure.subplots`; `gridspec` takes e.g. `width_ratios=[2, 1]`.
    width, height
        Inches of 96 CSS pixels; the default width fills a notebook cell, the default height is 3.2 a row.
    grid
        Faint lines behind the data.

    Use it as a context manager (`with figure(alt=…) as picture:`) to have a bad alt text stop the cell at once.
    """
    theme = THEMES["light"]
    size = (width, 3.2 * rows if height is None else height)
    mpl = Figure(figsize=size, dpi=DPI, layout="constrained", facecolor=theme.background)
    axes = mpl.subplots(rows, columns, sharex=share_x, sharey=share_y, gridspec_kw=gridspec or None)
    for each in [axes] if isinstance(axes, Axes) else axes.flat:
        _dress(each, grid)
    return DescribedFigure(mpl, axes, alt)


def _dress(axes: Axes, grid: bool) -> None:
    """Set on the axes themselves: rcParams are global, and another thread may be drawing."""
    theme = THEMES["light"]
    axes.set_facecolor(theme.background)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(theme.line)
    axes.tick_params(labelsize=10, colors=theme.muted, labelcolor=theme.text)
    for label in (axes.xaxis.label, axes.yaxis.label):
        label.set(size=11, color=theme.text)
    axes.title.set(color=theme.text)
    axes.set_prop_cycle(cycler(color=[series(i)["color"] for i in range(6)]))
    axes.set_axisbelow(True)
    if grid:
        axes.grid(color=theme.line, alpha=0.25, linewidth=0.8)

"""Plain controls beside a picture: choose another setting, and the cell's own function draws it again.

The picture is a trait of a widget and not what a callback prints: drawing into an `ipywidgets.Output` can leave a
notebook that runs without a browser waiting for ever, and hides exceptions. So the first drawing happens in the cell,
where an exception stops it; a later one is written below the controls and raised again.
"""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from reidlib.errors import ReidError
from reidlib.views import html
from reidlib.views.figure import DescribedFigure
from reidlib.views.host import View

MARGIN = "margin:4px 0"
ERROR = "margin:4px 0;padding:6px 10px;border:2px solid currentColor;border-radius:6px;white-space:pre-wrap"


def rerun(draw: Callable[..., DescribedFigure | View | str], /, **choices: Any) -> Any:
    """A control for each choice, and below them what `draw` makes of the chosen values; drawn again at each change.

        def again(R=3):
            return show(model(frames, R))

        rerun(again, R=range(6))

    Parameters
    ----------
    draw : gets the chosen values by name. It returns a figure of `figure(alt=…)`, a view (its picture is shown), or
        text. It may run in another thread than the cells: draw with `figure()`, never pyplot. Its own defaults are the
        values of the first drawing, else the first of the choices; an ipywidget keeps its value.
    choices : each an ipywidget with a value, a range of whole numbers (a slider), a mapping from label to value, or a
        sequence of values (a list to choose from).

    Returns the controls and the picture as one widget. Where no kernel runs, the picture of the time remains.

    Raises
    ------
    ReidError : no choice, an empty one, a default that is not among the choices, an answer that is none of the three,
        no ipywidgets. What `draw` raises at first is raised here; what it raises later is shown as a sentence, above
        the last picture, which then says that it is old, and raised again where the change came from.
    """
    if not choices:
        raise ReidError("Found no choice", "one control or more", "type rerun(draw, R=range(6))")
    return _box_class()(draw, choices)


def _shown(answer: object) -> tuple[str, str]:
    """An answer of `draw` as HTML and as words."""
    if isinstance(answer, str):
        return f'<pre style="{MARGIN};white-space:pre-wrap">{html.text(answer)}</pre>', answer
    picture = answer.picture if isinstance(answer, View) else answer
    if not isinstance(picture, DescribedFigure):
        raise ReidError(f"Found an answer of type {type(answer).__name__}", "a figure(alt=…), a view, or text",
                        "end the function that rerun got with: return picture")
    return picture.html(), picture.alt


@functools.cache
def _box_class() -> type:
    try:
        import ipywidgets
    except ImportError as error:
        raise ReidError(f"Found no {error.name or 'ipywidgets'} package", "ipywidgets, for controls in a notebook",
                        'type: pip install "reidlib[course]", or call the function itself') from error

    def control(name: str, choice: Any, start: Any) -> Any:
        """The ipywidget of one choice; `start` is inspect.Parameter.empty where `draw` says nothing."""
        given = start is not inspect.Parameter.empty
        look = {"description": name, "style": {"description_width": "initial"}}
        if isinstance(choice, ipywidgets.Widget):
            if not choice.has_trait("value"):
                raise ReidError(f"Found {name}, a {type(choice).__name__}", "an ipywidget with a value",
                                f"pass {name}=ipywidgets.IntSlider(3, 0, 5), for instance")
            choice.description = choice.description or name
            return choice
        if not isinstance(choice, (Sequence, Mapping, np.ndarray)) or isinstance(choice, (str, bytes)):
            raise ReidError(f"Found {name}={choice!r}", "an ipywidget, a range, a mapping or a sequence of values",
                            f"pass {name}=range(6), or {name}=[1, 2, 4]")
        values = list(choice.values()) if isinstance(choice, Mapping) else list(choice)
        if not values:
            raise ReidError(f"Found no value to choose for {name}", "one value or more", f"pass {name}=range(6)")
        # Objects may compare to arrays; the same object is always meant.
        place = next((i for i, each in enumerate(values) if each is start or _equal(each, start)), None)
        if given and place is None:
            raise ReidError(f"Found {name}={start!r} as the function's own value, which is not among the choices",
                            f"one of {', '.join(map(str, choice))}", f"change the default of {name}, or the choices")
        place = place or 0
        if isinstance(choice, range):
            ends = {"min": min(choice), "max": max(choice), "step": abs(choice.step)}
            return ipywidgets.IntSlider(value=values[place], **ends, continuous_update=False, **look)
        labels = list(map(str, choice))
        return ipywidgets.Dropdown(options=list(zip(labels, values, strict=True)), index=place, **look)

    class Rerun(ipywidgets.VBox):
        """Controls by name in `controls`; `error` is the sentence of the last drawing that failed, or ""."""

        def __init__(self, draw: Callable[..., Any], choices: Mapping[str, Any]) -> None:
            try:
                own = {name: each.default for name, each in inspect.signature(draw).parameters.items()}
            except (TypeError, ValueError):  # some callables written in C have no signature
                own = {}
            empty = inspect.Parameter.empty
            self.controls = {name: control(name, each, own.get(name, empty)) for name, each in choices.items()}
            self._draw, self._turn, self.error = draw, threading.Lock(), ""
            picture, self._words = _shown(draw(**self._values()))
            self._picture, self._trouble = ipywidgets.HTML(picture), ipywidgets.HTML()
            row = ipywidgets.HBox(list(self.controls.values()), layout={"flex_flow": "row wrap"})
            super().__init__([row, self._trouble, self._picture])
            for each in self.controls.values():
                each.observe(self._changed, "value")

        def _values(self) -> dict[str, Any]:
            return {name: each.value for name, each in self.controls.items()}

        def _changed(self, _change: Any) -> None:
            with self._turn:  # a change that waited draws what is chosen now, so the last picture is the latest
                self._trouble.value = f'<p role="status" style="{MARGIN}">Python computes …</p>'
                try:
                    picture, words = _shown(self._draw(**self._values()))
                except Exception as problem:  # whatever it is, the reader must see it
                    said = str(problem) if isinstance(problem, ReidError) else f"{type(problem).__name__}: {problem}"
                    self.error = said
                    self._trouble.value = (f'<div role="alert" style="{ERROR}">✗ {html.text(said)}\n'
                                           "Below is still the picture of before.</div>")
                    raise
                self.error, self._words = "", words
                self._picture.value, self._trouble.value = picture, ""

        def _repr_mimebundle_(self, **options: Any) -> Any:
            bundle = super()._repr_mimebundle_(**options)
            bundle, *metadata = bundle if isinstance(bundle, tuple) else (bundle,)
            # Where no widget can run (exports, GitHub, untrusted notebooks) the picture stands in.
            bundle = {**bundle, "text/html": self._picture.value, "text/plain": self._words}
            return (bundle, *metadata) if metadata else bundle

    return Rerun


def _equal(each: object, start: object) -> bool:
    try:
        return type(each) is type(start) and bool(each == start)
    except (TypeError, ValueError, RuntimeError):  # arrays and tensors compare element by element
        return False

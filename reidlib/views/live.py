"""The live side of a view: an anywidget whose messages run a Python callback.

Kept apart because it alone needs Jupyter's packages; nothing else in reidlib.views imports it.
"""

from __future__ import annotations

import functools
import json
import logging
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from reidlib.errors import ReidError
from reidlib.views import html

if TYPE_CHECKING:
    from reidlib.views.host import View

_log = logging.getLogger(__name__)


def live_view(view: View, esm: str, css: str, on_message: Callable[[Any], Mapping[str, Any] | None] | None) -> Any:
    """A widget for `view`; see View.live."""
    return _widget_class()(view, esm, css, on_message)


@functools.cache
def _widget_class() -> type:
    try:
        import anywidget
        import traitlets
    except ImportError as error:
        raise ReidError(f"Found no {error.name or 'anywidget'} package", "anywidget, for a view that asks Python again",
                        'type: pip install "reidlib[course]", or show the view itself, without .live()') from error

    class LiveView(anywidget.AnyWidget):
        """A view with Python behind it. `error` is the text of the last callback's exception, "" when it went well."""

        _esm = traitlets.Unicode().tag(sync=True)
        _css = traitlets.Unicode().tag(sync=True)
        data = traitlets.Dict().tag(sync=True)
        # Only what the callback changed travels again: frames are large, weights are not.
        patch = traitlets.Dict().tag(sync=True)
        links = traitlets.Dict().tag(sync=True)
        answered = traitlets.Int(0).tag(sync=True)
        error = traitlets.Unicode("").tag(sync=True)

        def __init__(self, view: View, esm: str, css: str, callback: Callable[[Any], Mapping[str, Any] | None] | None):
            super().__init__(_esm=esm, _css=css, data=view.data, links=view.links)
            self.view, self._callback, self._turn = view, callback, threading.Lock()
            self.on_msg(self._received)

        def _received(self, _widget: Any, content: Mapping[str, Any], _buffers: Any) -> None:
            with self._turn:
                patch, error = dict(self.patch), ""
                try:
                    answer = self._callback(content["message"]) if self._callback else None
                    patch.update(json.loads(html.to_json(answer or {})))
                except Exception as problem:  # whatever it is, the reader of the view must see it
                    error = str(problem) if isinstance(problem, ReidError) else f"{type(problem).__name__}: {problem}"
                    _log.exception("a callback of the view %r failed", self.view.title)
                with self.hold_sync():
                    self.patch, self.error, self.answered = patch, error, int(content["number"])

        def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
            bundle, metadata = super()._repr_mimebundle_(**options)
            # Where no widget can run (exports, GitHub, untrusted notebooks) the view that needs no Python stands in.
            return {**bundle, **self.view._repr_mimebundle_()}, metadata

    return LiveView

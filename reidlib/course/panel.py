"""Small boxes in a notebook: colour, mark and word together, readable in light, dark and as plain text.

Text and background come from the page (`currentColor`), so the boxes fit any theme; the four accents reach 3:1 against
white and against JupyterLab's dark background. Everything is plain HTML with one small style element: no script, no
network, and the same box in JupyterLab, in an exported page and beside it in a log as text.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from html import escape
from typing import Any, TypeVar

# status: accent, mark, word
STATUS = {
    "solved": ("#1f9254", "✓", "Solved"),
    "wrong": ("#d4483b", "✗", "Not yet"),
    "todo": ("#b07608", "○", "To do"),
    "note": ("#4a83d4", "●", "Note"),
}
STYLE = """<style>
.reid-box{border:1px solid color-mix(in srgb,currentColor 25%,transparent);border-left:.35em solid var(--reid-accent);
border-radius:.35em;padding:.5em .9em;margin:.3em 0;max-width:60em;line-height:1.5;
background:color-mix(in srgb,var(--reid-accent) 7%,transparent)}
.reid-box p{margin:.1em 0}.reid-box details{margin:.25em 0}
.reid-box summary{cursor:pointer}
.reid-box summary:focus-visible{outline:2px solid var(--reid-accent);outline-offset:2px}
.reid-box pre{margin:.4em 0;padding:.5em .7em;overflow-x:auto;line-height:1.4;
background:color-mix(in srgb,currentColor 6%,transparent)}
.reid-mark{color:var(--reid-accent);font-weight:700}
</style>"""


@dataclass(eq=False, kw_only=True)
class Panel:
    """Something to show in a notebook; subclasses say what as `text()` and as `html()`."""

    _shown_in: int | None = field(default=None, init=False, repr=False)

    def text(self) -> str:
        raise NotImplementedError

    def html(self) -> str:
        raise NotImplementedError

    def __repr__(self) -> str:
        return self.text()

    def _ipython_display_(self) -> None:
        # The last expression of a cell is displayed by Jupyter; not a second time if the call showed it already.
        if self._shown_in is None or self._shown_in != _kernel().execution_count:
            _publish(self)


Shown = TypeVar("Shown", bound=Panel)


def show(panel: Shown) -> Shown:
    """Display `panel` now, in a notebook as HTML with its text beside it, else print the text; returns it."""
    kernel = _kernel()
    if kernel is None:
        print(panel.text())
    else:
        _publish(panel)
        panel._shown_in = kernel.execution_count
    return panel


def _kernel() -> Any:
    """The running IPython, or None; never imports it."""
    module = sys.modules.get("IPython")
    return module.get_ipython() if module else None


def _publish(panel: Panel) -> None:
    from IPython.display import display

    display({"text/html": panel.html(), "text/plain": panel.text()}, raw=True)


def prose(text: str) -> str:
    """A sentence as HTML; what stands between backticks becomes code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def box(status: str, label: str, body: str) -> str:
    """A box around the HTML `body`; `label` is its name for screen readers."""
    return (
        f'{STYLE}<div class="reid-box" role="group" aria-label="{escape(label)}" '
        f'style="--reid-accent:{STATUS[status][0]}">{body}</div>'
    )


def marked(status: str, text: str = "") -> str:
    """The mark and the word of a status, then `text`, as one HTML paragraph."""
    _, mark, word = STATUS[status]
    rest = f" · {prose(text)}" if text else ""
    return f'<p><span class="reid-mark" aria-hidden="true">{mark}</span> <strong>{word}</strong>{rest}</p>'


@dataclass(eq=False, repr=False)
class Note(Panel):
    """One sentence in passing."""

    sentence: str

    def text(self) -> str:
        return f"Note: {self.sentence}"

    def html(self) -> str:
        mark = STATUS["note"][1]
        return box("note", "Note", f'<p><span class="reid-mark" aria-hidden="true">{mark}</span> '
                   f"{prose(self.sentence)}</p>")  # fmt: skip

"""Interactive views: one ES module each, shown without Python (`_repr_html_`, `save`) or with it (`live`).

The HTML is an inline script beside a picture, not an iframe. JupyterLab removes a whole `<iframe srcdoc>` from a
notebook that is not trusted, picture included, and GitHub does the same; of an inline view they strip only the script,
and the picture with its alt text stays. Inline also follows Jupyter's theme and prints.

Nothing is fetched: script, style and data are inside. Names are hashes of the content, so equal input gives equal
bytes; when one view is shown twice on a page each script starts the frames that no other has started.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from reidlib.data.files import explained, write_whole
from reidlib.errors import ReidError
from reidlib.views import html
from reidlib.views.figure import DescribedFigure, named_path
from reidlib.views.palette import css_variables

_HERE = Path(__file__).parent
_SHARED = ("host.js", "select.js")
_STYLES = ("host.css", "controls.css")
# JupyterLab and its exports say which theme they show, whatever the system prefers; other pages follow the system.
_THEMES = (
    ".reid-view{%(light)s}"
    "@media (prefers-color-scheme: dark){body:not([data-jp-theme-light]) .reid-view{%(dark)s}}"
    'body[data-jp-theme-light="false"] .reid-view{%(dark)s}'
)


class View:
    """One interactive view. In Jupyter its value in the last line of a cell shows it.

    Parameters
    ----------
    script
        The ES module: a file name beside this one, or a path. It exports `mount(root, data, host)` (see host.js) and
        imports nothing. A `.css` of the same name is used when there is one, for what `controls.css` has no class for.
    data
        What the module gets: text, finite numbers, arrays (rounded to four digits), lists, dictionaries.
    picture
        The matplotlib twin, shown where no script runs: GitHub, print, notebooks that are not trusted.
    title
        The view's name for screen readers and the title of the saved page.
    parts
        Further script files that the module needs, without exports; they share its scope.
    links
        Pages that the view links to, as {key: relative address}; the module gets them by `host.link(key, text)`.
    """

    def __init__(
        self,
        script: str | Path,
        data: Mapping[str, Any],
        *,
        picture: DescribedFigure,
        title: str,
        parts: Sequence[str | Path] = (),
        links: Mapping[str, str] | None = None,
    ) -> None:
        self.title, self.picture, self.links = title, picture, dict(links or {})
        for address in self.links.values():
            # A colon could make it a script or another host; browsers even skip blanks before one.
            if address.startswith("//") or not re.fullmatch(r"[^\x00-\x20:\\][^\x00-\x1f:\\]*", address):
                raise ReidError(f"Found the link {address!r}", "an address relative to the notebook or the saved page",
                                "link to a file beside it, such as 05_refinement_iterations.ipynb")
        # Read back from JSON: what Python keeps is exactly what the script gets.
        self.data: dict[str, Any] = json.loads(html.to_json(data))
        self._script = Path(_HERE, script)
        self._source = "\n".join(Path(_HERE, part).read_text("utf-8") for part in (*_SHARED, *parts, script))
        themes = _THEMES % {"light": css_variables("light"), "dark": css_variables("dark")}
        own = self._script.with_suffix(".css")
        styles = [_HERE / name for name in _STYLES] + [own] * own.exists()
        self._css = themes + "".join(style.read_text("utf-8") for style in styles)

    @property
    def alt(self) -> str:
        """The picture's sentence."""
        return self.picture.alt

    def html(self) -> str:
        """The view as one piece of HTML that asks the network for nothing."""
        data, picture = html.data_block(self.data), self.picture.html(small=True)
        links = ", ".join(
            f'<a data-key="{html.text(key)}" href="{html.text(address)}">{html.text(key)}</a>'
            for key, address in self.links.items()
        )
        content = "\0".join((self._source, self._css, data, picture, links, html.text(self.title)))
        name = f"{self._script.stem}-{hashlib.sha256(content.encode()).hexdigest()[:12]}"
        label = f'role="group" aria-label="{html.text(self.title)}"'
        pages = f'<p class="reid-links">Pages: {links}</p>' if links else ""
        return (
            f'<div class="reid-view" data-reid-view="{html.text(name)}" {label}>'
            f'<style>{self._css}</style><div class="reid-stage"></div>'
            f'<div class="reid-picture">{picture}{pages}</div>{data}'
            + html.module_block(f"{self._source}\nstartAll({json.dumps(name)}, mount);\n")
            + "</div>"
        )

    def save(self, path: str | Path) -> Path:
        """Write the view as one `.html` file that works from disk, without a network, for years."""
        path = named_path(path, "view.html")
        if path.suffix.lower() not in (".html", ".htm"):
            raise ReidError(f"Found the file name {path.name!r}", "a name that ends in .html",
                            f'type save("{path.stem}.html"), or .picture.save("{path.stem}.png") for the picture alone')
        with explained(path):
            write_whole(path, html.page(self.title, self.html()).encode())
        return path

    def live(self, on_message: Callable[[Any], Mapping[str, Any] | None] | None = None) -> Any:
        """The view with Python behind it, as a Jupyter widget.

        `on_message` gets what the script sends and returns the entries of `data` that changed (or None). An exception
        in it becomes visible text in the view and a traceback in the log. It may run in another thread than the cells:
        keep it short, share no mutable state, and draw with `figure()`, never pyplot.

        ReidError when anywidget is not installed.
        """
        from reidlib.views.live import live_view

        esm = f"{self._source}\nexport default {{ render: renderLive(mount) }};\n"
        return live_view(self, esm, self._css, on_message)

    def _repr_html_(self) -> str:
        return self.html()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self.html(), "text/plain": self.alt}


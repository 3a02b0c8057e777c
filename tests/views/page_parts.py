"""Read a view's HTML the way a browser does, for tests."""

from __future__ import annotations

import json
from html.parser import HTMLParser


class Parts(HTMLParser):
    """Tags in order, attributes by tag, and the text of scripts and styles."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[tuple[str | None, str]] = []
        self._raw: str | None = None
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes.append((tag, dict(attributes)))
        if tag == "script":
            self.scripts.append((dict(attributes).get("type"), ""))
        self._raw = tag

    def handle_endtag(self, tag):
        self.tags.append(f"/{tag}")
        self._raw = None

    def handle_data(self, data):
        if self._raw == "script":
            kind, text = self.scripts[-1]
            self.scripts[-1] = (kind, text + data)

    @property
    def data(self) -> dict:
        (text,) = [text for kind, text in self.scripts if kind == "application/json"]
        return json.loads(text)

    def one(self, tag: str) -> dict[str, str | None]:
        (attributes,) = [each for name, each in self.attributes if name == tag]
        return attributes

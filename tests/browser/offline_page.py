"""One page for many files, opened from disk with the network cut: a context for each file would take seconds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lab_page import Watch

ATTACKED = "window.pwned !== undefined"


class OfflinePage:
    """`page` is playwright's; `open` loads a file, `check` is for the end of each test."""

    def __init__(self, context: Any) -> None:
        self.watch = Watch()
        self.page = self.watch.follow(context, ("file:",))

    def open(self, path: Path) -> Any:
        self.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        self.page.goto(path.as_uri())
        return self.page

    def check(self) -> None:
        """No request but for the file itself, no error in the console, no script out of a text."""
        found, self.watch.errors, self.watch.external = (self.watch.errors, self.watch.external), [], []
        assert found == ([], [])
        assert not self.page.evaluate(ATTACKED), "a text became a script"


@contextmanager
def offline_page(browser: Any, **options: Any) -> Iterator[OfflinePage]:
    """A page of a context of its own; options are those of playwright's."""
    context = browser.new_context(**{"viewport": {"width": 1000, "height": 800}, **options})
    context.set_offline(True)
    yield OfflinePage(context)
    context.close()

"""Help that stays folded until it is wanted: the next hint, and the library's own source as the solution."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from reidlib.course.definition import find
from reidlib.course.panel import Note, Panel, box, show

_given: dict[str, int] = {}  # how many hints this kernel has shown, by exercise


def reveal(key: str, count: int) -> Sequence[str]:
    """The hints that a reader has seen once `count` of them are due."""
    _given[key] = min(max(_given.get(key, 0), count), len(find(key).hints))
    return find(key).hints[: _given[key]]


def hint(key: str) -> Note:
    """The next hint for an exercise, from a nudge to nearly the answer; after the last one, the way to the solution."""
    seen, total = _given.get(key, 0), len(find(key).hints)
    if seen == total:
        return show(Note(f'You have seen all {total} hints for {key}; `course.solution("{key}")` shows the answer.'))
    return show(Note(f"Hint {seen + 1} of {total} for {key}. {reveal(key, seen + 1)[-1]}"))


@dataclass(eq=False, repr=False)
class Solution(Panel):
    """The library's function behind an exercise."""

    key: str
    origin: str
    source: str

    def text(self) -> str:
        return f"Solution of {self.key}, {self.origin}:\n\n{self.source}"

    def html(self) -> str:
        return box(
            "note",
            f"Solution of {self.key}",
            f"<details><summary>Solution of {self.key}: <code>{escape(self.origin)}</code></summary>"
            f"<pre><code>{escape(self.source)}</code></pre></details>",
        )


def solution(key: str) -> Solution:
    """The solution of an exercise, folded: the source of the function that the library itself uses."""
    exercise = find(key)
    functions = [inspect.unwrap(function) for function in (exercise.reference, *exercise.also)]
    sources = [textwrap.dedent(inspect.getsource(function)).rstrip() for function in functions]
    origin = f"{functions[0].__module__}.{functions[0].__qualname__}"
    return show(Solution(key, origin, "\n\n\n".join(sources)))

"""`quiz(key)`: multiple choice whose every answer unfolds to say why it is right or wrong.

An answer is a native `<details>` element: it opens by mouse, by Enter or Space, is announced by screen readers, and
works in JupyterLab, in an exported page without kernel or network, and where a viewer strips styles.
"""

from __future__ import annotations

import difflib
import functools
import importlib
import pkgutil
from collections.abc import Sequence
from dataclasses import dataclass

from reidlib.course.panel import STATUS, Panel, box, prose, show
from reidlib.errors import ReidError

QUIZ_STYLE = """<style>
.reid-quiz>p{margin-bottom:.5em}
.reid-quiz ol{list-style:upper-alpha;margin:.3em 0 .9em;padding-left:2em}
.reid-quiz li{margin:.25em 0}
.reid-quiz summary{list-style:none;padding:.3em .6em;border-radius:.35em;
border:1px solid color-mix(in srgb,currentColor 30%,transparent)}
.reid-quiz summary::-webkit-details-marker{display:none}
.reid-quiz summary::before{content:"\\25CB";margin-right:.6em}
.reid-quiz details[open]>summary::before{content:"\\25CF"}
.reid-quiz summary:hover{background:color-mix(in srgb,currentColor 7%,transparent)}
.reid-quiz details>p{margin:.3em 0 .5em;padding:.2em .8em;border-left:.25em solid var(--reid-answer)}
.reid-quiz .reid-mark{color:var(--reid-answer)}
</style>"""
# A reader who types "B" on an answer must not insert a cell: JupyterLab looks for this mark on the focused element.
NO_SHORTCUTS = 'data-lm-suppress-shortcuts="true"'
RIGHT, WRONG = ("Right", STATUS["solved"]), ("Not this one", STATUS["wrong"])


@dataclass(frozen=True)
class Option:
    """One answer, and why it is right or wrong."""

    text: str
    why: str
    right: bool = False


@dataclass(frozen=True)
class Question:
    """A question with several options, one of them right."""

    text: str
    options: Sequence[Option]

    def __post_init__(self) -> None:
        right = sum(option.right for option in self.options)
        if right != 1:
            raise ReidError(f"Found {right} right options for '{self.text}'", "one", "set right=True on one Option")


@dataclass(eq=False, repr=False)
class Quiz(Panel):
    """The questions of one notebook."""

    key: str
    questions: Sequence[Question]

    def text(self) -> str:
        lines = []
        for number, question in enumerate(self.questions, 1):
            lines.append(f"Question {number} of {len(self.questions)}. {question.text}")
            lines += [f"  {letter}) {option.text}" for letter, option in _lettered(question)]
        return "\n".join([*lines, f'Answers: print(course.quiz("{self.key}").answers)'])

    @property
    def answers(self) -> str:
        """Every option with its explanation, as text."""
        lines = []
        for number, question in enumerate(self.questions, 1):
            lines.append(f"Question {number}. {question.text}")
            lines += [f"  {letter}) {option.text}\n     {_verdict(option)} {option.why}"
                      for letter, option in _lettered(question)]  # fmt: skip
        return "\n".join(lines)

    def html(self) -> str:
        parts = []
        for number, question in enumerate(self.questions, 1):
            name = f"quiz-{self.key}-{number}"
            options = "".join(f"<li>{_details(option)}</li>" for option in question.options)
            parts.append(
                f'<div role="group" aria-labelledby="{name}"><p id="{name}"><strong>Question {number} of '
                f"{len(self.questions)}.</strong> {prose(question.text)}</p><ol>{options}</ol></div>"
            )
        way = "<p><small>Choose an answer to open it; each says why it is right or wrong.</small></p>"
        inside = f'<div class="reid-quiz">{way}{"".join(parts)}</div>'
        return QUIZ_STYLE + box("note", f"Quiz of notebook {self.key}", inside)


def _lettered(question: Question) -> zip:
    return zip("ABCDEFGH", question.options, strict=False)


def _verdict(option: Option) -> str:
    word, (_, mark, _) = RIGHT if option.right else WRONG
    return f"{mark} {word}."


def _details(option: Option) -> str:
    word, (accent, mark, _) = RIGHT if option.right else WRONG
    return (
        f'<details style="--reid-answer:{accent}"><summary {NO_SHORTCUTS}>{prose(option.text)}</summary>'
        f'<p><span class="reid-mark" aria-hidden="true">{mark}</span> <strong>{word}.</strong> {prose(option.why)}</p>'
        "</details>"
    )


@functools.cache
def quizzes() -> dict[str, Quiz]:
    """Every quiz of the course by notebook number, in reading order."""
    from reidlib.course import quizzes as folder

    names = sorted(module.name for module in pkgutil.iter_modules(folder.__path__))
    return {n[1:]: Quiz(n[1:], importlib.import_module(f"{folder.__name__}.{n}").QUESTIONS) for n in names}


def quiz(key: str) -> Quiz:
    """Show the quiz of notebook `key`, "01"; ReidError where that notebook has none."""
    if key not in quizzes():
        near = difflib.get_close_matches(str(key).zfill(2), quizzes(), n=3, cutoff=0) or list(quizzes())
        raise ReidError(f"Found no quiz {key!r}", f"one of {', '.join(sorted(near))}", "pass the notebook's two digits")
    return show(quizzes()[key])

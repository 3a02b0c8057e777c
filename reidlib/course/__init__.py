"""What the notebooks use: `from reidlib import course`.

`course.start(PROFILE, SEED, DEVICE)` begins a notebook, `course.default("SEED")` gives a parameter's default.
`@course.exercise("01.1")` and `course.check(fn)` make an exercise that never blocks; `course.hint`, `course.solution`,
`course.progress`, `course.quiz`, `course.predict` and `course.trained` do what they say.

Names are loaded when they are used, so the tools beside them (strip, hygiene) start without torch.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reidlib.course.attempt import exercise
    from reidlib.course.begin import default, start
    from reidlib.course.checking import check
    from reidlib.course.folded import hint, solution
    from reidlib.course.overview import progress
    from reidlib.course.prediction import predict
    from reidlib.course.pretrained import trained
    from reidlib.course.questions import quiz

# No file has the name of a function: importing the file would put it in the function's place.
_HOME = {
    "check": "checking", "default": "begin", "exercise": "attempt", "hint": "folded", "predict": "prediction",
    "progress": "overview", "quiz": "questions", "solution": "folded", "start": "begin", "trained": "pretrained",
}  # fmt: skip
__all__ = ["check", "default", "exercise", "hint", "predict", "progress", "quiz", "solution", "start", "trained"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

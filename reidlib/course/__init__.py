"""What the notebooks use: `from reidlib import course`.

`course.start(PROFILE, SEED, DEVICE)` begins a notebook, `course.default("SEED")` gives a parameter's default.
`@course.exercise("01.1")` and `course.check(fn)` make an exercise that never blocks; `course.hint`, `course.solution`,
`course.progress`, `course.quiz`, `course.predict`, `course.trained`, `course.recorded` and `course.planned` do what
they say; `course.tracklets(run)`, `course.people(store)` and `course.pictures(PROFILE)` are the street's, or those of a
benchmark that REIDLIB_DATA names.

Names are loaded when they are used, so the tools beside them (strip, hygiene) start without torch.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reidlib.course.attempt import exercise
    from reidlib.course.begin import default, start
    from reidlib.course.checking import check
    from reidlib.course.chosen_data import dealt, people, rendered, tracklets, unseen
    from reidlib.course.folded import hint, solution
    from reidlib.course.overview import progress
    from reidlib.course.planned_runs import planned
    from reidlib.course.prediction import predict
    from reidlib.course.pretrained import trained
    from reidlib.course.pretrained_arm import pictures, trained_arm
    from reidlib.course.questions import quiz
    from reidlib.course.recorded_runs import recorded

# No file has the name of a function: importing the file would put it in the function's place.
_HOME = {
    "check": "checking", "dealt": "chosen_data", "default": "begin", "exercise": "attempt", "hint": "folded",
    "people": "chosen_data", "pictures": "pretrained_arm", "planned": "planned_runs", "predict": "prediction",
    "progress": "overview", "quiz": "questions", "recorded": "recorded_runs", "rendered": "chosen_data",
    "solution": "folded", "start": "begin", "tracklets": "chosen_data", "trained": "pretrained",
    "trained_arm": "pretrained_arm", "unseen": "chosen_data",
}  # fmt: skip
__all__ = [
    "check", "dealt", "default", "exercise", "hint", "people", "pictures", "planned", "predict", "progress", "quiz",
    "recorded", "rendered", "solution", "start", "tracklets", "trained", "trained_arm", "unseen",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

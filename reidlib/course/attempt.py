"""`@exercise(…)`: the student's function, with the library behind it until the check accepts it."""

from __future__ import annotations

import functools
import linecache
import traceback
from collections.abc import Callable
from typing import Any

from reidlib.course.definition import Exercise, find
from reidlib.course.limits import TimeLimit, limited
from reidlib.course.panel import Note, show
from reidlib.course.values import guarded
from reidlib.errors import ReidError

UNCHECKED, WRONG, SOLVED = "unchecked", "wrong", "solved"


class Attempt:
    """What `@exercise` puts in place of the student's function; call it like the function.

    Before the check it tries the student's version and goes on with the library where that is missing or breaks. A
    version that the check refused is not used again. After an accepted check the student's version is used, and the
    library only where that breaks or takes too long after all.
    `mine` is always the student's own, for trying things out.
    """

    def __init__(self, function: Callable, definition: Exercise) -> None:
        functools.update_wrapper(self, function)
        self.mine, self.definition, self.state = function, definition, UNCHECKED
        self._said: set[str] = set()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.state == WRONG:
            self._say("did not pass its check")
            return self.definition.reference(*args, **kwargs)
        try:
            answer = self._tried(*args, **kwargs)
        except NotImplementedError:
            self._say("is not written yet")
        except TimeLimit:
            self._say(f"ran longer than {self.definition.call_seconds:g} s")
        except (Exception, SystemExit) as error:
            self._say(f"stopped with {told(error, self.mine)}")
        else:
            if not is_stub(answer):
                return answer
            self._say("returns nothing yet")
        return self.definition.reference(*args, **kwargs)

    def _tried(self, *args: Any, **kwargs: Any) -> Any:
        if self.state != SOLVED:  # a version that breaks halfway must leave the library with untouched input
            args, kwargs = guarded(args), guarded(kwargs)
        return limited(self.definition.call_seconds, self.mine, *args, **kwargs)

    def __repr__(self) -> str:
        return f"<exercise {self.definition.key} {self.__name__}: {self.state}>"

    def _say(self, what: str) -> None:
        if what not in self._said:
            self._said.add(what)
            show(Note(f"Exercise {self.definition.key}: your {self.__name__} {what}; the library's version is used."))


def exercise(key: str, reference: Callable | None = None) -> Callable[[Callable], Attempt]:
    """Decorator for the student's function: `@exercise("03.1", reference=frame_attention)`.

    Nothing that the function does can stop the notebook: where it is missing, breaks or runs for ever, the library's
    answer is used and a line says so.

    Parameters
    ----------
    key : notebook and number of the exercise.
    reference : the library's function, named in the notebook so that readers see what they are rebuilding.

    Raises
    ------
    ReidError : unknown key, or a reference that is not this exercise's.
    """
    definition = find(key)
    if reference is not None and reference is not definition.reference:
        raise ReidError(
            f"Found the reference {getattr(reference, '__name__', reference)!r} for exercise {key}",
            f"its own, {definition.reference.__module__}.{definition.reference.__name__}",
            f'leave it out: @exercise("{key}")',
        )
    return lambda function: Attempt(function, definition)


def is_stub(answer: Any) -> bool:
    """Whether an answer says that nothing was written: a function without `return`, or with `return ...`."""
    return answer is None or answer is Ellipsis or answer is NotImplemented


def told(error: BaseException, function: Callable) -> str:
    """An exception in one line, with the line of the student's cell where it happened."""
    text = traceback.format_exception_only(error)[-1].strip()
    code = getattr(function, "__code__", None)
    frames = [f for f in traceback.extract_tb(error.__traceback__) if code and f.filename == code.co_filename]
    if not frames:
        return text
    source = linecache.getline(frames[-1].filename, frames[-1].lineno).strip()
    return f"{text} (line {frames[-1].lineno}: `{source}`)"

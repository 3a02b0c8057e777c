"""`check(fn)`: compare the student's function with the library on random input and say what to look at next."""

from __future__ import annotations

import inspect
import random
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from reidlib.course import record
from reidlib.course.attempt import SOLVED, WRONG, Attempt, is_stub, told
from reidlib.course.definition import Exercise, find
from reidlib.course.diagnosis import axis_sizes, diagnose
from reidlib.course.folded import reveal
from reidlib.course.limits import TimeLimit, limited
from reidlib.course.panel import show
from reidlib.course.result import Result
from reidlib.course.values import Difference, copied, difference, same


class Refused(Exception):
    """An answer was not accepted: `kind` is the code of the reason, `inputs` the arguments that show it."""

    def __init__(self, kind: str, message: str, inputs: tuple = ()) -> None:
        super().__init__(message)
        self.kind, self.message, self.inputs = kind, message, inputs


def check(function: Callable, key: str | None = None) -> Result:
    """Check the student's `function` against the library and show a panel; never raises because of what it does.

    Parameters
    ----------
    function : what `@exercise` decorated; or any function together with the `key` of its exercise.

    Returns the Result: `status` is "solved", "todo" or "wrong", `kind` the kind of wrong, `message` the sentence and
    `inputs` the arguments for which it went wrong, so that `fn.mine(*result.inputs)` shows it again.
    """
    if not isinstance(function, Attempt) and key is None:
        return show(Result("", "", "todo", "todo", "Put @course.exercise(…) above the function, then run both cells."))
    definition = find(key) if key is not None else function.definition
    mine = function.mine if isinstance(function, Attempt) else function
    try:
        kind, message, inputs, status = "solved", examine(mine, definition), (), "solved"
    except Refused as refused:
        kind, message, inputs = refused.kind, refused.message, refused.inputs
        status = "todo" if kind == "todo" else "wrong"
    tries = record.note(definition.key, status)
    if isinstance(function, Attempt) and status != "todo":
        function.state = SOLVED if status == "solved" else WRONG
        message += " From here on the notebook uses your function." if status == "solved" else ""
    hints = reveal(definition.key, tries) if status == "wrong" else ()
    more = len(definition.hints) - len(hints)
    return show(Result(definition.key, definition.title, status, kind, message, inputs, tuple(hints), more))


def examine(function: Callable, definition: Exercise) -> str:
    """Run every case; a sentence of praise, or Refused for the first thing wrong. Global generators are put back."""
    cases, kept = definition.all_cases(), _global_states()
    try:
        for number, arguments in enumerate(cases):
            _one_case(function, definition, arguments, cases[:number])
            if not same(_global_states(), kept):
                raise Refused("global", "Your function draws from (or seeds) a global random generator. Others use it "
                              "too: take the seed or the generator that you are given.", arguments)
    finally:
        _restore(kept)
    rules = f" and {len(definition.rules)} rules" if definition.rules else ""
    return f"{len(cases)} random cases{rules} hold."


def _one_case(function: Callable, definition: Exercise, arguments: tuple, passed: list[tuple]) -> None:
    """Run one case. The reference sees its own copy of the input, whatever the student's function does to its."""
    names = list(inspect.signature(definition.reference).parameters)
    given = tuple(map(copied, arguments))
    got = _answer(function, definition, given)
    if is_stub(got):
        raise Refused("todo", "It returns nothing yet: is there a `return`? The notebook goes on with the library's "
                      "version.")
    changed = [name for name, old, new in zip(names, arguments, given, strict=True) if not same(old, new)]
    try:
        _compare(function, definition, arguments, got, passed)
    except Refused:
        raise
    except Exception as error:  # an answer so strange that comparing it fails
        raise Refused("type", f"The answer could not be compared ({type(error).__name__}: {error}): is it what the "
                      "exercise asks for?", arguments) from error
    if changed:
        raise Refused("input", f"The answer is right, but your function changed its input `{changed[0]}`. Others still "
                      "need it: work on a copy, or avoid +=, -=, *= and sort() on it.", arguments)


def _answer(function: Callable, definition: Exercise, given: tuple) -> Any:
    """The student's answer to `given`, which it may spoil; Refused where there is none."""
    arguments = tuple(map(copied, given))
    try:
        inspect.signature(function).bind(*given)
    except TypeError as error:
        wanted = ", ".join(inspect.signature(definition.reference).parameters)
        raise Refused("signature", f"Your function must take ({wanted}): {error}.", arguments) from error
    try:
        return limited(definition.seconds, function, *given)
    except NotImplementedError:
        raise Refused("todo", "Not written yet. The notebook goes on with the library's version.") from None
    except TimeLimit:
        raise Refused("time", f"Stopped after {definition.seconds:g} s: an endless loop, or a loop over single numbers "
                      "where one array operation would do?", arguments) from None
    except (Exception, SystemExit) as error:
        raise Refused("crash", f"It stopped with {told(error, function)}.", arguments) from error


def _compare(function: Callable, definition: Exercise, arguments: tuple, got: Any, passed: list[tuple]) -> None:
    if definition.compare:
        want = definition.reference(*map(copied, arguments))
        found = difference(got, want, definition.rtol, definition.atol)
        if found is not None:
            raise Refused(found.kind, _explained(definition, arguments, got, found, passed), arguments)

    def call(*args: Any) -> Any:
        return _answer(function, definition, tuple(map(copied, args)))

    for rule in definition.rules:
        complaint = rule(call, tuple(map(copied, arguments)), copied(got))
        if complaint:
            raise Refused("rule", complaint, arguments)


def _explained(definition: Exercise, arguments: tuple, got: Any, found: Difference, passed: list[tuple]) -> str:
    """The plain difference, then the cause: a known mistake that answers the same, or a general diagnosis."""
    for mistake in definition.mistakes:
        if _agrees(mistake.function, definition, arguments, got) and all(
            _agrees(mistake.function, definition, case, definition.reference(*map(copied, case))) for case in passed
        ):
            return f"{found.text} {mistake.hint}"
    cause = diagnose(found, axis_sizes(definition.axes, arguments[0]), definition.rtol, definition.atol)
    if cause and found.kind == "shape":
        return cause
    return f"{found.text} {cause}" if cause else found.text


def _agrees(mistake: Callable, definition: Exercise, arguments: tuple, answer: Any) -> bool:
    """Whether a known mistake gives this answer too."""
    try:
        return not difference(answer, mistake(*map(copied, arguments)), definition.rtol, definition.atol)
    except Exception:  # a mistake may well crash on this input
        return False


def _global_states() -> dict[str, Any]:
    states = {"random": random.getstate(), "numpy": np.random.get_state()}  # noqa: NPY002
    if "torch" in sys.modules:
        states["torch"] = sys.modules["torch"].random.get_rng_state()
    return states


def _restore(kept: dict[str, Any]) -> None:
    random.setstate(kept["random"])
    np.random.set_state(kept["numpy"])  # noqa: NPY002
    if "torch" in kept:
        sys.modules["torch"].random.set_rng_state(kept["torch"])

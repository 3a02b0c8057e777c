"""What an exercise is, and how one is found by its key."""

from __future__ import annotations

import difflib
import functools
import importlib
import pkgutil
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from reidlib.errors import ReidError

# Part of the name of the file that remembers who solved what: raise it when an old solution must not count any more.
COURSE_VERSION = 1


@dataclass(frozen=True)
class Mistake:
    """A wrong version that people really write, recognised by its answer, and what to tell those who wrote it."""

    function: Callable
    hint: str


@dataclass(frozen=True)
class Exercise:
    """One exercise. The reference is the library: stub and solution cannot drift apart.

    Parameters
    ----------
    key : notebook and number, "03.1".
    title : a few words for panels and the table of progress.
    reference : the library's function, called until the student's is accepted.
    cases : random generator -> list of argument tuples, small, of distinct axis sizes.
    hints : from a nudge to nearly the answer; one more is shown after each attempt.
    axes : the course's letters for the axes of the first argument, "BTD", so that messages speak of B, T and D.
    mistakes : wrong versions with a hint each.
    rules : (call, arguments, answer) -> what is wrong as a sentence, or None; `call` asks the student's function again.
    compare : whether the answer must equal the reference's; False where many answers are right and rules decide.
    rtol, atol : tolerances of the comparison.
    seconds : time limit for each call of a check.
    call_seconds : time limit for each call on real data in the notebook.
    also : further functions whose source belongs to the solution.
    """

    key: str
    title: str
    reference: Callable
    cases: Callable[[np.random.Generator], list[tuple]]
    hints: Sequence[str]
    axes: str = ""
    mistakes: Sequence[Mistake] = ()
    rules: Sequence[Callable[[Callable, tuple, Any], str | None]] = ()
    compare: bool = True
    rtol: float = 1e-4
    atol: float = 1e-6
    seconds: float = 5.0
    call_seconds: float = 60.0
    also: Sequence[Callable] = ()

    def all_cases(self) -> list[tuple]:
        """The cases, the same on every machine and at every call; each call makes them anew."""
        return self.cases(np.random.default_rng(zlib.crc32(self.key.encode())))


@functools.cache
def exercises() -> dict[str, Exercise]:
    """Every exercise of the course by key, in reading order."""
    from reidlib.course import exercises as folder

    names = sorted(module.name for module in pkgutil.iter_modules(folder.__path__))
    found = [importlib.import_module(f"{folder.__name__}.{name}").EXERCISE for name in names]
    return {exercise.key: exercise for exercise in found}


def find(key: str) -> Exercise:
    """The exercise called `key`; ReidError with the nearest keys where there is none."""
    try:
        return exercises()[key]
    except (KeyError, TypeError):
        near = difflib.get_close_matches(str(key).zfill(4), exercises(), n=3, cutoff=0.3) or list(exercises())
        raise ReidError(
            f"Found no exercise {key!r}", f"a key such as {', '.join(near)}", "see course.progress() for all keys"
        ) from None

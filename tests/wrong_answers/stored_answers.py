"""How wrong and right answers are stored: a table of functions for each exercise, filled by two decorators."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

WRONG: dict[str, list[tuple[Callable, str, str]]] = defaultdict(list)
RIGHT: dict[str, list[Callable]] = defaultdict(list)


def wrong(key: str, hint: str, kind: str = "") -> Callable[[Callable], Callable]:
    """An answer to `key` that must be refused with a message that holds `hint` (and for the reason `kind`)."""

    def keep(function: Callable) -> Callable:
        WRONG[key].append((function, hint, kind))
        return function

    return keep


def right(key: str) -> Callable[[Callable], Callable]:
    """Another way to write a correct answer: it must be accepted."""

    def keep(function: Callable) -> Callable:
        RIGHT[key].append(function)
        return function

    return keep

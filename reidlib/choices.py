"""Things that are chosen by name, and options that a maker takes: an unknown one is refused with the nearest known."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from reidlib.errors import ReidError

Thing = TypeVar("Thing")


def chosen(known: Mapping[str, Thing], name: object, what: str, todo: str = "pass {!r}", usual: str = "") -> Thing:
    """`known[name]`.

    Parameters
    ----------
    what : "head", "recipe": how the thing is called in the message.
    todo : what to type, with a place for the nearest known name.
    usual : named where nothing is near; default whatever is nearest.

    Raises
    ------
    ReidError : no thing of that name.
    """
    if isinstance(name, str) and name in known:
        return known[name]
    near = difflib.get_close_matches(str(name), known, 1)
    best = near[0] if near else usual or nearest(name, known)
    raise ReidError(f"Found the {what} {name!r}", f"one of {', '.join(known)}", todo.format(best))


def check_options(maker: Callable[..., Any], options: Iterable[str], what: str, own: Iterable[str] = ()) -> None:
    """Refuses options that `maker` does not take; `own` are parameters that the caller fills in.

    Raises
    ------
    ReidError : with the nearest option there is.
    """
    known = [option for option in inspect.signature(maker).parameters if option not in own]
    for option in options:
        if option not in known:
            todo = f"pass {nearest(option, known)}=…, or leave it out" if known else "leave it out"
            raise ReidError(f"Found the option {option!r} of the {what}", ", ".join(known) or "no options at all", todo)


def one_of(name: str, value: object, known: tuple[str, ...]) -> None:
    """Raises ReidError for an option's value that does not exist."""
    if value not in known:
        raise ReidError(f"Found {name}={value!r}", " or ".join(map(repr, known)), f"pass {name}={known[0]!r}")


def at_least(name: str, value: object, least: int, example: int = 3) -> None:
    """Raises ReidError for anything but a whole number from `least`."""
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ReidError(f"Found {name}={value!r}", f"a whole number from {least}",
                        f"pass {name}={max(least, example)}")


def nearest(name: object, known: Iterable[str]) -> str:
    """The known name most like this one."""
    known = list(known)
    return (difflib.get_close_matches(str(name), known, 1, 0) or known)[0]

"""A time limit for a function that a student wrote, in the student's own thread.

The function runs where it was called, so gradients, debuggers and prints work as always. On the main thread of Linux
and macOS an alarm interrupts it, sleeping or not. Anywhere else (Windows, widget callbacks) a watchdog asks Python to
raise inside the thread, which happens at the next step of Python code. A bare `except:` does not save an endless loop:
the line after it raises again. Nothing in Python can stop one endless step of compiled code.
"""

from __future__ import annotations

import ctypes
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

REPEAT = 0.01  # seconds between two attempts at stopping


class TimeLimit(BaseException):
    """Raised inside the function that ran too long. Not an Exception: `except Exception` must not swallow it."""

    def __init__(self) -> None:
        super().__init__("out of time")
        _raise_on_the_next_line()


def limited(seconds: float, function: Callable, *args: Any, **kwargs: Any) -> Any:
    """`function(*args, **kwargs)`, or TimeLimit after `seconds` of wall time."""
    on_main = threading.current_thread() is threading.main_thread()
    stop_after = _by_alarm if on_main and hasattr(signal, "setitimer") else _by_watchdog
    return _watched(stop_after, seconds, function, args, kwargs)


def _watched(stop_after: Callable, seconds: float, function: Callable, args: tuple = (), kwargs: Any = None) -> Any:
    own_names = getattr(function, "__globals__", None)  # looked up by _raise_on_the_next_line
    tracer = sys.gettrace()
    try:
        return stop_after(seconds, lambda: function(*args, **(kwargs or {})))
    finally:
        sys.settrace(tracer)
        del own_names


def _by_alarm(seconds: float, work: Callable[[], Any]) -> Any:
    armed = False  # an alarm before or after the work does nothing

    def ring(number: int, frame: FrameType | None) -> None:
        if armed:
            raise TimeLimit

    started = time.monotonic()
    old_handler = signal.signal(signal.SIGALRM, ring)
    old_delay, old_interval = signal.setitimer(signal.ITIMER_REAL, seconds, REPEAT)
    try:
        try:
            armed = True
            return work()
        finally:
            armed = False
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old_handler)
        if old_delay:  # somebody else's alarm goes on, minus the time that passed
            left = max(old_delay - (time.monotonic() - started), 0.001)
            signal.setitimer(signal.ITIMER_REAL, left, old_interval)


def _by_watchdog(seconds: float, work: Callable[[], Any]) -> Any:
    target = ctypes.c_ulong(threading.get_ident())
    raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
    # Bare locks, because an exception inside the Python code of an Event could leave that locked for ever.
    start, finish, turn = threading.Lock(), threading.Lock(), threading.Lock()
    start.acquire()
    finish.acquire()
    over = sent = False

    def watch() -> None:
        nonlocal sent
        start.acquire()
        wait = seconds
        while not finish.acquire(timeout=wait):
            with turn:
                if not over:
                    sent = True
                    raise_in(target, ctypes.py_object(TimeLimit))
            wait = REPEAT

    threading.Thread(target=watch, name="time limit of an exercise", daemon=True).start()
    try:
        start.release()
        return work()
    finally:
        while True:  # an exception that was already on its way may arrive on any of these lines
            try:
                over = True
                with turn:
                    break
            except TimeLimit:
                continue
        try:
            while sent:  # at most one is still on its way: replace it and wait for it here
                raise_in(target, ctypes.py_object(TimeLimit))
        except TimeLimit:
            pass
        finish.release()


def _raise_on_the_next_line() -> None:
    """Make the function that is being stopped raise once more, should it catch the exception and go on.

    The second exception meets it inside its `except`, where that `try` does not catch it again. Only lines of the
    student's own module do so: libraries may clean up undisturbed.
    """
    frame: FrameType | None = sys._getframe(1)
    inside = []
    while frame is not None and frame.f_code is not _watched.__code__:
        inside.append(frame)
        frame = frame.f_back
    if frame is None:
        return
    own = [caught for caught in inside if caught.f_globals is frame.f_locals["own_names"]]
    for caught in own:
        caught.f_trace = _strike
    if own:
        sys.settrace(_strike)  # until `_watched` ends


def _strike(frame: FrameType, event: str, argument: Any) -> None:
    if event == "line":
        raise TimeLimit

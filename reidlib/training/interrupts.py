"""Ctrl-C between two steps: never in the middle of an update, when half of the weights are new."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupt:
    """`asked` becomes True at the first Ctrl-C; a second one is a KeyboardInterrupt at once."""

    asked = False

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True


@contextmanager
def deferred_interrupt() -> Iterator[Interrupt]:
    """Inside, Ctrl-C only sets a flag. A program with a handler of its own, or another thread, keeps what it has."""
    interrupt = Interrupt()
    ours = (threading.current_thread() is threading.main_thread()
            and signal.getsignal(signal.SIGINT) is signal.default_int_handler)
    if ours:
        signal.signal(signal.SIGINT, interrupt._handle)
    try:
        yield interrupt
    finally:
        if ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)

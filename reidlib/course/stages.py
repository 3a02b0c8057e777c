"""Progress of a job with several stages in a notebook: one line on stderr for each, counting up, without widgets."""

from __future__ import annotations

import sys


class Stages:
    """`named("training", done, total)` counts up the line of that stage; a finished stage keeps its line."""

    def __init__(self) -> None:
        self._what, self._shown = "", -1

    def named(self, what: str, done: int, total: int) -> None:
        percent = 100 * done // max(total, 1)
        if what != self._what:
            self._what, self._shown = what, -1
        if percent // 5 != self._shown // 5:
            sys.stderr.write(f"\r{what}: {done} of {total} ({percent} %)" + ("\n" if done == total else ""))
            sys.stderr.flush()
            self._shown = percent

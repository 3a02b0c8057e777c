"""What a check found, as a box and as text."""

from __future__ import annotations

from dataclasses import dataclass

from reidlib.course.panel import STATUS, Panel, box, marked, prose


@dataclass(eq=False, repr=False)
class Result(Panel):
    """The outcome of `check`.

    `status` is solved, todo or wrong; `kind` the code of what is wrong (shape, dtype, value, crash, time, …); `inputs`
    the arguments that show it; `hints` those given so far, `more_hints` the number of those still to come.
    """

    key: str
    title: str
    status: str
    kind: str
    message: str
    inputs: tuple = ()
    hints: tuple[str, ...] = ()
    more_hints: int = 0

    @property
    def ok(self) -> bool:
        return self.status == "solved"

    @property
    def name(self) -> str:
        return f"Exercise {self.key}, {self.title}" if self.key else "Exercise"

    @property
    def way_on(self) -> str:
        """What to type next."""
        if self.ok or not self.key:
            return ""
        if self.more_hints:
            return f'`course.hint("{self.key}")` shows {"the next" if self.hints else "a"} hint.'
        return f'`course.solution("{self.key}")` shows the answer.'

    def text(self) -> str:
        _, mark, word = STATUS[self.status]
        hints = [f"{label}: {hint}" for label, hint in self._labelled()]
        return "\n".join(line for line in (f"{mark} {word} · {self.name}", self.message, *hints, self.way_on) if line)

    def html(self) -> str:
        hints = "".join(
            f"<details><summary>{label}</summary><p>{prose(hint)}</p></details>" for label, hint in self._labelled()
        )
        on = f"<p><small>{prose(self.way_on)}</small></p>" if self.way_on else ""
        body = f"{marked(self.status, self.name)}<p>{prose(self.message)}</p>{hints}{on}"
        return box(self.status, f"{self.name}: {STATUS[self.status][2]}", body)

    def _labelled(self) -> list[tuple[str, str]]:
        total = len(self.hints) + self.more_hints
        return [(f"Hint {i} of {total}", hint) for i, hint in enumerate(self.hints, 1)]

"""`progress()`: a table of all exercises of the course."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from reidlib.course import record
from reidlib.course.definition import Exercise, exercises
from reidlib.course.panel import STATUS, Panel, box, show


@dataclass(eq=False, repr=False)
class Progress(Panel):
    """Every exercise of the course with its state."""

    rows: list[tuple[Exercise, str, int]]

    @property
    def solved(self) -> int:
        return sum(state == "solved" for _, state, _ in self.rows)

    @property
    def summary(self) -> str:
        return f"{self.solved} of {len(self.rows)} exercises solved"

    def text(self) -> str:
        lines = [
            f"  {STATUS[state][1]} {exercise.key}  {exercise.title}: {STATUS[state][2].lower()}, {_times(tries)}"
            for exercise, state, tries in self.rows
        ]
        return "\n".join([self.summary, *lines])

    def html(self) -> str:
        cell = 'style="text-align:left;padding:.15em .9em .15em 0"'
        row = 'style="background:transparent"'  # not the theme's stripes, which are made for white
        names = "".join(f'<th scope="col" {cell}>{name}</th>' for name in ("Exercise", "Title", "State", "Tries"))
        head = f"<tr {row}>{names}</tr>"
        rows = "".join(
            f'<tr {row}><th scope="row" {cell}>{exercise.key}</th><td {cell}>{escape(exercise.title)}</td>'
            f'<td {cell}><span aria-hidden="true" style="color:{STATUS[state][0]};font-weight:700">{STATUS[state][1]}'
            f"</span> {STATUS[state][2]}</td><td {cell}>{tries}</td></tr>"
            for exercise, state, tries in self.rows
        )
        table = f'<table style="margin:.3em 0;border-collapse:collapse">{head}{rows}</table>'
        return box("note", "Progress", f"<p><strong>{self.summary}</strong></p>{table}")


def _times(tries: int) -> str:
    return "not tried" if not tries else f"{tries} tr{'y' if tries == 1 else 'ies'}"


def progress() -> Progress:
    """A table of all exercises: solved, tried or still to do; it outlives the kernel and covers every notebook."""
    known = record.known()
    rows = []
    for key, exercise in exercises().items():
        entry = known.get(key, record.FRESH)
        state = "solved" if entry["solved"] else "wrong" if entry["tries"] else "todo"
        rows.append((exercise, state, entry["tries"]))
    return show(Progress(rows))

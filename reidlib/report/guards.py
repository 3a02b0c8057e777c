"""What papermill does not notice by itself (each guard has a planted failure in tests/planted_failures).

An exception inside a widget's Output is stored in the widget, not raised; an unknown parameter is only a warning; a
notebook whose cells were skipped succeeds in no time.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from reidlib.errors import ReidError

WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
# Starting a kernel and importing reidlib takes longer than this on any machine; faster means that nothing ran.
FASTEST_HONEST_RUN = 0.5  # seconds


def refuse_unknown_parameters(path: Path, parameters: Mapping[str, object]) -> None:
    """Raise ReidError for a parameter that the notebook's `parameters` cell does not define (papermill only warns)."""
    import papermill

    known = papermill.inspect_notebook(str(path))
    unknown = sorted(set(parameters) - set(known))
    if unknown:
        raise ReidError(
            f"Found the parameter{'s' if len(unknown) > 1 else ''} {', '.join(unknown)} for {path.name}",
            "one of " + (", ".join(sorted(known)) or "none: it has no cell tagged 'parameters'"),
            "correct the name; see the first code cell of the notebook",
        )


def hidden_errors(notebook) -> list[str]:
    """Errors that ended inside a widget: in an Output's stored outputs, or in a view's own `error` text."""
    state = notebook.metadata.get("widgets", {}).get(WIDGET_STATE, {}).get("state", {})
    found = []
    for model in state.values():
        inner = model.get("state", {})
        for output in inner.get("outputs", []) or []:
            if isinstance(output, Mapping) and output.get("output_type") == "error":
                found.append(f"inside a widget: {output.get('ename')}: {output.get('evalue')}")
        message = inner.get("error")
        if isinstance(message, str) and message.strip():
            found.append(f"inside a view: {message.strip()}")
    return found


def skipped_cells(notebook) -> list[str]:
    """Code cells that never ran although the run claims success."""
    code = [(i, c) for i, c in enumerate(notebook.cells) if c.cell_type == "code" and c.source.strip()]
    missed = [i for i, cell in code if cell.execution_count is None]
    if not code:
        return ["no code cell at all: nothing was run"]
    if not missed:
        return []
    return [f"{len(missed)} of {len(code)} code cells did not run (cells {', '.join(map(str, missed))})"]


def too_fast(seconds: float) -> list[str]:
    """A run so short that no kernel can have executed the notebook."""
    if seconds >= FASTEST_HONEST_RUN:
        return []
    return [f"ran in {seconds:.2f} s; a kernel alone needs more than {FASTEST_HONEST_RUN} s: nothing was executed"]

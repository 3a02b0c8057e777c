"""Execute one notebook under papermill with limits on each cell and on the whole, and say how it went."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from reidlib.report import guards

MINUTE = 60
# Generous: they stop a notebook that hangs, they do not measure. `gpu` runs the papers' whole recipes.
CELL_LIMIT = {"ci": 5 * MINUTE, "cpu": 20 * MINUTE, "gpu": 120 * MINUTE}
NOTEBOOK_LIMIT = {"ci": 8 * MINUTE, "cpu": 60 * MINUTE, "gpu": 240 * MINUTE}


@dataclass
class NotebookRun:
    """One notebook's run: `status` "passed" or "failed", `problems` in sentences, `seconds` of wall time."""

    name: str
    status: str
    seconds: float
    cells: int = 0
    problems: list[str] = field(default_factory=list)

    def as_dict(self) -> dict:
        return asdict(self)


def run_notebook(
    path: Path,
    output: Path,
    parameters: Mapping[str, object] | None = None,
    *,
    profile: str = "ci",
    cell_limit: float | None = None,
    notebook_limit: float | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> NotebookRun:
    """Run `path` in a fresh kernel and write the executed copy to `output`.

    Parameters
    ----------
    parameters: injected after the cell tagged `parameters`; an unknown name raises ReidError before anything runs.
    profile: sets the time limits and, through REIDLIB_PROFILE, the kernel's default profile.
    cell_limit, notebook_limit: seconds; the defaults belong to the profile.
    progress: called as progress(cells_done, cells) after each cell.

    A failing notebook does not raise: its NotebookRun says "failed" and why. The executed copy is kept either way.
    """
    import nbformat

    parameters = dict(parameters or {})
    guards.refuse_unknown_parameters(path, parameters)
    cell_limit = cell_limit or CELL_LIMIT[profile]
    deadline = time.monotonic() + (notebook_limit or NOTEBOOK_LIMIT[profile])
    cells = sum(c.cell_type == "code" for c in nbformat.read(path, as_version=4).cells)
    done = 0

    def count(cell, cell_index) -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(min(done, cells), cells)

    output.parent.mkdir(parents=True, exist_ok=True)
    unfinished = output.with_suffix(".running.ipynb")
    started = time.monotonic()
    try:
        problems = _execute(path, unfinished, parameters, profile, cell_limit, deadline, count)
        seconds = time.monotonic() - started
        if unfinished.exists():
            executed = nbformat.read(unfinished, as_version=4)
            problems += guards.hidden_errors(executed)
            if not problems:
                problems += guards.skipped_cells(executed) + guards.too_fast(seconds)
            os.replace(unfinished, output)
    finally:
        unfinished.unlink(missing_ok=True)
    return NotebookRun(path.stem, "failed" if problems else "passed", round(seconds, 2), cells, problems)


def _execute(path, output, parameters, profile, cell_limit, deadline, count) -> list[str]:
    """Run papermill; what stopped it, as a list of one sentence, or an empty list."""
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    def limit(cell) -> int:
        # The whole notebook's limit is kept by giving each cell what is left of it.
        return max(1, round(min(cell_limit, deadline - time.monotonic())))

    try:
        with _environment(REIDLIB_PROFILE=profile):
            papermill.execute_notebook(
                str(path),
                str(output),
                parameters=parameters,
                cwd=str(path.parent),
                kernel_name="python3",
                progress_bar=False,
                start_timeout=180,
                timeout_func=limit,
                on_cell_executed=lambda cell, cell_index, execute_reply: count(cell, cell_index),
            )
    except PapermillExecutionError as error:
        line = error.source.strip().splitlines()[0] if error.source.strip() else ""
        return [f"cell [{error.exec_count}] ({line}) raised {error.ename}: {error.evalue}"]
    except CellTimeoutError as error:
        source = str(error).splitlines()
        return [f"a cell ran past its limit of {cell_limit:.0f} s or the notebook past its own: {source[0]}"]
    except DeadKernelError:
        return ["the kernel died (out of memory, or a crash in compiled code)"]
    return []


class _environment:
    """Set environment variables for the kernel that is about to start, and put the old ones back."""

    def __init__(self, **values: str) -> None:
        # Inline figures need no screen; a test run's `agg` would leave the kernel without pictures.
        self.values = {**values, "MPLBACKEND": "module://matplotlib_inline.backend_inline"}

    def __enter__(self) -> None:
        self.old = {name: os.environ.get(name) for name in self.values}
        os.environ.update(self.values)

    def __exit__(self, *exception) -> None:
        for name, value in self.old.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

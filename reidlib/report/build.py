"""The whole course, executed in order: one failing notebook is reported and the next one runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from reidlib.report import index
from reidlib.report.environment import describe
from reidlib.report.run import NotebookRun, run_notebook


def build_report(
    notebooks: Sequence[Path],
    folder: Path,
    *,
    profile: str = "cpu",
    seed: int = 0,
    on_notebook: Callable[[Path, NotebookRun | None], None] | None = None,
    on_cell: Callable[[int, int], None] | None = None,
) -> dict:
    """Run `notebooks` with papermill; executed copies, their pages, `index.html` and `report.json` go to `folder`.

    The index is rewritten after each notebook, so a stopped run leaves a true page that says what has not run yet.
    `on_notebook(path, None)` is called before a notebook, `on_notebook(path, run)` after it, `on_cell(done, cells)`
    inside.
    Returns the dictionary that report.json holds.
    """
    folder.mkdir(parents=True, exist_ok=True)
    waiting = [{"name": p.stem, "status": "waiting", "seconds": 0.0, "cells": 0, "problems": []} for p in notebooks]
    report = {"profile": profile, "seed": seed, "environment": describe(), "notebooks": waiting}
    index.write(report, folder)
    for i, path in enumerate(notebooks):
        if on_notebook is not None:
            on_notebook(path, None)
        executed = folder / path.name
        run = run_notebook(path, executed, {"PROFILE": profile, "SEED": seed}, profile=profile, progress=on_cell)
        page = _export(executed, run)
        report["notebooks"][i] = {**run.as_dict(), "page": page}
        index.write(report, folder)
        if on_notebook is not None:
            on_notebook(path, run)
    return report


def _export(executed: Path, run: NotebookRun) -> bool:
    """Turn the executed copy into a page; a notebook that cannot be shown has failed its reader."""
    from reidlib.report.export import export_html

    try:
        export_html(executed, executed.with_suffix(".html"))
    except Exception as error:  # whatever the exporter stumbles over, the other notebooks still run
        run.status = "failed"
        run.problems.append(f"could not be exported to HTML: {type(error).__name__}: {error}")
        return False
    return True

"""`reidlib report`: run every notebook and write one page about it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import typer

from reidlib.cli.course_data import Data, tell_kernels


class Profile(StrEnum):
    """How much each notebook computes."""

    ci = "ci"
    cpu = "cpu"
    gpu = "gpu"


def report(
    profile: Profile = typer.Option(Profile.cpu, help="ci: seconds a notebook; cpu: minutes; gpu: as the papers."),
    only: str = typer.Option(None, help="Only these notebooks, as numbers or names: 02,05."),
    out: Path = typer.Option(None, help="Folder of the report. [default: reports/PROFILE or reports/PROFILE-DATA]"),
    seed: int = typer.Option(0, help="Seed of every notebook."),
    data: str = Data,
) -> None:
    """Run the notebooks in order, keep going when one fails, and write executed copies, pages and an index."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from reidlib.course.locate import notebook_paths, select
    from reidlib.report.build import build_report
    from reidlib.report.index import SIGN, minutes

    tell_kernels(data)
    paths = select(notebook_paths(), only)
    folder = (out or Path("reports") / "-".join(filter(None, (profile.value, data and Path(data).name)))).resolve()
    console = Console(stderr=True)
    text = TextColumn("{task.description}")
    columns = (SpinnerColumn(), text, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        bar = bars.add_task("starting", total=1)

        def on_notebook(path: Path, run) -> None:
            if run is None:
                bars.reset(bar, total=1, description=path.stem)
                return
            colour = "green" if run.status == "passed" else "red"
            console.print(f"[{colour}]{SIGN[run.status]}[/] {run.name}  {minutes(run.seconds)}", highlight=False)
            for problem in run.problems:
                console.print(f"    {problem}", style="red", markup=False, highlight=False)

        def on_cell(done: int, cells: int) -> None:
            bars.update(bar, completed=done, total=cells)

        result = build_report(paths, folder, profile=profile.value, seed=seed, on_notebook=on_notebook, on_cell=on_cell)
    print(folder / "index.html")
    failed = sum(r["status"] == "failed" for r in result["notebooks"])
    if failed:
        raise typer.Exit(1)

"""`course.recorded("attention")`: the numbers of a run that is too long for a notebook, as the clone holds them."""

from __future__ import annotations

import json
from pathlib import Path

from reidlib.course.locate import notebooks_folder
from reidlib.data.files import explained
from reidlib.errors import ReidError


def recorded(name: str, start: Path | None = None) -> dict:
    """What `docs/results/NAME.json` of the clone says: the run's machine and results, and its plan if it had one.

    Parameters
    ----------
    name : such as "attention", the planned comparison of heads.
    start : where the clone is looked for first (default: the working folder), then beside reidlib.

    Raises ReidError where the clone holds no such run, as before the run was made.
    """
    clone = notebooks_folder(start).parent
    file = f"docs/results/{name}.json"
    makes = (f"run `.venv/bin/python benchmarks/{name}.py --json {file}`"
             if (clone / "benchmarks" / f"{name}.py").is_file() else "choose one of those")
    if not (clone / file).is_file():
        there = ", ".join(sorted(each.stem for each in (clone / file).parent.glob("*.json"))) or "none"
        raise ReidError(f"Found no recorded run '{name}'; recorded are: {there}", f"the file {file} in the clone",
                        f"take a newer clone, or {makes}")
    with explained(clone / file):
        text = (clone / file).read_text(encoding="utf-8")
    try:
        return dict(json.loads(text))
    except (ValueError, TypeError) as error:  # a download that broke off, or another kind of file
        raise ReidError(f"Found in {file} no recorded run ({error})", "the file as the run wrote it",
                        f"take it from the repository again, or {makes}") from None

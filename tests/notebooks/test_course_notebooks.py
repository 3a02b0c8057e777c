"""Every notebook of the course: clean as committed, runs under papermill, and under nbval where text is compared."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

pytest.importorskip("papermill")
from reidlib.course.hygiene import complaints
from reidlib.course.locate import notebook_paths
from reidlib.course.strip import MARK
from reidlib.report.run import run_notebook

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = notebook_paths(ROOT / "notebooks")
# A callback can fail where papermill does not look, so nbval runs notebooks that attach one too.
CALLBACK = re.compile(r"\.observe\(|\.on_click\(|\.live\(")

pytestmark = [pytest.mark.notebooks, pytest.mark.timeout(900)]


def _needs_nbval(path: Path) -> bool:
    cells = nbformat.read(path, as_version=4).cells
    return any(c.cell_type == "code" and (MARK in c.source or CALLBACK.search(c.source)) for c in cells)


def test_there_are_notebooks():
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_keeps_the_rules(path):
    assert complaints(path) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_runs(path, tmp_path):
    run = run_notebook(path, tmp_path / path.name, {"PROFILE": "ci", "SEED": 0}, profile="ci")
    print(f"{run.name}: {run.seconds:.1f} s, {run.cells} code cells")
    assert run.problems == []


@pytest.mark.parametrize("path", [p for p in NOTEBOOKS if _needs_nbval(p)], ids=lambda p: p.stem)
def test_compared_text_and_callbacks(path):
    command = [sys.executable, "-m", "pytest", "--nbval-lax", "-p", "no:cacheprovider", "-q", "--no-header"]
    environment = {**os.environ, "REIDLIB_PROFILE": "ci", "REIDLIB_SEED": "0"}
    run = subprocess.run(
        [*command, "--nbval-cell-timeout", "300", str(path)], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout[-4000:]

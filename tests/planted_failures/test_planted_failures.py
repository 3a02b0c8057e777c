"""Each guard of the notebook tests bites: a fault is planted, and the run must name it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from notebook_maker import write_notebook

pytest.importorskip("papermill")
from reidlib.errors import ReidError
from reidlib.report.guards import too_fast
from reidlib.report.run import run_notebook

pytestmark = pytest.mark.notebooks
WIDGETS = "import ipywidgets as widgets\nfrom IPython.display import display"


def _nbval(path) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "pytest", "--nbval-lax", "-p", "no:cacheprovider", "-q", str(path)]
    return subprocess.run(command, cwd=path.parent, capture_output=True, text=True, timeout=120)


def test_a_sound_notebook_passes(tmp_path):
    path = write_notebook(tmp_path / "sound.ipynb", "total = sum(range(5))", "print(total)")
    seen = []
    run = run_notebook(path, tmp_path / "out" / "sound.ipynb", {"SEED": 3}, progress=lambda *a: seen.append(a))
    assert (run.status, run.problems) == ("passed", [])
    assert seen[-1] == (3, 3)
    assert "SEED = 3" in (tmp_path / "out" / "sound.ipynb").read_text()


def test_raising_cell(tmp_path):
    path = write_notebook(tmp_path / "a.ipynb", "x = 1", "undefined_name + x")
    run = run_notebook(path, tmp_path / "out.ipynb")
    assert run.status == "failed"
    assert "NameError" in run.problems[0]
    assert "undefined_name" in (tmp_path / "out.ipynb").read_text(), "the executed copy is kept for reading"


def test_raising_callback(tmp_path):
    """A callback that raises when Python moves the control fails under papermill and under nbval."""
    source = f"{WIDGETS}\nslider = widgets.IntSlider()\nslider.observe(lambda change: 1 / 0, 'value')\nslider.value = 5"
    path = write_notebook(tmp_path / "callback.ipynb", source)
    run = run_notebook(path, tmp_path / "out.ipynb")
    assert run.status == "failed"
    assert "ZeroDivisionError" in run.problems[0]
    assert _nbval(path).returncode == 1


def test_error_inside_a_widget(tmp_path):
    """papermill alone calls this a success: the exception is stored in the Output widget."""
    source = f"{WIDGETS}\nout = widgets.Output()\nwith out:\n    1 / 0\ndisplay(out)"
    path = write_notebook(tmp_path / "hidden.ipynb", source)
    run = run_notebook(path, tmp_path / "out.ipynb")
    assert run.status == "failed"
    assert "inside a widget: ZeroDivisionError" in run.problems[0]
    assert _nbval(path).returncode == 1


def test_wrong_stored_text(tmp_path):
    from reidlib.course.strip import strip

    path = write_notebook(tmp_path / "text.ipynb", "# NBVAL_CHECK_OUTPUT\nprint(2 + 2)")
    run_notebook(path, tmp_path / "executed.ipynb")
    right = strip((tmp_path / "executed.ipynb").read_text(encoding="utf-8"))
    path.write_text(right, encoding="utf-8")
    assert _nbval(path).returncode == 0
    path.write_text(right.replace('"4\\n"', '"5\\n"'), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != right
    assert _nbval(path).returncode == 1


def test_mistyped_parameter(tmp_path):
    path = write_notebook(tmp_path / "typo.ipynb", "print(SEED)")
    with pytest.raises(ReidError, match="SEDE") as caught:
        run_notebook(path, tmp_path / "out.ipynb", {"SEDE": 1})
    assert "DEVICE, PROFILE, SEED" in str(caught.value)
    assert not (tmp_path / "out.ipynb").exists()


def test_endless_cell(tmp_path):
    path = write_notebook(tmp_path / "endless.ipynb", "import time\nwhile True:\n    time.sleep(0.1)")
    run = run_notebook(path, tmp_path / "out.ipynb", cell_limit=2)
    assert run.status == "failed"
    assert "limit of 2 s" in run.problems[0]


def test_endless_notebook(tmp_path):
    """No single cell is too long, yet the notebook is: the whole limit must bite."""
    path = write_notebook(tmp_path / "slow.ipynb", *["import time; time.sleep(1.5)"] * 6)
    run = run_notebook(path, tmp_path / "out.ipynb", cell_limit=60, notebook_limit=4)
    assert run.status == "failed"
    assert "notebook past its own" in run.problems[0]
    assert run.seconds < 20


def test_dead_kernel(tmp_path):
    path = write_notebook(tmp_path / "dead.ipynb", "import os\nos._exit(3)")
    run = run_notebook(path, tmp_path / "out.ipynb")
    assert run.status == "failed"
    assert "kernel died" in run.problems[0]


def test_skipped_cells(tmp_path):
    path = write_notebook(tmp_path / "skip.ipynb", "x = 1", "y = 2")
    notebook = json.loads(path.read_text())
    notebook["cells"][-1]["metadata"]["tags"] = ["skip-execution"]
    path.write_text(json.dumps(notebook))
    assert "skip-execution" in path.read_text()
    run = run_notebook(path, tmp_path / "out.ipynb")
    assert run.status == "failed"
    assert "1 of 3 code cells did not run" in run.problems[0]


def test_notebook_without_code(tmp_path):
    path = write_notebook(tmp_path / "prose.ipynb", "#md only words", parameters=None)
    run = run_notebook(path, tmp_path / "out.ipynb")
    assert run.status == "failed"
    assert "no code cell" in run.problems[0]


def test_too_fast_is_refused():
    assert too_fast(0.0)
    assert not too_fast(3.0)

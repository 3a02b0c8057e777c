"""Every notebook of the course, run by a reader: opened in JupyterLab, all cells, no error, no call to the network."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from reidlib.course.locate import notebook_paths

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = notebook_paths(ROOT / "notebooks")

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


# papermill runs these in every `make test`, and test_views_in_lab shows their views in JupyterLab.
LATER = ("01", "06", "11")


@pytest.mark.parametrize("path", [pytest.param(path, marks=pytest.mark.slow if path.stem[:2] in LATER else ())
                                  for path in NOTEBOOKS], ids=lambda p: p.stem)
def test_runs_in_jupyterlab(lab, screenshot, path):
    for neighbour in NOTEBOOKS:  # so that links between notebooks lead somewhere
        shutil.copy(neighbour, lab.folder / neighbour.name)
    page = lab.visit(path.name)
    # The kernel has inherited no profile; a reader on a laptop would set it here.
    page.evaluate("""() => { const cell = window.jupyterapp.shell.currentWidget.content.model.cells.get(1);
                             cell.sharedModel.setSource(cell.sharedModel.getSource() + '\\nPROFILE = "ci"'); }""")
    page.set_default_timeout(300_000)
    assert lab.run_all() == []
    counts = page.evaluate("""() => { const out = []; for (const c of
        window.jupyterapp.shell.currentWidget.content.model.cells) if (c.type === 'code') out.push(c.executionCount);
        return out; }""")
    assert counts == list(range(1, len(counts) + 1)), "every cell ran once, in order"
    assert page.locator(".jp-OutputArea-output img:not([alt])").count() == 0, "a picture without words"
    screenshot(page, path.stem)

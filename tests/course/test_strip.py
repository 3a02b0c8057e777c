"""The committed form of a notebook."""

from __future__ import annotations

import nbformat
import pytest

pytest.importorskip("nbformat")
from notebook_maker import write_notebook

from reidlib.course.strip import main, strip, strip_file


def _executed(path):
    """As JupyterLab or papermill leave a notebook: outputs, counts, timings, widget state, an injected cell."""
    notebook = nbformat.read(path, as_version=4)
    for i, cell in enumerate(c for c in notebook.cells if c.cell_type == "code"):
        cell.execution_count = 40 + i
        cell.metadata["papermill"] = {"duration": 0.1}
        cell.metadata["collapsed"] = True
        cell.outputs = [
            nbformat.v4.new_output("stream", name="stdout", text="two "),
            nbformat.v4.new_output("stream", name="stdout", text="parts\n"),
            nbformat.v4.new_output("stream", name="stderr", text="a warning\n"),
            nbformat.v4.new_output("display_data", data={"image/png": "AAAA", "text/plain": "<Figure>"}),
        ]
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
    notebook.metadata["papermill"] = {"duration": 3}
    injected = nbformat.v4.new_code_cell("SEED = 9", id="injected", metadata={"tags": ["injected-parameters"]})
    notebook.cells.insert(1, injected)
    return nbformat.writes(notebook)


@pytest.fixture
def source(tmp_path):
    path = write_notebook(tmp_path / "n.ipynb", "x = 1", "# NBVAL_CHECK_OUTPUT\nprint('two parts')", "#md *words*")
    path.write_text(strip(path.read_text(encoding="utf-8")), encoding="utf-8")
    return path


def test_a_rerun_leaves_only_the_marked_text(source):
    before = nbformat.reads(source.read_text(encoding="utf-8"), as_version=4)
    after = nbformat.reads(strip(_executed(source)), as_version=4)
    assert [c.id for c in after.cells] == [c.id for c in before.cells]
    assert [c.source for c in after.cells] == [c.source for c in before.cells]
    kept = [c for c in after.cells if c.get("outputs")]
    assert [c.source.splitlines()[0] for c in kept] == ["# NBVAL_CHECK_OUTPUT"]
    (output,) = kept[0].outputs
    assert (output.output_type, output.name, output.text) == ("stream", "stdout", "two parts\n")
    assert kept[0].execution_count == 3, "the cell's position among the code cells"
    assert "widgets" not in after.metadata
    assert "papermill" not in after.metadata
    assert after.cells[0].metadata == {"tags": ["parameters"]}


def test_stripping_twice_changes_nothing(source):
    once = strip(_executed(source))
    assert strip(once) == once


def test_a_second_rerun_gives_the_same_bytes(source):
    once = strip(_executed(source))
    source.write_text(once, encoding="utf-8")
    assert strip(_executed(source)) == once


def test_check_reports_and_rewrite_mends(source, capsys):
    clean = source.read_text(encoding="utf-8")
    assert main([str(source), "--check"]) == 0
    dirty = _executed(source)
    source.write_text(dirty, encoding="utf-8")
    assert main([str(source.parent), "--check"]) == 1
    assert "would strip" in capsys.readouterr().out
    assert source.read_text(encoding="utf-8") == dirty, "--check writes nothing"
    assert main([str(source.parent)]) == 0
    assert strip_file(source) is False
    # The marked cell now keeps its text; everything else is as it was.
    assert source.read_text(encoding="utf-8").replace("\n", "") != clean
    assert list(source.parent.glob("*.tmp")) == []

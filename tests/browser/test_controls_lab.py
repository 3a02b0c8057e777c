"""rerun in JupyterLab: a control moved by keys draws again, errors can be read, exports keep the picture."""

from __future__ import annotations

import nbformat
import pytest

from reidlib.report.export import export_html
from reidlib.views import figure, rerun

pytestmark = pytest.mark.browser
SHOW = """
from reidlib.errors import ReidError
from reidlib.views import figure, rerun

def again(R=2, head="plain"):
    if R == 4:
        raise ReidError("Found R = 4 <b>", "another", "choose R = 3")
    if R == 5:
        raise ZeroDivisionError("five")
    picture = figure(alt=f"The test picture of the number {R} by the head {head}.", width=3, height=2)
    picture.axes.plot([0, R])
    return picture

box = rerun(again, R=range(6), head={"RAN": "ran", "mean": "plain"})
box
"""


def alt(number: int, head: str = "plain") -> str:
    return f"The test picture of the number {number} by the head {head}."


def test_controls_by_keyboard_in_jupyterlab(lab, screenshot):
    page = lab.open("rerun.ipynb", SHOW, "print(box.controls['R'].value, box.error)")
    assert lab.run_all() == []
    page.get_by_alt_text(alt(2)).wait_for()
    slider = page.locator('.jp-OutputArea [role="slider"]')
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.get_by_alt_text(alt(3)).wait_for()
    screenshot(page, "rerun_lab")
    page.keyboard.press("ArrowRight")
    trouble = page.get_by_role("alert").filter(has_text="another")
    trouble.wait_for()
    assert "Found R = 4 <b>" in trouble.inner_text()
    assert "Below is still the picture of before." in trouble.inner_text()
    assert page.get_by_alt_text(alt(3)).is_visible()
    screenshot(page, "rerun_lab_error")
    page.keyboard.press("ArrowRight")
    page.get_by_role("alert").filter(has_text="ZeroDivisionError: five").wait_for()
    lab.run_cell(1)
    page.get_by_text("5 ZeroDivisionError: five", exact=True).wait_for()
    slider.focus()
    page.keyboard.press("Home")
    page.get_by_alt_text(alt(0)).wait_for()
    page.locator('.jp-OutputArea [role="alert"]').filter(has_text="five").wait_for(state="detached")
    page.get_by_label("head", exact=True).select_option("RAN")
    page.get_by_alt_text(alt(0, "ran")).wait_for()


def test_the_picture_stays_where_no_kernel_runs(open_file, tmp_path):
    pytest.importorskip("ipywidgets")

    def again(R=2):
        return figure(alt=alt(R), width=3, height=2)

    bundle, *_ = rerun(again, R=range(6))._repr_mimebundle_(), None
    bundle = bundle[0] if isinstance(bundle, tuple) else bundle
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("rerun(again, R=range(6))")])
    notebook.cells[0].outputs = [nbformat.v4.new_output("execute_result", data=bundle, execution_count=1)]
    nbformat.write(notebook, tmp_path / "05.ipynb")
    export_html(tmp_path / "05.ipynb", tmp_path / "05.html")
    page = open_file(tmp_path / "05.html")
    assert page.get_by_alt_text(alt(2)).is_visible()

"""Views in a real JupyterLab: shown, driven, linked, live, untrusted, dark."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from reidlib.report.export import export_html
from reidlib.views import pipeline_map
from reidlib.views.palette import THEMES

pytestmark = pytest.mark.browser
ECHO = Path(__file__).with_name("echo.js")
SHOW_MAP = "from reidlib.views import pipeline_map\npipeline_map()"
LIVE = f"""
from reidlib.views import View, figure

def answer(message):
    if message.get("fail"):
        raise ZeroDivisionError("no such frame <b>7</b>")
    state["value"] *= message["times"]
    return {{"value": state["value"]}}

state = {{"value": 5}}
picture = figure(alt="A test picture of the number five, which doubles.")
view = View({str(ECHO)!r}, {{"value": 5, "label": "live"}}, picture=picture, title="Echo")
widget = view.live(answer)
widget
"""


def rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))})"


def test_map_runs_answers_and_links(lab, screenshot):
    empty = nbformat.v4.new_notebook()
    nbformat.write(empty, lab.folder / "04_frame_attention.ipynb")
    page = lab.open("map.ipynb", SHOW_MAP, "pipeline_map()  # once more, the same data")
    assert lab.run_all() == []
    views = page.locator(".jp-OutputArea-output .reid-view")
    page.locator(".reid-view[data-reid-ready]").nth(1).wait_for()
    assert views.count() == 2

    first = views.first
    first.get_by_role("option", name=re.compile("^Frame attention")).click()
    assert first.locator(".reid-title").inner_text() == "Frame attention"
    assert views.nth(1).locator(".reid-title").inner_text() == "Tracklet frames"
    screenshot(page, "lab_light")
    active = "window.jupyterapp.shell.currentWidget.content.activeCellIndex"
    before = page.evaluate(active)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert first.locator(".reid-title").inner_text() == "Ranking"
    chosen = first.locator('[aria-selected="true"]').get_attribute("aria-label")
    assert chosen.startswith("Ranking, (P, G), step 9 of 9 in RAN")
    page.keyboard.press("b")  # Jupyter's "insert a cell below"
    mode = page.evaluate("window.jupyterapp.shell.currentWidget.content.mode")
    assert (page.evaluate(active), mode) == (before, "command")  # Jupyter did not take the keys for itself
    assert page.evaluate("window.jupyterapp.shell.currentWidget.content.model.cells.length") == 2

    first.get_by_role("option", name=re.compile("^Frame attention")).click()
    first.locator(".reid-panel a").click()
    page.wait_for_function(
        "window.jupyterapp.shell.currentWidget.context?.path === '04_frame_attention.ipynb'", timeout=10_000
    )


def test_live_view_asks_python_and_shows_its_errors(lab, screenshot):
    page = lab.open("live.ipynb", LIVE, "print(state['value'], widget.patch, repr(widget.error))")
    lab.run_cell(0)
    value, alert = page.locator(".echo-value"), page.locator(".reid-trouble")
    value.wait_for()
    assert value.inner_text() == "5"
    page.locator(".echo-double").click()
    page.wait_for_function("document.querySelector('.echo-value').textContent === '10'")
    page.locator(".echo-fail").click()
    alert.wait_for()
    assert "ZeroDivisionError: no such frame <b>7</b>" in alert.inner_text()
    assert value.inner_text() == "10"
    screenshot(page, "lab_live_error")
    page.locator(".echo-double").click()  # Python recovers, and the old error goes
    page.wait_for_function("document.querySelector('.echo-value').textContent === '20'")
    assert not alert.is_visible()
    assert page.locator(".reid-view[aria-busy]").count() == 0
    page.keyboard.press("x")  # on a button of the view, not Jupyter's "cut the cell"
    lab.run_cell(1)
    output = page.locator(".jp-CodeCell").nth(1).locator(".jp-OutputArea-output")
    output.wait_for()
    assert output.inner_text().strip() == "20 {'value': 20} ''"


def test_untrusted_notebook_keeps_the_picture(lab, screenshot):
    view = pipeline_map()
    page = lab.open("untrusted.ipynb", SHOW_MAP, outputs={0: view._repr_mimebundle_()})
    image = page.locator(".jp-OutputArea-output img")
    image.wait_for()
    assert image.is_visible()
    assert image.get_attribute("alt") == view.alt
    assert page.locator(".reid-map").count() == 0  # no script ran
    screenshot(page, "lab_untrusted")


def test_dark_theme_is_followed(lab, screenshot):
    page = lab.open("dark.ipynb", SHOW_MAP)
    assert lab.run_all() == []
    view = page.locator(".reid-view[data-reid-ready]")
    view.wait_for()
    background = "e => getComputedStyle(e).backgroundColor"
    assert view.evaluate(background) == rgb(THEMES["light"].background)
    try:
        lab.command("apputils:change-theme", {"theme": "JupyterLab Dark"})
        page.wait_for_function("document.body.dataset.jpThemeLight === 'false'")
        assert view.evaluate(background) == rgb(THEMES["dark"].background)
        page.get_by_role("option", name=re.compile("^Probe encoder")).click()
        screenshot(page, "lab_dark")
    finally:
        lab.command("apputils:change-theme", {"theme": "JupyterLab Light"})
        page.wait_for_function("document.body.dataset.jpThemeLight === 'true'")


def test_exported_notebook_works_without_a_network(open_file, tmp_path, screenshot):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(SHOW_MAP)])
    bundle = pipeline_map()._repr_mimebundle_()
    notebook.cells[0].outputs = [nbformat.v4.new_output("execute_result", data=bundle, execution_count=1)]
    nbformat.write(notebook, tmp_path / "00.ipynb")
    export_html(tmp_path / "00.ipynb", tmp_path / "00.html")
    # A page of nbconvert is light whatever the system prefers, and the view goes with it.
    page = open_file(tmp_path / "00.html", color_scheme="dark")
    page.locator(".reid-view[data-reid-ready]").wait_for()
    page.get_by_role("option", name=re.compile("^Matching")).click()
    assert page.locator(".reid-title").inner_text() == "Matching"
    background = page.locator(".reid-view").evaluate("e => getComputedStyle(e).backgroundColor")
    assert background == rgb(THEMES["light"].background)
    screenshot(page, "exported")

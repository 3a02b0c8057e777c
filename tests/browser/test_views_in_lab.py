"""Every view in one notebook in a real JupyterLab: shown, driven by keys, asking Python, and not trusted."""

from __future__ import annotations

import re
from pathlib import Path

import every_view
import pytest
from every_view import HOSTILE, SENTENCE, VIEWS
from lab_page import TOKEN, LabPage, Watch
from offline_page import ATTACKED

pytestmark = pytest.mark.browser
FIRST = f"import sys\nsys.path.insert(0, {str(Path(__file__).parent)!r})\nimport every_view"
LIVE = [name for name, each in VIEWS.items() if each.live]
CELLS = [FIRST, *(f"every_view.make({name!r})" for name in VIEWS), *(f"every_view.live({name!r})" for name in LIVE),
         "box = every_view.controls()\nbox", "print(box.controls['R'].value, box.error)"]  # fmt: skip
CONTROLS = len(CELLS) - 2


class Lab:
    """A notebook page of one server, and what it must not do."""

    def __init__(self, browser, server, name: str, **stored) -> None:
        self.watch = Watch()
        address, folder = server
        self.context = browser.new_context(viewport={"width": 1300, "height": 1250}, reduced_motion="reduce")
        self.lab = LabPage(self.watch.follow(self.context, (address,)), address, TOKEN, folder)
        self.page = self.lab.open(name, *CELLS, **stored)

    def cell(self, i: int):
        """The output of a cell, scrolled into sight, which is when JupyterLab draws it."""
        self.page.evaluate("i => window.jupyterapp.shell.currentWidget.content.scrollToItem(i, 'center')", i)
        output = self.page.locator(f'.jp-Cell[data-windowed-list-index="{i}"] .jp-OutputArea-output').last
        output.wait_for()
        return output

    def check(self) -> None:
        found, self.watch.errors, self.watch.external = (self.watch.errors, self.watch.external), [], []
        assert found == ([], [])
        assert not self.page.evaluate(ATTACKED)


@pytest.fixture(scope="module")
def lab_all(browser, lab_server):
    opened = Lab(browser, lab_server, "all.ipynb")
    assert opened.lab.run_all() == []
    yield opened
    opened.context.close()


def press(page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


@pytest.mark.parametrize("name", VIEWS)
def test_it_mounts_and_answers_to_keys(lab_all, name, screenshot):
    output = lab_all.cell(1 + list(VIEWS).index(name))
    view = output.locator(".reid-view[data-reid-ready]")
    view.wait_for()
    cells = lab_all.page.evaluate("window.jupyterapp.shell.currentWidget.content.model.cells.length")
    every_view.use(view, name)
    assert cells == lab_all.page.evaluate("window.jupyterapp.shell.currentWidget.content.model.cells.length")
    screenshot(output, f"lab_{name}")
    lab_all.check()


@pytest.mark.parametrize("name", LIVE)
def test_python_answers_and_its_exception_is_a_sentence(lab_all, name, screenshot):
    output, asked = lab_all.cell(1 + len(VIEWS) + LIVE.index(name)), VIEWS[name].live
    view = output.locator(".reid-view")
    view.locator(asked.focus).first.wait_for()
    assert view.locator(asked.shown).count() == 0
    view.locator(asked.focus).first.focus()
    press(lab_all.page, *asked.keys)
    view.locator(asked.shown).first.wait_for()
    trouble = view.locator(".reid-trouble")
    assert not trouble.is_visible()
    press(lab_all.page, *asked.failing)
    trouble.wait_for()
    assert trouble.inner_text() == f"Python could not answer. ValueError: {SENTENCE}"
    screenshot(output, f"lab_live_{name}")
    lab_all.check()


def test_controls_draw_again_and_say_what_failed(lab_all):
    output = lab_all.cell(CONTROLS)
    output.get_by_alt_text(f"The test picture of the number 2 and of {HOSTILE}").wait_for()
    output.locator("[role=slider]").focus()
    press(lab_all.page, "ArrowRight")
    output.get_by_alt_text(f"The test picture of the number 3 and of {HOSTILE}").wait_for()
    press(lab_all.page, "ArrowRight")
    output.get_by_role("alert").filter(has_text=SENTENCE).wait_for()
    lab_all.lab.run_cell(CONTROLS + 1)
    lab_all.page.get_by_text(f"4 ValueError: {SENTENCE}", exact=True).wait_for()
    lab_all.check()


def test_untrusted_the_pictures_remain_and_no_script_runs(browser, lab_server, screenshot):
    made = [every_view.make(name) for name in VIEWS]
    live = [every_view.live(name) for name in LIVE]
    bundles = [each._repr_mimebundle_() for each in (*made, *live, every_view.controls())]
    bundles = [each[0] if isinstance(each, tuple) else each for each in bundles]
    stored = {i + 1: bundle for i, bundle in enumerate(bundles)}
    untrusted = Lab(browser, lab_server, "untrusted.ipynb", outputs=stored)
    for i, bundle in stored.items():
        image = untrusted.cell(i).locator("img")
        assert image.is_visible()
        assert re.sub(r"\s+", " ", image.get_attribute("alt")) == re.sub(r"\s+", " ", bundle["text/plain"])
    assert untrusted.page.locator("[data-reid-started], [data-reid-ready]").count() == 0
    assert untrusted.page.evaluate("window.reidlibViews === undefined")
    screenshot(untrusted.page, "lab_untrusted_all")
    untrusted.check()
    untrusted.context.close()

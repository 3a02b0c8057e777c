"""Every view in one executed and exported notebook, opened from disk: with its scripts, and without any."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import every_view
import nbformat
import pytest
from every_view import VIEWS
from offline_page import OfflinePage, offline_page

from reidlib.report.export import export_html
from reidlib.report.run import run_notebook

pytestmark = pytest.mark.browser
HERE = Path(__file__).parent
SHOW = [*(f"every_view.make({name!r})" for name in VIEWS), "every_view.controls()"]
SHOW += [f"every_view.live({name!r})" for name, each in VIEWS.items() if each.live]


class Exported(NamedTuple):
    page: Path
    alts: list[str]  # of each output


@pytest.fixture(scope="module")
def exported(tmp_path_factory) -> Exported:
    pytest.importorskip("papermill", reason="papermill is not installed: pip install 'reidlib[course]'")
    folder = tmp_path_factory.mktemp("exported")
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    first = f"import sys\nsys.path.insert(0, {str(HERE)!r})\nimport every_view"
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in (first, *SHOW)]
    nbformat.write(notebook, folder / "all.ipynb")
    run = run_notebook(folder / "all.ipynb", folder / "done.ipynb")
    assert run.problems == []
    export_html(folder / "done.ipynb", folder / "all.html")
    outputs = [cell.outputs for cell in nbformat.read(folder / "done.ipynb", as_version=4).cells[1:]]
    return Exported(folder / "all.html", [each[-1].data["text/plain"] for each in outputs])


@pytest.fixture(scope="module")
def opened(browser, exported):
    with offline_page(browser) as page:
        page.open(exported.page)
        yield page


@pytest.mark.parametrize("place", range(len(SHOW)), ids=SHOW)
def test_it_answers_to_keys_without_python(opened: OfflinePage, exported, place, screenshot):
    """Live widgets as well: what stands in their place is the view without Python. Controls leave their picture."""
    output = opened.page.locator(".jp-CodeCell").nth(place + 1)
    if SHOW[place] == "every_view.controls()":
        assert output.get_by_alt_text(exported.alts[place]).is_visible()
    else:
        view = output.locator(".reid-view[data-reid-ready]")
        view.wait_for()
        assert not view.locator(".reid-picture").is_visible()
        assert view.locator(".reid-picture img").get_attribute("alt") == exported.alts[place]
        every_view.use(view, re.search("'(.*)'", SHOW[place]).group(1))
    assert not opened.page.locator(".reid-trouble:visible").count()
    opened.check()


def test_keys_that_do_nothing_are_noticed(opened: OfflinePage, monkeypatch):
    monkeypatch.setitem(VIEWS, "WinnersCurse", VIEWS["WinnersCurse"]._replace(keys=("F9",)))
    view = opened.page.locator(".reid-view[data-reid-view^='winners']")
    with pytest.raises(AssertionError, match="changed nothing"):
        every_view.use(view, "WinnersCurse")


def test_the_page_is_light(exported):
    """A view takes a tenth of a megabyte to a quarter."""
    assert exported.page.stat().st_size < 4 * 2**20


def test_pictures_remain_where_scripts_and_styles_are_removed(opened: OfflinePage, exported, tmp_path, screenshot):
    """What GitHub and viewers of notebooks that are not trusted leave of a page."""
    html = exported.page.read_text("utf-8")
    bare = re.sub(r"<(script|style)\b.*?</\1>", "", html, flags=re.S | re.I)
    assert html.count("<script") > len(SHOW)
    assert "<script" not in bare.lower()
    (tmp_path / "bare.html").write_text(bare, "utf-8")
    page = opened.open(tmp_path / "bare.html")
    seen = page.locator("img").evaluate_all(
        "all => all.filter((e) => e.naturalWidth > 100 && e.checkVisibility()).map((e) => e.alt)")
    assert seen == exported.alts
    assert page.locator("[data-reid-ready]").count() == 0
    screenshot(page, "exported_without_scripts")
    opened.check()

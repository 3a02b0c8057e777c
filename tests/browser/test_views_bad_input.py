"""Bad input to every view: a sentence (ReidError), or a page that says something; never a blank, never a script."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import every_view
import numpy as np
import pytest
from every_view import CHOICES, HOSTILE, VIEWS
from offline_page import ATTACKED, offline_page

from reidlib import views
from reidlib.errors import ReidError

pytestmark = pytest.mark.browser
NOT_VIEWS = {"DescribedFigure", "View", "figure", "rerun", "rounded", "sprite_sheet"}


@pytest.fixture(scope="module")
def offline(browser):
    with offline_page(browser) as page:
        yield page


def parameters(name: str) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(VIEWS[name].make).parameters


def holds(value: Any) -> bool:
    """The hostile text is somewhere inside."""
    if isinstance(value, str):
        return HOSTILE in value
    if isinstance(value, Mapping):
        return any(map(holds, (*value.keys(), *value.values())))
    return isinstance(value, list | tuple) and any(map(holds, value))


def spoiled(name: str) -> Iterator[tuple[str, str, Any]]:
    """(argument, what is wrong, value): arrays with NaN, empty, one too few, text; numbers; and choices hostile."""
    for key, value in VIEWS[name].given.items():
        if isinstance(value, np.ndarray):
            for wrong in (np.nan, np.inf):
                numbers = value.astype(float)
                numbers.flat[-1] = wrong
                yield key, str(wrong), numbers
            yield key, "empty", value[:0]
            yield key, "no feature", value[..., :0]
            yield key, "one too few", value[:-1]
            yield key, "text", np.full(value.shape, HOSTILE)
            if parameters(name)[key].default is not None:
                yield key, "nothing", None
        elif isinstance(value, float | int):
            yield from ((key, str(wrong), wrong) for wrong in (float("nan"), float("inf"), -1, HOSTILE))
    for key in CHOICES & set(parameters(name)):
        yield key, "hostile", HOSTILE


def test_every_view_of_the_library_is_in_the_list():
    assert set(VIEWS) == set(views.__all__) - NOT_VIEWS


@pytest.mark.parametrize("name", VIEWS)
def test_every_text_argument_is_given_hostile_text(name):
    kinds = {key: str(each.annotation) for key, each in parameters(name).items()}
    texts = {key for key, kind in kinds.items() if any(word in kind for word in ("str", "Names", "object"))} - CHOICES
    assert {key for key, value in VIEWS[name].given.items() if holds(value)} == texts


@pytest.mark.filterwarnings("error:constrained_layout")
@pytest.mark.parametrize("name", VIEWS)
def test_hostile_texts_stay_texts(offline, tmp_path, name):
    view = every_view.make(name)
    page = offline.open(view.save(tmp_path / "view.html"))
    page.locator(".reid-view[data-reid-ready]").wait_for()
    told = page.locator(".reid-stage").evaluate("e => e.textContent")
    given = VIEWS[name].given
    if "note" in given:
        assert HOSTILE in told
        assert HOSTILE in view.alt
    assert page.title() == view.title
    assert page.locator("script").count() == 2  # the view's data and its module
    assert page.locator(".reid-stage img").count() == 0
    offline.check()


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", VIEWS)
def test_bad_numbers_are_a_sentence(offline, tmp_path, name):
    sentences = []
    for key, wrong, value in spoiled(name):
        try:
            view = VIEWS[name].make(**{**VIEWS[name].given, key: value})
            path = view.save(tmp_path / f"{key} {wrong}.html")
        except ReidError as error:
            sentences.append(str(error))
            continue
        assert wrong not in ("nan", "inf", "empty"), f"{key} {wrong}: shown as if it meant something"
        page = offline.open(path)
        page.locator(".reid-view[data-reid-ready], .reid-trouble:visible").first.wait_for()
        assert len(page.locator(".reid-view").inner_text()) > 40, f"{key} {wrong}: a blank page"
        assert not page.evaluate(ATTACKED)
        assert "NaN" not in page.locator(".reid-view").inner_text(), f"{key} {wrong}"
    assert sentences or not VIEWS[name].given
    assert all(len(each) > 20 for each in sentences)
    offline.check()


def test_the_page_notices_scripts_requests_and_errors(offline, tmp_path):
    bad = {"script": "<script>window.pwned = 1</script>", "request": "<img src='http://example.org/x.png' alt=''>",
           "error": "<script>missing()</script>"}  # fmt: skip
    for name, html in bad.items():
        (tmp_path / f"{name}.html").write_text(html)
        offline.open(tmp_path / f"{name}.html")
        with pytest.raises(AssertionError):
            offline.check()

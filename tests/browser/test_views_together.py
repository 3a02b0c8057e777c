"""A notebook shows many views on one page, each with its own styles: none may change how another one looks."""

from __future__ import annotations

import every_view
import pytest
from every_view import VIEWS
from offline_page import offline_page

pytestmark = pytest.mark.browser
# What a later sheet changes in the first view of the page, one line for each element and property.
CHANGED = """(css) => {
  const elements = [...document.querySelector('.reid-stage').querySelectorAll('*')];
  const look = (element) => {
    const style = getComputedStyle(element);
    return [...style].map((name) => `${name} ${style.getPropertyValue(name)}`);
  };
  const before = elements.map(look);
  const sheet = document.createElement('style');
  sheet.textContent = css;
  document.body.append(sheet);
  return elements.flatMap((element, i) => look(element).flatMap((now, k) => now === before[i][k] ? [] :
    [`${element.tagName} ${element.getAttribute('class')}: ${before[i][k]}, now ${now}`]));
}"""


@pytest.fixture(scope="module")
def offline(browser):
    with offline_page(browser) as page:
        yield page


@pytest.fixture(scope="module")
def styles() -> dict[str, str]:
    return {name: every_view.make(name).html().split("<style>")[1].split("</style>")[0] for name in VIEWS}


@pytest.mark.parametrize("name", VIEWS)
def test_later_views_leave_it_alone(offline, styles, tmp_path, name):
    page = offline.open(every_view.make(name).save(tmp_path / "view.html"))
    page.locator(".reid-view[data-reid-ready]").wait_for()
    page.wait_for_timeout(50)
    assert page.evaluate(CHANGED, "".join(css for other, css in styles.items() if other != name)) == []
    assert page.evaluate(CHANGED, ".reid-view .reid-stage * { letter-spacing: 3px }"), "the check sees nothing"
    offline.check()

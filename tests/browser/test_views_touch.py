"""Every saved view by touch, on a tablet and on a phone, from disk with the network cut."""

from __future__ import annotations

import every_view
import pytest
from every_view import VIEWS
from offline_page import offline_page
from touching import Fingers, spot

pytestmark = pytest.mark.browser
SCREENS = {"tablet": (820, 1180), "phone": (390, 844)}
# What a reader sees of a view, in words: its text and the labels of what moves. Not what screen readers hear.
TOLD = """view => [...view.querySelectorAll('[aria-valuetext], [aria-label]')].map(
  each => `${each.getAttribute('aria-valuetext')} ${each.getAttribute('aria-label')}`).join() +
  view.querySelector('.reid-stage').innerText"""
# A page that can be scrolled, whatever the view's height; the focus would otherwise bring its own scrolling.
ROOM = "document.body.style.padding = '400px 12px 2000px'"
# Parts that stick out of the screen and texts too small to read; what an SVG cuts off does not stick out.
POOR = """() => [...document.querySelectorAll('.reid-view *')].flatMap((each) => {
  const box = each.getBoundingClientRect();
  if (!box.width || !box.height || each.closest('.reid-voice, .reid-unseen, script, style')) return [];
  const cut = each.ownerSVGElement && getComputedStyle(each.ownerSVGElement).overflow !== 'visible';
  const found = [];
  const name = `${each.tagName}.${each.getAttribute('class')}`;
  if (!cut && (box.left < -1 || box.right > innerWidth + 1)) found.push(`${name} from ${box.left} to ${box.right}`);
  if ([...each.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())) {
    const matrix = each.ownerSVGElement ? each.getScreenCTM() : { c: 0, d: 1 };
    const size = parseFloat(getComputedStyle(each).fontSize) * Math.hypot(matrix.c, matrix.d);
    if (size < 9.95) found.push(`${name}: ${size} pixels high`);
  }
  const hit = each.matches('label input') ? each.closest('label').getBoundingClientRect() : box;
  const press = each.matches('a, button, input, select, [role=option], [role=button]');
  if (press && Math.min(hit.width, hit.height) < 23.9) found.push(`${name}: ${hit.width} by ${hit.height}`);
  return found;
})"""


@pytest.fixture(scope="module", params=SCREENS)
def touched(request, browser):
    width, height = SCREENS[request.param]
    options = {"viewport": {"width": width, "height": height}, "has_touch": True, "is_mobile": True}
    with offline_page(browser, **options) as page:
        page.screen = request.param
        page.fingers = Fingers(page.page)
        yield page


def opened(touched, name, tmp_path):
    page = touched.open(every_view.make(name).save(tmp_path / "view.html"))
    view = page.locator(".reid-view[data-reid-ready]")
    view.wait_for()
    page.evaluate(ROOM)
    return view


def ready(view, selector):
    element = view.locator(selector).first
    element.evaluate("each => each.scrollIntoView({ block: 'center' })")
    element.page.wait_for_timeout(30)
    return element


@pytest.mark.parametrize("name", VIEWS)
def test_everything_fits_and_can_be_read(touched, tmp_path, name, screenshot):
    page = touched.open(every_view.make(name).save(tmp_path / "view.html"))
    page.locator(".reid-view[data-reid-ready]").wait_for()
    page.wait_for_timeout(50)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page can be moved sideways"
    assert page.evaluate(POOR) == []
    screenshot(page.locator("body"), f"touch_{name}_{touched.screen}")
    touched.check()


@pytest.mark.parametrize("name", [name for name in VIEWS if VIEWS[name].touch.tap])
def test_a_tap_locks_and_a_second_frees(touched, tmp_path, name):
    view = opened(touched, name, tmp_path)
    selector, place = VIEWS[name].touch.tap
    element, voice = ready(view, selector), view.locator(".reid-voice")
    for said in ("Locked. Escape frees it.", "Free.", "Locked. Escape frees it."):
        touched.fingers.tap(spot(element, place))
        assert voice.text_content() == said
    assert "locked" in view.inner_text() or view.locator("[data-locked]").count(), "the lock cannot be seen"
    touched.check()


@pytest.mark.parametrize("name", [name for name in VIEWS if VIEWS[name].touch.drag])
def test_a_drag_moves_it_and_the_page_stays(touched, tmp_path, name):
    view = opened(touched, name, tmp_path)
    selector, place, by, where = VIEWS[name].touch.drag
    element, told = ready(view, selector), view.locator(where).first
    said = "each => [each.getAttribute('aria-valuetext'), each.innerText ?? '']"
    before, at = told.evaluate(said), touched.fingers.scrolled()
    touched.fingers.drag(spot(element, place), by)
    assert told.evaluate(said) != before, "nothing moved"
    assert touched.fingers.scrolled() == at, "the page moved"
    touched.check()


@pytest.mark.parametrize("name", VIEWS)
def test_a_swipe_beside_the_handles_moves_the_page_alone(touched, tmp_path, name):
    view = opened(touched, name, tmp_path)
    element = ready(view, VIEWS[name].touch.scroll)
    before, (_, at) = view.evaluate(TOLD), touched.fingers.scrolled()
    touched.fingers.drag(spot(element, (0.6, 0.5)), (0, -180))
    assert touched.fingers.scrolled()[1] > at + 100, "the page stays"
    assert view.evaluate(TOLD) == before, "a swipe changed the view"
    touched.check()

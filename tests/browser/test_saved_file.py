"""Views saved as one file, opened from disk with the network cut."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reidlib.views import View, figure, pipeline_map
from reidlib.views.html import page as html_page
from reidlib.views.palette import THEMES

pytestmark = pytest.mark.browser
HERE = Path(__file__).parent
ATTACK = "window.pwned=1"
HOSTILE = f"</script><script>{ATTACK}</script><img src=x onerror={ATTACK}>\"'`\u2028\u2029<!--${{{ATTACK}}}"


def echo(value: object = 7, label: str = "a label", script: str = "echo.js") -> View:
    picture = figure(alt=f"A test picture for {label} whose value is {value}.")
    return View(HERE / script, {"value": value, "label": label}, picture=picture, title=f"Echo of {label}")


def rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))})"


def test_map_by_pointer_and_keyboard(open_file, tmp_path, screenshot):
    page = open_file(pipeline_map().save(tmp_path / "map.html"))
    title, state = page.locator(".reid-title"), page.locator(".reid-state")
    option = page.get_by_role("option", name=re.compile("^Refinement"))
    assert page.get_by_role("option").count() == 14
    assert not page.locator(".reid-picture").is_visible()

    option.hover()
    assert title.inner_text() == "Refinement"
    assert "RAN Eq. 3" in page.locator(".reid-panel").inner_text()
    screenshot(page, "map_light_hover")
    option.click()
    page.get_by_role("option", name=re.compile("^Frame CNN")).hover()
    assert (title.inner_text(), state.inner_text()) == ("Refinement", "locked")
    page.keyboard.press("ArrowRight")  # a lock travels with the arrow keys
    assert (title.inner_text(), state.inner_text()) == ("Video feature", "locked")
    page.keyboard.press("Escape")
    assert state.inner_text() == ""
    page.get_by_role("option", name=re.compile("^Matching")).hover()
    assert title.inner_text() == "Matching"
    nested = page.locator(".reid-math sub sub")  # the y_i below the sum
    assert nested.all_inner_texts() == ["i"]


def test_map_by_keyboard_alone(open_file, tmp_path, screenshot):
    page = open_file(pipeline_map().save(tmp_path / "map.html"))
    title = page.locator(".reid-title")
    page.keyboard.press("Tab")
    focused = "document.activeElement.getAttribute('aria-label')"
    assert page.evaluate(focused).startswith("Tracklet frames, (T, H, W, 3), step 1 of 9 in RAN")
    page.keyboard.press("ArrowDown")  # the box below, not the next one
    assert title.inner_text() == "Refinement"
    assert page.evaluate(focused).startswith("Refinement, (B, T), R times, step 6 of 9 in RAN")
    page.keyboard.press("ArrowDown")
    assert title.inner_text() == "Episode"
    page.keyboard.press("End")
    assert title.inner_text() == "Matching"
    page.keyboard.press("ArrowRight")  # nothing beyond the last
    assert title.inner_text() == "Matching"
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    assert page.locator(".reid-state").inner_text() == "locked"
    assert page.locator(".reid-voice").inner_text().startswith("Locked")
    ring = page.locator('[data-key="frames"] .reid-ring')
    assert ring.evaluate("e => getComputedStyle(e).stroke") == rgb(THEMES["light"].focus)
    screenshot(page, "map_keyboard_focus")
    selected = page.locator('[role="option"][aria-selected="true"]')
    assert selected.count() == 1
    assert page.locator('[role="option"][tabindex="0"]').count() == 1


@pytest.mark.parametrize("width", [400, 720, 1000])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_map_fits_and_follows_the_system_theme(open_file, tmp_path, screenshot, width, scheme):
    page = open_file(
        pipeline_map().save(tmp_path / "map.html"), viewport={"width": width, "height": 820}, color_scheme=scheme
    )
    page.get_by_role("option", name=re.compile("^Refinement")).click()
    background = page.locator(".reid-view").evaluate("e => getComputedStyle(e).backgroundColor")
    assert background == rgb(THEMES[scheme].background)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    overlaps = page.evaluate(
        """() => {
          const boxes = [...document.querySelectorAll('.reid-box')].map((e) => e.getBoundingClientRect());
          const apart = (a, b) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
          return boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => !apart(a, b))).length;
        }"""
    )
    assert overlaps == 0
    spilled = page.evaluate(
        """() => [...document.querySelectorAll('.reid-step')].flatMap((step) => {
          const box = step.querySelector('.reid-box').getBoundingClientRect();
          return [...step.querySelectorAll('text')].filter((text) => {
            const r = text.getBoundingClientRect();
            return r.left < box.left || r.right > box.right || r.bottom > box.bottom;
          }).map((text) => text.textContent);
        })"""
    )
    assert spilled == []
    screenshot(page, f"map_{width}_{scheme}")


def test_without_scripts_the_picture_and_its_sentence_remain(open_file, tmp_path, screenshot):
    view = pipeline_map()
    page = open_file(view.save(tmp_path / "map.html"), java_script_enabled=False)
    image = page.locator(".reid-picture img")
    assert image.is_visible()
    assert image.get_attribute("alt") == view.alt
    screenshot(page, "map_without_scripts")


def test_two_copies_and_another_view_share_a_page(open_file, tmp_path):
    one, other = echo(1), echo(2)
    file = tmp_path / "three.html"
    file.write_text(html_page("three", one.html() + one.html() + other.html()), encoding="utf-8")
    page = open_file(file)
    page.locator(".echo-value").nth(2).wait_for()
    assert page.locator(".echo-value").all_inner_texts() == ["1", "1", "2"]
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((e) => e.id)")
    assert len(ids) == len(set(ids)) >= 3


def test_hostile_text_stays_text(open_file, tmp_path):
    page = open_file(echo(3, label=HOSTILE).save(tmp_path / "hostile.html"))
    label = page.locator(".echo-label")
    label.wait_for()
    assert label.evaluate("e => e.textContent") == HOSTILE
    assert label.get_attribute("title") == HOSTILE
    assert page.title().startswith("Echo of </script>")
    assert page.evaluate("window.pwned") is None


def test_a_view_that_cannot_start_says_so_and_keeps_the_picture(open_file, tmp_path):
    page = open_file(echo(script="broken.js").save(tmp_path / "broken.html"))
    alert = page.get_by_role("alert")
    alert.wait_for()
    assert "nothing to show" in alert.inner_text()
    assert page.locator(".reid-picture img").is_visible()


def test_an_error_in_a_handler_is_shown(open_file, tmp_path):
    page = open_file(echo().save(tmp_path / "echo.html"))
    page.locator(".echo-stumble").click()
    assert "the script stumbled" in page.get_by_role("alert").inner_text()


def test_what_needs_python_says_so_in_a_file(open_file, tmp_path):
    page = open_file(echo().save(tmp_path / "echo.html"))
    page.locator(".echo-double").click()
    assert "no Python" in page.locator(".reid-voice").inner_text()
    assert page.locator(".echo-value").inner_text() == "7"


def test_reduced_motion_stops_transitions(open_file, tmp_path):
    view = pipeline_map().save(tmp_path / "map.html")
    duration = "e => getComputedStyle(e).transitionDuration"
    moving = open_file(view, reduced_motion="no-preference").locator(".reid-box").first.evaluate(duration)
    calm = open_file(view, reduced_motion="reduce").locator(".reid-box").first.evaluate(duration)
    assert (moving, calm) == ("0.15s", "0s")

"""The rank wall in a saved file and in JupyterLab, by pointer and by keyboard alone."""

from __future__ import annotations

import re

import numpy as np
import pytest
from wall_cases import case, pictures, shown, wall

from reidlib.views.html import page as html_page
from reidlib.views.palette import THEMES
from reidlib.views.rank_wall import rank_wall

pytestmark = pytest.mark.browser
ATTACK = "window.pwned=1"
HOSTILE = f"</script><script>{ATTACK}</script><img src=x onerror={ATTACK}>\"'`"


def test_a_row_marks_matches_others_and_what_is_ignored(open_file, tmp_path, screenshot):
    page = open_file(wall().save(tmp_path / "wall.html"))
    title, cells = page.locator(".reid-wall-title"), page.locator(".reid-wall-cell")
    assert "Probe 2: person 2, camera 0 · first match at rank 2" in title.inner_text()  # the first not found at once
    assert [cells.nth(i).get_attribute("data-kind") for i in range(3)] == ["camera", "nonmatch", "match"]
    assert cells.locator(".reid-wall-rank").all_inner_texts()[:4] == ["ignored", "✗ 1", "✓ 2", "✗ 3"]
    label = cells.first.locator("[role=img]").get_attribute("aria-label")
    assert label == "Ignored: the probe's person in the probe's own camera; person 2, camera 0, distance 0.050"
    facts = page.locator(".reid-wall-facts")
    assert "1 match among 13 gallery items. Ignored: 1 junk, 1 own camera." in facts.inner_text()
    read = "es => es.map((e) => getComputedStyle(e, '::after').borderStyle)"
    styles = cells.locator(".reid-wall-frame").evaluate_all(read)
    assert styles[:3] == ["dotted", "dashed", "solid"]
    screenshot(page, "rank_wall_own_camera")

    page.locator(".reid-wall-camera").uncheck()
    assert cells.locator(".reid-wall-rank").all_inner_texts()[:3] == ["✓ 1", "✗ 2", "✓ 3"]
    page.locator('[data-probe="3"]').hover()
    assert "no match" in title.inner_text()
    assert cells.first.get_attribute("data-kind") == "junk"
    assert "counts in no mean" in facts.inner_text()
    page.locator('[data-probe="2"]').hover()  # its match lies beyond the ten items of the row
    assert cells.count() == 11
    assert cells.last.get_attribute("data-kind") == "match"


def test_pointer_and_the_dot_on_the_curve(open_file, tmp_path):
    page = open_file(wall().save(tmp_path / "wall.html"))
    title, state = page.locator(".reid-wall-name"), page.locator(".reid-wall-state")
    dot = page.locator(".reid-wall-dot")
    places = {}
    for p in (0, 2):
        page.locator(f'[data-probe="{p}"]').hover()
        assert title.inner_text().startswith(f"◆ Probe {p + 1}:")
        places[p] = float(dot.get_attribute("cx")), float(dot.get_attribute("cy"))
        assert page.locator(".reid-wall-share").count() == 1
    assert places[0][0] < places[2][0]
    assert places[0][1] > places[2][1]
    page.locator('[data-probe="1"]').click()
    page.locator('[data-probe="0"]').hover()
    assert title.inner_text().startswith("◆ Probe 2:")
    assert state.inner_text() == "locked"
    page.locator(".reid-wall-camera").uncheck()  # the lock outlives a new order of the list
    assert (title.inner_text()[:9], state.inner_text()) == ("◆ Probe 2", "locked")
    page.keyboard.press("Escape")
    assert state.inner_text() == ""
    page.locator('[data-probe="3"]').hover()
    assert title.inner_text().startswith("◆ Probe 4:")
    assert dot.count() == 0


def test_keyboard_alone(open_file, tmp_path, screenshot):
    page = open_file(wall().save(tmp_path / "wall.html"))
    title, state = page.locator(".reid-wall-name"), page.locator(".reid-wall-state")
    focused = "document.activeElement.value ?? document.activeElement.getAttribute('aria-label')"
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "all"
    page.keyboard.press("ArrowRight")
    assert list(shown(page)) == [0]
    page.keyboard.press("ArrowRight")
    assert list(shown(page)) == [2]
    assert "rank 12" in title.inner_text()
    page.keyboard.press("ArrowRight")  # round to the first radio
    assert list(shown(page)) == [0, 1, 2, 3]
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert not page.locator(".reid-wall-camera").is_checked()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    assert page.locator(".reid-wall-ties").input_value() == "pessimistic"
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "Probe 3, person 3, camera 0: first match at rank 12, AP 0.083"
    page.keyboard.press("ArrowUp")
    assert title.inner_text().startswith("◆ Probe 2:")
    page.keyboard.press("ArrowDown")
    assert title.inner_text().startswith("◆ Probe 3:")
    page.keyboard.press("Home")
    assert title.inner_text().startswith("◆ Probe 1:")
    page.keyboard.press("Enter")
    assert state.inner_text() == "locked"
    page.keyboard.press("ArrowRight")
    assert (title.inner_text()[:9], state.inner_text()) == ("◆ Probe 2", "locked")
    page.keyboard.press("Escape")
    assert state.inner_text() == ""
    page.keyboard.press("End")
    assert title.inner_text().startswith("◆ Probe 4:")
    outline = page.locator('[role="option"][aria-selected="true"]').evaluate("e => getComputedStyle(e).outlineStyle")
    assert outline == "solid"
    screenshot(page, "rank_wall_keyboard")


def test_lines_of_the_list_are_walked_up_and_down(open_file, tmp_path):
    given = case(0, probes=60, gallery=40)
    page = open_file(rank_wall(**given).save(tmp_path / "wall.html"))
    options = page.locator(".reid-wall-option")
    options.first.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    tops = options.evaluate_all("es => es.map((e) => e.offsetTop)")
    chosen = options.evaluate_all("es => es.findIndex((e) => e.getAttribute('aria-selected') === 'true')")
    assert chosen == tops.index(sorted(set(tops))[1]) > 5
    page.keyboard.press("ArrowUp")
    assert options.first.get_attribute("aria-selected") == "true"


def test_a_set_without_probes_says_so(open_file, tmp_path):
    given = case(0)
    given.update(probe_pids=[1] * 8, gallery_pids=np.array([1] * 24), gallery_camids=np.full(24, 2))
    page = open_file(rank_wall(**given).save(tmp_path / "wall.html"))
    page.get_by_label(re.compile("no match among")).check()
    assert page.get_by_role("status").inner_text() == "No probe here: choose another set above."
    assert not page.locator(".reid-wall-row").is_visible()
    page.get_by_label(re.compile("all probes")).check()
    assert page.locator(".reid-wall-row").is_visible()


@pytest.mark.parametrize("ties", ["none", "all"])
def test_the_note_about_ties(open_file, tmp_path, ties):
    given = case(0)
    given["distances"] = np.ones((8, 24)) if ties == "all" else given["distances"]
    page = open_file(rank_wall(**given).save(tmp_path / "wall.html"))
    note = page.locator(".reid-wall-hint", has_text=re.compile("^Ties")).inner_text()
    assert ("pessimistic 0.0 %" in note and "optimistic 100.0 %" in note) == (ties == "all")
    assert ("same numbers" in note) == (ties == "none")


def test_the_smallest_wall(open_file, tmp_path):
    one = {"probe_images": pictures(1), "gallery_images": pictures(1)[:, :16]}
    page = open_file(rank_wall([[0.0]], [1], [1], [0], [1], **one).save(tmp_path / "one.html"))
    assert page.locator(".reid-wall-rank").all_inner_texts() == ["◆ probe", "✓ 1"]
    assert "100.0 %" in page.locator(".reid-wall-table").inner_text()
    page.locator(".reid-wall-option").focus()
    page.keyboard.press("ArrowDown")
    assert "Probe 1" in page.locator(".reid-wall-name").inner_text()


@pytest.mark.parametrize("width", [400, 860, 1000])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_and_follows_the_theme(open_file, tmp_path, screenshot, width, scheme):
    file = wall(note="made of figures").save(tmp_path / "wall.html")
    page = open_file(file, viewport={"width": width, "height": 900}, color_scheme=scheme)
    background = THEMES[scheme].background
    rgb = f"rgb({', '.join(str(int(background[i : i + 2], 16)) for i in (1, 3, 5))})"
    assert page.locator(".reid-view").evaluate("e => getComputedStyle(e).backgroundColor") == rgb
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not page.locator(".reid-picture").is_visible()
    assert "Note: made of figures" in page.locator(".reid-view").inner_text()
    if width > 800:  # a match behind the ten items stands in their line, so nothing jumps from probe to probe
        page.locator('[data-probe="2"]').hover()
        assert page.locator(".reid-wall-cell").count() == 11
        first, last = (page.locator(".reid-wall-cell").nth(i).bounding_box()["y"] for i in (0, 10))
        assert first == last
    # Every thumbnail shows a piece of its sheet, whole and with its own shape.
    sizes = page.locator(".reid-wall-row .reid-wall-thumb").evaluate_all(
        "es => es.map((e) => [e.offsetWidth, e.offsetHeight, getComputedStyle(e).backgroundImage.slice(0, 9)])"
    )
    assert sizes
    for wide, high, source in sizes:
        assert wide >= 44
        assert abs(high - 2 * wide) <= 1
        assert source == 'url("data'
    screenshot(page, f"rank_wall_{width}_{scheme}")


def test_hostile_names_stay_text(open_file, tmp_path):
    view = wall(names=([HOSTILE] * 4, [HOSTILE] * 15), note=HOSTILE)
    page = open_file(view.save(tmp_path / "hostile.html"))
    assert HOSTILE in page.locator(".reid-wall-name").evaluate("e => e.textContent")
    assert HOSTILE in page.locator(".reid-wall-cell").nth(2).get_attribute("title")
    assert page.locator(".reid-wall img, .reid-wall script").count() == 0
    assert page.evaluate("window.pwned") is None
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_scripts_the_picture_and_its_sentence_remain(open_file, tmp_path, screenshot):
    view = wall()
    page = open_file(view.save(tmp_path / "wall.html"), java_script_enabled=False)
    image = page.locator(".reid-picture img")
    assert image.is_visible()
    assert image.get_attribute("alt") == view.alt
    screenshot(page, "rank_wall_without_scripts")


def test_two_walls_on_a_page_do_not_share_their_controls(open_file, tmp_path):
    file = tmp_path / "two.html"
    file.write_text(html_page("two", wall().html() + wall(note="the other").html()), encoding="utf-8")
    page = open_file(file)
    radios = page.get_by_label(re.compile("found at rank 1"))
    radios.nth(0).check()
    assert page.get_by_label(re.compile("all probes")).nth(1).is_checked()
    assert page.locator(".reid-wall-list").nth(1).locator(".reid-wall-option").count() == 4
    assert page.locator(".reid-wall-list").nth(0).locator(".reid-wall-option").count() == 1


IN_LAB = """
import numpy as np
from reidlib.views.rank_wall import rank_wall

rng = np.random.default_rng(0)
shapes = rng.integers(0, 256, (36, 1, 1, 3)).repeat(64, 1).repeat(32, 2).astype(np.uint8)
wall = rank_wall(rng.random((6, 30)), np.arange(6), np.arange(30) % 12, np.zeros(6), np.arange(30) % 3,
                 probe_images=shapes[:6], gallery_images=shapes[6:])
wall
"""


def test_in_jupyterlab_inline_and_live(lab, screenshot):
    page = lab.open("wall.ipynb", IN_LAB, "wall.live()")
    assert lab.run_all() == []
    page.locator(".reid-wall-row").nth(1).wait_for()
    for i in range(2):
        view = page.locator(".reid-view", has=page.locator(".reid-wall")).nth(i)
        view.locator(".reid-wall-camera").focus()
        page.keyboard.press("Space")
        assert "as given" in view.locator(".reid-wall-table").inner_text()
        view.locator('.reid-wall-option[tabindex="0"]').focus()
        page.keyboard.press("End")
        page.keyboard.press("Enter")
        assert view.locator(".reid-wall-state").inner_text() == "locked"
        last = view.locator(".reid-wall-option").last.get_attribute("data-probe")
        assert f"Probe {int(last) + 1}:" in view.locator(".reid-wall-name").inner_text()
        assert view.locator(".reid-wall-cell").count() >= 10
    page.locator(".reid-wall").first.scroll_into_view_if_needed()
    screenshot(page.locator(".reid-view").first, "rank_wall_lab")

"""Occlude: prepared answers in a saved file with the network cut, and the model behind it in JupyterLab."""

from __future__ import annotations

import numpy as np
import pytest

from reidlib.views.occlude import Occlude
from reidlib.views.palette import THEMES

pytestmark = pytest.mark.browser
HOSTILE = "</script><script>window.pwned=1</script><img src=x onerror=window.pwned=1>$\\frac{"
T, H, W = 8, 64, 32
# One model for both places: each frame's mean red, and a tenth of that of the frame before.
MODEL = """
import numpy as np
frames = np.random.default_rng(0).integers(60, 90, (8, 64, 32, 3), dtype=np.uint8)
frames[:, :32, :16, 0] = np.linspace(120, 250, 8)[:, None, None]

def rerun(frames):
    red = frames[..., 0].mean((1, 2)) / 255
    return {"attention": red + 0.1 * np.r_[0, red[:-1]], "feature_shift": 5.0}
"""
model: dict = {}
exec(MODEL, model)
frames, rerun = model["frames"], model["rerun"]
BEFORE = rerun(frames)["attention"]


def occlude(**changes) -> Occlude:
    return Occlude(**{"frames": frames, "attention": BEFORE, "rerun": rerun, "prepared": 3} | changes)


def with_box(frame: int, box: list[int]) -> np.ndarray:
    covered = frames.copy()
    covered[frame, box[1]:box[3], box[0]:box[2]] = 128
    return rerun(covered)["attention"]


def plot(page):
    return page.locator(".reid-occ-stage")


def picture(page):
    return page.locator(".reid-occ-frame")


def go_to(page, t: int) -> None:
    """By keys, so that nothing hovers."""
    plot(page).focus()
    page.keyboard.press("Home")
    for _ in range(t):
        page.keyboard.press("ArrowRight")


def box_of(page) -> list[int]:
    rect = page.locator(".reid-occ-box")
    x, y, w, h = (int(rect.get_attribute(name)) for name in ("x", "y", "width", "height"))
    return [x, y, x + w, y + h]


def drag(page, start, end, *, release: bool = True) -> None:
    """Over the enlarged frame, in shares of its width and height."""
    place = picture(page).locator("svg").bounding_box()
    (x0, y0), (x1, y1) = [(place["x"] + x * place["width"], place["y"] + y * place["height"]) for x, y in (start, end)]
    page.mouse.move(x0, y0)
    page.mouse.down()
    page.mouse.move(x1, y1, steps=6)
    if release:
        page.mouse.up()


def verdict(page) -> str:
    return page.locator(".reid-occ-verdict").inner_text()


def wait_for_text(page, part: str, text: str) -> None:
    page.locator(part, has_text=text).wait_for()


def test_prepared_boxes_by_keyboard_alone(open_file, tmp_path, screenshot):
    view = occlude()
    page = open_file(view.save(tmp_path / "occlude.html"))
    first = view.answers[view.data["first"]]
    assert box_of(page) == list(first.box)
    t = first.frame
    assert verdict(page).startswith(f"Frame {t}: attention {BEFORE[t]:.2f} → {first.attention[t]:.2f}")
    page.keyboard.press("Tab")
    focused = "document.activeElement.getAttribute('aria-valuetext')"
    assert page.evaluate(focused) == f"frame {t}, attention {BEFORE[t]:.2f}, now {first.attention[t]:.2f}"
    for key in ("Home", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    assert page.evaluate(focused).startswith("frame 4,")
    page.keyboard.press("Enter")
    assert box_of(page) == [8, 16, 24, 48]
    assert page.evaluate("document.activeElement.getAttribute('role')") == "application"
    for key in (*["ArrowUp"] * 9, *["ArrowLeft"] * 5, *["Shift+ArrowRight"] * 9, *["Shift+ArrowUp"] * 3):
        page.keyboard.press(key)
    assert box_of(page) == [0, 0, 32, 20]
    screenshot(page, "occlude_keyboard_box")
    page.keyboard.press("Enter")
    assert box_of(page) == [0, 0, 32, 21]
    expected = with_box(4, [0, 0, 32, 21])
    assert verdict(page).startswith(f"Frame 4: attention {BEFORE[4]:.2f} → {expected[4]:.2f}")
    sentence = page.locator(".reid-occ-sentence").inner_text()
    assert f"frame 5 changes most: {BEFORE[5]:.2f} → {expected[5]:.2f}" in sentence
    assert "turned by 5.0°" in sentence
    assert "Nearest prepared box: top third. Free boxes need a running kernel." in sentence
    assert "Nearest prepared box" in page.locator(".reid-voice").inner_text()
    page.keyboard.press("Escape")
    assert verdict(page) == f"Attention {BEFORE[4]:.2f} before"
    assert page.locator(".reid-occ-now").get_attribute("d") == ""
    assert not page.locator(".reid-occ-box").is_visible()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert "No box was prepared on frame 5: free boxes" in page.locator(".reid-occ-sentence").inner_text()
    assert page.locator(".reid-occ-prepared").inner_text() == "Prepared boxes are on frames 0, 4, 7"


def test_prepared_boxes_by_pointer_and_arrows_in_the_list(open_file, tmp_path):
    page = open_file(occlude().save(tmp_path / "occlude.html"))
    go_to(page, 0)
    option = page.get_by_role("option", name="left half")
    option.hover()
    assert box_of(page) == [0, 0, 16, 64]
    option.click()
    page.get_by_role("option", name="top third").hover()
    assert box_of(page) == [0, 0, 16, 64]
    assert "locked" in page.locator(".reid-occ-heading").inner_text()
    page.keyboard.press("ArrowRight")
    assert box_of(page) == [16, 0, 32, 64]
    assert page.locator('[role="option"][aria-selected="true"]').inner_text() == "right half"
    drag(page, (0.02, 0.7), (0.97, 0.99))
    assert box_of(page) == [0, 43, 32, 64]
    expected = with_box(0, [0, 43, 32, 64])
    assert verdict(page).startswith(f"Frame 0: attention {BEFORE[0]:.2f} → {expected[0]:.2f}")
    rows = page.locator(".reid-occ-table td:first-child").all_inner_texts()
    assert rows[:2] == ["▣ 0", "1"]


def test_hover_looks_and_click_locks_a_frame(open_file, tmp_path):
    page = open_file(occlude().save(tmp_path / "occlude.html"))
    place = plot(page).locator("svg").bounding_box()
    step = (place["width"] - 100) / T

    def over(t):
        return place["x"] + 96 + (t + 0.5) * step, place["y"] + 30

    page.mouse.move(*over(4))
    assert plot(page).get_attribute("aria-valuenow") == "4"
    page.mouse.click(*over(4))
    page.mouse.move(*over(6))
    assert plot(page).get_attribute("aria-valuetext").endswith("locked")
    assert plot(page).get_attribute("aria-valuenow") == "4"
    page.mouse.click(*over(6))
    assert plot(page).get_attribute("aria-valuenow") == "6"
    page.keyboard.press("Escape")
    page.mouse.move(*over(7))
    assert plot(page).get_attribute("aria-valuenow") == "7"


def test_bars_are_as_high_as_the_numbers(open_file, tmp_path):
    view = occlude()
    page = open_file(view.save(tmp_path / "occlude.html"))
    first = view.answers[view.data["first"]]
    for name, values in (("before", BEFORE), ("now", first.attention)):
        path = page.locator(f".reid-occ-{name}").get_attribute("d")
        tall = [-float(part.split("v")[1].split("h")[0]) for part in path.split("M")[1:]]
        np.testing.assert_allclose(tall, values * 104 / view.data["axis"], atol=0.02)


@pytest.mark.parametrize(("scheme", "width"), [("light", 420), ("dark", 1000), ("light", 1000)])
def test_themes_and_widths(open_file, tmp_path, screenshot, scheme, width):
    page = open_file(occlude(visibility=np.linspace(0, 1, T), fill="noise").save(tmp_path / "occlude.html"),
                     color_scheme=scheme, viewport={"width": width, "height": 900})  # fmt: skip
    theme = THEMES[scheme].background
    background = page.locator(".reid-view").evaluate("e => getComputedStyle(e).backgroundColor")
    assert background == f"rgb({', '.join(str(int(theme[i : i + 2], 16)) for i in (1, 3, 5))})"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    screenshot(page, f"occlude_{scheme}_{width}")


def test_hostile_text_and_no_scripts(open_file, tmp_path):
    view = occlude(title=HOSTILE, note=HOSTILE)
    file = view.save(tmp_path / "occlude.html")
    page = open_file(file)
    assert page.locator(".reid-occ-note").evaluate("e => e.textContent") == HOSTILE
    assert page.title() == HOSTILE
    assert page.evaluate("window.pwned") is None
    still = open_file(file, java_script_enabled=False)
    assert still.locator(".reid-picture img").get_attribute("alt") == view.alt
    assert still.locator(".reid-picture img").is_visible()


LIVE = (
    MODEL
    + """
from reidlib.views.occlude import Occlude
broken = []

def model(frames):
    return (broken or [rerun])[0](frames)

Occlude(frames, rerun(frames)["attention"], model, prepared=1).live()
"""
)
BREAK = "def stop(frames):\n    raise RuntimeError('the model stopped')\nbroken.append(stop)"
NAN = "broken[0] = lambda frames: np.full(8, np.nan)"


def test_live_in_jupyterlab(lab, screenshot):
    page = lab.open("occlude.ipynb", LIVE, BREAK, NAN, "broken.clear()")
    lab.run_cell(0)
    picture(page).wait_for()
    go_to(page, 5)
    drag(page, (0.03, 0.03), (0.4, 0.3), release=False)
    box = box_of(page)
    np.testing.assert_allclose(box, [0, 1, 13, 20], atol=1)
    wait_for_text(page, ".reid-occ-verdict", f"Frame 5: attention {BEFORE[5]:.2f} → {with_box(5, box)[5]:.2f}")
    page.mouse.up()
    page.keyboard.press("Escape")
    drag(page, (0.03, 0.03), (0.72, 0.6))
    box = box_of(page)
    np.testing.assert_allclose(box, [0, 1, 24, 39], atol=1)
    expected = with_box(5, box)
    wait_for_text(page, ".reid-occ-verdict", f"Frame 5: attention {BEFORE[5]:.2f} → {expected[5]:.2f}")
    spoken = plot(page).get_attribute("aria-valuetext")
    assert spoken == f"frame 5, attention {BEFORE[5]:.2f}, now {expected[5]:.2f}, locked"
    screenshot(page, "occlude_live")

    picture(page).focus()
    page.keyboard.press("ArrowDown")
    assert "Enter asks for this box" in page.locator(".reid-occ-sentence").inner_text()
    page.keyboard.press("Enter")
    box = [box[0], box[1] + 4, box[2], box[3] + 4]
    wait_for_text(page, ".reid-occ-heading", f"columns {box[0]}–{box[2] - 1}, rows {box[1]}–{box[3] - 1}")
    wait_for_text(page, ".reid-occ-verdict", f"attention {BEFORE[5]:.2f} → {with_box(5, box)[5]:.2f}")

    lab.run_cell(1)
    picture(page).focus()
    page.keyboard.press("Enter")
    wait_for_text(page, ".reid-trouble", "RuntimeError: the model stopped")
    wait_for_text(page, ".reid-occ-sentence", "There is no answer for this box.")
    screenshot(page, "occlude_live_error")
    lab.run_cell(2)
    picture(page).focus()
    page.keyboard.press("Enter")
    wait_for_text(page, ".reid-trouble", "Found nan in the attention that rerun gave")
    lab.run_cell(3)
    picture(page).focus()
    page.keyboard.press("Enter")
    wait_for_text(page, ".reid-occ-verdict", f"attention {BEFORE[5]:.2f} → {with_box(5, box)[5]:.2f}")
    assert not page.locator(".reid-trouble").is_visible()

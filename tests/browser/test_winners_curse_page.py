"""WinnersCurse in a saved file with the network cut: the page's chances are scipy's, sliders and plot answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom

import reidlib.views
from reidlib.views import WinnersCurse
from reidlib.views.palette import THEMES
from reidlib.views.winners_curse_chances import checked_setting, luck, percent, points

pytestmark = pytest.mark.browser
HOSTILE = "</script><script>window.pwned=1</script><img src=x onerror=window.pwned=1>$\\frac{"
CHANCES = Path(reidlib.views.__file__).with_name("winners_curse_chances.js")
SCRIPT = """(settings) => settings.map((each) => {
  const chances = winChances(each);
  const hits = winHits(each);
  const summary = winSummary(each, chances, hits);
  return { hits, one: [...chances.one], best: [...chances.best], ...summary, text: winPercent(summary.reached),
           points: winPoints(summary.optimism) };
})"""
NAMES = ("n", "p", "m", "alike", "lead")


def settings() -> list[tuple]:
    """Random ones, and the edges: n = 1, n = 1000, p = 0 and 1, one method, as alike as can be."""
    rng = np.random.default_rng(9)
    drawn = [(int(rng.integers(1, 400)), round(float(rng.random()), 3), int(rng.integers(1, 51)), 0.0,
              float(rng.integers(0, 61)) / 2) for _ in range(60)]  # fmt: skip
    edges = [(n, p, m, 0.0, 5.0) for n in (1, 2, 1000) for p in (0.0, 0.001, 0.5, 0.999, 1.0) for m in (1, 6, 50)]
    alike = [(int(rng.integers(1, 200)), round(float(rng.random()), 3), int(rng.integers(1, 20)),
              int(rng.integers(1, 96)) / 100, 5.0) for _ in range(25)]  # fmt: skip
    return drawn + edges + alike + [(1000, 0.5, 6, 0.5, 5.0), (1, 0.3, 6, 0.5, 0.0), (30, 1.0, 3, 0.95, 0.0)]


def test_the_browser_computes_what_scipy_computes(open_file, tmp_path):
    page = open_file(WinnersCurse().save(tmp_path / "curse.html"))
    page.add_script_tag(content=CHANCES.read_text("utf-8"))
    given = settings()
    answers = page.evaluate(SCRIPT, [dict(zip(NAMES, each, strict=True)) for each in given])
    for (n, p, m, alike, lead), answer in zip(given, answers, strict=True):
        k, hits = np.arange(n + 1), checked_setting(n, p, m, alike, lead).hits
        assert answer["hits"] == hits
        one, best = binom.pmf(k, n, p), luck(n, p, m, alike).best
        if alike == 0:
            best = np.diff(binom.cdf(k, n, p) ** m, prepend=0)
        np.testing.assert_allclose(answer["one"], one, rtol=0, atol=1e-9)
        np.testing.assert_allclose(answer["best"], best, rtol=0, atol=1e-7)
        assert answer["alone"] == pytest.approx(binom.sf(hits - 1, n, p), abs=1e-7)
        assert answer["reached"] == pytest.approx(best[hits:].sum(), abs=1e-6)
        assert answer["above"] == pytest.approx(best[k > n * p + 1e-9].sum(), abs=1e-6)
        assert answer["optimism"] == pytest.approx(best @ k / n - p, abs=1e-6)
        assert answer["text"] == percent(answer["reached"])
        assert answer["points"] == points(answer["optimism"])


def slider(page, key: str):
    return page.locator(f'input[data-key="{key}"]')


def text(page, part: str) -> str:
    return page.locator(f".reid-win-{part}").inner_text()


def says(page, n, p, m, hits, alike=0.0) -> None:
    alone, reached = luck(n, p, m, alike).reach(hits)
    assert text(page, "verdict") == f"In {percent(reached)} of comparisons: {points(hits / n)} % or more"
    sentence = text(page, "sentence")
    assert f"({hits} of {n} people)" in sentence
    assert sentence.endswith(f"one method alone in {percent(alone)}.")
    mean = luck(n, p, m, alike).mean
    assert f"{points(mean)} %" in text(page, "facts")
    assert f"+{points(mean - p)} points" in text(page, "facts")


def test_sliders_by_keyboard_alone(open_file, tmp_path):
    page = open_file(WinnersCurse().save(tmp_path / "curse.html"))
    says(page, 150, 0.6, 6, 98)
    focused = "document.activeElement.dataset.key ?? document.activeElement.className"
    order = []
    for _ in range(8):
        page.keyboard.press("Tab")
        order.append(page.evaluate(focused))
    assert order[:5] == ["n", "p", "m", "alike", "lead"]
    assert order[-1] == "reid-win-stage"
    slider(page, "n").focus()
    page.keyboard.press("ArrowRight")
    says(page, 151, 0.6, 6, 99)
    assert slider(page, "n").get_attribute("aria-valuetext") == "151 people"
    page.keyboard.press("Home")
    assert text(page, "verdict") == "In 99.6 % of comparisons: 100 % or more"
    slider(page, "n").fill("40")
    slider(page, "p").fill("67.5")
    slider(page, "lead").fill("10")
    says(page, 40, 0.675, 6, 31)
    slider(page, "m").focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    assert "How often does one method look too good?" in text(page, "question")
    assert "The only method is truly right for 67.5 %" in text(page, "sentence")
    page.keyboard.press("ArrowRight")
    says(page, 40, 0.675, 2, 31)
    slider(page, "alike").fill("60")
    says(page, 40, 0.675, 2, 31, 0.6)
    assert "comparisons" in page.locator(".reid-voice").inner_text()
    page.get_by_role("button", name="As given").click()
    says(page, 150, 0.6, 6, 98)


def test_the_pointer_drags_a_slider_and_the_button_sets_rans_table(open_file, tmp_path):
    page = open_file(WinnersCurse().save(tmp_path / "curse.html"))
    box = slider(page, "n").bounding_box()
    page.mouse.move(box["x"] + 0.15 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] + 20, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    says(page, 1000, 0.6, 6, 650)
    page.get_by_role("button", name="RAN, Table 4").click()
    says(page, 40, 0.675, 6, 31)


def test_hover_looks_click_locks_arrows_move_escape_frees(open_file, tmp_path):
    page = open_file(WinnersCurse(40, 0.675, 6, lead=10).save(tmp_path / "curse.html"))
    stage = page.locator(".reid-win-stage")
    box = stage.bounding_box()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 150)
    looked = int(stage.get_attribute("aria-valuenow"))
    assert looked != 31
    says(page, 40, 0.675, 6, looked)
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] - 200)
    says(page, 40, 0.675, 6, 31)
    page.mouse.click(box["x"] + 0.5 * box["width"], box["y"] + 150)
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 150)
    says(page, 40, 0.675, 6, looked)
    assert stage.get_attribute("aria-valuetext").endswith("locked")
    stage.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    says(page, 40, 0.675, 6, looked + 2)
    page.keyboard.press("End")
    assert stage.get_attribute("aria-valuenow") == "40"
    assert stage.get_attribute("aria-valuetext").startswith("40 of 40, 100 % or more: best ")
    page.keyboard.press("Escape")
    says(page, 40, 0.675, 6, 31)


def test_the_drawing_has_the_chances(open_file, tmp_path):
    page = open_file(WinnersCurse(40, 0.675, 6, lead=10).save(tmp_path / "curse.html"))

    def heights(name: str) -> np.ndarray:
        path = page.locator(f".reid-win-{name}").first.get_attribute("d")
        return 248 - np.array([float(part.split("H")[0]) for part in path.split("V")[1:-1]])

    chances = luck(40, 0.675, 6)
    scale = 184 / max(chances.one.max(), chances.best.max())
    best, one = heights("best"), heights("one")
    first = int(np.abs(chances.one * scale - one.max()).argmin() - one.argmax())
    np.testing.assert_allclose(best, chances.best[first : first + len(best)] * scale, atol=0.01)
    np.testing.assert_allclose(one, chances.one[first : first + len(one)] * scale, atol=0.01)
    # Lines stand at their scores on the axis: 31 of 40 at 77.5 %.
    across = "e => Number(e.getAttribute('d').match(/^M([0-9.]+)/)[1])"
    ticks = page.locator(".reid-win-stage text[text-anchor=middle]").evaluate_all(
        "all => all.map((e) => [e.textContent, Number(e.getAttribute('x'))])")  # fmt: skip
    axis = {float(text): x for text, x in ticks if text.isdigit()}
    at = np.interp(77.5, sorted(axis), [axis[score] for score in sorted(axis)])
    assert page.locator("path.reid-win-bar").evaluate(across) == pytest.approx(at, abs=0.2)
    np.testing.assert_allclose(heights("beyond"), best[31 - first :], atol=0.01)


@pytest.mark.parametrize(("scheme", "width"), [("light", 420), ("dark", 1000), ("light", 1000)])
def test_themes_and_widths(open_file, tmp_path, screenshot, scheme, width):
    page = open_file(WinnersCurse().save(tmp_path / "curse.html"), color_scheme=scheme,
                     viewport={"width": width, "height": 900})  # fmt: skip
    theme = THEMES[scheme].background
    background = page.locator(".reid-view").evaluate("e => getComputedStyle(e).backgroundColor")
    assert background == f"rgb({', '.join(str(int(theme[i : i + 2], 16)) for i in (1, 3, 5))})"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for key in NAMES:
        assert page.get_by_role("slider").and_(slider(page, key)).evaluate("e => e.labels.length") == 1
    screenshot(page, f"winners_curse_{scheme}_{width}")


@pytest.mark.parametrize("given", [(1, 0.5, 6), (1000, 1.0, 3), (3, 0.0, 50), (1000, 0.5, 1)])
def test_edges_are_drawn_without_an_error(open_file, tmp_path, given):
    page = open_file(WinnersCurse(*given, alike=0.5).save(tmp_path / "curse.html"))
    assert page.locator(".reid-win-one").get_attribute("d").startswith("M")
    assert "NaN" not in page.locator(".reid-win-stage").evaluate("e => e.innerHTML")
    assert not page.locator(".reid-trouble").is_visible()
    if given[1] == 1.0:
        assert text(page, "verdict") == "Never: there is no such score"


def test_hostile_text_and_no_scripts(open_file, tmp_path):
    view = WinnersCurse(title=HOSTILE)
    file = view.save(tmp_path / "curse.html")
    page = open_file(file)
    assert page.title() == HOSTILE
    assert page.evaluate("window.pwned") is None
    still = open_file(file, java_script_enabled=False)
    assert still.locator(".reid-picture img").get_attribute("alt") == view.alt
    assert still.locator(".reid-picture img").is_visible()

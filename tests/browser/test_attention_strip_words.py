"""What AttentionStrip says and where its pictures stand, in a saved file."""

from __future__ import annotations

import numpy as np
import pytest
from test_attention_strip_page import slider, strip

from reidlib.views.html import decimals_for, number_text

pytestmark = pytest.mark.browser


def voice(page) -> str:
    return page.locator(".reid-voice").inner_text()


def test_a_weight_without_a_gallery_is_announced(open_file, tmp_path):
    page = open_file(strip(gallery=None, match=None).save(tmp_path / "strip.html"))
    slider(page, 6).focus()
    page.keyboard.press("End")
    turned = page.locator(".reid-strip-verdict b").inner_text()
    assert turned != "0.0°"
    assert voice(page) == f"Video feature turned by {turned}."


@pytest.mark.parametrize(
    ("match", "sentence"),
    [(None, "Nobody said which of them is the same person."), ([], "No gallery item is the same person.")],
)
def test_a_gallery_without_a_match(open_file, tmp_path, match, sentence):
    page = open_file(strip(match=match).save(tmp_path / "strip.html"))
    assert page.locator(".reid-strip-sentence").inner_text() == sentence
    slider(page, 6).focus()
    page.keyboard.press("Home")
    assert voice(page) == f"Nearest: {page.locator('.reid-strip-who').first.inner_text()}."


def test_places_are_compared_only_after_a_change(open_file, tmp_path):
    page = open_file(strip().save(tmp_path / "strip.html"))
    changes = page.locator(".reid-strip-change")
    assert changes.count() == 7
    assert not changes.first.is_visible()
    slider(page, 6).focus()
    page.keyboard.press("Home")
    assert changes.first.is_visible()
    for text, said in changes.evaluate_all("all => all.map((e) => [e.textContent, e.title])"):
        assert said == "place unchanged" if text == "=" else said.endswith((" up", " down"))


@pytest.mark.parametrize(("T", "width", "own"), [(12, 380, True), (60, 700, False)])
def test_pictures_stand_over_their_bars(open_file, tmp_path, screenshot, T, width, own):
    """Frame t is painted with a red of its own, so that the canvas tells which picture is where."""
    red = (4 * np.arange(T)).astype(np.uint8)
    frames = np.zeros((T, 64, 32, 3), np.uint8)
    frames[..., 0], frames[..., 2] = red[:, None, None], 255
    rng = np.random.default_rng(0)
    view = strip(T=T, frames=frames, attention=rng.uniform(0.4, 0.6, T), visibility=np.ones(T))
    page = open_file(view.save(tmp_path / "strip.html"), viewport={"width": width, "height": 900})
    page.wait_for_function("document.querySelector('.reid-strip-thumbs').height > 0")
    canvas = page.locator(".reid-strip-thumbs")
    seen = canvas.evaluate(
        "e => [...e.getContext('2d').getImageData(0, Math.floor(e.height / 2), e.width, 1).data]")  # fmt: skip
    row, left = np.array(seen).reshape(-1, 4), canvas.bounding_box()["x"]
    box = slider(page, 7).locator(".reid-strip-hit").bounding_box()
    middle = row[round(box["x"] + box["width"] / 2 - left)]
    assert middle[2] > 200
    shown = round(middle[0] / 4)
    assert shown == 7 if own else abs(shown - 7) <= 3
    slider(page, 7).focus()
    frame = page.locator(".reid-strip-cursor" if own else ".reid-strip-pictured").bounding_box()
    picture = np.flatnonzero((row[:, 3] > 0) & (np.abs(row[:, 0] - 4 * shown) <= 2)) + left
    assert frame["x"] <= picture.min()
    assert frame["x"] + frame["width"] >= picture.max()
    assert frame["width"] <= len(picture) + 6
    assert page.locator(".reid-strip-pictured").is_visible() != own
    screenshot(page, f"strip_pictures_{T}_{width}")


def test_the_page_rounds_numbers_as_python_does(open_file, tmp_path):
    values = [0.25, 9.9996, 12.3456, 123.456, 67705.7, -1234.6, 999960.0, 677057160.0, 7.380884670144705e29, 0.0]
    view = strip(attention=np.full((2, 16), 7.380884670144705e29), gallery=None, match=None)
    page = open_file(view.save(tmp_path / "strip.html"))
    facts = page.locator(".reid-strip-chosen dd").all_inner_texts()
    assert facts[0] == facts[1] == number_text(7.380884670144705e29, 2) == "7.381e+29"
    source = view.html()
    code = source[source.index("function numberText"):source.index("function makeHost")]
    rng = np.random.default_rng(0)
    # Halves that a float holds exactly, both signs, and sizes from 1e-6 to 1e9.
    values += [n / 8 for n in range(-200, 200)] + [-0.0, -0.001]
    values += (rng.normal(size=400) * 10.0 ** rng.uniform(-6, 9, 400)).tolist()
    for decimals in range(5):
        said = page.evaluate(f"(values) => {{ {code}; return values.map((v) => numberText(v, {decimals})); }}", values)
        assert said == [number_text(value, decimals) for value in values]
    spans = (10.0 ** rng.uniform(-12, 12, 200)).tolist()
    said = page.evaluate(f"(spans) => {{ {code}; return spans.map((span) => decimalsFor(span, 3)); }}", spans)
    assert said == [decimals_for(span, 3) for span in spans]

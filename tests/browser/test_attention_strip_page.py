"""AttentionStrip saved as one file with the network cut, driven by keys and pointer."""

from __future__ import annotations

import re

import numpy as np
import pytest

from reidlib.evaluation.ranking import rank
from reidlib.views.attention_strip import AttentionStrip
from reidlib.views.palette import THEMES

pytestmark = pytest.mark.browser
HOSTILE = "</script><script>window.pwned=1</script><img src=x onerror=window.pwned=1>$\\frac{"
# A page of its own calls the arithmetic of the view on whatever it is given.
PROBE_SCRIPT = """
export function mount(root, data) {
  window.follow = ({ features, gallery, matches, weights, pooling, unit }) => {
    const model = { features: packRows(features), gallery: packRows(gallery), matches, pooling, unit };
    const { feature, ranking } = followWeights(model, weights);
    const distances = ranking && [...ranking.place.keys()].map(ranking.distance);
    return { feature: feature && [...feature], rank: ranking?.rank, order: ranking?.order, distances };
  };
}
"""


def strip(T: int = 16, G: int = 12, seed: int = 3, **changes) -> AttentionStrip:
    """Frames 5–8 hide the person (item 2) behind what looks like item 0, and the weights do not notice."""
    rng = np.random.default_rng(seed)
    seen = np.where((np.arange(T) >= 5) & (np.arange(T) < 9), 0.12, 1.0)
    person, post = rng.normal(size=(2, 32))
    x = np.where(seen[:, None] < 0.5, 6 * post, person) + 0.1 * rng.normal(size=(T, 32))
    gallery = rng.normal(size=(G, 32))
    gallery[0], gallery[2] = post, person + 0.2 * rng.normal(size=32)
    frames = np.repeat((seen * 200).astype(np.uint8), 20 * 12 * 3).reshape(T, 20, 12, 3)
    given = {"frames": frames, "attention": np.stack([np.full(T, 0.5), rng.uniform(0.4, 0.6, T)]), "visibility": seen,
             "features": x, "gallery": gallery, "match": 2, "title": "Strip"}  # fmt: skip
    return AttentionStrip(**given | changes)


def slider(page, t: int):
    return page.locator(f'[role="slider"][data-frame="{t}"]')


def shown_rank(page) -> int:
    """The last number of "Rank of the match 2 → 1 of 12"."""
    return int(re.search(r"(\d+) of \d+", page.locator(".reid-strip-verdict").inner_text()).group(1))


def python_rank(view: AttentionStrip, weights: np.ndarray) -> int:
    data = view.data
    f = np.asarray(weights) @ np.array(data["features"])
    return ranked(f / np.linalg.norm(f), np.array(data["gallery"]["features"]), data["gallery"]["match"])


def ranked(feature: np.ndarray, gallery: np.ndarray, matches: list[int]) -> int:
    pids = np.zeros(len(gallery), int)
    pids[matches] = 1
    result = rank(probe_features=feature[None], gallery_features=gallery, probe_pids=np.array([1]), gallery_pids=pids,
                  probe_camids=np.array([0]), gallery_camids=np.ones(len(gallery), int))  # fmt: skip
    return int(result.first_rank[0])


def drag(page, t: int, to: float) -> None:
    """Take the bar of frame t by its foot and pull its top to the share `to` of the axis."""
    box = slider(page, t).locator(".reid-strip-hit").bounding_box()
    x, bottom = box["x"] + box["width"] / 2, box["y"] + box["height"]
    page.mouse.move(x, bottom - 4)
    page.mouse.down()
    page.mouse.move(x, bottom - to * box["height"] - 9, steps=3)
    page.mouse.move(x, bottom - to * box["height"])
    page.mouse.up()


def weights_of(page, T: int = 16) -> list[float]:
    return [float(slider(page, t).get_attribute("aria-valuenow")) for t in range(T)]


def test_pointer_and_keys_move_the_rank_as_python_does(open_file, tmp_path, screenshot):
    view = strip()
    page = open_file(view.save(tmp_path / "strip.html"))
    base = view.data["attention"][-1]
    assert shown_rank(page) == python_rank(view, base) == 2
    reset = page.get_by_role("button", name="Reset weights")
    assert reset.is_disabled()
    for t in range(5, 9):
        drag(page, t, 0)
    np.testing.assert_allclose(weights_of(page)[5:9], 0, atol=0.02)
    assert shown_rank(page) == python_rank(view, weights_of(page)) == 1
    assert "2 → 1 of 12" in page.locator(".reid-strip-verdict").inner_text()
    assert "better" in page.locator(".reid-strip-verdict").inner_text()
    screenshot(page, "strip_light_dragged")
    reset.click()
    np.testing.assert_allclose(weights_of(page), base, atol=1e-4)
    assert shown_rank(page) == 2
    drag(page, 3, 0.75)
    assert weights_of(page)[3] == pytest.approx(0.75, abs=0.02)
    page.get_by_role("button", name="By visibility").click()
    assert shown_rank(page) == python_rank(view, view.data["visibility"])
    page.get_by_role("button", name="All equal").click()
    assert shown_rank(page) == python_rank(view, np.ones(16))


def test_keyboard_alone(open_file, tmp_path, screenshot):
    view = strip(attention=np.full((2, 16), 0.5))
    page = open_file(view.save(tmp_path / "strip.html"))
    page.keyboard.press("Tab")
    focused = "document.activeElement.getAttribute('aria-valuetext')"
    assert page.evaluate(focused) == "frame 0, weight 0.50, 100 % visible"
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    assert page.evaluate(focused) == "frame 5, weight 0.50, 12 % visible"
    page.keyboard.press("ArrowUp")
    assert page.evaluate(focused) == "frame 5, weight 0.53, 12 % visible"  # the axis ends at 0.6: a twentieth is 0.03
    page.keyboard.press("End")
    assert slider(page, 5).get_attribute("aria-valuenow") == slider(page, 5).get_attribute("aria-valuemax") == "0.6"
    for key in ("Home", "ArrowRight", "Home", "ArrowRight", "Home", "ArrowRight", "Home"):
        page.keyboard.press(key)
    assert weights_of(page)[5:9] == [0, 0, 0, 0]
    assert shown_rank(page) == python_rank(view, weights_of(page)) == 1
    assert page.locator(".reid-voice").inner_text() == "Rank of the match 1."
    page.keyboard.press("Enter")
    assert page.locator(".reid-strip-heading").inner_text() == "Frame 8 locked"
    slider(page, 2).locator(".reid-strip-bar").hover()
    assert page.locator(".reid-strip-heading").inner_text() == "Frame 8 locked"
    page.keyboard.press("Escape")
    slider(page, 2).locator(".reid-strip-bar").hover(position={"x": 4, "y": 4})
    assert page.locator(".reid-strip-heading").inner_text() == "Frame 2"
    slider(page, 2).focus()
    page.keyboard.press("ArrowLeft")
    outline = page.locator(".reid-strip-cursor").evaluate("e => getComputedStyle(e).outlineColor")
    assert outline == f"rgb({', '.join(str(int(THEMES['light'].focus[i : i + 2], 16)) for i in (1, 3, 5))})"
    assert page.locator('[role="slider"][tabindex="0"]').count() == 1
    screenshot(page, "strip_keyboard_focus")


def test_click_locks_and_does_not_change_a_weight(open_file, tmp_path):
    page = open_file(strip().save(tmp_path / "strip.html"))
    before = weights_of(page)
    slider(page, 3).locator(".reid-strip-bar").click()
    assert page.locator(".reid-strip-heading").inner_text() == "Frame 3 locked"
    slider(page, 3).locator(".reid-strip-bar").click()
    assert page.locator(".reid-strip-heading").inner_text() == "Frame 3"
    assert weights_of(page) == before


def test_no_weight_leaves_no_feature_and_says_so(open_file, tmp_path):
    page = open_file(strip(T=2).save(tmp_path / "strip.html"))
    slider(page, 0).focus()
    for key in ("Home", "ArrowRight", "Home"):
        page.keyboard.press(key)
    assert page.locator(".reid-strip-verdict").inner_text() == "No video feature"
    page.keyboard.press("End")
    assert page.locator(".reid-strip-list li").count() == 7


def test_what_the_page_computes_is_what_python_computes(open_file, tmp_path):
    script = tmp_path / "probe.js"
    script.write_text(PROBE_SCRIPT)
    from reidlib.views import View, figure

    picture = figure(alt="A test page without anything to see.", width=1, height=1)
    page = open_file(View(script, {}, picture=picture, title="probe", parts=("attention_strip_pool.js",))
                     .save(tmp_path / "probe.html"))  # fmt: skip
    rng = np.random.default_rng(11)
    for case in range(32):
        T, D, G = rng.integers(1, 40), rng.integers(1, 33), rng.integers(3, 60)
        x, gallery = rng.normal(size=(T, D)), rng.normal(size=(G, D))
        gallery[rng.integers(G, size=3)] = gallery[0]  # equal distances
        matches = sorted(set(rng.integers(G, size=rng.integers(1, 3)).tolist()))
        weights = np.round(rng.uniform(0, 1, T) * (rng.random(T) < 0.8), 4)
        weights[0] = 0.3
        pooling, unit = ("weighted_mean", "sum")[case % 2], case % 3 > 0
        view = AttentionStrip(np.zeros((T, 4, 4, 3), np.uint8), weights, None, x, gallery, match=matches,
                              pooling=pooling, unit=unit)  # fmt: skip
        data = view.data
        features, rows = np.array(data["features"]), np.array(data["gallery"]["features"])
        f = weights @ features / (weights.sum() if pooling == "weighted_mean" else 1)
        f = f / np.linalg.norm(f) if unit else f
        found = page.evaluate("given => window.follow(given)", {
            "features": data["features"], "gallery": data["gallery"]["features"], "matches": matches,
            "weights": weights.tolist(), "pooling": pooling, "unit": unit})  # fmt: skip
        np.testing.assert_allclose(found["feature"], f, atol=1e-12)
        distances = np.linalg.norm(rows - f, axis=1)
        np.testing.assert_allclose(found["distances"], distances, atol=1e-9)
        assert found["rank"] == ranked(np.array(found["feature"]), rows, matches)
        squared = ((rows - np.array(found["feature"])) ** 2).sum(1)
        squared[[i for i in range(G) if (rows[i] == rows[0]).all()]] = squared[0]
        assert found["order"] == np.argsort(squared, kind="stable").tolist()


def test_long_tracklets_stay_readable(open_file, tmp_path, screenshot):
    T = 675
    rng = np.random.default_rng(0)
    seen = 0.5 + 0.5 * np.sin(np.arange(T) / 9)
    view = strip(T=T, attention=rng.dirichlet(np.ones(T), 4), visibility=seen)
    page = open_file(view.save(tmp_path / "long.html"), viewport={"width": 800, "height": 900})
    visible = page.locator('[role="slider"]:not(.reid-strip-away)')
    assert visible.count() == 96
    assert visible.first.locator(".reid-strip-hit").bounding_box()["width"] > 5
    extent = page.locator(".reid-strip-extent")
    part = page.get_by_role("slider", name="First frame shown")
    part.fill("0")
    assert extent.inner_text() == "frames 0 to 95 of 675"
    slider(page, 95).focus()
    page.keyboard.press("ArrowRight")  # beyond the part: it moves along
    assert page.evaluate("document.activeElement.dataset.frame") == "96"
    assert extent.inner_text() == "frames 48 to 143 of 675"
    page.keyboard.press("PageDown")
    assert page.evaluate("document.activeElement.dataset.frame") == "106"
    page.get_by_role("button", name="Show fewer frames").click()
    assert visible.count() == 48
    for _ in range(5):
        page.get_by_role("button", name="Show more frames").click()
    assert visible.count() == T
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    screenshot(page, "strip_675")
    assert slider(page, 3).get_attribute("aria-valuetext").startswith("frame 3, weight 0.00")


@pytest.mark.parametrize(("scheme", "width"), [("light", 420), ("dark", 1000)])
def test_themes_and_widths(open_file, tmp_path, screenshot, scheme, width):
    view = strip(compare={"shuffled": np.linspace(0.1, 1, 16)}, gallery_frames=np.zeros((12, 20, 12, 3), np.uint8))
    page = open_file(view.save(tmp_path / "strip.html"), color_scheme=scheme, viewport={"width": width, "height": 900})
    background = page.locator(".reid-view").evaluate("e => getComputedStyle(e).backgroundColor")
    theme = THEMES[scheme].background
    assert background == f"rgb({', '.join(str(int(theme[i : i + 2], 16)) for i in (1, 3, 5))})"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    rank_beside = python_rank(view, view.data["compare"]["weights"])
    assert f"With “shuffled” its rank is {rank_beside}." in page.locator(".reid-strip-sentence").inner_text()
    page.get_by_role("button", name="As “shuffled”").click()
    assert shown_rank(page) == rank_beside
    screenshot(page, f"strip_{scheme}_{width}")


def test_other_pooling_cannot_be_dragged_and_says_why(open_file, tmp_path):
    page = open_file(strip(pooling="other").save(tmp_path / "strip.html"))
    assert "does not pool by a sum" in page.locator(".reid-strip-hint").inner_text()
    before = weights_of(page)
    drag(page, 3, 1)
    slider(page, 4).focus()
    page.keyboard.press("ArrowUp")
    assert weights_of(page) == before
    assert slider(page, 4).get_attribute("aria-readonly") == "true"
    assert "does not pool" in page.locator(".reid-voice").inner_text()
    assert page.locator(".reid-strip-result").count() == 0


def test_features_without_a_gallery_show_how_far_f_turns(open_file, tmp_path):
    page = open_file(strip(gallery=None, match=None).save(tmp_path / "strip.html"))
    assert page.locator(".reid-strip-verdict").inner_text() == "Video feature turned by 0.0°"
    drag(page, 5, 0)
    assert page.locator(".reid-strip-verdict").inner_text() != "Video feature turned by 0.0°"


def test_hostile_text_stays_text(open_file, tmp_path):
    view = strip(title=HOSTILE, names=[HOSTILE, "b"], gallery_names=[HOSTILE] * 12, note=HOSTILE,
                 compare={HOSTILE: np.ones(16)})  # fmt: skip
    page = open_file(view.save(tmp_path / "strip.html"))
    assert page.locator(".reid-strip-who").first.evaluate("e => e.textContent") == HOSTILE
    assert page.locator(".reid-strip-note").evaluate("e => e.textContent") == HOSTILE
    assert page.title() == HOSTILE
    assert page.evaluate("window.pwned") is None


def test_reduced_motion_and_no_scripts(open_file, tmp_path):
    view = strip()
    file = view.save(tmp_path / "strip.html")
    page = open_file(file, reduced_motion="reduce")
    durations = "[...document.querySelectorAll('.reid-stage *')].map((e) => getComputedStyle(e).transitionDuration)"
    assert set(page.evaluate(durations)) == {"0s"}
    still = open_file(file, java_script_enabled=False)
    assert still.locator(".reid-picture img").get_attribute("alt") == view.alt
    assert still.locator(".reid-picture img").is_visible()

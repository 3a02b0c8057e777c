"""Cobweb in a saved file with the network cut: its arithmetic is the library's, by pointer, keys, light and dark."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

from reidlib.ran.refinement import fixed_points, scalar_map, scalar_recursion, slope
from reidlib.views import Cobweb, View, figure
from reidlib.views.cobweb import FORMS
from reidlib.views.palette import THEMES

pytestmark = pytest.mark.browser
HOSTILE = "</script><script>window.pwned=1</script><img src=x onerror=window.pwned=1>$\\frac{"
T, D = 8, 16
# A page of its own calls the arithmetic of the view on whatever it is given.
PROBE_SCRIPT = """
export function mount(root, data) {
  window.ask = (model, setting, c0, R, places) => {
    const map = cobwebMap(model, setting);
    return { path: cobwebPath(map, c0, R), values: places.map(map.step), slopes: places.map(map.slope),
             fixed: cobwebFixed(map), fate: cobwebFate(map, c0) };
  };
}
"""


def made(seed: int = 1, **changes) -> Cobweb:
    """A falling map that flips as it is printed."""
    rng = np.random.default_rng(seed)
    x = np.abs(rng.normal(size=(T, D)))
    given = {"u": rng.normal(size=T) + 1, "v": -1.5 - rng.random(T), "R": 6, "gram": x @ x.T, "title": "Map"} | changes
    return Cobweb(given.pop("u"), given.pop("v"), **given)


def by_library(data: dict, frames: int, shift: float, factor: float, form: str):
    """u, v (frames,) and the form of the same rounded arrays, as reidlib.ran.refinement takes them."""
    rows = np.arange(frames) % len(data["u"])
    u = torch.from_numpy(np.array(data["u"])[rows] + shift)
    v = torch.from_numpy(np.array(data["v"])[rows] * factor)
    options = dict(zip(("kind", "normalise", "feedback"), data["forms"][form], strict=True))
    if data["gram"] is not None:
        n = len(data["u"])
        gram = np.zeros((n, n))
        gram[np.tril_indices(n)] = data["gram"]
        gram = gram + np.tril(gram, -1).T
        options["gram"] = torch.from_numpy(gram[np.ix_(rows, rows)])
    return u, v, options


def walked(data: dict, c0: float, R: int, *setting) -> np.ndarray:
    u, v, options = by_library(data, *setting)
    if "gram" in options:
        options["gram"] = options["gram"][None]
    found = scalar_recursion(u[None], v[None], torch.tensor([c0], dtype=torch.float64), R, **options)
    return torch.cat(found.constants).numpy()


def table(page) -> np.ndarray:
    return np.array(page.locator(".reid-cob-table td").evaluate_all("es => es.map((e) => +e.dataset.value)"))


def points(page) -> list[tuple[float, float]]:
    found = page.locator(".reid-cob-list li")
    return found.evaluate_all("es => es.map((e) => [+e.dataset.place, +e.dataset.slope])")


def stage(page):
    return page.get_by_role("slider", name="Start c₀")


def track(page):
    return page.get_by_role("slider", name="Iteration k")


def choose(page, name: str, value: float) -> None:
    page.get_by_role("slider", name=name).fill(str(value))


def test_what_the_page_computes_is_what_the_library_computes(open_file, tmp_path):
    script = tmp_path / "probe.js"
    script.write_text(PROBE_SCRIPT)
    picture = figure(alt="A test page without anything to see.", width=1, height=1)
    view = View(script, {}, picture=picture, title="probe", parts=("cobweb_map.js",))
    page = open_file(view.save(tmp_path / "probe.html"))
    rng = np.random.default_rng(7)
    fates = set()
    for case, name in itertools.product(range(8), FORMS):
        n, size = int(rng.integers(1, 20)), int(rng.integers(1, 30))
        x = rng.normal(size=(n, size)) + (case % 2)
        strength = float(rng.choice([0.2, 1, 3]))
        u, v = x @ rng.normal(size=size) * 0.3, x @ rng.normal(size=size) * strength - (case % 3)
        kind, normalise, feedback = FORMS[name]
        if feedback == "unit":
            v = x @ rng.normal(size=size)  # θ′_f inside the frames' span, as the bound of the map asks
        data = Cobweb(u, v, gram=x @ x.T, kind=kind, normalise=normalise, feedback=feedback).data
        setting = {"frames": int(rng.integers(1, 40)), "shift": float(rng.normal()), "form": name,
                   "factor": float(rng.choice([0, 0.5, 1, 2]))}  # fmt: skip
        order = setting["frames"], setting["shift"], setting["factor"], name
        c0, R, places = float(rng.normal()), 7, (rng.normal(size=9) * 4).tolist()
        found = page.evaluate("(given) => ask(...given)", [data, setting, c0, R, places])
        u, v, options = by_library(data, *order)
        c = torch.tensor(places, dtype=torch.float64)
        close = {"rtol": 1e-7, "atol": 1e-9, "err_msg": f"{name}, case {case}"}
        np.testing.assert_allclose(found["path"], walked(data, c0, R, *order), rtol=1e-6, atol=1e-7)
        np.testing.assert_allclose(found["values"], scalar_map(c, u, v, **options), **close)
        np.testing.assert_allclose(found["slopes"], slope(c, u, v, **options), **close)
        rests = fixed_points(u, v, **options)
        np.testing.assert_allclose([each["c"] for each in found["fixed"]], rests, **close | {"atol": 1e-8})
        steep = slope(rests, u, v, **options)
        np.testing.assert_allclose([each["slope"] for each in found["fixed"]], steep, rtol=1e-5, atol=1e-6)
        end = walked(data, c0, 500, *order)[-3:]
        fates.add(found["fate"]["kind"])
        if found["fate"]["kind"] != "neither":
            last = end[2:] if found["fate"]["kind"] == "settles" else np.sort(end[1:])
            np.testing.assert_allclose(found["fate"]["values"], last, rtol=1e-5, atol=1e-5)
    assert fates >= {"settles", "flips"}


def test_the_first_screen_is_the_librarys_answer(open_file, tmp_path):
    view = made()
    page = open_file(view.save(tmp_path / "cobweb.html"))
    setting = T, 0, 1, "as printed"
    np.testing.assert_allclose(table(page), walked(view.data, 0.0, 6, *setting), atol=1e-9)
    u, v, options = by_library(view.data, *setting)
    (place, steep), = points(page)
    rest = fixed_points(u, v, **options)
    np.testing.assert_allclose([place, steep], [rest[0], slope(rest, u, v, **options)[0]], atol=1e-6)
    assert page.locator(".reid-cob-list").inner_text().startswith("◇ A: fixed point −")
    assert page.locator(".reid-cob-list").inner_text().endswith(", repels")
    assert "for ever" in page.locator(".reid-cob-verdict").inner_text()
    assert page.locator(".reid-cob-strength").inner_text() == (
        f"Σ|vₜ| = {np.abs(view.data['v']).sum():.2f}: not below 4, so nothing is sure.")  # fmt: skip


def test_dragging_the_start(open_file, tmp_path, screenshot):
    view = made()
    page = open_file(view.save(tmp_path / "cobweb.html"))
    box = page.locator(".reid-cob-ground").bounding_box()
    low, high = (float(stage(page).get_attribute(f"aria-value{end}")) for end in ("min", "max"))
    page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 50)
    page.mouse.down()
    for share in (0.6, 0.25):
        page.mouse.move(box["x"] + share * box["width"], box["y"] + 200, steps=3)
        c0 = table(page)[0]
        assert c0 == pytest.approx(low + share * (high - low), abs=(high - low) / 200)
        np.testing.assert_allclose(table(page), walked(view.data, c0, 6, T, 0, 1, "as printed"), atol=1e-9)
    page.mouse.move(box["x"] - 90, box["y"] + 200)
    assert table(page)[0] == pytest.approx(low, rel=1e-5)
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 200)
    page.mouse.up()
    kept = table(page)[0]
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 200)
    assert table(page)[0] == kept
    assert page.locator(".reid-voice").inner_text() == page.locator(".reid-cob-verdict").inner_text()
    screenshot(page, "cobweb_dragged")


def test_sliders_and_forms_turn_the_map(open_file, tmp_path, screenshot):
    view = made()
    page = open_file(view.save(tmp_path / "cobweb.html"))
    choose(page, "frames T", 20)
    choose(page, "b′, added to every uₜ", -0.5)
    choose(page, "θ′_f times, so every vₜ", 0.35)
    choose(page, "iterations R", 11)
    assert len(table(page)) == 12
    for name in view.data["forms"]:
        page.get_by_label(name, exact=True).check()
        setting = 20, -0.5, 0.35, name
        np.testing.assert_allclose(table(page), walked(view.data, 0.0, 11, *setting), atol=1e-8)
        u, v, options = by_library(view.data, *setting)
        rests = fixed_points(u, v, **options)
        np.testing.assert_allclose([place for place, _ in points(page)], rests, atol=1e-7)
        for (_, steep), item in zip(points(page), page.locator(".reid-cob-list li").all_inner_texts(), strict=True):
            glyph, word = ("◆", "attracts") if abs(steep) < 1 else ("◇", "repels")
            assert item.startswith(glyph)
            assert item.endswith(word)
        assert page.locator(".reid-cob-diamond").count() == len(rests)
    page.get_by_label("divided by Σα", exact=True).check()
    screenshot(page, "cobweb_divided")
    page.get_by_role("button", name="First setting").click()
    np.testing.assert_allclose(table(page), walked(view.data, 0.0, 6, T, 0, 1, "as printed"), atol=1e-9)
    choose(page, "iterations R", 0)
    assert table(page).tolist() == [0]


def test_keyboard_alone(open_file, tmp_path, screenshot):
    view = made()
    page = open_file(view.save(tmp_path / "cobweb.html"))
    said = "document.activeElement.getAttribute('aria-valuetext')"
    page.keyboard.press("Tab")
    assert page.evaluate(said).startswith("c₀ 0.00. From 0.00 it flips between ")
    low, high = (float(stage(page).get_attribute(f"aria-value{end}")) for end in ("min", "max"))
    for key in ("ArrowLeft", "Shift+ArrowLeft"):
        page.keyboard.press(key)
    assert table(page)[0] == pytest.approx(-0.11 * (high - low), rel=1e-4)
    page.keyboard.press("End")
    assert table(page)[0] == pytest.approx(high, rel=1e-5)
    page.keyboard.press("Escape")
    assert table(page)[0] == 0
    page.keyboard.press("Tab")
    assert page.evaluate(said) == "6"
    page.keyboard.press("ArrowRight")
    assert len(table(page)) == 8
    for _ in range(6):  # T, b′, θ′_f, the form, the button, the line
        page.keyboard.press("Tab")
    assert page.evaluate(said).startswith("iteration 7, c ")
    page.keyboard.press("Home")
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    assert page.evaluate(said).startswith("iteration 2, c ")
    assert page.evaluate(said).endswith(", locked")
    assert page.locator(".reid-cob-sentence").inner_text().startswith("k = 2: the map makes c₂ = ")
    assert page.locator(".reid-cob-table [data-shown]").all_inner_texts()[0] == "2"
    screenshot(page, "cobweb_keys")
    page.keyboard.press("Escape")
    assert page.locator(".reid-cob-table [data-shown]").count() == 0


def test_hover_looks_click_locks_escape_frees(open_file, tmp_path):
    page = open_file(made().save(tmp_path / "cobweb.html"))
    dots = page.locator(".reid-cob-dot")

    def over(k: int) -> None:
        place = dots.nth(k).bounding_box()
        page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)

    def looked() -> str:
        return page.locator(".reid-cob-sentence").inner_text().split(":")[0]

    over(3)
    assert looked() == "k = 3"
    assert page.locator(".reid-cob-faint").get_attribute("d") != ""
    over(5)
    page.mouse.down()
    page.mouse.up()
    over(1)
    assert looked() == "k = 5"
    page.keyboard.press("Escape")
    over(2)
    assert looked() == "k = 2"


@pytest.mark.parametrize(("scheme", "width"), [("light", 420), ("dark", 1000), ("light", 1000)])
def test_themes_and_widths(open_file, tmp_path, screenshot, scheme, width):
    page = open_file(made().save(tmp_path / "cobweb.html"), color_scheme=scheme,
                     viewport={"width": width, "height": 900})  # fmt: skip
    theme = THEMES[scheme].background
    background = page.locator(".reid-view").evaluate("e => getComputedStyle(e).backgroundColor")
    assert background == f"rgb({', '.join(str(int(theme[i : i + 2], 16)) for i in (1, 3, 5))})"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    screenshot(page, f"cobweb_{scheme}_{width}")


def test_hostile_text_and_no_scripts(open_file, tmp_path):
    view = made(title=HOSTILE, note=HOSTILE)
    file = view.save(tmp_path / "cobweb.html")
    page = open_file(file)
    assert page.locator(".reid-cob-note").evaluate("e => e.textContent") == HOSTILE
    assert page.evaluate("window.pwned") is None
    still = open_file(file, java_script_enabled=False)
    assert still.get_by_role("img").get_attribute("alt") == view.alt

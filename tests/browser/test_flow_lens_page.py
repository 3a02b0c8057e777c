"""FlowLens in a saved file with the network cut: what it computes, by keys and by pointer, and how it looks."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from reidlib.flow.window import gaussian_weights, solve_window
from reidlib.views import FlowLens, View, figure
from reidlib.views.html import number_text
from reidlib.views.palette import THEMES

pytestmark = pytest.mark.browser
HOSTILE = "</script><script>window.pwned=1</script><img src=x onerror=window.pwned=1>$\\frac{"
H, W = 64, 48
# A page of its own calls the arithmetic of the view on whatever it is given.
PROBE_SCRIPT = """
export function mount(root, data) {
  window.solve = (frames, ...window) => lensSolve(lensFields(frames), ...window);
}
"""


def step_of_the_notebook():
    """The function that notebook 02 builds, out of its own cell."""
    path = Path(__file__).parents[1] / "notebooks" / "test_built_equals_library.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.built("02_flow_extraction", "lucas_kanade_step")["lucas_kanade_step"]


def smooth(rng: np.random.Generator, height: int, width: int, strength: float = 50) -> np.ndarray:
    """A picture without noise, at any place: a function of (row, column)."""
    waves = rng.normal(0, 0.35, (6, 2)), rng.uniform(0, 6, 6)

    def at(rows, columns):
        phases = (waves[0][:, 0, None, None] * rows + waves[0][:, 1, None, None] * columns
                  + waves[1][:, None, None])  # fmt: skip
        return 128 + strength * np.sin(phases).sum(axis=0) / 6

    return at(*np.mgrid[:height, :width]), at


def moved(seed: int = 4) -> dict:
    """A corner everywhere above, vertical stripes in the middle, nothing below; all moves by (0.6, −0.4)."""
    rng = np.random.default_rng(seed)
    _, at = smooth(rng, H, W, 140)
    rows, columns = np.mgrid[:H, :W].astype(float)

    def frame(x, y):
        stripes = 127 + 80 * np.sin((columns - x) / 2)
        return np.select([rows < 26, rows < 46], [at(rows - y, columns - x), stripes], 127.0).round(4)

    exact = np.zeros((2, H, W))
    exact[0], exact[1] = 0.6, -0.4
    return {"first": frame(0, 0), "second": frame(0.6, -0.4), "exact": exact,
            "flow": exact + rng.normal(0, 0.1, (2, H, W))}  # fmt: skip


def lens(**changes) -> FlowLens:
    given = moved() | {"start": (12, 20), "window": 11} | changes
    return FlowLens(given.pop("first"), given.pop("second"), **given)


def stage(page):
    return page.locator(".reid-lens-stage")


def where(page) -> str:
    return page.locator(".reid-lens-where").inner_text()


def row(page, name: str) -> list[str]:
    return page.locator("tbody tr", has_text=name).locator("td").all_inner_texts()


def written(*values: float) -> list[str]:
    """As the page writes pixels."""
    texts = [f"{value:.2f}" if abs(value) < 100 else f"{float(f'{value:.2g}'):.0f}" for value in values]
    return [text.replace("-", "−" if float(text) else "") for text in texts]


def short(value: float) -> str:
    return number_text(value, 2)


def solved_there(given: dict, place: tuple[int, int], window: int):
    return solve_window(given["first"], given["second"], *place, window)


def pixel(page, place: tuple[int, int]) -> tuple[float, float]:
    """The middle of a pixel of the frame on the screen."""
    box = stage(page).locator("svg").bounding_box()
    return box["x"] + (place[1] + 0.5) * box["width"] / W, box["y"] + (place[0] + 0.5) * box["height"] / H


def assert_shows(page, given: dict, place: tuple[int, int], window: int) -> None:
    one = solved_there(given, place, window)
    assert f"row {place[0]}, column {place[1]}" in where(page)
    assert page.locator(".reid-lens-controls output").inner_text() == f"{window} × {window}"
    kind = ("Flat", "Edge", "Corner")[one.known]
    assert kind in page.locator(".reid-lens-verdict").inner_text()
    long, least = map(short, one.eigenvalues)
    assert page.locator(".reid-lens-reason").inner_text().startswith(f"λ₁ = {long}, λ₂ = {least};")
    exact = given["exact"][:, place[0], place[1]]
    assert row(page, "this window") == written(*one.flow, np.hypot(*(one.flow - exact)))
    assert row(page, "exact flow") == written(*exact, 0)


def test_what_the_page_computes_is_what_the_library_computes(open_file, tmp_path):
    script = tmp_path / "probe.js"
    script.write_text(PROBE_SCRIPT)
    picture = figure(alt="A test page without anything to see.", width=1, height=1)
    view = View(script, {}, picture=picture, title="probe", parts=("flow_lens_solve.js",))
    page = open_file(view.save(tmp_path / "probe.html"))
    rng = np.random.default_rng(8)
    seen, step = set(), step_of_the_notebook()
    for case in range(36):
        height, width = (int(each) for each in rng.integers(7, 40, 2))
        if case % 3 == 0:
            frames = rng.integers(0, 256, (2, height, width)).astype(np.uint8)
        else:
            _, at = smooth(rng, height, width)
            rows, columns = np.mgrid[:height, :width]
            if case % 3 == 2:  # stripes, often so weak that nothing is known
                rows = np.zeros_like(rows)
            contrast = 10 ** rng.uniform(-1.5, 0) if case % 3 == 2 else 1
            x, y = rng.uniform(-1, 1, 2)
            frames = np.stack([at(rows, columns), at(rows - y * (case % 3 == 1), columns - x)]) * contrast
        size = int(rng.choice(np.arange(3, min(height, width, 31) + 1, 2)))
        half = size // 2
        # Also at the edges of the frame, where gradients are one-sided.
        place = [int(rng.choice([half, side - half - 1, rng.integers(half, side - half)])) for side in (height, width)]
        view = FlowLens(*frames, window=size, start=place)
        found = page.evaluate("([data, ...rest]) => solve(data, ...rest)", [view.data, *place, size, 4.0])
        frames = frames.round(4) if frames.dtype.kind == "f" else frames
        one = solve_window(*frames, *place, size)
        seen.add(one.known)
        assert found["known"] == one.known
        for name in ("gx", "gy", "difference", "weights"):
            np.testing.assert_allclose(np.reshape(found[name], (size, size)), getattr(one, name), atol=1e-12)
        (a, b), (_, c) = one.tensor
        scale = max(1, abs(one.tensor).max())
        np.testing.assert_allclose(found["tensor"], [a, b, c], atol=1e-12 * scale)
        np.testing.assert_allclose(found["right"], one.right, atol=1e-12 * scale)
        np.testing.assert_allclose(found["eigenvalues"], one.eigenvalues, atol=1e-10 * scale)
        np.testing.assert_allclose(found["flow"], one.flow, atol=1e-8)
        if one.known == 2:
            np.testing.assert_allclose(found["plain"], np.linalg.solve(one.tensor, one.right), atol=1e-8)
        # Where nothing is known the notebook's answer is rounding error over its floor of 1e-6.
        if one.eigenvalues[1] > 1e-2:
            dense = step(*frames, gaussian_weights(size))
            np.testing.assert_allclose(found["plain"], dense[:, place[0], place[1]], rtol=1e-6, atol=1e-8)
        if one.known:
            along = np.array([np.cos(found["angle"]), np.sin(found["angle"])])
            np.testing.assert_allclose(one.tensor @ along, one.eigenvalues[0] * along, atol=1e-9 * scale)
    assert seen == {0, 1, 2}


def test_by_keyboard_alone(open_file, tmp_path, screenshot):
    given = moved()
    view = lens()
    page = open_file(view.save(tmp_path / "lens.html"), viewport={"width": 1000, "height": 1000})
    assert_shows(page, given, (12, 20), 11)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "application"
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "Shift+ArrowLeft", "ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
    assert_shows(page, given, (11, 17), 11)
    one = solved_there(given, (11, 17), 11)
    x, y = written(*one.flow)
    assert page.locator(".reid-voice").inner_text() == (
        f"Row 11, column 17. Corner: both directions of motion are known. Motion {x} right, {y} down. "
        "Exact: 0.60 right, −0.40 down."
    )
    assert stage(page).get_attribute("aria-label") == "Frame t, 11 × 11 window around row 11, column 17"
    for key in ("+", "+", "-", "+"):
        page.keyboard.press(key)
    assert_shows(page, given, (11, 17), 15)
    for _ in range(40):
        page.keyboard.press("+")
    assert_shows(page, given, (15, 17), 31)  # the window pushed its centre down
    for _ in range(40):
        page.keyboard.press("-")
    assert_shows(page, given, (15, 17), 3)
    for _ in range(9):
        page.keyboard.press("Shift+ArrowUp")
    assert_shows(page, given, (1, 17), 3)
    page.keyboard.press("Enter")
    assert where(page).endswith("locked")
    assert stage(page).get_attribute("aria-label").endswith(", locked")
    page.keyboard.press("Escape")
    assert "locked" not in where(page)
    page.keyboard.press("Tab")
    size = page.get_by_role("slider", name="Window")
    assert size.evaluate("e => e === document.activeElement")
    page.keyboard.press("ArrowRight")
    assert size.get_attribute("aria-valuetext") == "5 by 5 pixels"
    assert_shows(page, given, (2, 17), 5)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.get_by_role("button", name="Show frame t − 1").get_attribute("aria-pressed") == "true"
    assert where(page).startswith("Frame t − 1,")
    screenshot(page, "flow_lens_keyboard")


def painted(page) -> np.ndarray:
    """The frame as it is on the page."""
    read = "c => Array.from(c.getContext('2d').getImageData(0, 0, c.width, c.height).data)"
    return np.reshape(stage(page).locator("canvas").evaluate(read), (H, W, 4))[..., 0]


def test_by_pointer(open_file, tmp_path, screenshot):
    given = moved()
    page = open_file(lens().save(tmp_path / "lens.html"), viewport={"width": 1000, "height": 1000})
    np.testing.assert_allclose(painted(page), given["second"], atol=0.51)
    page.mouse.move(*pixel(page, (36, 24)))
    assert_shows(page, given, (36, 24), 11)
    assert solved_there(given, (36, 24), 11).known == 1
    assert page.locator(".reid-lens-open").get_attribute("d")
    screenshot(page, "flow_lens_edge")
    page.mouse.move(*pixel(page, (56, 24)))
    assert_shows(page, given, (56, 24), 11)
    assert page.locator(".reid-lens-open").get_attribute("d") == ""
    screenshot(page, "flow_lens_flat")
    page.mouse.click(*pixel(page, (14, 30)))
    page.mouse.move(*pixel(page, (36, 10)))
    assert where(page).endswith("locked")
    assert_shows(page, given, (14, 30), 11)
    dense = step_of_the_notebook()(given["first"], given["second"], gaussian_weights(11))
    assert row(page, "unguarded")[:2] == written(*dense[:, 14, 30])
    page.mouse.down()
    page.mouse.move(*pixel(page, (37, 12)), steps=3)  # a pressed pointer carries the window even so
    page.mouse.up()
    assert_shows(page, given, (37, 12), 11)
    assert where(page).endswith("locked")
    page.mouse.click(*pixel(page, (37, 12)))
    assert "locked" not in where(page)
    page.mouse.move(*pixel(page, (0, 0)))
    assert_shows(page, given, (5, 5), 11)
    page.get_by_role("button", name="Show frame t − 1").click()
    np.testing.assert_allclose(painted(page), given["first"], atol=0.51)


def numbers(path: str) -> list[float]:
    return [float(part) for part in path.replace("M", " ").replace("L", " ").split()]


def test_what_is_drawn_is_what_was_computed(open_file, tmp_path):
    given = moved()
    page = open_file(lens().save(tmp_path / "lens.html"))
    one = solved_there(given, (12, 20), 11)
    motions = {"found": one.flow, "exact": [0.6, -0.4], "library": given["flow"][:, 12, 20]}
    for name, motion in motions.items():
        shaft = page.locator(f'.reid-lens-arrow[data-motion="{name}"]:not([data-head])').get_attribute("d")
        start = np.array([20.5, 12.5])
        np.testing.assert_allclose(numbers(shaft), [*start, *(start + 5 * np.array(motion))], atol=6e-3)
    read = "c => Array.from(c.getContext('2d').getImageData(0, 0, c.width, c.height).data)"
    reach = np.quantile(np.abs(np.gradient((given["first"] + given["second"]) / 2)), 0.98)
    for i, (patch, end) in enumerate(((one.gx, reach), (one.gy, reach), (one.difference, None))):
        canvas = page.locator(".reid-lens-row canvas").nth(i)
        shades = np.reshape(canvas.evaluate(read), (11, 11, 4))[..., 0]
        assert np.corrcoef(shades.ravel(), patch.ravel())[0, 1] > 0.98
        if end:
            np.testing.assert_allclose(shades, (127.5 * (1 + patch / end)).clip(0, 255), atol=1.5)
        assert short(patch.min()) in canvas.get_attribute("aria-label")
    halves = " and ".join(short(root) for root in np.sqrt(one.eigenvalues))
    label = page.locator(".reid-lens-plot").first.get_attribute("aria-label")
    assert label.startswith(f"Ellipse of the structure tensor: half axes {halves}")


@pytest.mark.parametrize(("scheme", "width"), [("light", 420), ("dark", 1000), ("light", 1000)])
def test_themes_and_widths(open_file, tmp_path, screenshot, scheme, width):
    page = open_file(lens(note="a moving texture above stripes above nothing").save(tmp_path / "lens.html"),
                     color_scheme=scheme, viewport={"width": width, "height": 1000 + (1000 - width)})  # fmt: skip
    theme = THEMES[scheme].background
    background = page.locator(".reid-view").evaluate("e => getComputedStyle(e).backgroundColor")
    assert background == f"rgb({', '.join(str(int(theme[i : i + 2], 16)) for i in (1, 3, 5))})"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not page.locator(".reid-picture").is_visible()
    screenshot(page, f"flow_lens_{scheme}_{width}")


def test_without_flows_it_shows_its_own_motion_only(open_file, tmp_path):
    page = open_file(lens(flow=None, exact=None).save(tmp_path / "lens.html"))
    assert page.locator("tbody th").all_inner_texts() == ["■ v, this window", "G⁻¹ r, unguarded"]
    assert page.locator("thead th").all_inner_texts() == ["motion (pixels per frame)", "right", "down"]
    assert "exact" not in page.locator(".reid-stage").inner_text()


def test_hostile_text_and_no_scripts(open_file, tmp_path):
    view = lens(title=HOSTILE, note=HOSTILE)
    file = view.save(tmp_path / "lens.html")
    page = open_file(file)
    assert page.locator(".reid-lens-note").evaluate("e => e.textContent") == HOSTILE
    assert page.title() == HOSTILE
    assert page.evaluate("window.pwned") is None
    still = open_file(file, java_script_enabled=False)
    assert still.locator(".reid-picture img").get_attribute("alt") == view.alt
    assert still.locator(".reid-picture img").is_visible()

"""PullPush in a saved file with the network cut: its numbers are autograd's, and points follow pointer and keys."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import torch

import reidlib.views
from reidlib.ran.losses import distance, hinge_gradient, linear_hinge, linear_hinge_gradient, squared_hinge
from reidlib.views.palette import THEMES
from reidlib.views.pull_push import EPSILON, PullPush

pytestmark = pytest.mark.browser
HOSTILE = "</script><script>window.pwned=1</script><img src=x onerror=window.pwned=1>$\\frac{"
LOSS = Path(reidlib.views.__file__).with_name("pull_push_loss.js")
HINGES = {"squared": squared_hinge, "linear": linear_hinge}
CLOSED = {"squared": hinge_gradient, "linear": linear_hinge_gradient}


def view(**changes) -> PullPush:
    return PullPush(**{"first": [0.0, 0.0], "second": [0.6, 0.0]} | changes)


def by_autograd(first, second, same: bool, margin: float, hinge: str) -> dict[str, np.ndarray]:
    """Value, distance and both gradients, in float64, of the library's own loss."""
    sides = [torch.tensor(np.array([point]), dtype=torch.float64, requires_grad=True) for point in (first, second)]
    loss = HINGES[hinge](*sides, torch.tensor([same]), margin)
    gradients = torch.autograd.grad(loss.sum(), sides)
    return {"loss": loss.item(), "distance": distance(*sides).item(), "gradients": [g[0].numpy() for g in gradients]}


def cases() -> list[tuple]:
    """Random pairs at several scales; pairs at the margin, just inside and outside of it; and at distance 0."""
    rng = np.random.default_rng(3)
    pairs = []
    for _ in range(60):
        scale = 10.0 ** rng.integers(-3, 4)
        pairs.append((*rng.normal(0, scale, (2, 2)).tolist(), float(scale * rng.uniform(0.2, 4))))
    for margin in (0.5, 1.0, 5.0, 5000.0):
        for by in (-1e-3, -1e-9, 0, 1e-9, 1e-3):
            pairs.append(([0.0, 0.0], [0.6 * margin * (1 + by), 0.8 * margin * (1 + by)], margin))
    pairs += [([3000.0, 0.0], [0.0, 4000.0], 5000.0)]  # so far that ε vanishes: exactly at the margin
    for apart in (0.0, 1e-12, 1e-7, 1e-6, 1e-5):
        pairs.append(([0.25, -1.0], [0.25 + apart, -1.0], 1.0))
    return [(*pair, same, hinge) for pair in pairs for same in (True, False) for hinge in HINGES]


def test_the_browser_computes_what_autograd_computes(open_file, tmp_path):
    page = open_file(view().save(tmp_path / "pair.html"))
    page.add_script_tag(content=LOSS.read_text("utf-8"))
    given = cases()
    script = """([cases, epsilon, rate]) => cases.map(([first, second, margin, same, hinge]) => {
      const found = pairLoss([first, second], { same, margin, hinge, epsilon });
      return { ...found, step: pairStep([first, second], found, rate) };
    })"""
    answers = page.evaluate(script, [given, EPSILON, 0.4])
    at_margin = pushed = met = 0
    for (first, second, margin, same, hinge), answer in zip(given, answers, strict=True):
        expected = by_autograd(first, second, same, margin, hinge)
        by_first, by_second = expected["gradients"]
        size = 1e-12 * max(1.0, margin)
        assert answer["loss"] == pytest.approx(expected["loss"], rel=1e-12, abs=size * max(1, margin))
        assert answer["distance"] == pytest.approx(expected["distance"], rel=1e-12)
        np.testing.assert_allclose(answer["gradient"], by_first, rtol=1e-11, atol=size)
        np.testing.assert_allclose(np.negative(answer["gradient"]), by_second, rtol=1e-11, atol=size)
        assert answer["strength"] == pytest.approx(np.hypot(*by_first), rel=1e-11, abs=size)
        stepped = [np.subtract(first, 0.4 * by_first), np.subtract(second, 0.4 * by_second)]
        np.testing.assert_allclose(answer["step"], stepped, rtol=1e-11, atol=size)
        assert answer["terms"]["one" if same else "two"] == answer["loss"]
        numbers = [answer["loss"], answer["strength"], *answer["gradient"], *answer["terms"].values()]
        assert np.isfinite(numbers).all()
        at_margin += answer["distance"] == margin and not same and answer["strength"] == 0
        pair = (torch.tensor([point], dtype=torch.float64) for point in (first, second))
        closed = CLOSED[hinge](*pair, torch.tensor([same]), margin)
        if first == second or expected["distance"] > 1e-3:  # between, ε is larger than the distance
            np.testing.assert_allclose(answer["gradient"], closed[0], rtol=1e-5, atol=1e-9 * max(1, margin))
        pushed += not same and answer["strength"] > 0
        met += first == second and answer["strength"] == 0
    assert at_margin >= 4
    assert pushed > 40
    assert met == 4


def point(page, i: int):
    return page.locator(".reid-pair-point").nth(i)


def verdict(page) -> str:
    return page.locator(".reid-pair-verdict").inner_text()


def numbers(text: str) -> list[float]:
    return [float(each) for each in re.findall(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?", text.replace("−", "-"))]


def places(page) -> list[list[float]]:
    """x and y of f₁ and f₂, as screen readers hear them."""
    return [numbers(point(page, i).get_attribute("aria-valuetext"))[:2] for i in (0, 1)]


def check_numbers(page, same: bool, margin: float, hinge: str) -> None:
    """The table, the verdict and the arrows' texts say what autograd says about the points that are shown."""
    first, second = places(page)
    expected = by_autograd(first, second, same, margin, hinge)
    rows = page.locator(".reid-pair-terms tr").all_inner_texts()
    strength = float(np.hypot(*expected["gradients"][0]))
    last = [numbers(row)[-1] for row in rows]
    off = by_autograd(first, second, not same, margin, hinge)["loss"]
    one, two = (expected["loss"], off) if same else (off, expected["loss"])
    slack = max(0.0, margin - expected["distance"])
    np.testing.assert_allclose(last, [expected["distance"], slack, one, two, strength, strength], atol=4e-3)
    for i in (0, 1):
        np.testing.assert_allclose(numbers(rows[4 + i].split("=")[1])[:2], -expected["gradients"][i], atol=4e-3)
    assert page.locator(".reid-pair-terms [data-term=on]").inner_text().startswith("✓" if same else "✗")
    for text in page.locator(".reid-pair-force").all_text_contents():
        assert numbers(text) == pytest.approx([strength], abs=4e-3)


def drag(page, i: int, dx: float, dy: float, *, release: bool = True) -> None:
    box = point(page, i).locator(".reid-pair-dot").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx, y + dy, steps=5)
    if release:
        page.mouse.up()


def test_dragging_and_switching_change_every_number(open_file, tmp_path, screenshot):
    page = open_file(view(names=("A", "B")).save(tmp_path / "pair.html"), reduced_motion="reduce")
    assert verdict(page) == "✗ Pushed apart: force 0.400 on each"
    check_numbers(page, False, 1.0, "squared")
    before = places(page)
    drag(page, 1, -30, -60)
    after = places(page)
    assert after[0] == before[0]
    assert after[1][0] < before[1][0]
    assert after[1][1] > before[1][1]
    check_numbers(page, False, 1.0, "squared")
    page.get_by_label("linear").check()
    check_numbers(page, False, 1.0, "linear")
    page.get_by_label("same person").check()
    check_numbers(page, True, 1.0, "linear")
    page.get_by_label("squared").check()
    check_numbers(page, True, 1.0, "squared")
    page.get_by_label("different people").check()
    drag(page, 0, -140, 60)
    assert verdict(page) == "✗ Left alone: d has reached the margin"
    check_numbers(page, False, 1.0, "squared")
    margin = page.get_by_label("Margin m")
    margin.fill("2")
    assert margin.get_attribute("aria-valuetext") == "2"
    check_numbers(page, False, 2.0, "squared")
    assert verdict(page).startswith("✗ Pushed apart")
    drag(page, 1, 5000, 5000)  # stays in the window
    assert page.locator(".reid-trouble").is_hidden()
    check_numbers(page, False, 2.0, "squared")
    screenshot(page, "pull_push_dragged")


def test_escape_during_a_drag_puts_the_points_back(open_file, tmp_path):
    page = open_file(view().save(tmp_path / "pair.html"))
    drag(page, 1, 40, 40, release=False)
    assert places(page) != [[0, 0], [0.6, 0]]
    page.keyboard.press("Escape")
    assert places(page) == [[0, 0], [0.6, 0]]
    page.mouse.move(300, 300)
    assert places(page) == [[0, 0], [0.6, 0]]


def test_everything_by_keyboard_alone(open_file, tmp_path):
    page = open_file(view().save(tmp_path / "pair.html"), reduced_motion="reduce")
    order = []
    for _ in range(9):
        page.keyboard.press("Tab")
        order.append(page.evaluate("""() => {
          const at = document.activeElement;
          return at.getAttribute("aria-label") ?? at.labels?.[0]?.textContent ?? at.textContent;
        }"""))
    assert order[:3] == ["✗ different people", "squared (Eq. 5)", "Margin m"]
    assert order[3:] == ["f₁", "f₂", "One step", "Back to the start", "Learning rate",
                         "Distance, on the curve of the loss"]  # fmt: skip
    page.keyboard.press("ArrowRight")
    grown = places(page)[1][0]
    assert grown > 0.6
    page.keyboard.press("Shift+ArrowLeft")
    assert 0.6 < places(page)[1][0] < grown
    for _ in range(40):
        page.keyboard.press("ArrowLeft")
    assert places(page) == [[0, 0], [0, 0]]
    assert verdict(page) == "✗ No force: at distance 0 there is no direction to flee in"
    check_numbers(page, False, 1.0, "squared")
    assert page.locator(".reid-pair-terms [data-term=on]").inner_text().endswith("L = 0.500")
    page.keyboard.press("Enter")
    assert places(page) == [[0, 0], [0, 0]]
    page.keyboard.press("Escape")
    assert places(page) == [[0, 0], [0.6, 0]]
    point(page, 0).focus()
    assert point(page, 0).locator(".reid-pair-ring").evaluate("e => getComputedStyle(e).strokeWidth") == "3px"
    for key, axis, way in (("ArrowUp", 1, 1), ("ArrowDown", 1, -1), ("ArrowLeft", 0, -1), ("ArrowRight", 0, 1)):
        old = places(page)[0]
        page.keyboard.press(key)
        new = places(page)[0]
        assert np.sign(new[axis] - old[axis]) == way
        assert new[1 - axis] == old[1 - axis]
    page.keyboard.press("Enter")
    np.testing.assert_allclose(places(page), [[-0.16, 0], [0.76, 0]], atol=2e-3)
    spoken = point(page, 0).get_attribute("aria-valuetext")
    assert spoken == "x −0.160, y 0.000; distance 0.920; ✗ Pushed apart: force 0.080 on each"
    assert float(point(page, 0).get_attribute("aria-valuenow")) == pytest.approx(0.92, abs=2e-3)
    assert "Distance 0.920, loss 0.003" in page.locator(".reid-voice").inner_text()


@pytest.mark.parametrize(("same", "hinge", "rate"), [(True, "squared", 0.4), (True, "linear", 0.4),
                                                     (False, "squared", 0.4), (False, "linear", 0.25),
                                                     (True, "squared", 1.2)])
def test_steps_are_those_of_gradient_descent(open_file, tmp_path, same, hinge, rate):
    made = view(first=[0.1, 0.2], second=[0.5, -0.1], same=same, hinge=hinge, rate=rate)
    page = open_file(made.save(tmp_path / "pair.html"), reduced_motion="reduce")
    points = [np.array(each) for each in made.data["points"]]
    for step in range(1, 6):
        page.get_by_role("button", name="One step").click()
        gradients = by_autograd(*points, same, 1.0, hinge)["gradients"]
        points = [each - rate * gradient for each, gradient in zip(points, gradients, strict=True)]
        np.testing.assert_allclose(places(page), points, atol=6e-4, rtol=2e-3)
        assert page.locator(".reid-pair-count").inner_text() == f"{step} step{'s' * (step > 1)}"
    page.get_by_role("button", name="Back to the start").click()
    assert places(page) == made.data["points"]


def test_points_that_fly_apart_stay_numbers(open_file, tmp_path):
    page = open_file(view(same=True, rate=1.2).save(tmp_path / "pair.html"), reduced_motion="reduce")
    page.get_by_role("button", name="One step").focus()
    for _ in range(60):
        page.keyboard.press("Enter")
    assert "The points have left" in page.locator(".reid-voice").inner_text()
    shown = page.locator(".reid-view").inner_text() + page.locator(".reid-pair-plane").inner_html()
    assert "NaN" not in shown
    assert "Infinity" not in shown
    assert np.isfinite(places(page)).all()


def test_a_step_moves_and_with_reduced_motion_jumps(open_file, tmp_path):
    file = view(same=True).save(tmp_path / "pair.html")
    calm, moving = (open_file(file, reduced_motion=each) for each in ("reduce", "no-preference"))
    script = """() => new Promise((done) => {
      const seen = new Set();
      const dot = document.querySelector(".reid-pair-point");
      const look = () => seen.add(dot.getAttribute("transform"));
      new MutationObserver(look).observe(dot, { attributeFilter: ["transform"] });
      document.querySelector(".reid-pair-button").click();
      setTimeout(() => done(seen.size), 900);
    })"""
    assert calm.evaluate(script) == 1
    assert moving.evaluate(script) > 3
    assert places(calm) == places(moving) == [[0.24, 0], [0.36, 0]]
    # A second press while the first still moves counts as a whole step.
    moving.evaluate("document.querySelectorAll('.reid-pair-button')[1].click()")
    moving.evaluate("() => { const b = document.querySelector('.reid-pair-button'); b.click(); b.click(); }")
    moving.locator(".reid-pair-count", has_text="2 steps").wait_for()
    moving.wait_for_timeout(700)
    np.testing.assert_allclose(places(moving), [[0.288, 0], [0.312, 0]], atol=1e-9)


def test_the_curve_looks_on_hover_and_moves_on_click(open_file, tmp_path):
    page = open_file(view().save(tmp_path / "pair.html"))
    curve = page.locator(".reid-pair-curves")
    box = curve.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    readout = page.locator(".reid-pair-readout")
    assert readout.inner_text().startswith("There: d ")
    assert places(page) == [[0, 0], [0.6, 0]]
    d, loss, force = numbers(readout.inner_text())
    expected = by_autograd([d, 0], [0, 0], False, 1.0, "squared")
    assert [loss, force] == pytest.approx([expected["loss"], np.hypot(*expected["gradients"][0])], abs=2e-3)
    page.mouse.click(box["x"] + box["width"] / 2, middle)
    assert places(page)[0] == [0, 0]
    assert places(page)[1] == pytest.approx([d, 0], abs=2e-3)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] - 60)
    assert readout.inner_text().startswith("Now: d ")
    assert float(curve.get_attribute("aria-valuenow")) == pytest.approx(d, abs=2e-3)


@pytest.mark.parametrize(("scheme", "width"), [("light", 420), ("dark", 1000), ("light", 1000)])
def test_themes_and_widths(open_file, tmp_path, screenshot, scheme, width):
    page = open_file(view(names=("A₁", "B₁")).save(tmp_path / "pair.html"), color_scheme=scheme,
                     viewport={"width": width, "height": 1250 if width < 500 else 780})  # fmt: skip
    theme = THEMES[scheme].background
    background = page.locator(".reid-view").evaluate("e => getComputedStyle(e).backgroundColor")
    assert background == f"rgb({', '.join(str(int(theme[i : i + 2], 16)) for i in (1, 3, 5))})"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    screenshot(page, f"pull_push_{scheme}_{width}")


def test_hostile_text_and_no_scripts(open_file, tmp_path):
    made = view(names=(HOSTILE, HOSTILE), title=HOSTILE, note=HOSTILE)
    file = made.save(tmp_path / "pair.html")
    page = open_file(file)
    assert page.locator(".reid-pair-note").evaluate("e => e.textContent") == HOSTILE
    assert point(page, 0).get_attribute("aria-label") == f"f₁, {HOSTILE}"
    assert page.title() == HOSTILE
    assert page.evaluate("window.pwned") is None
    still = open_file(file, java_script_enabled=False)
    assert still.locator(".reid-picture img").get_attribute("alt") == made.alt
    assert still.locator(".reid-picture img").is_visible()

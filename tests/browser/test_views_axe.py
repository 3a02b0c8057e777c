"""Every saved view under axe-core, light and dark, untouched and with something locked: no serious violation.

What axe leaves undecided fails, too. Of contrast it leaves much undecided: texts in drawings, over pictures, of one
character, and a page's own dark background. Those are measured in a screenshot instead (contrast.py).
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import every_view
import pytest
from contrast import contrast, poor_contrast
from every_view import VIEWS
from offline_page import offline_page

from reidlib.views import View, figure

pytestmark = pytest.mark.browser
BAD = """export function mount(root, data, host) {
  const pale = host.html("p", { style: "color: #ccc; background: #fff" }, "Hardly to be read.");
  const words = host.svg("text", { y: 15, fill: "#ccc" }, "Pale, and axe cannot tell.");
  const haloed = { y: 35, fill: "#767676", stroke: "#fff", "stroke-width": 4, "paint-order": "stroke" };
  const black = host.svg("rect", { y: 20, width: 200, height: 20 });
  root.append(host.svg("svg", { width: 200, height: 40 }, words, black, host.svg("text", haloed, "To be read.")));
  root.append(host.html("div", { role: "listbox", "aria-label": "Empty" }));
  root.append(pale, host.html("img", { src: "data:," }), host.html("button", {}), host.html("div", { role: "slider" }));
}"""
RUN = """async () => {
  const found = await axe.run(document, { resultTypes: ['violations', 'incomplete'] });
  const flat = (kind) => found[kind].flatMap(({ id, impact, nodes }) =>
    nodes.map(({ target, failureSummary, any, all, none }) => ({ kind, id, impact, target: target.join(' '),
      why: failureSummary ?? [...any, ...all, ...none].map(({ message }) => message).join('; ') })));
  return [...flat('violations'), ...flat('incomplete')];
}"""

@pytest.fixture(scope="module")
def axe() -> str:
    """The source of axe-core, from an installed package."""
    package = importlib.util.find_spec("axe_playwright_python")
    if package is None:
        pytest.skip("axe is not installed: pip install axe-playwright-python")
    return Path(package.origin).with_name("axe.min.js").read_text("utf-8")


@pytest.fixture(scope="module")
def offline(browser):
    with offline_page(browser) as page:
        yield page


def serious(page) -> list[str]:
    """One line for each element that axe objects to, at least seriously, or that it cannot decide on."""
    found = [each for each in page.evaluate(RUN) if each["impact"] in ("serious", "critical")]
    undecided = [each for each in found if each["kind"] == "incomplete"]
    lines = [f"{each['id']} at {each['target']}: {each['why']}" for each in found if each["kind"] == "violations"]
    lines += [f"undecided {each['id']} at {each['target']}: {each['why']}" for each in undecided
              if each["id"] != "color-contrast"]  # fmt: skip
    return lines + poor_contrast(page, [each["target"] for each in undecided if each["id"] == "color-contrast"])


@pytest.mark.parametrize("name", VIEWS)
def test_no_serious_violation(offline, axe, tmp_path, name, screenshot):
    page = offline.open(every_view.make(name).save(tmp_path / "view.html"))
    view = page.locator(".reid-view[data-reid-ready]")
    view.wait_for()
    page.evaluate(axe)
    found = {}
    for state in ("untouched", "used"):
        if state == "used":
            every_view.use(view, name)
            focus, key = VIEWS[name].lock
            view.locator(focus).first.focus()
            page.keyboard.press(key)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found[f"{state}, {scheme}"] = serious(page)
            screenshot(page, f"axe_{name}_{state}_{scheme}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "a long text makes the page wider"
    assert {state: lines for state, lines in found.items() if lines} == {}
    offline.check()


def test_the_check_finds_what_is_bad(offline, axe, tmp_path):
    script = tmp_path / "bad.js"
    script.write_text(BAD)
    picture = figure(alt="A picture that has nothing to do with the test.", width=2, height=2)
    page = offline.open(View(script, {}, picture=picture, title="Bad").save(tmp_path / "bad.html"))
    page.evaluate(axe)
    found = {line.split(" at ")[0] for line in serious(page)}
    assert found >= {"color-contrast", "image-alt", "button-name"}
    assert any("slider" in line or "aria" in line for line in serious(page))
    said = "\n".join(serious(page))
    assert "contrast of 'Pale, and axe cannot tell.'" in said
    assert "To be read." not in said, "the halo is what lies behind the letters"
    assert "undecided aria-required-children at" in said


def test_contrast_as_wcag_defines_it():
    assert contrast([255, 255, 255], [0, 0, 0]) == pytest.approx(21)
    assert contrast([119, 119, 119], [255, 255, 255]) == pytest.approx(4.48, abs=0.005)
    assert contrast([118, 118, 118], [255, 255, 255]) == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("name", VIEWS)
def test_the_keyboard_alone_gets_there(offline, tmp_path, name):
    page = offline.open(every_view.make(name).save(tmp_path / "view.html"))
    page.locator(".reid-view[data-reid-ready]").wait_for()
    reached = f"document.activeElement.matches({VIEWS[name].focus!r})"
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate(reached):
            break
    else:
        pytest.fail(f"{name}: 30 times Tab do not lead to {VIEWS[name].focus}")
    stage = page.locator(".reid-view")
    focused = stage.screenshot()
    page.evaluate("document.activeElement.blur()")
    assert stage.screenshot() != focused, "the focus cannot be seen"
    offline.check()

"""The episode table in a saved file with the network cut, by keys and pointer, and live in JupyterLab."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from reidlib.arm.baselines import centre
from reidlib.arm.matching import Matching, identity_log_probability
from reidlib.views import View, figure
from reidlib.views.episode_table import EpisodeTable
from reidlib.views.palette import THEMES

pytestmark = pytest.mark.browser
HOSTILE = "</script><script>window.pwned=1</script><img src=x onerror=window.pwned=1>$\\frac{"
LABELS = np.array([0, 1, 2, 0, 1, 2, 0])
N, D, CLASSES = len(LABELS), 12, 3
# A page of its own calls the arithmetic of the view on whatever it is given.
PROBE_SCRIPT = """
export function mount(root, data) {
  window.match = (model, order) => episodeMatch(model, order);
}
"""


def made(seed: int = 1, **changes) -> EpisodeTable:
    """Three people under a tint; the probe is Person B."""
    rng = np.random.default_rng(seed)
    people = rng.normal(size=(CLASSES, D))
    z = people[LABELS] + 0.8 * rng.normal(size=D) + 0.4 * rng.normal(size=(N, D))
    images = (60 * LABELS[:, None, None, None] + rng.integers(0, 60, (N, 24, 12, 3))).astype(np.uint8)
    given = {"z_gallery": z, "z_probe": people[1] + 0.4 * rng.normal(size=D), "temperature": 0.2, "probe_label": 1,
             "gallery_labels": LABELS, "title": "Table"}  # fmt: skip
    given |= changes
    return EpisodeTable(images, given.pop("gallery_labels"), images[1], **given)


def first_counts_most(order: list[int]) -> dict:
    weights = 0.5 ** np.arange(len(order))
    weights /= weights.sum()
    with np.errstate(divide="ignore"):
        return {"log_probability": np.log(np.bincount(LABELS[order], weights, CLASSES)), "reads": [weights]}


def by_arm(data: dict, order: list[int]) -> dict[str, np.ndarray]:
    """P of each person by reidlib.arm: the cards that are not on the table are masked."""
    gallery, probe = torch.tensor([data["gallery"]]).double(), torch.tensor([[data["probe"]]]).double()
    mask, labels = torch.zeros(gallery.shape[:2], dtype=torch.bool), torch.tensor([data["labels"]])
    mask[0, order] = True
    matching = Matching(data["temperature"], learned=False).double()
    mean = None if data["probe_mean"] is None else torch.tensor(data["probe_mean"]).double()
    both = {"cosine": (gallery, probe), "centred": centre(gallery, probe, mask, mean)}
    return {key: identity_log_probability(matching(f, g, mask), mask, labels, 1, classes=data["classes"])[0, 0].exp()
            .numpy() for key, (g, f) in both.items()}  # fmt: skip


def card(page, i: int):
    return page.locator(f'.reid-ep-card[data-card="{i}"]')


def said(page, i: int) -> str:
    """What a screen reader reads for the card."""
    return card(page, i).locator(".reid-ep-said").text_content()


def on_table(page) -> list[int]:
    found = page.locator('[aria-label="On the table"] .reid-ep-card')
    return found.evaluate_all("es => es.map((e) => Number(e.dataset.card))")


def shown(page, system: str) -> np.ndarray:
    return np.array(page.locator(f'[data-system="{system}"]').evaluate_all("es => es.map((e) => +e.dataset.value)"))


def assert_python_agrees(page, view: EpisodeTable) -> None:
    for system, p in by_arm(view.data, on_table(page)).items():
        np.testing.assert_allclose(shown(page, system), p, atol=1e-6)  # Matching keeps log 1/τ as float32


def test_what_the_page_computes_is_what_arm_computes(open_file, tmp_path):
    script = tmp_path / "probe.js"
    script.write_text(PROBE_SCRIPT)
    picture = figure(alt="A test page without anything to see.", width=1, height=1)
    view = View(script, {}, picture=picture, title="probe", parts=("episode_table_match.js",))
    page = open_file(view.save(tmp_path / "probe.html"))
    rng = np.random.default_rng(7)
    for case in range(32):
        n, size, classes = (int(each) for each in (rng.integers(1, 25), rng.integers(1, 40), rng.integers(1, 7)))
        z, f = rng.normal(size=(n, size)) + rng.normal(size=size), rng.normal(size=size)
        z[rng.integers(n, size=2)] = z[0]  # duplicates
        if case % 4 == 1:
            z[0] = 0
        if case % 8 == 2:
            f[:] = 0
        data = {"gallery": z.tolist(), "probe": f.tolist(), "labels": rng.integers(classes, size=n).tolist(),
                "classes": classes, "temperature": float(rng.choice([0.01, 0.1, 1.0])),
                "probe_mean": rng.normal(size=size).tolist() if case % 2 else None}  # fmt: skip
        order = rng.permutation(n)[: rng.integers(1, n + 1)].tolist()
        found = page.evaluate("([model, order]) => match(model, order)", [data, order])
        other = page.evaluate("([model, order]) => match(model, order)", [data, order[::-1]])
        for system, p in by_arm(data, order).items():
            np.testing.assert_allclose(found[system]["p"], p, atol=2e-6, err_msg=f"case {case}, {system}")
            np.testing.assert_allclose(other[system]["p"], found[system]["p"], atol=1e-12)
            assert sum(found[system]["weights"]) == pytest.approx(1)
    assert page.evaluate("match({gallery: [[1]], probe: [1], labels: [0], classes: 1, temperature: 1}, [])") is None


@pytest.mark.parametrize("probe_mean", [None, np.full(D, 0.3)])
def test_pointer_takes_off_puts_back_and_drags(open_file, tmp_path, screenshot, probe_mean):
    view = made(probe_mean=probe_mean)
    page = open_file(view.save(tmp_path / "table.html"))
    assert_python_agrees(page, view)
    before = shown(page, "cosine"), shown(page, "centred")
    page.get_by_role("button", name="Take card 2 off the table").click()
    assert on_table(page) == [0, 2, 3, 4, 5, 6]
    assert_python_agrees(page, view)
    assert not np.allclose(shown(page, "cosine"), before[0], atol=1e-3)
    card(page, 1).click()
    assert on_table(page) == [0, 2, 3, 4, 5, 6, 1]
    np.testing.assert_allclose(shown(page, "cosine"), before[0], atol=1e-12)
    start, end = card(page, 6).bounding_box(), card(page, 0).bounding_box()
    page.mouse.move(start["x"] + 40, start["y"] + 60)
    page.mouse.down()
    page.mouse.move(end["x"] + 44, end["y"] + 64, steps=6)
    page.mouse.up()
    assert on_table(page) == [6, 0, 2, 3, 4, 5, 1]
    np.testing.assert_allclose(shown(page, "centred"), before[1], atol=1e-12)
    assert page.locator(".reid-ep-order").inner_text() == "order: no effect (plain cosine, gallery’s mean off)."
    assert page.locator('.reid-ep-card[aria-pressed="true"]').count() == 0  # a drag is no click
    card(page, 3).click()
    card(page, 4).hover()
    assert page.locator(".reid-ep-detail").inner_text().startswith("Card 4, Person A (locked): plain cos ")
    screenshot(page, "episode_table_dragged")
    page.get_by_role("button", name="First table").click()
    assert on_table(page) == list(range(N))


def test_keyboard_alone(open_file, tmp_path, screenshot):
    view = made()
    page = open_file(view.save(tmp_path / "table.html"))
    focused = "document.activeElement.querySelector('.reid-ep-said').textContent"
    page.keyboard.press("Tab")
    weights = page.locator('.reid-ep-card[data-card="0"] .reid-ep-cell b').all_inner_texts()
    expected = f"card 1, Person A, somebody else, on the table, weight {weights[0]}, mean off {weights[1]}"
    assert page.evaluate(focused) == expected
    page.keyboard.press("ArrowRight")
    assert page.evaluate(focused).startswith("card 2, Person B, the probe’s person, on the table, weight ")
    page.keyboard.press("Control+ArrowRight")
    assert on_table(page) == [0, 2, 1, 3, 4, 5, 6]
    page.keyboard.press("]")
    page.keyboard.press("]")
    page.keyboard.press("[")
    assert on_table(page) == [0, 2, 3, 1, 4, 5, 6]
    assert page.evaluate(focused).startswith("card 2,")
    page.keyboard.press("Enter")
    assert "(locked)" in page.locator(".reid-ep-detail").inner_text()
    page.keyboard.press("Escape")
    assert "(locked)" not in page.locator(".reid-ep-detail").inner_text()
    page.keyboard.press("Delete")
    assert on_table(page) == [0, 2, 3, 4, 5, 6]
    assert page.evaluate(focused).startswith("card 5,")
    assert page.locator(".reid-voice").inner_text().startswith("Card 2 taken off. Plain cosine: Person ")
    assert_python_agrees(page, view)
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")  # the cards below lie off the table
    assert page.evaluate(focused) == "card 2, Person B, the probe’s person, off the table"
    outline = card(page, 1).evaluate("e => getComputedStyle(e).outlineColor")
    assert outline == f"rgb({', '.join(str(int(THEMES['light'].focus[i : i + 2], 16)) for i in (1, 3, 5))})"
    page.keyboard.press("Enter")
    assert on_table(page) == [0, 2, 3, 4, 5, 6, 1]
    assert page.locator('.reid-ep-card[tabindex="0"]').count() == 1
    screenshot(page, "episode_table_keyboard")


def test_an_empty_table_is_a_sentence(open_file, tmp_path, screenshot):
    page = open_file(made(answer=first_counts_most).save(tmp_path / "table.html"))
    card(page, 0).focus()
    for _ in range(N):
        page.keyboard.press("Delete")
    assert on_table(page) == []
    assert page.locator(".reid-ep-empty").inner_text().startswith("The table is empty: no card")
    assert set(page.locator(".reid-ep-p").all_inner_texts()) == {"–"}
    text = page.locator(".reid-view").inner_text()
    assert "NaN" not in text
    assert "undefined" not in text
    screenshot(page, "episode_table_empty")
    page.keyboard.press("Enter")
    assert len(on_table(page)) == 1
    assert shown(page, "cosine").max() == shown(page, "centred").max() == 1
    assert not page.locator(".reid-ep-empty").is_visible()


def test_a_saved_answer_turns_grey_once_the_table_differs(open_file, tmp_path):
    page = open_file(made(answer=first_counts_most).save(tmp_path / "table.html"))
    first = np.exp(first_counts_most(list(range(N)))["log_probability"])
    np.testing.assert_allclose(shown(page, "network"), first, atol=1e-6)
    back = np.exp(first_counts_most(list(range(N))[::-1])["log_probability"])
    moved = f"{np.abs(first - back).max():.2f}".removeprefix("0")
    expected = f"learned network: with the same cards in reverse a P differs by {moved}."
    assert page.locator(".reid-ep-order").inner_text().endswith(expected)
    stale = page.locator(".reid-ep-stale")
    assert stale.inner_text() == ""
    assert "read 1 .50" in said(page, 0)
    page.get_by_role("button", name="Reverse order").click()
    assert "grey: its answer to the first table" in stale.inner_text()
    assert page.locator('td[data-old] [data-system="network"]').count() == CLASSES
    assert "read 1 .50 (another table)" in said(page, 0)
    np.testing.assert_allclose(shown(page, "network"), first, atol=1e-6)
    page.get_by_role("button", name="First table").click()
    assert stale.inner_text() == ""
    assert page.locator("[data-old]").count() == 0


@pytest.mark.parametrize(("width", "scheme"), [(400, "light"), (1000, "light"), (1000, "dark")])
def test_it_fits_and_follows_the_theme(open_file, tmp_path, screenshot, width, scheme):
    file = made(answer=first_counts_most, note="made of noise").save(tmp_path / "table.html")
    page = open_file(file, viewport={"width": width, "height": 1100}, color_scheme=scheme)
    background = THEMES[scheme].background
    rgb = f"rgb({', '.join(str(int(background[i : i + 2], 16)) for i in (1, 3, 5))})"
    assert page.locator(".reid-view").evaluate("e => getComputedStyle(e).backgroundColor") == rgb
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not page.locator(".reid-picture").is_visible()
    assert page.locator(".reid-ep-note").inner_text() == "Note: made of noise"
    read = "es => es.map((e) => getComputedStyle(e).borderStyle)"
    borders = page.locator(".reid-ep-item .reid-ep-frame").evaluate_all(read)
    assert borders == ["solid" if y == 1 else "dashed" for y in LABELS]
    screenshot(page, f"episode_table_{width}_{scheme}")


def test_without_the_probes_person_nothing_is_right_or_wrong(open_file, tmp_path):
    page = open_file(made(probe_label=None).save(tmp_path / "table.html"))
    text = page.locator(".reid-view").inner_text()
    assert "✓" not in text
    assert "✗" not in text
    assert said(page, 0).startswith("card 1, Person A, on the table, weight ")


def test_hostile_names_stay_text(open_file, tmp_path):
    page = open_file(made(names=[HOSTILE, "b", "c"], note=HOSTILE, title=HOSTILE).save(tmp_path / "hostile.html"))
    assert HOSTILE in page.locator(".reid-ep-person").first.inner_text()
    assert page.locator(".reid-stage img, .reid-stage script").count() == 0
    assert page.evaluate("window.pwned") is None
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_scripts_the_picture_and_its_sentence_remain(open_file, tmp_path):
    view = made()
    page = open_file(view.save(tmp_path / "table.html"), java_script_enabled=False)
    assert page.locator(".reid-picture img").is_visible()
    assert page.locator(".reid-picture img").get_attribute("alt") == view.alt


LIVE = """
import numpy as np
from reidlib.views.episode_table import EpisodeTable

rng = np.random.default_rng(0)
images, z = rng.integers(0, 255, (4, 20, 12, 3), dtype=np.uint8), rng.normal(size=(4, 5))
labels = np.array([0, 1, 0, 1])
heard = []

def network(order):
    heard.append(order)
    if len(order) == 1:
        raise ValueError("one card is too few")
    weights = np.arange(1, len(order) + 1) / np.arange(1, len(order) + 1).sum()
    return {"log_probability": np.log(np.bincount(labels[order], weights, 2)), "reads": [weights]}

EpisodeTable(images, labels, images[0], z_gallery=z, z_probe=z[0], temperature=0.1, answer=network).live()
"""


def test_live_in_jupyterlab(lab, screenshot):
    page = lab.open("table.ipynb", LIVE, "print(heard[2:4])")
    lab.run_cell(0)
    card(page, 1).wait_for()
    np.testing.assert_allclose(shown(page, "network"), [0.4, 0.6], atol=1e-6)
    card(page, 3).focus()
    page.keyboard.press("[")
    page.wait_for_function("document.querySelector('.reid-view[aria-busy]') === null")
    page.wait_for_function("document.querySelectorAll('[data-old]').length === 0")
    np.testing.assert_allclose(shown(page, "network"), [0.5, 0.5], atol=1e-6)
    assert "read 1 .30" in said(page, 3)
    order = page.locator(".reid-ep-order").inner_text()
    assert order.endswith("learned network: with the same cards in the order of their numbers a P differs by .10.")
    screenshot(page.locator(".reid-view").first, "episode_table_lab")
    lab.run_cell(1)
    page.get_by_text("[[0, 1, 3, 2], [0, 1, 2, 3]]", exact=True).wait_for()
    card(page, 0).focus()
    for _ in range(3):
        page.keyboard.press("Delete")
    page.get_by_text("Python could not answer. ValueError: one card is too few").wait_for()
    page.keyboard.press("Home")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('.reid-trouble').hidden")
    assert page.locator("[data-old]").count() == 0

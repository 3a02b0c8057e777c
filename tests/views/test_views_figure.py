"""figure(): a picture with a sentence, the same bytes each time, in any thread."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest
import seaborn
from PIL import Image

from reidlib.errors import ReidError
from reidlib.views import figure, palette

SENTENCE = "Frame 9 has the highest weight, 0.91; frames 4 to 6 average 0.12."


class Images(HTMLParser):
    def __init__(self, source: str) -> None:
        super().__init__()
        self.found: list[dict] = []
        self.feed(source)

    def handle_starttag(self, tag, attributes):
        if tag == "img":
            self.found.append(dict(attributes))


def drawn(alt=SENTENCE, seed: int = 0, **options):
    picture = figure(alt=alt, **options)
    axes = picture.axes if not isinstance(picture.axes, np.ndarray) else picture.axes.flat[0]
    axes.plot(np.random.default_rng(seed).random(16), **palette.style("attention"))
    axes.set_title("αₜ over frames")
    axes.fill_between(range(16), 0.2, 0.4, hatch="//")  # SVG gives hatches and clips ids of their own
    return picture


@pytest.mark.parametrize("alt", ["", "   ", "plot", "attention.png", "see figure_3.svg here a.png", "a b c d", None, 7])
def test_a_figure_needs_a_sentence(alt):
    with pytest.raises(ReidError, match="sentence"):
        figure(alt=alt)


def test_alt_is_required():
    with pytest.raises(TypeError, match="alt"):
        figure()


def test_a_callable_describes_what_was_drawn_later():
    values = []
    picture = figure(alt=lambda: f"The curve has {len(values)} points and ends at {values[-1]:.2f}.")
    values += [0.1, 0.25]
    picture.axes.plot(values)
    assert picture.alt == "The curve has 2 points and ends at 0.25."


def test_a_bad_callable_stops_the_cell_that_made_it():
    with pytest.raises(ReidError, match="sentence"), figure(alt=lambda: "plot.png"):
        pass
    with pytest.raises(ZeroDivisionError), figure(alt=lambda: str(1 / 0)):
        pass


def test_an_error_while_drawing_is_not_hidden_by_the_alt_text():
    with pytest.raises(RuntimeError, match="drawing"), figure(alt=lambda: ""):
        raise RuntimeError("drawing")


def test_bundle_holds_image_sentence_and_markup():
    alt = 'Weight "0.91" < 1 & the <b>rest</b> below, all of it.'
    data, metadata = drawn(alt, width=5, height=2)._repr_mimebundle_()
    assert set(data) == {"text/html", "image/png", "text/plain"}
    assert data["text/plain"] == alt
    (image,) = Images(data["text/html"]).found
    assert image["alt"] == alt
    assert (image["width"], image["height"]) == ("480", "192")
    assert image["src"] == "data:image/png;base64," + data["image/png"]
    pixels = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert pixels.size == (720, 288)
    assert metadata["image/png"] == {"width": 480, "height": 192, "alt": alt}
    assert drawn(alt, width=5, height=2)._repr_html_() == data["text/html"]


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_same_data_same_bytes(kind, tmp_path):
    one = drawn().save(tmp_path / f"one.{kind}").read_bytes()
    assert one == drawn().save(tmp_path / f"two.{kind}").read_bytes()
    assert one != drawn(seed=1).save(tmp_path / f"three.{kind}").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == [f"one.{kind}", f"three.{kind}", f"two.{kind}"]


def test_same_bytes_in_another_process():
    code = (
        "import hashlib; from reidlib.views import figure\n"
        f"f = figure(alt={SENTENCE!r}); f.axes.bar(range(4), [3, 1, 2, 4], hatch='//')\n"
        "print([hashlib.sha256(f.render(k)).hexdigest() for k in ('png', 'svg', 'pdf')])"
    )
    runs = {subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, text=True,
                           capture_output=True, check=True).stdout for seed in ("1", "2")}  # fmt: skip
    picture = figure(alt=SENTENCE)
    picture.axes.bar(range(4), [3, 1, 2, 4], hatch="//")
    here = str([hashlib.sha256(picture.render(kind)).hexdigest() for kind in ("png", "svg", "pdf")])
    assert {run.strip() for run in runs} == {here}


def test_saved_files_carry_the_sentence(tmp_path):
    alt = 'A "hostile" <title> & more words.'
    svg = ElementTree.fromstring(drawn(alt).save(tmp_path / "a.svg").read_bytes())
    assert (svg.get("role"), svg.get("aria-label")) == ("img", alt)
    assert Image.open(drawn(alt).save(tmp_path / "a.png")).text["Description"] == alt


@pytest.mark.parametrize("salt", [None, "somebody's own"])
def test_global_settings_are_left_alone(monkeypatch, salt):
    monkeypatch.setitem(matplotlib.rcParams, "svg.hashsalt", salt)
    before = dict(matplotlib.rcParams)
    drawn().render("svg")
    assert dict(matplotlib.rcParams) == before


def test_threads_draw_the_same_pictures():
    def shot(seed: int) -> tuple[bytes, bytes]:
        picture = drawn(seed=seed)
        return picture.render("png"), picture.render("svg")

    alone = [shot(seed) for seed in range(6)]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(shot, range(6))) == alone


def test_pyplot_knows_nothing_of_our_figures():
    import matplotlib.pyplot as plt

    drawn().render()
    assert plt.get_fignums() == []


def test_panels_and_seaborn():
    picture = figure(alt=SENTENCE, rows=2, columns=2, share_x=True, width_ratios=[2, 1])
    assert picture.axes.shape == (2, 2)
    assert picture.mpl.get_size_inches().tolist() == [7.2, 6.4]
    seaborn.stripplot(x=["a", "b", "b"], y=[1.0, 2.0, 3.0], ax=picture.axes[0, 0])
    seaborn.heatmap(np.eye(3), ax=picture.axes[1, 1])
    assert len(picture.axes[0, 0].collections) == 2
    assert figure(alt=SENTENCE, columns=3).axes.shape == (3,)
    assert picture.render().startswith(b"\x89PNG")


def test_text_is_large_enough_to_read_in_a_notebook():
    picture = drawn()
    picture.mpl.draw_without_rendering()
    axes = picture.axes
    texts = [*axes.get_xticklabels(), *axes.get_yticklabels(), axes.xaxis.label, axes.yaxis.label, axes.title]
    # A point is 96/72 CSS pixels: 10 points are 13 pixels, the size of a notebook's own text.
    assert min(text.get_fontsize() for text in texts) >= 10


def test_saving_badly_leaves_everything_as_it_was(tmp_path):
    with pytest.raises(ReidError, match="png, svg or pdf"):
        drawn().save(tmp_path / "a.bmp")
    with pytest.raises(ReidError, match="png, svg or pdf"):
        drawn().save(tmp_path / "noending")
    with pytest.raises(ReidError, match=r"nowhere.*could not be used"):
        drawn().save(tmp_path / "nowhere" / "a.png")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_keeps_the_old_picture(tmp_path, monkeypatch):
    target = drawn().save(tmp_path / "a.png")
    before = target.read_bytes()

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(ReidError, match=r"disk of .* is full"):
        drawn(seed=1).save(target)
    assert target.read_bytes() == before
    assert list(tmp_path.iterdir()) == [target]

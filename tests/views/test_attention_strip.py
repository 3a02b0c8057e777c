"""AttentionStrip in Python: what the page gets, how large it is, the twin, and a sentence for each mistake."""

from __future__ import annotations

import json

import numpy as np
import pytest
from page_parts import Parts

from reidlib.errors import ReidError
from reidlib.views.attention_strip import AttentionStrip
from reidlib.views.attention_strip_data import axis_end, significant

RNG = np.random.default_rng(5)
T, D, G = 16, 8, 5
FRAMES = RNG.integers(0, 255, (T, 56, 40, 3), dtype=np.uint8)
ROWS = RNG.uniform(0.01, 0.1, (3, T))
SEEN = np.where((np.arange(T) >= 4) & (np.arange(T) < 7), 0.12345, 1.0)
X = RNG.normal(size=(T, D))
GALLERY = RNG.normal(size=(G, D))


def full(**changes) -> AttentionStrip:
    given = {"frames": FRAMES, "attention": ROWS, "visibility": SEEN, "features": X, "gallery": GALLERY, "match": 2}
    return AttentionStrip(**given | changes)


def smooth(T: int, height: int = 56, width: int = 40) -> np.ndarray:
    """Frames as compressible as pictures of people: a coloured shape that moves before a shaded wall."""
    t, y, x = np.meshgrid(np.arange(T), np.arange(height), np.arange(width), indexing="ij")
    wall = np.stack([90 + y, 100 + x, 110 + (x + y) // 2], -1)
    person = np.hypot((x - 20 - 6 * np.sin(t / 3)) / 8, (y - 30) / 22) < 1
    return np.where(person[..., None], [180, 60, 90], wall + RNG.integers(0, 12, wall.shape)).astype(np.uint8)


def test_the_page_gets_rounded_numbers_and_unit_gallery():
    data = full().data
    np.testing.assert_allclose(data["attention"], ROWS, atol=5e-5)
    np.testing.assert_array_equal(data["features"], np.round(X, 4) + 0.0)
    unit = GALLERY / np.linalg.norm(GALLERY, axis=1)[:, None]
    np.testing.assert_allclose(data["gallery"]["features"], unit, atol=5e-5)
    assert data["visibility"][5] == 0.1234
    assert data["gallery"]["match"] == [2]
    assert data["names"] == ["iteration 0", "iteration 1", "iteration 2"]
    assert data["why"] == ""


@pytest.mark.parametrize(("match", "sent"), [(None, None), ([], []), (np.array([], int), []), ([4, 2], [2, 4])])
def test_no_match_is_not_the_same_as_no_word_about_it(match, sent):
    view = AttentionStrip(FRAMES, ROWS, features=np.eye(len(FRAMES)), gallery=np.eye(len(FRAMES)), match=match)
    assert view.data["gallery"]["match"] == sent


def test_not_unit_keeps_lengths():
    np.testing.assert_allclose(full(unit=False).data["gallery"]["features"], GALLERY, atol=5e-5)


def test_small_numbers_keep_four_digits():
    weights = np.full(675, 1 / 675)
    assert np.allclose(significant(weights), weights, rtol=1e-3)
    assert significant(np.zeros(3)) == [0, 0, 0]
    assert significant(np.array([0.123456, 7.0])) == [0.1235, 7.0]


def test_an_iteration_that_falls_to_nothing_keeps_its_weights():
    faint = ROWS * np.array([[1], [1e-6], [1e-40]])
    np.testing.assert_allclose(full(attention=faint).data["attention"], faint, rtol=2e-3)


@pytest.mark.parametrize(("largest", "end"), [(1.0, 1.0), (0.6, 1.0), (0.1, 0.15), (0.4, 0.5), (1.2, 1.5), (87, 150),
                                              (0.0021, 0.0025)])  # fmt: skip
def test_the_axis_ends_at_a_round_number_above_all_weights(largest, end):
    assert axis_end(np.array([0, largest])) == end


def test_one_row_is_attention_and_rows_may_be_named():
    assert full(attention=ROWS[0]).data["names"] == ["attention"]
    assert full(names=["a", "b", "c"]).data["names"] == ["a", "b", "c"]


def test_other_pooling_says_why_and_carries_no_features():
    data = full(pooling="other").data
    assert "does not pool by a sum" in data["why"]
    assert data["features"] is None
    assert data["gallery"] is None
    assert "without the features" in AttentionStrip(FRAMES, ROWS).data["why"]


def test_payload_without_gallery_and_script():
    for count, limit in ((16, 40), (128, 320)):
        rows = RNG.dirichlet(np.ones(count), 4)
        view = AttentionStrip(smooth(count), rows, RNG.random(count), RNG.normal(size=(count, 128)))
        assert len(json.dumps(view.data, separators=(",", ":"))) < limit * 1024


def test_large_frames_are_shrunk_and_keep_their_shape():
    sheet = AttentionStrip(smooth(3, 256, 128), np.ones(3)).data["sheet"]
    assert (sheet["height"], sheet["width"]) == (128, 64)
    sheet = AttentionStrip(smooth(100, 128, 64), np.ones(100)).data["sheet"]
    assert (sheet["height"], sheet["width"], sheet["count"]) == (64, 32, 100)


def test_the_picture_is_drawn_only_when_somebody_looks():
    view = full()
    assert "mpl" not in vars(view.picture)
    assert view.alt == view.picture.alt
    assert "mpl" in vars(view.picture)


def test_the_sentence_follows_the_data():
    view = full(compare={"shuffled": ROWS[0][::-1]}, note="a note of the network")
    last = T * ROWS[2] / ROWS[2].sum()
    assert "16 frames, 3 of them less than half visible, between frames 4 and 6" in view.alt
    assert f"iteration 2: from {last.min():.2f} (frame {last.argmin()}) to {last.max():.2f}" in view.alt
    assert "shuffled: from" in view.alt
    assert view.alt.endswith("A note of the network.")
    assert "visibility is not known" in AttentionStrip(FRAMES, ROWS).alt


def test_iterations_share_the_axis_of_the_twin_and_compared_weights_have_their_own():
    peaked = np.r_[5.0, np.ones(T - 1)]
    picture = full(attention=np.stack([np.ones(T), peaked]), compare=np.ones(T)).picture
    limits = [axes.get_ylim() for axes in picture.axes]
    assert limits[1] == limits[2]
    assert limits[3][1] < limits[2][1]


def test_hundreds_of_frames_are_drawn_as_steps_of_the_same_heights():
    weights = RNG.random(300)
    picture = AttentionStrip(np.repeat(FRAMES, 19, 0)[:300], weights).picture
    (steps,) = picture.axes[1].patches
    np.testing.assert_allclose(steps.get_data().values, 300 * weights / weights.sum(), atol=1e-12)


HOSTILE = "</script><script>window.pwned=1</script>$\\frac{"


def test_hostile_names_stay_text_in_page_and_picture():
    view = full(names=[HOSTILE, "b", "c"], gallery_names=[HOSTILE] * G, title=HOSTILE, note=HOSTILE,
                compare={HOSTILE: ROWS[0]})  # fmt: skip
    parts = Parts(view.html())
    assert [kind for kind, _ in parts.scripts] == ["application/json", "module"]
    assert parts.data["gallery"]["names"][0] == HOSTILE
    assert parts.data["note"] == HOSTILE
    assert parts.one("img")["alt"] == view.alt


def test_bytes_repeat():
    assert full().html() == full().html()


def broken(array, place, value):
    array = np.array(array, float)
    array[place] = value
    return array


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"attention": broken(ROWS, (1, 3), np.nan)}, r"nan in attention\[1\] at \[3\]"),
        ({"attention": broken(ROWS, (1, 3), -0.1)}, r"weight of -0.1 at frame 3 in attention\[1\]"),
        ({"attention": np.zeros(T)}, "only weights of 0"),
        ({"attention": ROWS[:, :-1]}, r"\(3, 15\) for 16 frames"),
        ({"attention": ROWS[0].astype(str)}, "Found attention of type"),
        ({"frames": FRAMES[:0]}, "one frame or more"),
        ({"frames": FRAMES / 255}, "float64"),
        ({"visibility": SEEN * 100}, "divide percentages by 100"),
        ({"visibility": SEEN[:-1]}, "Found visibility"),
        ({"features": broken(X, (3, 1), np.inf)}, r"inf in features at \[3, 1\]"),
        ({"features": X[:-1]}, "Found features"),
        ({"features": None}, "gallery without features"),
        ({"gallery": GALLERY[:, :-1]}, r"Needed: \(G, 8\)"),
        ({"gallery": broken(GALLERY, 1, 0)}, "gallery item 1 of length 0"),
        ({"match": 5}, "match 5 for 5 items"),
        ({"gallery_names": ["a"]}, "1 gallery names"),
        ({"gallery_frames": FRAMES}, "16 gallery_frames for 5"),
        ({"gallery": None}, "without a gallery"),
        ({"compare": {"a": ROWS[0], "b": ROWS[1]}}, "2 sets of weights"),
        ({"compare": ROWS[0][:-1]}, "Found compare"),
        ({"names": ["a", "a", "b"]}, "a different one for each"),
        ({"pooling": "max"}, "pooling='max'"),
    ],
)
def test_mistakes_are_sentences(changes, sentence):
    with pytest.raises(ReidError, match=sentence):
        full(**changes)

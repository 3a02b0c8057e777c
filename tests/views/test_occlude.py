"""Occlude in Python: what the model is given, what the page gets, the twin, and a sentence for each mistake."""

from __future__ import annotations

import numpy as np
import pytest
from page_parts import Parts

from reidlib.errors import ReidError
from reidlib.views.occlude import Occlude
from reidlib.views.occlude_boxes import Answer, named_boxes, painted
from reidlib.views.occlude_picture import occlude_picture

RNG = np.random.default_rng(5)
T, H, W = 10, 24, 12
FRAMES = RNG.integers(0, 255, (T, H, W, 3), dtype=np.uint8)
BEFORE = FRAMES.mean((1, 2, 3)) / 255
HOSTILE = "</script><script>window.pwned=1</script>$\\frac{"


def brightness(frames: np.ndarray) -> np.ndarray:
    """A model whose attention is the mean brightness of each frame, and a little of the frame before."""
    own = frames.mean((1, 2, 3)) / 255
    return 0.9 * own + 0.1 * np.r_[own[0], own[:-1]]


def view(**changes) -> Occlude:
    return Occlude(**{"frames": FRAMES, "attention": BEFORE, "rerun": brightness, "prepared": 2} | changes)


@pytest.mark.parametrize("fill", ["grey", "mean", "noise"])
def test_paint_covers_the_box_of_one_frame_and_nothing_else(fill):
    kept = FRAMES.copy()
    result = painted(FRAMES, 4, (2, 5, 9, 11), fill)
    inside = np.zeros((T, H, W), bool)
    inside[4, 5:11, 2:9] = True
    np.testing.assert_array_equal(FRAMES, kept)
    np.testing.assert_array_equal(result[~inside], FRAMES[~inside])
    colours = result[inside]
    if fill == "grey":
        assert (colours == 128).all()
    elif fill == "mean":
        np.testing.assert_allclose(colours, np.tile(FRAMES[4].reshape(-1, 3).mean(0), (42, 1)), atol=0.5)
    else:
        assert colours.std() > 50
        np.testing.assert_array_equal(result, painted(FRAMES, 4, (2, 5, 9, 11), fill))
        assert (painted(FRAMES, 4, (2, 5, 9, 12), fill)[4, 5:11, 2:9] != result[4, 5:11, 2:9]).any()


@pytest.mark.parametrize(("height", "width"), [(24, 12), (128, 64), (8, 9), (55, 41)])
def test_the_named_boxes_cover_the_frame_in_thirds_and_halves(height, width):
    boxes = named_boxes(height, width)
    for names in (("top third", "middle third", "bottom third"), ("left half", "right half"), ("whole frame",)):
        covered = np.zeros((height, width), int)
        for name in names:
            left, top, right, bottom = boxes[name]
            covered[top:bottom, left:right] += 1
        assert (covered == 1).all()


def test_prepared_answers_are_those_of_the_model():
    answers = view(prepared=3).answers
    assert [answer.frame for answer in answers] == np.repeat([0, 4, 9], 6).tolist()
    assert [answer.box for answer in answers[:6]] == list(named_boxes(H, W).values())
    for answer in answers:
        left, top, right, bottom = answer.box
        covered = FRAMES.copy()
        covered[answer.frame, top:bottom, left:right] = 128
        np.testing.assert_allclose(answer.attention, brightness(covered))


def test_the_page_begins_with_the_box_that_changes_most():
    page = view()
    change = [np.abs(answer.attention - BEFORE).sum() for answer in page.answers]
    assert page.data["first"] == int(np.argmax(change))
    np.testing.assert_allclose(page.data["prepared"][3]["attention"], page.answers[3].attention, atol=5e-5)
    assert page.data["axis"] >= max(answer.attention.max() for answer in page.answers)
    assert page.data["colours"] == [[128] * 3] * T
    assert view(fill="mean").data["colours"][4] == np.round(FRAMES[4].mean((0, 1))).tolist()


def test_answers_of_another_view_need_no_model():
    first = view()
    stored = view(rerun=None, prepared=first.answers)
    assert stored.html() == first.html()
    with pytest.raises(ReidError, match="no rerun"):
        stored.live()


def test_answer_paints_asks_and_names():
    def model(frames):
        heard.append(frames)
        return {"attention": BEFORE / 2, "feature_shift": 12.345}

    heard = []
    page = view(rerun=model)
    heard.clear()
    (said,) = page.answer({"frame": 3, "box": [1, 2, 7, 9]}).values()
    np.testing.assert_array_equal(heard[0], painted(FRAMES, 3, (1, 2, 7, 9)))
    np.testing.assert_allclose(said.pop("attention"), BEFORE / 2, atol=5e-5)
    assert said == {"frame": 3, "box": [1, 2, 7, 9], "name": "columns 1–6, rows 2–8", "shift": 12.35}


@pytest.mark.parametrize("message", [
    {}, {"frame": 3}, {"frame": T, "box": [0, 0, 2, 2]}, {"frame": -1, "box": [0, 0, 2, 2]},
    {"frame": 1.5, "box": [0, 0, 2, 2]},
    {"frame": 3, "box": [2, 0, 2, 2]}, {"frame": 3, "box": [0, 0, W + 1, 2]}, {"frame": 3, "box": [0, -1, 2, 2]},
    {"frame": 3, "box": "abcd"}, {"frame": 3, "box": [0, 0, 2]}, {"frame": 3, "box": [0, 0, float("inf"), 2]},
])  # fmt: skip
def test_a_page_cannot_ask_for_what_is_not_there(message):
    with pytest.raises(ReidError, match="inside 12 × 24 pixels"):
        view().answer(message)


def test_the_sentence_follows_the_data():
    after = BEFORE.copy()
    after[4], after[7] = 0.25, BEFORE[7] + 0.125
    picture = occlude_picture(FRAMES, BEFORE, Answer(4, (0, 0, 12, 8), after, 7.25), note="a note")
    assert picture.alt.startswith("A box of grey over frame 4 of a tracklet of 10 frames (top third): its attention ")
    assert f"goes from {BEFORE[4]:.3g} to 0.25. Of the other frames, frame 7 changes most, from {BEFORE[7]:.3g} to " \
           f"{after[7]:.3g}." in picture.alt
    assert picture.alt.endswith("The video feature turns by 7.2 degrees. A note.")
    still = occlude_picture(FRAMES, BEFORE, Answer(4, (0, 0, 12, 8), BEFORE))
    assert still.alt.endswith("No other frame changes.")
    alone = occlude_picture(FRAMES[:1], BEFORE[:1], Answer(0, (0, 0, 12, 8), BEFORE[:1]))
    assert "frame 0 of a tracklet of 1 frame (top third)" in alone.alt


def test_the_picture_shows_the_box_and_both_heights():
    answer = Answer(7, (3, 4, 9, 20), BEFORE[::-1])
    picture = occlude_picture(FRAMES, BEFORE, answer, count=4, visibility=np.linspace(0, 1, T))
    strip, bars, seen = picture.axes
    shown = [image.get_array() for image in strip.images]
    assert len(shown) == 4
    assert sum(np.array_equal(each, painted(FRAMES, 7, answer.box)[7]) for each in shown) == 1
    corners = {(patch.get_width(), patch.get_height()) for patch in strip.patches}
    assert corners == {(6, 16)}
    heights = np.array([patch.get_height() for patch in bars.patches]).reshape(2, T)
    np.testing.assert_allclose(heights, [BEFORE[::-1], BEFORE])
    np.testing.assert_allclose([patch.get_height() for patch in seen.patches], np.linspace(0, 1, T))


def test_hostile_text_stays_text_and_bytes_repeat():
    page = view(title=HOSTILE, note=HOSTILE)
    parts = Parts(page.html())
    assert [kind for kind, _ in parts.scripts] == ["application/json", "module"]
    assert parts.data["note"] == HOSTILE
    assert parts.one("img")["alt"] == page.alt
    assert page.html() == view(title=HOSTILE, note=HOSTILE).html()


def with_nan(frames):
    return np.where(np.arange(T) == 3, np.nan, 1.0)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"frames": FRAMES[:0]}, "one frame or more"),
        ({"frames": FRAMES / 255}, "float64"),
        ({"frames": np.zeros((129, 8, 8, 3), np.uint8), "attention": np.ones(129)}, "Found 129 frames"),
        ({"frames": FRAMES[:, :7]}, "at least 8 × 8"),
        ({"attention": np.full(T, np.nan)}, "nan in attention"),
        ({"attention": BEFORE[:-1]}, "Found attention"),
        ({"attention": -BEFORE}, "a weight of -"),
        ({"visibility": np.full(T, 50)}, "divide percentages"),
        ({"fill": "black"}, "fill='black'"),
        ({"rerun": None}, "neither rerun nor prepared"),
        ({"rerun": with_nan}, r"nan in the attention that rerun gave at \[3\]"),
        ({"rerun": lambda frames: np.ones(T - 1)}, "the attention that rerun gave of type"),
        ({"rerun": lambda frames: {"weights": np.ones(T)}}, "the attention that rerun gave of type object"),
        ({"rerun": lambda frames: {"attention": np.ones(T), "feature_shift": float("nan")}}, "feature_shift=nan"),
        ({"prepared": 0}, "prepared=0"),
        ({"prepared": []}, "no prepared answer"),
        ({"prepared": [(0, (0, 0, 99, 4), BEFORE)]}, r"box \(0, 0, 99, 4\)"),
    ],
)
def test_mistakes_are_sentences(changes, sentence):
    with pytest.raises(ReidError, match=sentence):
        view(**changes)

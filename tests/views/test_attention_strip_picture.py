"""The attention strip: bars are shares of the weights, frames stand above their bars, the sentence counts."""

from __future__ import annotations

import numpy as np
import pytest

from reidlib.errors import ReidError
from reidlib.views.attention_strip_picture import attention_strip_picture

RNG = np.random.default_rng(0)
T = 20
FRAMES = RNG.integers(0, 255, (T, 16, 8, 3), dtype=np.uint8)
VISIBILITY = np.where((np.arange(T) >= 6) & (np.arange(T) < 10), 0.3, 1.0)
WEIGHTS = RNG.uniform(0.1, 1, T)


def _heights(axes):
    return np.array([patch.get_height() for patch in axes.patches])


def test_bars_are_shares_and_do_not_know_the_scale_of_the_weights():
    picture = attention_strip_picture(FRAMES, {"sigmoid": WEIGHTS, "a tenth": WEIGHTS / 10}, VISIBILITY)
    _, first, second, seen = picture.axes
    np.testing.assert_allclose(_heights(first), T * WEIGHTS / WEIGHTS.sum())
    np.testing.assert_allclose(_heights(second), _heights(first))
    np.testing.assert_allclose(_heights(seen), VISIBILITY)
    assert _heights(first).mean() == pytest.approx(1)


def test_each_shown_frame_stands_above_its_own_bars():
    images = attention_strip_picture(FRAMES, {"a": WEIGHTS}, VISIBILITY, count=5).axes[0].images
    assert len(images) == 5
    for image in images:
        left, right, _, _ = image.get_extent()
        shown = next(t for t in range(T) if np.array_equal(image.get_array(), FRAMES[t]))
        assert left < shown < right


def test_hidden_frames_lie_on_grey_in_every_row():
    picture = attention_strip_picture(FRAMES, {"a": WEIGHTS}, VISIBILITY)
    for axes in picture.axes[1:]:
        (ground,) = axes.collections
        sides = ground.get_paths()[0].vertices[:, 0]
        assert (sides.min(), sides.max()) == (5.5, 9.5)


def test_sentence_counts_and_says_the_note():
    weights = np.where(VISIBILITY < 0.5, 1.0, 3.0)
    note = "trained on a rendered street"
    picture = attention_strip_picture(FRAMES, {"sigmoid": weights}, VISIBILITY, note=note)
    equal = weights.mean()
    assert "20 frames, 4 of them less than half visible, between frames 6 and 9" in picture.alt
    assert f"hidden frames {1 / equal:.2f} on average, the others {3 / equal:.2f}" in picture.alt
    assert picture.alt.endswith("Trained on a rendered street.")
    assert note in picture.mpl.get_supxlabel()
    assert "between" not in attention_strip_picture(FRAMES, {}, np.ones(T)).alt


def test_bytes_repeat():
    first, second = (attention_strip_picture(FRAMES, {"a": WEIGHTS}, VISIBILITY).render() for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("frames", "weights", "visibility"),
    [
        (FRAMES.astype(float), WEIGHTS, VISIBILITY),
        (FRAMES, WEIGHTS[:-1], VISIBILITY),
        (FRAMES, WEIGHTS - 1, VISIBILITY),
        (FRAMES, np.zeros(T), VISIBILITY),
        (FRAMES, WEIGHTS, VISIBILITY[:-1]),
    ],
)
def test_bad_input_is_a_sentence(frames, weights, visibility):
    with pytest.raises(ReidError):
        attention_strip_picture(frames, {"a": weights}, visibility)

"""The strip of frames: what its sentence counts, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from reidlib.errors import ReidError
from reidlib.views.tracklet_strip import tracklet_strip


def _frames(length, seed=0):
    return np.random.default_rng(seed).integers(0, 255, (length, 16, 8, 3), dtype=np.uint8)


def test_sentence_counts_hidden_frames():
    visibility = np.array([1, 0.4, 0.49, 0.5, 1], np.float32)
    picture = tracklet_strip([_frames(5), _frames(30)], names=["camera 0", "camera 1"], visibility=[visibility, None])
    assert "camera 0: 5 frames, 2 of them less than half visible, the first at frame 1" in picture.alt
    assert "camera 1: 30 frames." in picture.alt


def test_every_frame_is_drawn_once_and_ends_are_included():
    picture = tracklet_strip([_frames(30)], names=["a"], count=7)
    assert len(picture.axes.images) == 7
    numbers = [int(text.get_text()) for text in picture.axes.texts if text.get_text().isdigit()]
    assert (numbers[0], numbers[-1]) == (0, 29)
    assert len(tracklet_strip([_frames(3)], names=["short"], count=7).axes.images) == 3


def test_bars_show_the_share():
    visibility = np.linspace(0, 1, 4, dtype=np.float32)
    picture = tracklet_strip([_frames(4)], names=["a"], visibility=[visibility], count=4)
    widths = [patch.get_width() for patch in picture.axes.patches]
    np.testing.assert_allclose(widths[1::2], visibility, atol=1e-6)


@pytest.mark.parametrize(
    ("frames", "options"),
    [([np.zeros((4, 8, 3))], {}), ([], {}), ([_frames(3)], {"visibility": []}), ([_frames(3)], {"count": 0})],
)
def test_bad_input_is_a_sentence(frames, options):
    with pytest.raises(ReidError):
        tracklet_strip(frames, names=["a"] * len(frames), **options)

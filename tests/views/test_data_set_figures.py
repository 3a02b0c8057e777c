"""Contact sheet and histograms of a data set."""

from __future__ import annotations

import numpy as np
import pytest

from reidlib.errors import ReidError
from reidlib.views.data_set import contact_sheet, lengths_and_visibility


def _frames(length, value):
    return np.full((length, 8, 4, 3), value, np.uint8) + np.arange(length, dtype=np.uint8)[:, None, None, None]


def test_sheet_shows_each_tracklet_in_its_place():
    table = [[_frames(6, 10), _frames(9, 50)], [_frames(3, 100), _frames(12, 150)], [_frames(1, 200), _frames(2, 230)]]
    picture = contact_sheet(table, rows=["a", "b", "c"], columns=["camera 0", "camera 1"], frames=3)
    shown = picture.axes[1, 1].images[0].get_array()
    assert shown.shape == (8, 12, 3)
    assert shown[0, ::4, 0].tolist() == [152, 156, 160], "frames 2, 6 and 10 of 12: the middles of three parts"
    assert picture.axes[2, 0].images[0].get_array()[0, ::4, 0].tolist() == [200, 200, 200]
    assert "3 people (a to c) under 2 cameras" in picture.alt


def test_histograms_count_everything_once():
    visibility = np.concatenate([np.full(10, 0.2), np.full(30, 0.5), np.full(60, 1.0)])
    picture = lengths_and_visibility([20, 30, 50], visibility)
    left, right = picture.axes
    assert sum(patch.get_height() for patch in left.patches) == 3
    assert sum(patch.get_height() for patch in right.patches) == pytest.approx(1)
    assert sum(patch.get_height() for patch in right.patches[:10]) == pytest.approx(0.10)
    assert "3 tracklets of 20 to 50 frames, mean 33" in picture.alt
    assert "60% of 100 frames" in picture.alt
    assert "10.0% less than half" in picture.alt


def test_bad_input_is_a_sentence():
    with pytest.raises(ReidError, match="one name for each row"):
        contact_sheet([[_frames(2, 0)]], rows=["a"], columns=["x", "y"])
    with pytest.raises(ReidError, match="uint8"):
        contact_sheet([[np.zeros((2, 8, 4, 3))]], rows=["a"], columns=["x"])
    with pytest.raises(ReidError, match="visibility"):
        lengths_and_visibility([3], [1.5])
    with pytest.raises(ReidError):
        lengths_and_visibility([], [])

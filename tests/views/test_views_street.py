"""The picture of a tracklet's ground truth."""

import numpy as np
import pytest

from reidlib.errors import ReidError
from reidlib.views.street import flow_colours, ground_truth


def test_flow_colours_name_directions():
    flow = np.zeros((2, 1, 4))
    flow[:, 0] = [[2, 0, 0, 1], [0, 2, 0, 0]]  # right, down, still, half as fast to the right
    right, down, still, half = flow_colours(flow)[0].tolist()
    assert right == [255, 0, 0]
    assert down == [128, 255, 0]
    assert still == [255, 255, 255]
    assert half == [255, 128, 128]


def _arrays(length=12):
    visibility = np.linspace(1, 0.2, length).astype(np.float32)
    flow = np.zeros((length, 2, 8, 4), np.float32)
    flow[1:, 0] = 3
    return np.full((length, 8, 4, 3), 90, np.uint8), np.ones((length, 8, 4), bool), visibility, flow


def test_the_figure_shows_frames_mask_flow_and_visibility_and_says_so():
    picture = ground_truth(*_arrays(), count=3)
    assert picture.axes[0].images[0].get_array().shape == (8, 12, 3)
    assert picture.axes[3].lines[0].get_ydata() == pytest.approx(np.linspace(1, 0.2, 12))
    assert "12 frames" in picture.alt
    assert "from 20% to 100%; 5 frames show less than half" in picture.alt
    assert "2.8 pixels per frame" in picture.alt  # 11 of 12 frames move by 3
    assert picture.render()[:4] == b"\x89PNG"


def test_without_the_flow_it_is_neither_shown_nor_spoken_of():
    frames, mask, visibility, _ = _arrays()
    picture = ground_truth(frames, mask, visibility, count=3)
    assert len(picture.axes) == 3
    assert picture.axes[2].lines[0].get_ydata() == pytest.approx(visibility)
    assert "flow" not in picture.alt
    assert "move" not in picture.alt
    assert "5 frames show less than half" in picture.alt


def test_arrays_of_different_tracklets_are_refused():
    frames, mask, visibility, flow = _arrays()
    with pytest.raises(ReidError, match="11 masks"):
        ground_truth(frames, mask[1:], visibility, flow)

"""The twin of FlowLens draws what the window computed, and says it."""

import numpy as np
import pytest

from reidlib.errors import ReidError
from reidlib.flow.window import solve_window
from reidlib.views.flow_lens_picture import flow_lens


def _frames():
    rows, columns = np.mgrid[:40, :30]

    def frame(x, y):
        return 128 + 50 * np.sin((columns - x) / 3) + 40 * np.cos((rows - y) / 4)

    return frame(0, 0), frame(0.4, -0.2)


def test_the_panels_hold_the_windows_numbers():
    previous, current = _frames()
    solved = solve_window(previous, current, 20, 14, 11)
    picture = flow_lens(previous, current, 20, 14, 11, truth=np.array([0.4, -0.2]))
    frame, gx, gy, difference, tensor, lines = picture.axes.flat
    np.testing.assert_allclose(frame.images[0].get_array(), current)
    for axes, patch in ((gx, solved.gx), (gy, solved.gy), (difference, solved.difference)):
        np.testing.assert_allclose(axes.images[0].get_array(), patch)
    window = frame.patches[0]
    assert (*window.get_xy(), window.get_width(), window.get_height()) == (14 - 5.5, 20 - 5.5, 11, 11)
    ellipse = tensor.patches[0]
    np.testing.assert_allclose([ellipse.width, ellipse.height], 2 * np.sqrt(solved.eigenvalues))
    found = next(line for line in lines.lines if line.get_label() == "found")
    np.testing.assert_allclose([found.get_xdata()[0], found.get_ydata()[0]], solved.flow)
    for line in lines.lines[:20]:  # each drawn line is one pixel's: both ends satisfy gx x + gy y = d
        ends = np.stack([line.get_xdata(), line.get_ydata()], 1)
        a, b, d = solved.lines.T
        gap = np.abs(ends @ np.stack([a, b]) - d)
        assert gap.max(axis=0).min() < 1e-6


def test_the_sentence_tells_kind_motion_and_error():
    previous, current = _frames()
    truth = np.zeros((2, 40, 30))
    truth[:, 20, 14] = 0.4, -0.2
    picture = flow_lens(previous, current, 20, 14, truth=truth)
    x, y = solve_window(previous, current, 20, 14).flow
    assert "15×15 window around row 20, column 14" in picture.alt
    assert "a corner" in picture.alt
    assert f"{x:.2f} pixels right and {y:.2f} down".replace("-", "−") in picture.alt
    assert f"{np.hypot(x - 0.4, y + 0.2):.2f} pixels away" in picture.alt
    first = picture.render()
    assert first[:4] == b"\x89PNG"
    assert picture.render() == first


def test_flat_windows_are_drawn_too():
    flat = np.full((30, 30), 90, np.uint8)
    picture = flow_lens(flat, flat, 15, 15)
    assert "no direction is known" in picture.alt
    assert picture.render()[:4] == b"\x89PNG"


def test_the_librarys_flow_is_said_and_drawn_too():
    picture = flow_lens(*_frames(), 20, 14, truth=np.array([0.4, -0.2]), library=np.array([0.25, 0.125]))
    assert "the library's flow there is 0.25 and 0.13; the truth is 0.40 and −0.20" in picture.alt
    drawn = {line.get_label(): line.get_xydata().ravel() for line in picture.axes.flat[5].lines}
    np.testing.assert_allclose(drawn["library"], [0.25, 0.125])
    np.testing.assert_allclose(drawn["truth"], [0.4, -0.2])
    with pytest.raises(ReidError, match=r"library of shape \(3,\)"):
        flow_lens(*_frames(), 20, 14, library=np.zeros(3))


def test_a_truth_of_another_shape_is_named():
    with pytest.raises(ReidError, match=r"shape \(3,\)"):
        flow_lens(*_frames(), 20, 14, truth=np.zeros(3))

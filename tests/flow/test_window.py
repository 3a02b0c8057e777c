"""One window, against numpy's own least squares and against cases solved by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moving_pictures import shifted

from reidlib.errors import ReidError
from reidlib.flow.window import (
    gaussian_weights,
    right_hand_side,
    solve_window,
    spatial_gradients,
    structure_tensor,
)


def test_gradients_and_tensor_by_hand():
    rows, columns = np.mgrid[:5, :7]
    gx, gy = spatial_gradients(3 * columns - 2 * rows)
    assert (gx == 3).all()
    assert (gy == -2).all()
    weights = np.full((5, 7), 1 / 35)
    np.testing.assert_allclose(structure_tensor(gx, gy, weights), [[9, -6], [-6, 4]])
    np.testing.assert_allclose(right_hand_side(gx, gy, np.full((5, 7), 2.0), weights), [6, -4])


def test_weights_are_a_normalised_gaussian():
    weights = gaussian_weights(11)
    assert weights.sum() == pytest.approx(1)
    sigma = 10 / 4.8
    assert weights[5, 7] / weights[5, 5] == pytest.approx(np.exp(-2 / sigma**2))


@settings(deadline=None, max_examples=25)
@given(x=st.floats(-0.6, 0.6), y=st.floats(-0.6, 0.6), seed=st.integers(0, 9))
def test_a_corner_tells_the_motion_and_it_is_the_least_squares_answer(x, y, seed):
    previous, current = shifted(seed, 40, 40, 2, x, y)
    solved = solve_window(previous, current, 20, 18, 21)
    assert solved.known == 2
    assert np.hypot(*(solved.flow - [x, y])) < 0.02 + 0.25 * np.hypot(x, y)
    root = np.sqrt(solved.weights.ravel())
    a, b, d = solved.lines.T
    answer = np.linalg.lstsq(np.stack([a, b], 1) * root[:, None], d * root, rcond=None)[0]
    np.testing.assert_allclose(solved.flow, answer, atol=1e-9)
    np.testing.assert_allclose(solved.tensor @ solved.eigenvectors, solved.eigenvectors * solved.eigenvalues, atol=1e-8)


def test_an_edge_tells_only_the_motion_across_it():
    """A ramp along x + y that truly moves by (1, 0): only half of it, (½, ½), can be seen."""
    rows, columns = np.mgrid[:21, :21]
    previous, current = 100 + 2.0 * (columns + rows), 100 + 2.0 * (columns - 1 + rows)
    solved = solve_window(previous, current, 10, 10)
    assert solved.known == 1
    np.testing.assert_allclose(solved.eigenvalues, [8, 0], atol=1e-9)
    np.testing.assert_allclose(solved.flow, [0.5, 0.5])


def test_a_flat_window_knows_nothing():
    solved = solve_window(np.full((21, 21), 7, np.uint8), np.full((21, 21), 7, np.uint8), 10, 10)
    assert solved.known == 0
    assert solved.flow.tolist() == [0, 0]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((np.zeros((9, 9)), np.zeros((9, 8)), 4, 4, 5), r"\(9, 9\) and float64 \(9, 8\)"),
        ((np.zeros((9, 9)), np.full((9, 9), np.nan), 4, 4, 5), "NaN"),
        ((np.zeros((9, 9)), np.zeros((9, 9)), 1, 4, 5), "5×5 window around row 1, column 4.*rows 2 to 6"),
        ((np.zeros((9, 9)), np.zeros((9, 9)), 4, 4, 4), "window of 4 pixels.*odd"),
    ],
)
def test_bad_windows_are_named(arguments, sentence):
    with pytest.raises(ReidError, match=sentence):
        solve_window(*arguments)

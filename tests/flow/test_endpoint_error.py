"""Errors by hand, and against the formula written another way."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from reidlib.errors import ReidError
from reidlib.flow.endpoint_error import angular_errors, endpoint_error, endpoint_errors

TRUTH = np.zeros((2, 2, 1, 2))
FLOW = TRUTH.copy()
FLOW[0, :, 0, 0] = 3, 4  # off by 5
FLOW[1, :, 0, 1] = 0, -1  # off by 1


def test_by_hand():
    assert endpoint_errors(FLOW, TRUTH).tolist() == [[[5, 0]], [[0, 1]]]
    assert endpoint_error(FLOW, TRUTH) == 1.5
    assert endpoint_error(torch.from_numpy(FLOW).half(), TRUTH.astype(np.float32)) == 1.5
    assert endpoint_error(FLOW, TRUTH, per_frame=True).tolist() == [2.5, 0.5]
    mask = np.array([[[True, False]], [[False, False]]])
    assert endpoint_error(FLOW, TRUTH, mask) == 5
    frames = endpoint_error(FLOW, TRUTH, mask, per_frame=True)
    assert frames[0] == 5
    assert np.isnan(frames[1])


def test_a_motion_of_one_pixel_is_45_degrees_from_standing_still():
    still, right = np.zeros((2, 1, 1)), np.array([1.0, 0.0]).reshape(2, 1, 1)
    assert endpoint_error(right, still, angular=True) == pytest.approx(45)
    assert endpoint_error(right, -right, angular=True) == pytest.approx(90)


@given(arrays(np.float64, (2, 2, 3), elements=st.floats(-50, 50)), arrays(np.float64, (2, 2, 3),
                                                                      elements=st.floats(-50, 50)))
def test_the_angle_is_the_arc_cosine_of_the_unit_vectors(flow, truth):
    ones = np.ones((1, 2, 3))
    a, b = np.concatenate([flow, ones]), np.concatenate([truth, ones])
    cosine = (a * b).sum(0) / np.linalg.norm(a, axis=0) / np.linalg.norm(b, axis=0)
    np.testing.assert_allclose(np.cos(np.radians(angular_errors(flow, truth))), cosine, atol=1e-9)
    assert (angular_errors(flow, flow) < 1e-6).all()


@pytest.mark.parametrize(
    ("flow", "mask", "sentence"),
    [
        (FLOW[:1], None, r"shape \(1, 2, 1, 2\), truth of shape \(2, 2, 1, 2\)"),
        (FLOW.astype(int), None, "flow of int64"),
        (FLOW, np.ones((2, 1, 2)), r"mask of float64"),
        (FLOW, np.ones((1, 1, 2), bool), r"shape \(1, 1, 2\).*bool \(2, 1, 2\)"),
        (FLOW, np.zeros((2, 1, 2), bool), "no pixel that counts among 4"),
    ],
)
def test_what_does_not_fit_is_named(flow, mask, sentence):
    with pytest.raises(ReidError, match=sentence):
        endpoint_error(flow, TRUTH, mask)

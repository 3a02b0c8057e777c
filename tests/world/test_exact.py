"""Own trigonometry and interpolation against the standard library and NumPy."""

import math

import numpy as np
import pytest

from reidlib.world import exact

ANGLES = np.random.default_rng(0).uniform(-300, 300, 2000)


def test_sine_and_cosine_agree_with_the_standard_library():
    s, c = exact.sincos(ANGLES)
    assert np.abs(s - [math.sin(a) for a in ANGLES]).max() < 1e-12
    assert np.abs(c - [math.cos(a) for a in ANGLES]).max() < 1e-12
    assert exact.sin(math.pi / 6) == pytest.approx(0.5, abs=1e-14)
    assert exact.cos(0.0) == 1.0


def test_atan2_agrees_in_all_quadrants_and_on_the_axes():
    y, x = np.sin(ANGLES), np.cos(ANGLES) * 3
    assert np.abs(exact.atan2(y, x) - np.arctan2(y, x)).max() < 1e-12
    for y, x, angle in ((0, 2, 0.0), (3, 0, math.pi / 2), (-3, 0, -math.pi / 2), (1, 1, math.pi / 4)):
        assert float(exact.atan2(y, x)) == pytest.approx(angle, abs=1e-12)


def test_interpolate_equals_numpys_inside_and_outside():
    knots, values = np.array([0.0, 0.2, 0.7, 1.0]), np.array([3.0, -1.0, 4.0, 0.5])
    x = np.linspace(-0.5, 1.5, 401)
    assert np.allclose(exact.interpolate(x, knots, values), np.interp(x, knots, values), atol=1e-13)


def test_bump_is_one_at_its_centre_and_wraps_around():
    assert exact.bump(np.array([0.9]), 0.9, 0.2)[0] == 1.0
    assert exact.bump(np.array([0.05]), 0.95, 0.2)[0] == pytest.approx(0.5625)  # (1 − ½²)²
    assert exact.bump(np.array([0.4]), 0.9, 0.2)[0] == 0.0


def test_smoothstep_and_triangle_at_known_points():
    assert exact.smoothstep(np.array([-1.0, 0.0, 0.5, 1.0, 9.0])).tolist() == [0, 0, 0.5, 1, 1]
    assert exact.triangle(np.array([0.0, 0.25, 0.5, 2.0])).tolist() == [1, 0.5, 0, 1]

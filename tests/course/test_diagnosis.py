"""Likely causes: each named for an answer made by exactly that mistake, and none for noise."""

from __future__ import annotations

import numpy as np
import pytest

from reidlib.course.diagnosis import axis_sizes, diagnose, in_letters
from reidlib.course.values import difference

SIZES = {"B": 3, "T": 5, "D": 4}
WANT = np.random.default_rng(0).normal(2, 1, (3, 4))
LINE = np.array([1.0, 4.0, 2.0, 8.0, 5.0, 7.0])


def cause(got, want=WANT, sizes=SIZES):
    return diagnose(difference(got, want, 1e-4, 1e-6), sizes, 1e-4, 1e-6)


@pytest.mark.parametrize(
    ("got", "text"),
    [
        (-WANT, "wrong sign"),
        (5 * WANT, "T = 5 times too large: a sum over T"),
        (WANT / 3, "B = 3 times too small: a mean over B"),
        (100 * WANT, "100 times what it should be"),
        (-2.5 * WANT, "2.5 times what it should be, with the wrong sign"),
        (WANT + 0.5, "off by the same amount, 0.5"),
        (WANT[::-1], "Axis 0 runs backwards"),
        (WANT.T.reshape(3, 4), "reshaped where axes should be permuted"),
        (np.full((3, 4), 2.0), "All your values are the same number, 2"),
        (WANT.T, "(D, B) = (4, 3); needed is (B, D) = (3, 4)"),
        (WANT[:, None], "An axis of size 1 is left over (keepdim?)"),
        (WANT.reshape(12), "not their arrangement"),
        (np.zeros((3, 5)), "Axis 1 is one too long: off by one"),
        (np.zeros((2, 4)), "Axis 0 is one too short: off by one"),
        (np.zeros((7, 7, 7)), "You return (7, 7, 7); needed is (B, D) = (3, 4)."),
    ],
)
def test_the_cause_is_named(got, text):
    assert text in cause(got)


def test_a_lost_axis():
    assert "An axis of size 1 is lost" in cause(WANT, WANT[:, None])


def test_swapped_square_axes():
    square = np.arange(9.0).reshape(3, 3) ** 2 + 1
    assert "Two axes are swapped" in cause(square.T, square)


@pytest.mark.parametrize(
    ("step", "word", "spoiled"), [(1, "late", [9, 0, 0, 0, 0, 0]), (-1, "early", [0, 0, 0, 0, 0, 9])]
)
def test_off_by_one_along_an_axis(step, word, spoiled):
    assert f"one place too {word}: off by one" in cause(np.roll(LINE, step) + spoiled, LINE)


def test_few_wrong_values_are_located():
    got = WANT.copy()
    got[2, 1] += 1
    assert "Only 1 of 12 values are wrong, at [2, 1]: an edge case?" in cause(got)


def test_unsigned_and_boolean_answers():
    assert "255 times" in cause(np.array([255, 0, 0], np.uint8), np.array([1, 0, 0], np.uint8), {})
    assert cause(np.array([True, False, True, True]), np.array([False, True, False, False]), {}) is None


def test_noise_gets_no_invented_cause():
    rng = np.random.default_rng(1)
    assert all(cause(rng.normal(2, 1, (3, 4))) is None for _ in range(200))


def test_letters():
    assert axis_sizes("BTD", np.zeros((3, 5, 4))) == SIZES
    assert axis_sizes("BTD", np.zeros((3, 5))) == {}
    assert axis_sizes("", np.zeros(3)) == {}
    assert axis_sizes("B", [1, 2]) == {}
    assert in_letters((3, 4), SIZES) == "(B, D) = (3, 4)"
    assert in_letters((3,), SIZES) == "(B,) = (3,)"
    assert in_letters((9, 9), SIZES) == "(9, 9)"
    assert in_letters((4, 4, 2), {"B": 4, "T": 4, "D": 2}) == "(4, 4, D) = (4, 4, 2)"

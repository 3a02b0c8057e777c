"""The cobweb: paths, fates and labels agree with maps whose behaviour is known from the maths."""

import numpy as np
import pytest

from reidlib.errors import ReidError
from reidlib.views.cobweb_picture import ScalarMap, cobweb, fate, path


def line(slope, level):
    return lambda c: slope * c + level


def logistic(r):
    return lambda c: r * c * (1 - c)


def test_path_is_the_closed_form_of_a_line():
    k = np.arange(7)
    assert path(line(-0.5, 3), 10.0, 6) == pytest.approx(2 + (-0.5) ** k * 8)


@pytest.mark.parametrize("slope", [-0.9, -0.2, 0.0, 0.6])
def test_a_gentle_line_settles_at_its_fixed_point(slope):
    kind, values = fate(line(slope, 3), -4.0)
    assert (kind, values) == ("settles", pytest.approx([3 / (1 - slope)]))


def test_a_logistic_map_flips_between_the_two_known_values():
    r = 3.2
    root = np.sqrt((r + 1) * (r - 3))
    assert fate(logistic(r), 0.3) == ("flips", pytest.approx([(r + 1 - root) / (2 * r), (r + 1 + root) / (2 * r)]))


def test_a_walk_that_slowly_comes_to_rest_is_no_flip():
    assert fate(line(-0.9995, 3), -4.0)[0] == "neither"
    assert fate(line(-1.0, 3), -4.0)[0] == "flips"


def test_a_chaotic_map_does_neither():
    kind, values = fate(logistic(3.9), 0.3)
    assert kind == "neither"
    assert len(values) == 0


def test_the_staircase_touches_curve_and_diagonal_in_turn():
    step = line(-0.5, 3)
    axes = cobweb([ScalarMap("a line", step, 10.0, [2.0], [-0.5])], iterations=4).axes
    diagonal, curve, stairs = axes.get_lines()[:3]
    values = path(step, 10.0, 4)
    x, y = stairs.get_data()
    corners = np.column_stack([x, y])
    assert corners[::2] == pytest.approx(np.column_stack([values, values]))
    assert corners[1::2] == pytest.approx(np.column_stack([values[:-1], values[1:]]))
    assert curve.get_ydata() == pytest.approx(step(curve.get_xdata()))
    assert diagonal.get_xdata() == pytest.approx(diagonal.get_ydata())


def test_the_points_that_repel_are_open():
    picture = cobweb([ScalarMap("two", logistic(3.2), 0.3, [0.0, 1 - 1 / 3.2], [3.2, -1.2]),
                      ScalarMap("one", line(0.5, 1), 0.0, [2.0], [0.5])], note="a note below")
    first, second = ([each for each in axes.get_lines() if each.get_marker() == "D"] for axes in picture.axes)
    assert [each.get_color() for each in first] == ["#ffffff", "#ffffff"]
    assert second[0].get_color() != "#ffffff"
    assert [t.get_text() for t in picture.axes[1].texts] == ["start", "slope 0.50"]
    assert picture.mpl._supxlabel.get_text() == "a note below"


def test_the_sentence_tells_the_fate_of_each_panel():
    picture = cobweb([ScalarMap("flipping", logistic(3.2), 0.3, [0.6875], [-1.2]),
                      ScalarMap("calm", line(0.5, 1), 0.0, [2.0], [0.5])], iterations=1, note="drawn at random")
    assert "flipping: from 0.30, 1 steps lead to 0.67, and the recursion flips between 0.51 and 0.80" in picture.alt
    assert "0.69 (slope −1.20, repels)" in picture.alt
    assert "calm: from 0.00, 1 steps lead to 1.00, and the recursion settles at 2.00" in picture.alt
    assert "2.00 (slope 0.50, attracts). drawn at random." in picture.alt


def test_equal_input_gives_equal_bytes():
    maps = [ScalarMap("calm", line(0.5, 1), 0.0, [2.0], [0.5])]
    assert cobweb(maps, note="twice").render() == cobweb(maps, note="twice").render()


@pytest.mark.parametrize(
    ("maps", "options", "words"),
    [
        ([], {}, "0 maps"),
        ([ScalarMap("a", line(0, 1), 0, [1], [0])], {"iterations": 0}, "iterations=0"),
        ([ScalarMap("a", line(0, 1), 0, [1], [])], {}, "1 fixed points and 0 slopes"),
        ([ScalarMap("a", line(0, 1), 0, [np.nan], [0])], {}, "fixed"),
    ],
)
def test_bad_input_is_named(maps, options, words):
    with pytest.raises(ReidError, match=words):
        cobweb(maps, **options)

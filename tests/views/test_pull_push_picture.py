"""The picture of pull and push holds the losses and forces that a hand computes."""

import numpy as np
import pytest
from matplotlib.patches import Circle
from matplotlib.quiver import Quiver

from reidlib.errors import ReidError
from reidlib.views.pull_push_picture import pull_push

# A and B are one person, 1 apart; C is somebody else, .6 from A and √1.36 from B.
POINTS, PEOPLE = [[0, 0], [1, 0], [0, 0.6]], [7, 7, 3]


def arrows(picture):
    return [each for each in picture.axes.collections if isinstance(each, Quiver)]


def test_arrows_are_minus_the_gradient_times_the_step():
    picture = pull_push(POINTS, PEOPLE, 1.0, step=0.5)
    pull, push = arrows(picture)  # B and C are beyond the margin
    np.testing.assert_allclose(np.stack([pull.U, pull.V], 1), [[0.5, 0], [-0.5, 0]], atol=1e-9)
    np.testing.assert_allclose(np.stack([push.U, push.V], 1), [[0, -0.2], [0, 0.2]], atol=1e-9)
    np.testing.assert_allclose(pull.XY, POINTS[:2])
    assert (pull.scale, pull.angles) == (1, "xy")
    (circle,) = [each for each in picture.axes.patches if isinstance(each, Circle)]
    assert (tuple(circle.center), circle.radius) == ((0, 0), 1.0)


def test_the_linear_hinge_pulls_and_pushes_with_force_one():
    picture = pull_push(POINTS, PEOPLE, 2.0, hinge="linear", step=1)
    assert [float(np.hypot(each.U, each.V)[0]) for each in arrows(picture)] == pytest.approx([1, 1, 1])


def test_the_sentence_tells_distance_loss_and_force_of_each_pair():
    picture = pull_push(POINTS, PEOPLE, 1.0, names=["left", "right", "top"])
    assert picture.alt == ("Margin 1. left and right, one person, are 1.000 apart: loss 0.500, pulled with force "
                           "1.000; left and top, two people, are 0.600 apart: loss 0.080, pushed with force 0.400; "
                           "right and top, two people, are 1.166 apart: loss 0.000, no force.")
    words = [text.get_text() for text in picture.axes.texts]
    assert "✗ d 0.600\nloss 0.080\nforce 0.400" in words
    assert {"left", "right", "top"} <= set(words)
    assert picture.render()[:4] == b"\x89PNG"


def test_chosen_pairs_and_equal_points():
    picture = pull_push([[1, 1], [1, 1]], [0, 1], 1.0, pairs=[(0, 1)])
    assert arrows(picture) == []  # the largest loss, and no direction to flee in
    assert "are 0.000 apart: loss 0.500, no force" in picture.alt
    assert picture.render()[:4] == b"\x89PNG"


@pytest.mark.parametrize(("points", "people", "margin", "message"), [
    ([[0, 0, 0], [1, 1, 1]], [0, 1], 1.0, r"shape \(2, 3\)"),
    ([[0, 0]], [0], 1.0, r"shape \(1, 2\)"),
    ([[0, 0], [np.nan, 1]], [0, 1], 1.0, "finite"),
    ([[0, 0], [1, 1]], [0], 1.0, "2 points, 1 people"),
    ([[0, 0], [1, 1]], [0, 1], 0.0, "margin=0.0"),
])
def test_what_cannot_be_drawn_is_named(points, people, margin, message):
    with pytest.raises(ReidError, match=message):
        pull_push(points, people, margin)


def test_unknown_hinges_are_named():
    with pytest.raises(ReidError, match="cubic"):
        pull_push(POINTS, PEOPLE, 1.0, hinge="cubic")


def test_the_linear_hinge_and_a_note_are_told():
    picture = pull_push(POINTS[:2], [0, 0], 2.0, hinge="linear", note="trained on a rendered street")
    assert picture.alt == ("Linear hinge, margin 2. A and B, one person, are 1.000 apart: loss 1.000, pulled with "
                           "force 1.000. Trained on a rendered street.")
    assert picture.mpl.get_supxlabel() == "trained on a rendered street"


def test_names_that_look_like_formulas_stay_text():
    picture = pull_push(POINTS[:2], [0, 1], 1.0, names=["$\\frac{", "\x00b"], title="$\\frac{", note="$\\frac{")
    assert "$\\frac{ and \ufffdb, two people" in picture.alt
    assert picture.render()[:4] == b"\x89PNG"

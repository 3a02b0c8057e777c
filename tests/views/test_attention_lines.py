"""The pictures of notebook 08: their sentences say the numbers that were passed, and wrong shapes are refused."""

from __future__ import annotations

import numpy as np
import pytest

from reidlib.errors import ReidError
from reidlib.evaluation.curves import removal_curves
from reidlib.evaluation.intervals import Interval
from reidlib.views.auc_and_lead import auc_and_lead
from reidlib.views.majority_lines import majority_lines
from reidlib.views.removal_lines import removal_lines


def _drawn(axes) -> list[np.ndarray]:
    return [np.asarray(line.get_xydata()) for line in axes.lines]


def test_auc_and_lead_has_a_row_for_each_weighting_the_best_on_top():
    auc = {"coupled": Interval(0.9, 0.85, 0.94, 20), "mean": Interval(0.5, 0.5, 0.5, 20)}
    lead = {"coupled": Interval(0.052, 0.022, 0.083, 30), "mean": Interval(0.0, 0.0, 0.0, 30)}
    picture = auc_and_lead(auc, lead, note="trained on a street")
    assert [label.get_text() for label in picture.axes[0].get_yticklabels()] == ["mean", "coupled"]
    assert "coupled 0.90 and +5.2 (+2.2 to +8.3); mean 0.50 and +0.0" in picture.alt
    assert picture.alt.endswith("Trained on a street.")
    assert any(np.allclose(xy, [[2.2, 1], [8.3, 1]]) for xy in _drawn(picture.axes[1]))
    assert picture.render().startswith(b"\x89PNG")


def test_auc_and_lead_refuses_weightings_that_differ():
    with pytest.raises(ReidError, match="the same in both"):
        auc_and_lead({"a": Interval(0.5, 0.4, 0.6, 3)}, {"b": Interval(0.0, -0.1, 0.1, 3)})


def _curves(visibility: bool):
    truth = np.random.default_rng(0).random(60)
    score = lambda i, keep: keep @ truth[12 * i : 12 * i + 12] / keep.sum(1)  # noqa: E731
    given = {"visibility": truth} if visibility else {}
    return removal_curves(truth, score, [12] * 5, steps=4, resamples=50, **given)


@pytest.mark.parametrize("visibility", [True, False])
def test_removal_lines_draws_insertion_left_and_deletion_right(visibility):
    curves = _curves(visibility)
    picture = removal_lines({"truth": curves}, quantity="mean truth")
    for axes, kind in zip(picture.axes, ("insertion", "deletion"), strict=True):
        drawn = _drawn(axes)
        assert len(drawn) == (3 if visibility else 2)
        np.testing.assert_allclose(drawn[0][:, 1], curves.curves[kind])
        np.testing.assert_allclose(drawn[1][:, 1], curves.curves["random"])
    assert f"{curves.curves['insertion'][0]:.2f} and {curves.curves['deletion'][0]:.2f}" in picture.alt
    assert picture.render().startswith(b"\x89PNG")


def test_removal_lines_needs_a_curve():
    with pytest.raises(ReidError, match="no curves"):
        removal_lines({}, quantity="mAP")


def test_majority_lines_draws_means_and_says_their_ends():
    table = np.array([[0.9, 1.0], [0.6, 0.4], [0.1, 0.2]])
    picture = majority_lines({"consensus": table}, [0.1, 0.5, 0.9], note="trained on a street")
    np.testing.assert_allclose(_drawn(picture.axes)[0], [[0.1, 0.95], [0.5, 0.5], [0.9, 0.15]])
    assert "from 10% to 90%: consensus from 0.95 to 0.15. Trained" in picture.alt
    assert "(2 tracklets)" in picture.axes.get_xlabel()
    assert picture.render().startswith(b"\x89PNG")


def test_majority_lines_refuses_other_shapes():
    with pytest.raises(ReidError, match="one row for each share"):
        majority_lines({"a": np.zeros((2, 3))}, [0.1, 0.5, 0.9])
    with pytest.raises(ReidError, match="one row for each share"):
        majority_lines({"a": np.zeros((3, 3)), "b": np.zeros((3, 4))}, [0.1, 0.5, 0.9])

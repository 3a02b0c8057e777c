"""Notebook 08: the AUC inside a tracklet as the notebook and its exercises write it is the library's."""

from __future__ import annotations

import numpy as np
import pytest
import test_built_equals_library as helper

from reidlib.course.exercises.e08_1_graded_auc import graded_auc
from reidlib.course.exercises.e08_2_after_deletion import after_deletion
from reidlib.course.exercises.e08_3_visibility_gain import visibility_gain
from reidlib.evaluation.curves import removal_curves
from reidlib.evaluation.visibility import score_attention


def _case(seed):
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, 12, 9)
    attention = rng.integers(1, 6, lengths.sum()) / 5  # with ties
    return attention, rng.random(lengths.sum()), lengths, np.cumsum(lengths)[:-1]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("threshold", [0.3, 0.5])
def test_tracklet_auc_is_the_library_s(seed, threshold):
    attention, visibility, lengths, ends = _case(seed)
    mine = helper.built("08_does_attention_look_right", "tracklet_auc")["tracklet_auc"]
    report = score_attention(attention, visibility, lengths, threshold=threshold, resamples=10)
    each = [mine(a, v, threshold) for a, v in zip(np.split(attention, ends), np.split(visibility, ends), strict=True)]
    np.testing.assert_allclose(each, report.auc_per_tracklet)
    assert np.isnan(each).any()  # tracklets of one frame have no pair
    # The control: over all tracklets together it is another number.
    assert abs(mine(attention, visibility, threshold) - np.nanmean(each)) > 1e-6


def test_dealt_as_keeps_the_sizes_and_takes_the_order():
    mine = helper.built("08_does_attention_look_right", "dealt_as")["dealt_as"]
    sizes, order = np.array([0.1, 5.0, 2.0, 0.3]), np.array([3.0, 1.0, 4.0, 2.0])
    np.testing.assert_array_equal(mine(sizes, order), [2.0, 0.1, 5.0, 0.3])


@pytest.mark.parametrize(("low", "high", "said"), [
    (0.001, 0.02, "coupled is ahead"), (-0.01, 0.02, "no difference is shown"), (-0.02, -0.001, "the rival is ahead"),
    (0.0, 0.02, "no difference is shown"), (-0.02, 0.0, "no difference is shown"),  # the plan asks for above 0
])  # fmt: skip
def test_the_verdict_on_the_planned_run_is_the_interval_s(low, high, said):
    assert helper.built("08_does_attention_look_right", "verdict")["verdict"](low, high) == said


def test_graded_auc_with_two_values_of_visibility_is_the_auc():
    attention, visibility, lengths, ends = _case(11)
    visible = (visibility >= 0.5).astype(float)
    report = score_attention(attention, visible, lengths, resamples=10)
    for a, v, expected in zip(np.split(attention, ends), np.split(visible, ends), report.auc_per_tracklet, strict=True):
        if np.isfinite(expected):
            assert graded_auc(a, v) == pytest.approx(expected)


def test_visibility_gain_is_the_library_s():
    attention, visibility, lengths, ends = _case(12)
    parts = list(zip(np.split(attention, ends), np.split(visibility, ends), strict=True))
    varied = [visibility_gain(a, v) for a, v in parts if len(v) > 1]
    report = score_attention(attention, visibility, lengths, resamples=10)
    assert report.attention.gain.estimate == pytest.approx(np.mean(varied))


def test_after_deletion_is_a_step_of_the_deletion_curve():
    rng = np.random.default_rng(13)
    attention, x = rng.permutation(10) / 10, rng.normal(size=(10, 4))
    target = rng.normal(size=4)
    curves = removal_curves(attention, lambda i, keep: keep @ x @ target / keep.sum(1), [10], steps=10, resamples=10)
    steps = [after_deletion(attention, x, 10 - kept) @ target for kept in range(1, 11)]
    np.testing.assert_allclose(curves.per_tracklet["deletion"][0], steps)

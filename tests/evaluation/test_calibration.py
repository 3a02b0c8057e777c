"""Calibration against sorting into bins by hand."""

import json

import numpy as np
import pytest
from scipy import stats

from reidlib.errors import ReidError
from reidlib.evaluation.calibration import calibration_curve


@pytest.fixture(scope="module")
def sample():
    rng = np.random.default_rng(0)
    lengths = rng.integers(5, 40, 80)
    visibility = rng.random(lengths.sum())
    attention = np.clip(visibility + rng.normal(0, 0.2, len(visibility)), 0, 1)
    return attention, visibility, lengths


def test_value_scale_is_a_reliability_diagram(sample):
    attention, visibility, lengths = sample
    curve = calibration_curve(*sample, scale="value", bins=8)
    mean, _, which = stats.binned_statistic(attention, visibility, "mean", bins=8, range=(0, 1))
    centre = stats.binned_statistic(attention, attention, "mean", bins=8, range=(0, 1))[0]
    assert curve.visibility == pytest.approx(mean)
    assert curve.attention == pytest.approx(centre)
    counts = np.bincount(which, minlength=9)[1:9]
    assert curve.frames.tolist() == counts.tolist()
    assert curve.error == pytest.approx((counts * abs(mean - centre)).sum() / len(attention))
    assert ((curve.low < curve.visibility) & (curve.visibility < curve.high)).all()
    owner = np.repeat(np.arange(80), lengths)
    assert curve.tracklets.tolist() == [len(set(owner[which == b + 1])) for b in range(8)]


def test_rank_scale_ignores_any_rising_change_of_the_weights(sample):
    attention, visibility, lengths = sample
    owner = np.repeat(np.arange(80), lengths)
    plain = calibration_curve(attention, visibility, lengths)
    stretched = calibration_curve(np.exp(3 * attention) * (1 + owner), visibility, lengths)
    assert stretched.visibility == pytest.approx(plain.visibility)
    assert (np.diff(plain.visibility) > 0).all()
    assert np.isnan(plain.error)
    pieces = np.split(attention, np.cumsum(lengths)[:-1])
    rank = np.concatenate([(stats.rankdata(a) - 0.5) / len(a) for a in pieces])
    top = rank >= 0.9
    assert plain.visibility[-1] == pytest.approx(visibility[top].mean())
    assert plain.frames[-1] == top.sum()


def test_one_value_fills_one_bin_and_json_takes_it():
    curve = calibration_curve(np.full(6, 0.5), np.linspace(0, 1, 6), [6])
    assert curve.visibility.tolist() == [0.5]
    as_json = json.loads(json.dumps(curve.as_dict(), allow_nan=False))
    assert as_json["low"] == [None]
    assert as_json["error"] is None
    assert calibration_curve(np.ones(4), np.ones(4), [2, 2], scale="value").error == 0


def test_identities_are_drawn_whole(sample):
    pids = np.arange(80) // 8
    assert np.ptp(calibration_curve(*sample, pids=pids).high - calibration_curve(*sample).high) > 0


@pytest.mark.parametrize(
    ("options", "words"),
    [({"scale": "logit"}, "scale='logit'"), ({"bins": 1}, "bins=1"), ({"pids": [1]}, "pids has shape (1,)")],
)
def test_bad_options_are_named(sample, options, words):
    with pytest.raises(ReidError) as error:
        calibration_curve(*sample, **options)
    assert words in str(error.value)


def test_logits_have_no_value_scale(sample):
    with pytest.raises(ReidError, match="for scale='value'"):
        calibration_curve(sample[0] * 4 - 2, *sample[1:], scale="value")

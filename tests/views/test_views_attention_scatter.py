"""The attention scatter: dots, calibration and rivals are the evaluation's numbers."""

import numpy as np
import pytest
from scipy import stats

from reidlib.evaluation.calibration import calibration_curve
from reidlib.evaluation.visibility import score_attention
from reidlib.views.attention_scatter import attention_scatter

RNG = np.random.default_rng(0)
LENGTHS = RNG.integers(5, 30, 40)
VISIBILITY = np.clip(RNG.normal(0.6, 0.4, LENGTHS.sum()), 0, 1)
ATTENTION = 1 / (1 + np.exp(-(VISIBILITY + RNG.normal(0, 0.5, len(VISIBILITY)))))
DATA = (ATTENTION, VISIBILITY, LENGTHS)


def test_dots_are_the_frames_and_the_line_is_the_calibration():
    left = attention_scatter(*DATA, resamples=200).axes[0]
    dots = np.asarray(left.collections[0].get_offsets())
    ranks = [(stats.rankdata(a) - 0.5) / len(a) for a in np.split(ATTENTION, np.cumsum(LENGTHS)[:-1])]
    assert dots[:, 0] == pytest.approx(np.concatenate(ranks))
    assert np.abs(dots[:, 1] - VISIBILITY).max() <= 0.012
    curve = calibration_curve(*DATA, resamples=200)
    assert left.get_lines()[0].get_ydata() == pytest.approx(curve.visibility)
    assert left.get_lines()[0].get_xdata() == pytest.approx(curve.attention)
    edge = left.collections[1].get_paths()[0].vertices[:, 1]
    assert (edge.min(), edge.max()) == pytest.approx((curve.low.min(), curve.high.max()))


def test_the_value_scale_plots_the_weights_themselves():
    left = attention_scatter(*DATA, scale="value", resamples=50).axes[0]
    assert np.asarray(left.collections[0].get_offsets())[:, 0] == pytest.approx(ATTENTION)
    assert left.get_xlabel() == "attention weight"


def test_rivals_are_marked_with_their_auc():
    norms = ATTENTION + VISIBILITY
    picture = attention_scatter(*DATA, features_norm=norms, resamples=200)
    report = score_attention(*DATA, features_norm=norms, resamples=200)
    right = picture.axes[1]
    names = [t.get_text() for t in right.get_yticklabels()]
    assert names == ["oracle", "feature norm", "frame index", "shuffled", "uniform", "attention"]
    points = [line.get_xydata()[0] for line in right.get_lines() if len(line.get_xdata()) == 1]
    marks = {round(row): auc for auc, row in points}
    entries = [report.attention, *report.floors.values()][::-1]
    assert [marks[row] for row in range(6)] == pytest.approx([entry.auc.estimate for entry in entries])
    auc = report.attention.auc
    assert f"AUC within a tracklet {auc.estimate:.3f} (interval {auc.low:.3f} to {auc.high:.3f})" in picture.alt
    assert f"feature norm {report.floors['features_norm'].auc.estimate:.3f}" in picture.alt


def test_many_frames_are_thinned_and_the_title_says_so():
    frames = 6000
    visibility = np.tile([0.0, 1.0], frames // 2)
    left = attention_scatter(np.arange(frames), visibility, [frames], resamples=10).axes[0]
    assert len(left.collections[0].get_offsets()) == 4000
    assert "4000 of 6000 frames" in left.get_title(loc="left")


def test_one_tracklet_and_padded_input_render():
    picture = attention_scatter([[0.2, 0.9, 0.5]], [[0.1, 0.8, 1.0]], resamples=10)
    assert "interval" not in picture.alt
    assert picture.render() == attention_scatter([[0.2, 0.9, 0.5]], [[0.1, 0.8, 1.0]], resamples=10).render()

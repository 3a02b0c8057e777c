"""Shares of hits against a quantity: points, intervals and words come from the data."""

import numpy as np
import pytest

from reidlib.errors import ReidError
from reidlib.evaluation.intervals import wilson
from reidlib.views.hit_curves import hit_curves

HITS = {"sum": np.arange(40).reshape(1, 40) < np.array([[10], [20], [40]]),
        "mean": np.arange(40).reshape(1, 40) < np.array([[0], [30], [10]])}


@pytest.mark.parametrize("log", [False, True])
def test_points_and_intervals(log):
    picture = hit_curves([16, 32, 64], HITS, xlabel="frames", log=log)
    lines = {bars.get_label(): bars for bars in picture.axes.containers}
    for name, table in HITS.items():
        points, _, (bars,) = lines[name]
        np.testing.assert_allclose(points.get_ydata(), table.mean(1))
        for segment, row in zip(bars.get_segments(), table, strict=True):
            expected = wilson(int(row.sum()), 40)
            np.testing.assert_allclose(sorted(segment[:, 1]), [expected.low, expected.high], atol=1e-12)
    first, second = (lines[name][0].get_xdata() for name in HITS)
    assert (first < second).all()  # side by side
    assert np.abs(np.log2(first / [16, 32, 64])).max() < 0.1
    assert picture.axes.get_xscale() == ("log" if log else "linear")


def test_words():
    alt = hit_curves([16, 32, 64], HITS, xlabel="frames").alt
    assert alt == "rank-1 of 40 probes at frames 16, 32, 64: sum 25%, 50%, 100%; mean 0%, 75%, 25%."


@pytest.mark.parametrize(("at", "hits"), [
    ([16, 32], HITS), ([16, 16, 32], HITS), ([16, 32, 64], {}),
    ([16, 32, 64], {"shares": np.array([[0.2], [0.3], [0.4]])}), ([16, 32, 64], {"flat": np.ones(3, bool)}),
])  # fmt: skip
def test_refuses(at, hits):
    with pytest.raises(ReidError):
        hit_curves(at, hits, xlabel="frames")

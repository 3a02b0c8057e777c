"""The CMC figure: what is drawn is what was computed, and the sentence says it."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from reidlib.errors import ReidError
from reidlib.evaluation.cmc_band import cmc_band
from reidlib.views.cmc import cmc_figure
from reidlib.views.palette import series

RNG = np.random.default_rng(0)
SYSTEMS = {"mean": RNG.geometric(0.4, 120), "coupled": RNG.geometric(0.6, 120)}
PIDS = np.arange(120) // 2


def test_lines_and_bands_are_the_evaluations():
    picture = cmc_figure(SYSTEMS, PIDS, max_rank=8, resamples=300)
    lines, fills = picture.axes.get_lines(), picture.axes.collections
    assert len(lines) == len(fills) == 2
    for i, (name, ranks) in enumerate(SYSTEMS.items()):
        band = cmc_band(ranks, PIDS, max_rank=8, resamples=300)
        assert np.array_equal(lines[i].get_ydata(), band.cmc)
        assert to_hex(lines[i].get_color()) == series(i)["color"]
        edge = fills[i].get_paths()[0].vertices
        for k in range(8):
            heights = edge[edge[:, 0] == k + 1, 1]
            assert (heights.min(), heights.max()) == pytest.approx((band.low[k], band.high[k]))
        assert lines[i].get_label().startswith(f"{name}  {band.cmc[0]:.1%} [{band.low[0]:.1%}")


def test_lines_differ_by_dash_and_mark_too():
    lines = cmc_figure(SYSTEMS, max_rank=8, resamples=50).axes.get_lines()
    assert lines[0].get_marker() != lines[1].get_marker()
    assert lines[0].get_linestyle() != lines[1].get_linestyle()


def test_sentence_comes_from_the_data():
    alt = cmc_figure(SYSTEMS, PIDS, max_rank=8, resamples=300, chance=1 / 60).alt
    band = cmc_band(SYSTEMS["coupled"], PIDS, max_rank=8, resamples=300)
    assert "120 queries of 60 identities" in alt
    assert f"coupled {band.cmc[0]:.1%} at rank 1 (interval {band.low[0]:.1%} to {band.high[0]:.1%})" in alt
    assert f"{band.cmc[4]:.1%} at rank 5" in alt
    assert "Guessing reaches 1.7%" in alt


def test_same_input_gives_the_same_bytes():
    first, second = (cmc_figure(SYSTEMS, PIDS, resamples=100).render() for _ in range(2))
    assert first == second


def test_one_identity_draws_no_band_but_a_line():
    picture = cmc_figure({"alone": [1, 2]}, [5, 5], max_rank=1, resamples=10)
    assert picture.axes.get_lines()[0].get_ydata().tolist() == [0.5]
    assert "interval" not in picture.alt
    assert "nan" not in picture.axes.get_lines()[0].get_label()
    assert picture.render()


def test_no_systems_is_an_error():
    with pytest.raises(ReidError, match="no systems"):
        cmc_figure({})

"""The strip plot: every run is there, intervals are the corrected ones, and nobody's random numbers are touched."""

import numpy as np
import pytest

from reidlib.errors import ReidError
from reidlib.evaluation.spread import spread
from reidlib.views.strip_plot import split_strip

RNG = np.random.default_rng(0)
SPLITS = RNG.normal(0.6, 0.05, (6, 1))
VALUES = {"mean": SPLITS + RNG.normal(0, 0.01, (6, 2)), "coupled": SPLITS + 0.05 + RNG.normal(0, 0.01, (6, 2))}


def test_every_run_is_a_dot_near_its_method():
    axes = split_strip(VALUES).axes
    for i, table in enumerate(VALUES.values()):
        places = np.asarray(axes.collections[i].get_offsets())
        assert sorted(places[:, 1]) == pytest.approx(sorted(table.ravel()))
        assert np.abs(places[:, 0] - i).max() < 0.2
        assert len(set(places[:, 0])) > 6
    assert [t.get_text() for t in axes.get_xticklabels()] == ["mean", "coupled"]


def test_lines_join_the_splits_and_bars_are_the_corrected_intervals():
    lines = split_strip(VALUES, test_share=0.3).axes.get_lines()
    joined = np.array([line.get_ydata() for line in lines[:6]])
    assert joined == pytest.approx(np.column_stack([table.mean(axis=1) for table in VALUES.values()]))
    for bar, diamond, table in zip(lines[6::2], lines[7::2], VALUES.values(), strict=True):
        expected = spread(table, test_share=0.3).interval
        assert bar.get_ydata() == pytest.approx([expected.low, expected.high])
        assert diamond.get_ydata()[0] == pytest.approx(table.mean())


def test_differences_are_paired_by_split():
    picture = split_strip(VALUES, against="mean")
    lead = spread(VALUES["coupled"].mean(axis=1) - VALUES["mean"].mean(axis=1)).interval
    words = f"{100 * lead.estimate:+.1f} [{100 * lead.low:+.1f}, {100 * lead.high:+.1f}]"
    assert lead.low > 0
    assert [t.get_text() for t in picture.axes.get_xticklabels()] == ["mean", f"coupled\n{words}"]
    assert f"Points over mean: coupled {words}." in picture.alt


def test_sentence_names_means_and_scatter():
    alt = split_strip(VALUES, quantity="mAP").alt
    result = spread(VALUES["mean"])
    assert alt.startswith("mAP over 6 splits and 2 seeds")
    assert f"mean {result.mean:.1%} (standard deviation over splits {100 * result.sd_splits:.1f} points" in alt


def test_a_single_split_has_dots_but_no_bar():
    picture = split_strip({"mean": [[0.5, 0.6, 0.55]]}, chance=0.01)
    assert "interval" not in picture.alt
    assert "1 split and 3 seeds" in picture.alt
    assert picture.render()


def test_the_global_generator_stays_as_it_was_and_bytes_repeat():
    np.random.seed(3)  # noqa: NPY002
    before = np.random.random()  # noqa: NPY002
    np.random.seed(3)  # noqa: NPY002
    first, second = (split_strip(VALUES, seed=1).render() for _ in range(2))
    assert np.random.random() == before  # noqa: NPY002
    assert first == second


@pytest.mark.parametrize(
    ("values", "options", "words"),
    [
        ({}, {}, "no methods"),
        ({"a": [0.1, 0.2], "b": [0.1]}, {}, r"methods with \[1, 2\] splits"),
        ({"a": [0.1, np.nan]}, {}, r"values\['a'\] holds nan at index 1"),
        ({"a": np.zeros((2, 2, 2))}, {}, "shape"),
        ({"a": [0.1, 0.2]}, {"against": "b"}, "against='b'"),
    ],
)
def test_bad_input_is_named(values, options, words):
    with pytest.raises(ReidError, match=words):
        split_strip(values, **options)

"""The forest plot draws the numbers it is given where it says, and its sentence holds every one of them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from matplotlib.colors import to_hex

from reidlib.errors import ReidError
from reidlib.views.comparison_forest import comparison_forest

WORDS = {"quantity": "difference in mAP", "reference": "no difference"}


def _row(world, name, low, middle, high, **more):
    return {"world": world, "name": name, "estimate": middle, "low": low, "high": high, **more}


ROWS = [
    _row("a", "oracle", 0.01, 0.045, 0.08, group="over the mean", n=447, level=0.95, method="bootstrap"),
    _row("a", "consensus", -0.0524, -0.0102, -0.0006, group="coupled over", primary=True),
    _row("a", "sigmoid", -0.01, 0.02, 0.05, group="coupled over"),
    _row("b", "oracle", 0.02, 0.06, 0.1, group="over the mean"),
    _row("b", "consensus", -0.02, 0.0, 0.02, group="coupled over"),
]


def _heights(picture) -> dict[str, float]:
    axes = np.atleast_1d(picture.axes)[0]
    return dict(zip([label.get_text() for label in axes.get_yticklabels()], axes.get_yticks(), strict=True))


def _mark(axes, height):
    """The one mark at this height: (its line object, the two ends of its bar)."""
    (mark,) = [line for line in axes.lines if len(line.get_xdata()) == 1 and line.get_ydata()[0] == height]
    (bar,) = [line for line in axes.lines if len(line.get_xdata()) == 2 and list(line.get_ydata()) == [height] * 2]
    return mark, list(bar.get_xdata())


def test_each_mark_stands_at_its_row_and_panel_in_points():
    picture = comparison_forest(ROWS, **WORDS)
    heights = _heights(picture)
    assert list(heights) == ["over the mean", "oracle", "coupled over", "consensus", "sigmoid"]
    assert list(heights.values()) == sorted(heights.values(), reverse=True)  # the first on top
    assert [axes.get_title(loc="left") for axes in picture.axes] == ["a", "b"]
    for row in ROWS:
        axes = picture.axes["ab".index(row["world"])]
        mark, ends = _mark(axes, heights[row["name"]])
        assert mark.get_xdata()[0] == pytest.approx(100 * row["estimate"])
        assert ends == pytest.approx([100 * row["low"], 100 * row["high"]])
    assert picture.axes[0].get_xlim() == picture.axes[1].get_xlim()
    assert any(list(line.get_xdata()) == [0, 0] for line in picture.axes[1].lines)
    assert picture.render().startswith(b"\x89PNG")


def test_what_is_clear_of_zero_is_filled_and_the_primary_has_another_shape():
    picture = comparison_forest(ROWS, **WORDS)
    heights = _heights(picture)
    for row in ROWS:
        mark, _ = _mark(picture.axes["ab".index(row["world"])], heights[row["name"]])
        clear = row["low"] > 0 or row["high"] < 0
        assert (to_hex(mark.get_markerfacecolor()) != "#ffffff") == clear, row
        assert mark.get_marker() == ("s" if row.get("primary") else "o")
    assert "square: the primary" in picture.mpl.get_supxlabel()
    plain = comparison_forest([ROWS[0]], **WORDS)
    assert "square" not in plain.mpl.get_supxlabel()


def test_the_sentence_holds_every_number_and_counts_the_clear_ones():
    alt = comparison_forest(ROWS, **WORDS, note="two seeds").alt
    assert alt == (
        "Difference in mAP in points with 95 % intervals, 0 is no difference. a, 2 of 3 clear of 0: over the mean: "
        "oracle +4.5 [+1.0, +8.0]; coupled over: consensus −1.0 [−5.2, −0.1], the primary; sigmoid +2.0 [−1.0, +5.0]. "
        "b, 1 of 2 clear of 0: over the mean: oracle +6.0 [+2.0, +10.0]; coupled over: consensus +0.0 [−2.0, +2.0]. "
        "Two seeds.")


def test_numbers_stand_beside_their_row_and_gaps_are_said():
    picture = comparison_forest(ROWS, **WORDS)
    heights = _heights(picture)
    said = [{text.xy[1]: text.get_text() for text in axes.texts} for axes in picture.axes]
    assert said[0][heights["oracle"]] == "+4.5 [+1.0, +8.0]"
    assert said[1][heights["sigmoid"]] == "not asked"
    assert heights["coupled over"] not in said[0]  # a heading is no row


def test_one_world_without_groups_is_one_panel():
    picture = comparison_forest([_row("a", "x", -0.01, 0.0, 0.01), _row("a", "y", 0.0, 0.02, 0.04)], **WORDS)
    assert list(_heights(picture)) == ["x", "y"]
    assert "a, 0 of 2 clear of 0: x +0.0 [−1.0, +1.0]; y" in picture.alt  # an end at 0 is not clear of it


def test_a_difference_without_interval_is_hollow_and_says_so():
    picture = comparison_forest([_row("a", "x", None, 0.03, None)], **WORDS)
    assert "0 of 1 clear of 0: x +3.0 [no interval]" in picture.alt
    mark, _ = _mark(picture.axes, 0.0)
    assert to_hex(mark.get_markerfacecolor()) == "#ffffff"
    assert picture.render().startswith(b"\x89PNG")


@pytest.mark.parametrize(("rows", "message"), [
    ([], "no rows"),
    ([{"world": "a", "name": "x", "estimate": 0.0}], "without low, high"),
    ([_row("a", "x", 0.0, 0.1, 0.2), _row("a", "x", 0.0, 0.1, 0.2)], "'x' of 'a' twice"),
    ([_row("a", "x", 0.2, 0.1, 0.3)], "within its interval"),
    ([_row("a", "x", 0.0, 0.4, 0.3)], "within its interval"),
    ([_row("a", "x", 0.0, float("nan"), 0.3)], "a number within"),
])  # fmt: skip
def test_refuses_what_is_no_forest(rows, message):
    with pytest.raises(ReidError, match=message):
        comparison_forest(rows, **WORDS)


def test_twelve_rows_of_three_worlds_keep_their_names_apart():
    rows = [_row(world, f"head number {k}", k / 100 - 0.01, k / 100, k / 100 + 0.01) for world in "abc"
            for k in range(12)]
    picture = comparison_forest(rows, **WORDS)
    picture.render()  # lays it out
    boxes = sorted((label.get_window_extent() for label in picture.axes[0].get_yticklabels()), key=lambda box: box.y0)
    assert all(low.y1 < high.y0 for low, high in pairwise(boxes))
    right = [max(text.get_window_extent().x1 for text in axes.texts) for axes in picture.axes]
    assert all(edge < axes.get_window_extent().x0 for edge, axes in zip(right, picture.axes[1:], strict=False))
    assert right[-1] <= picture.mpl.bbox.x1

"""Flat and padded tracklets are the same tracklets, and every disagreement is named with its place."""

import numpy as np
import pytest

from reidlib.errors import ReidError
from reidlib.evaluation.ragged import Layout, flatten

LENGTHS = np.array([3, 1, 4])
FLAT = np.arange(8.0)


def _padded(fill):
    table = np.full((3, 5), fill)
    table[np.arange(5) < LENGTHS[:, None]] = FLAT
    return table


def test_flat_lengths_and_mask_give_the_same_layout():
    keep = np.arange(5) < LENGTHS[:, None]
    for columns, how in [
        (FLAT, {"lengths": LENGTHS}),
        (FLAT.astype(np.float16), {"lengths": LENGTHS.astype(float)}),
        (_padded(np.nan), {"lengths": LENGTHS}),
        (_padded(9.0), {"mask": keep}),
    ]:
        flat, layout = flatten({"attention": columns}, **how)
        assert flat["attention"].tolist() == FLAT.tolist()
        assert flat["attention"].dtype == np.float64
        assert layout.lengths.tolist() == LENGTHS.tolist()
    assert flatten({"attention": np.zeros((2, 3))})[1].lengths.tolist() == [3, 3]


def test_a_mask_may_have_holes():
    mask = np.array([[True, False, True], [False, True, False]])
    flat, layout = flatten({"attention": np.arange(6.0).reshape(2, 3)}, mask=mask)
    assert flat["attention"].tolist() == [0, 2, 4]
    assert layout.lengths.tolist() == [2, 1]


def test_layout_knows_its_places():
    layout = Layout(LENGTHS)
    assert layout.starts.tolist() == [0, 3, 4]
    assert layout.owner.tolist() == [0, 0, 0, 1, 2, 2, 2, 2]
    assert layout.sums(FLAT).tolist() == [3, 3, 22]
    assert layout.place(5) == "frame 1 of tracklet 2"


@pytest.mark.parametrize(
    ("columns", "how", "words"),
    [
        ({"attention": FLAT}, {"lengths": [3, 4]}, "the lengths of 2 tracklets sum to 7, but attention holds 8"),
        ({"attention": FLAT}, {}, "attention is flat (8,) and comes without lengths"),
        ({"attention": FLAT}, {"mask": FLAT > 1}, "comes without lengths"),
        ({"attention": FLAT, "visibility": FLAT[:7]}, {"lengths": [8]}, "attention has shape (8,), visibility (7,)"),
        ({"attention": FLAT}, {"lengths": [8, 0]}, "tracklet 1 has 0 frames"),
        ({"attention": FLAT}, {"lengths": [7.5, 0.5]}, "lengths holds float64"),
        ({"attention": FLAT}, {"lengths": []}, "lengths has shape (0,)"),
        ({"alpha": np.where(FLAT == 6, np.nan, 0)}, {"lengths": LENGTHS}, "alpha is nan at frame 2 of tracklet 2"),
        ({"attention": FLAT.astype(str)}, {"lengths": LENGTHS}, "attention holds <U"),
        ({"attention": np.zeros((2, 2, 2))}, {}, "shape (2, 2, 2)"),
        ({"attention": np.zeros((2, 3))}, {"lengths": [3, 4]}, "2 lengths up to 4 for attention (2, 3)"),
        ({"attention": np.zeros((2, 3))}, {"mask": np.zeros((2, 3))}, "mask is float64"),
        ({"attention": np.zeros((2, 3))}, {"mask": np.zeros((2, 3), bool)}, "tracklet 0 has 0 frames"),
        ({"attention": np.zeros((2, 3))}, {"lengths": [3, 3], "mask": np.ones((2, 3), bool)}, "both lengths and mask"),
    ],
)
def test_disagreements_are_named(columns, how, words):
    with pytest.raises(ReidError) as error:
        flatten(columns, **how)
    assert words in error.value.found

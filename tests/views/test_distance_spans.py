"""Quantiles and shares in the picture are those of the distances."""

import numpy as np
import pytest

from reidlib.errors import ReidError
from reidlib.views.distance_spans import distance_spans

NEAR, FAR = np.linspace(0.1, 0.3, 21), np.linspace(0.5, 4.5, 41)


def test_quantiles_margins_and_shares():
    picture = distance_spans({"small": (NEAR, FAR), "large": (10 * NEAR, 10 * FAR)}, margins=(1.0, 2.0))
    one, two = picture.axes.lines[:2]
    np.testing.assert_allclose(one.get_xdata(), [0.11, 0.2, 0.29])
    np.testing.assert_allclose(two.get_xdata(), [0.7, 2.5, 4.3])
    assert [line.get_xdata()[0] for line in picture.axes.lines[4:]] == [1, 2]
    assert picture.axes.get_xscale() == "log"
    assert [label.get_text() for label in picture.axes.get_yticklabels()] == ["small", "large"]
    assert "small: one person 0.2, two people 2.5, 12% below 1, 37% below 2" in picture.alt  # 5 and 15 of 41
    assert "large: one person 2, two people 25, 0% below 1, 0% below 2" in picture.alt
    assert picture.render()[:4] == b"\x89PNG"


@pytest.mark.parametrize("distances", [{}, {"zero": ([0.0], [1.0])}, {"none": ([], [1.0])}, {"flat": ([[1.0]], [1.0])}])
def test_what_cannot_be_drawn_is_named(distances):
    with pytest.raises(ReidError, match=r"systems|distances of shape"):
        distance_spans(distances)

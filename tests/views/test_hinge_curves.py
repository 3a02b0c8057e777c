"""The curves are Eq. 5 and the linear hinge, written again by hand."""

import numpy as np
import pytest

from reidlib.errors import ReidError
from reidlib.views.hinge_curves import hinge_curves


def test_loss_and_force_are_those_of_a_hand():
    picture = hinge_curves((1.0, 2.0))
    loss, force = ({line.get_label(): line for line in axes.lines} for axes in picture.axes)
    d = loss["one person, squared"].get_xdata()
    assert d[-1] == 3
    by_hand = {
        "one person, squared": (d**2 / 2, -d),
        "one person, linear": (d, -np.ones_like(d)),
        "two people, squared, m = 1": (np.maximum(1 - d, 0) ** 2 / 2, np.maximum(1 - d, 0)),
        "two people, squared, m = 2": (np.maximum(2 - d, 0) ** 2 / 2, np.maximum(2 - d, 0)),
        "two people, linear, m = 2": (np.maximum(2 - d, 0), 1.0 * (d < 2)),
    }
    for name, (value, push) in by_hand.items():
        np.testing.assert_allclose(loss[name].get_ydata(), value, atol=1e-6)
        at_the_corner = np.isclose(d, 2)  # where the linear force jumps, rounding decides
        np.testing.assert_allclose(force[name].get_ydata()[~at_the_corner], push[~at_the_corner], atol=1e-6)
    assert "at the margin (1, 2)" in picture.alt
    assert picture.render()[:4] == b"\x89PNG"


@pytest.mark.parametrize("margins", [(), (0.0,), (1, 2, 3, 4)])
def test_odd_margins_are_named(margins):
    with pytest.raises(ReidError, match="margins="):
        hinge_curves(margins)

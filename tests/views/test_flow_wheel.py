"""The colours of flow and the wheel that names them."""

import numpy as np
import pytest

from reidlib.errors import ReidError
from reidlib.views.flow_wheel import flow_colours, flow_panels, flow_wheel, wheel_picture


def test_the_wheel_shows_the_colours_of_flow():
    wheel = wheel_picture(101)
    assert wheel[50, 50].tolist() == [255, 255, 255]
    assert wheel[50, 100].tolist() == [255, 0, 0]  # right
    assert wheel[50, 0].tolist() == [0, 255, 255]  # left
    assert wheel[0, 0].tolist() == [255, 255, 255]  # beyond the rim
    down = np.array([0.0, 1.0]).reshape(2, 1, 1)
    assert wheel[100, 50].tolist() == flow_colours(down)[0, 0].tolist() == [128, 255, 0]


def test_the_wheel_alone_names_directions_and_length():
    picture = flow_wheel(2.5)
    words = [text.get_text() for text in picture.axes.texts]
    assert words == ["right", "down", "left", "up", "edge: 2.5 px"]
    assert "2.5 pixels per frame" in picture.alt
    assert picture.render()[:4] == b"\x89PNG"
    with pytest.raises(ReidError, match="0"):
        flow_wheel(0)


def test_panels_share_one_scale_and_say_how_far_things_move():
    truth, found = np.zeros((2, 6, 4)), np.zeros((2, 6, 4))
    truth[0], found[0] = 2, 1
    picture = flow_panels({"truth": truth, "found": found})
    assert [axes.get_title() for axes in picture.axes] == ["truth", "found", ""]
    shown = [axes.images[0].get_array()[0, 0].tolist() for axes in picture.axes[:2]]
    assert shown == [[255, 0, 0], [255, 128, 128]]
    assert "truth moves by 2.00" in picture.alt
    assert "found moves by 1.00" in picture.alt


@pytest.mark.parametrize("shapes", [[], [(2, 3, 4), (2, 4, 3)], [(3, 2, 4, 4)]])
def test_flows_that_do_not_fit_are_named(shapes):
    flows = {str(number): np.zeros(shape) for number, shape in enumerate(shapes)}
    with pytest.raises(ReidError, match="Found flows of shapes"):
        flow_panels(flows)

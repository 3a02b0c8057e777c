"""Features without training."""

from __future__ import annotations

import numpy as np
import pytest

from reidlib.errors import ReidError
from reidlib.evaluation.baselines import band_colours


def test_each_band_keeps_its_colour():
    frames = np.zeros((2, 6, 4, 3), np.uint8)
    frames[:, :2] = (255, 0, 0)
    frames[0, 2:4], frames[1, 2:4] = (0, 100, 0), (0, 200, 0)
    frames[:, 4:] = (1, 2, 3)
    assert band_colours(frames, 3).tolist() == [255, 0, 0, 0, 150, 0, 1, 2, 3]


def test_bands_that_do_not_divide_the_height():
    frames = np.arange(7, dtype=np.uint8)[None, :, None, None].repeat(2, 2).repeat(3, 3)
    # numpy deals 7 rows to 3 bands as 3, 2, 2.
    assert band_colours(frames, 3)[::3].tolist() == [1.0, 3.5, 5.5]


@pytest.mark.parametrize(("shape", "bands"), [((2, 6, 4), 3), ((2, 6, 4, 1), 3), ((2, 6, 4, 3), 7), ((0, 6, 4, 3), 2)])
def test_bad_input_is_a_sentence(shape, bands):
    with pytest.raises(ReidError, match="bands"):
        band_colours(np.zeros(shape, np.uint8), bands)

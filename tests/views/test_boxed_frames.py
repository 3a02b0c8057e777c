"""Frames with boxes: every box is drawn where it is, the sentence names the tracks, and misfits are refused."""

from __future__ import annotations

import numpy as np
import pytest

from reidlib.errors import ReidError
from reidlib.views.boxed_frames import boxed_frames

PICTURE = np.full((40, 60, 3), 128, np.uint8)
BOXES = np.array([[7, 5, 10, 12, 20], [2, -3, 1, 20, 30]])


def test_boxes_lie_where_they_are_and_the_sentence_names_the_tracks():
    picture = boxed_frames([PICTURE, PICTURE], [BOXES, np.empty((0, 5))], ["camera 1, frame 9", "camera 2, frame 3"])
    upper, lower = picture.axes
    assert [(patch.get_xy(), patch.get_width(), patch.get_height()) for patch in upper.patches] == [
        ((4.5, 9.5), 12, 20), ((-3.5, 0.5), 20, 30)]
    assert [text.get_text() for text in upper.texts] == ["7", "2"]
    assert len(lower.patches) == 0
    assert upper.get_xlim() == (-0.5, 59.5)  # a box outside does not widen the view
    assert picture.alt.endswith("camera 1, frame 9: 2 boxes, of the tracks 2, 7; camera 2, frame 3: 0 boxes.")


def test_one_picture_alone():
    assert len(boxed_frames([PICTURE], [BOXES], ["alone"]).axes.patches) == 2


@pytest.mark.parametrize(("pictures", "boxes", "names"), [
    ([], [], []), ([PICTURE], [BOXES, BOXES], ["a"]), ([PICTURE], [BOXES[:, 1:]], ["a"]),
    ([PICTURE, PICTURE[:20]], [BOXES, BOXES], ["a", "b"])])
def test_misfits_are_refused(pictures, boxes, names):
    with pytest.raises(ReidError):
        boxed_frames(pictures, boxes, names)

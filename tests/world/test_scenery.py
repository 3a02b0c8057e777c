"""Backgrounds and contact sheets."""

import io

import numpy as np
import pytest
from PIL import Image

from reidlib.world import scenery, sheet
from reidlib.world.paintbox import Paintbox
from reidlib.world.seeds import Draw
from reidlib.world.versions import specify


def _setting(kind, sun=0.7):
    return scenery.Setting(kind, 42.0, sun, 0.5, (0.8, 0.82, 0.85), (0.5, 0.65, 0.85), 0.2)


def test_rectangles_cover_their_pixels_and_wrap_around():
    box = Paintbox(40, -4, 12, (0.0, 0.0, 0.0))
    box.rect(36, 0, 44, 4, (1.0, 0.5, 0.25))
    assert (box.rgb[0] > 0).sum() == 8 * 4 * 4  # four canvas pixels a picture pixel
    assert (box.rgb[0][8:16, :8] == 1).all()
    assert (box.rgb[0][8:16, -8:] == 1).all()


def test_polygons_and_ellipses_have_their_areas():
    box = Paintbox(100, 0, 100, (0.0, 0.0, 0.0))
    box.polygon([(10, 10), (60, 10), (60, 40), (10, 40)], (1.0, 1.0, 1.0))
    assert box.rgb[0].sum() / 4 == pytest.approx(50 * 30, rel=0.02)
    box = Paintbox(100, 0, 100, (0.0, 0.0, 0.0))
    box.ellipse(50, 50, 30, 20, (1.0, 1.0, 1.0), soft=0.001)
    assert box.rgb[0].sum() / 4 == pytest.approx(np.pi * 600, rel=0.01)


@pytest.mark.parametrize("kind", scenery.KINDS)
def test_panoramas_close_and_repeat(kind):
    picture = scenery.panorama(_setting(kind), Draw(1, 2))
    assert picture.shape == (3, scenery.BELOW - scenery.ABOVE, scenery.WIDTH)
    assert np.array_equal(picture, scenery.panorama(_setting(kind), Draw(1, 2)))
    assert not np.array_equal(picture, scenery.panorama(_setting(kind), Draw(1, 3)))
    assert picture.min() > 0
    assert picture.max() <= 1
    steps = np.abs(np.diff(np.concatenate([picture, picture[:, :, :1]], 2), axis=2)).mean((0, 1))
    # Houses start at column 0, so the seam may be an edge between two of them, but no torn one.
    assert steps[-1] <= steps[:-1].max() * 1.05
    assert picture.std() > 0.08


def test_a_contact_sheet_shows_every_camera_of_every_person():
    picture = sheet.contact_sheet(specify("street-v1-small"), persons=2, frames=3)
    assert picture.shape == (2 * 128 + 2, 2 * 3 * 64 + 6, 3)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(sheet.png(picture)))), picture)
    days = sheet.contact_sheet(specify("street-v1-days", days=2), persons=1, frames=4)
    assert days.shape == (128, 4 * 2 * 64 + 3 * 6, 3)


def test_a_strip_spreads_over_the_tracklet():
    frames = np.zeros((10, 2, 2, 3), np.uint8) + np.arange(10, dtype=np.uint8)[:, None, None, None]
    assert sheet.strip(frames, 5)[0, ::2, 0].tolist() == [1, 3, 5, 7, 9]
    assert sheet.strip(frames[:2], 4)[0, ::2, 0].tolist() == [0, 0, 1, 1]

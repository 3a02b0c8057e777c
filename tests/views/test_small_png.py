"""The picture inside a saved view: fewer bytes, and the same to the eye."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from reidlib.views import AttentionStrip, figure
from reidlib.views.small_png import small_png


def png_of(pixels: np.ndarray) -> bytes:
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, "png")
    return target.getvalue()


def pixels_of(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def photo() -> np.ndarray:
    """What frames are like: soft colours of a few hues, with noise, drawn larger."""
    rng = np.random.default_rng(0)
    rows, columns = np.mgrid[0:48, 0:96] / 48
    soft = np.stack([90 + 60 * rows, 100 + 30 * columns, 120 - 40 * rows], -1) + rng.normal(0, 3, (48, 96, 3))
    return soft.clip(0, 255).astype(np.uint8).repeat(6, 0).repeat(6, 1)


def test_a_drawing_of_few_colours_stays_exact_and_keeps_its_description():
    picture = figure(alt="Three lines that rise from zero to three and have no other meaning.", width=4, height=3)
    for k in range(3):
        picture.axes.plot([0, 1], [0, k + 1])
    small = small_png(picture.render())
    assert len(small) < 0.7 * len(picture.render())
    assert np.abs(pixels_of(small) - pixels_of(picture.render())).mean() < 0.3
    image = Image.open(io.BytesIO(small))
    assert image.info["Description"] == picture.alt
    assert image.info["dpi"] == pytest.approx((144, 144), abs=0.1)
    two = np.zeros((40, 40, 3), np.uint8)
    two[:, 20:] = 200, 30, 40
    np.testing.assert_array_equal(pixels_of(small_png(png_of(two))), two)


def test_photographs_shrink_and_look_the_same():
    png = png_of(photo())
    small = small_png(png)
    off = np.abs(pixels_of(small) - photo())
    assert Image.open(io.BytesIO(small)).mode == "P"
    assert len(small) < 0.6 * len(png)
    assert off.mean() < 2
    assert (off.max(-1) > 12).mean() < 0.01
    assert small_png(png) == small


def test_a_wheel_of_all_hues_keeps_its_colours():
    """256 colours leave steps that can be seen in it; then all colours stay."""
    x, y = np.meshgrid(np.linspace(0, 255, 256), np.linspace(0, 255, 256))
    wheel = np.stack([x, y, (x + 2 * y) % 256], -1).astype(np.uint8)
    coarse = np.asarray(Image.fromarray(wheel).quantize(256).convert("RGB")).astype(int)
    assert (np.abs(coarse - wheel).max(-1) > 12).mean() > 0.01
    np.testing.assert_array_equal(pixels_of(small_png(png_of(wheel))), wheel)


def test_what_is_transparent_is_left_alone():
    glass = np.full((20, 20, 4), 128, np.uint8)
    assert small_png(png_of(glass)) == png_of(glass)


def test_a_view_carries_the_small_one_and_its_picture_file_the_exact_one(tmp_path):
    view = AttentionStrip(frames=photo()[None, ::3, ::6][[0] * 8], attention=np.arange(1.0, 9))
    inside = base64.b64decode(re.search(r'<img [^>]*src="data:image/png;base64,([^"]*)"', view.html())[1])
    whole = view.picture.save(tmp_path / "strip.png").read_bytes()
    assert len(inside) < 0.6 * len(whole)
    assert pixels_of(inside).shape == pixels_of(whole).shape
    assert np.abs(pixels_of(inside) - pixels_of(whole)).mean() < 2

"""Sprite sheets: each frame is where the numbers say, and nothing leaks between neighbours."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from reidlib.errors import ReidError
from reidlib.views import sprite_sheet


def cut(sheet: dict) -> np.ndarray:
    """The frames, cut out the way a script does it."""
    head, body = sheet["src"].split(",")
    assert head in ("data:image/png;base64", "data:image/jpeg;base64")
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(body))).convert("RGB"))
    assert pixels.shape[:2] == (sheet["rows"] * sheet["cell_height"], sheet["columns"] * sheet["cell_width"])
    frames = []
    for t in range(sheet["count"]):
        y, x = (t // sheet["columns"]) * sheet["cell_height"], (t % sheet["columns"]) * sheet["cell_width"]
        frames.append(pixels[y : y + sheet["height"], x : x + sheet["width"]])
    return np.stack(frames)


def people(count: int, height: int, width: int) -> np.ndarray:
    """Smooth coloured shapes with some sensor noise, as compressible as a real crop."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[0:height, 0:width]
    t = np.arange(count)[:, None, None]
    body = np.exp(-(((x - width / 2 - 3 * np.sin(t)) / (width / 5)) ** 2) - ((y - height / 2) / (height / 3)) ** 2)
    frames = np.stack([90 + 110 * body, 120 - 60 * body, 100 + 0 * body], axis=-1)
    return np.clip(frames + rng.normal(0, 3, frames.shape), 0, 255).astype(np.uint8)


@settings(max_examples=30, deadline=None)
@given(count=st.integers(1, 20), height=st.integers(1, 40), width=st.integers(1, 40), seed=st.integers(0, 9))
def test_png_is_exact(count, height, width, seed):
    frames = np.random.default_rng(seed).integers(0, 256, (count, height, width, 3), dtype=np.uint8)
    assert np.array_equal(cut(sprite_sheet(frames, kind="png")), frames)


@pytest.mark.parametrize("size", [(56, 40), (61, 43), (128, 64)])
def test_jpeg_is_close_and_neighbours_do_not_bleed(size):
    frames = people(10, *size)
    frames[3], frames[4] = 0, 255  # black beside white: bleeding would be seen at once
    back = cut(sprite_sheet(frames)).astype(int)
    assert np.abs(back - frames).mean() < 4
    assert back[3].max() <= 2
    assert back[4].min() >= 253


def test_the_worst_frames_for_jpeg_are_written_too():
    noise = np.random.default_rng(0).integers(0, 256, (128, 56, 40, 3), dtype=np.uint8)
    assert cut(sprite_sheet(noise)).shape == noise.shape
    assert cut(sprite_sheet(noise, quality=100)).shape == noise.shape


def test_small_enough_for_a_notebook():
    assert len(sprite_sheet(people(16, 56, 40))["src"]) < 40 * 1024
    assert len(sprite_sheet(people(128, 56, 40))["src"]) < 320 * 1024


def test_the_sheet_is_about_square_so_every_browser_takes_it():
    sheet = sprite_sheet(people(675, 56, 40))
    sides = sheet["columns"] * sheet["cell_width"], sheet["rows"] * sheet["cell_height"]
    assert max(sides) / min(sides) < 1.2


@pytest.mark.parametrize(
    "frames",
    [np.zeros((0, 8, 8, 3), np.uint8), np.zeros((4, 8, 8), np.uint8), np.zeros((4, 3, 8, 8), np.uint8),
     np.zeros((4, 8, 8, 3)), np.zeros((4, 0, 8, 3), np.uint8)],
)  # fmt: skip
def test_other_arrays_are_refused(frames):
    with pytest.raises(ReidError, match=r"\(T, H, W, 3\) uint8"):
        sprite_sheet(frames)


def test_too_many_pixels_are_refused():
    with pytest.raises(ReidError, match="fewer frames"):
        sprite_sheet(np.zeros((1, 8, 17000, 3), np.uint8))

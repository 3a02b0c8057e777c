"""One crop and one flip per tracklet; motion stays true; resizing agrees with Pillow."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from reidlib.data.transforms import CropFlip, centre_crop, random_crop_flip, resize_flow, resize_frames
from reidlib.errors import ReidError

SIZES = st.tuples(st.integers(1, 9), st.integers(1, 9))


def numbered(B: int, T: int, C: int, size: tuple[int, int]) -> torch.Tensor:
    """Every value of the batch is different, so a wrong pixel cannot hide."""
    return torch.arange(B * T * C * size[0] * size[1], dtype=torch.float32).reshape(B, T, C, *size)


@settings(deadline=None)
@given(size=SIZES, B=st.integers(0, 4), T=st.integers(1, 3), C=st.integers(1, 5), seed=st.integers(0, 99),
       data=st.data())
def test_all_frames_of_a_tracklet_share_one_window(size, B, T, C, seed, data):
    crop = data.draw(st.tuples(st.integers(1, size[0]), st.integers(1, size[1])))
    batch = numbered(B, T, C, size)
    before = batch.clone()
    draw = random_crop_flip(B, np.random.default_rng(seed), size, crop)
    result = draw(batch)
    assert result.shape == (B, T, C, *crop)
    assert torch.equal(batch, before)
    for b in range(B):
        window = batch[b].numpy()[:, :, draw.top[b]:draw.top[b] + crop[0], draw.left[b]:draw.left[b] + crop[1]]
        np.testing.assert_array_equal(result[b], window[..., ::-1] if draw.flip[b] else window)


@given(seed=st.integers(0, 99), B=st.integers(1, 5))
def test_what_depends_on_time_only_still_does(seed, B):
    """A tracklet whose frames are one picture at other brightness stays so: no frame is cropped on its own."""
    picture = torch.arange(64 * 48, dtype=torch.float32).reshape(1, 1, 1, 64, 48)
    batch = (picture * torch.tensor([1.0, 2.0, 3.0]).reshape(1, 3, 1, 1, 1)).repeat(B, 1, 1, 1, 1)
    result = random_crop_flip(B, np.random.default_rng(seed))(batch)
    assert torch.equal(result[:, 1], 2 * result[:, 0])
    assert torch.equal(result[:, 2], 3 * result[:, 0])


def test_flow_follows_a_flip():
    """Warping with the flipped flow still explains the flipped frames: frame_t(p) = frame_{t-1}(p - flow_t(p))."""
    rng = np.random.default_rng(0)
    wide = rng.random((6, 12))
    first, second = wide[:, 2:10], wide[:, 1:9]  # everything moves one pixel to the right
    frames = torch.from_numpy(np.stack([first, second])[None, :, None])
    flow = torch.zeros(1, 2, 2, 6, 8)
    flow[:, 1, 0] = 1
    flow[:, 1, 1] = 0.25
    draw = CropFlip(np.array([1]), np.array([1]), np.array([True]), (4, 6))
    frames, flow = draw(frames)[0, :, 0], draw(flow, flow_channel=0)[0]
    assert (flow[1, 0] == -1).all()
    assert (flow[1, 1] == 0.25).all()
    assert torch.equal(frames[1, :, :-1], frames[0, :, 1:])  # now everything moves one pixel to the left
    assert (flow[0] == 0).all()


def test_only_the_named_channel_of_flipped_tracklets_changes_sign():
    batch = torch.ones(2, 1, 5, 4, 4)
    draw = CropFlip(np.zeros(2, int), np.zeros(2, int), np.array([True, False]), (4, 4))
    result = draw(batch, flow_channel=3)
    assert result[0, 0, :, 0, 0].tolist() == [1, 1, 1, -1, 1]
    assert result[1, 0, :, 0, 0].tolist() == [1] * 5
    assert (batch == 1).all()


def test_draws_are_uniform_and_seeded():
    draw = random_crop_flip(9000, np.random.default_rng(0))
    for offsets in (draw.top, draw.left):
        counts = np.bincount(offsets, minlength=9)
        assert len(counts) == 9  # 64 - 56 and 48 - 40: offsets 0 to 8, both included
        assert abs(counts - 1000).max() < 5 * np.sqrt(1000)
    assert abs(draw.flip.sum() - 4500) < 5 * np.sqrt(2250)
    again = random_crop_flip(9000, np.random.default_rng(0))
    for a, b in [(draw.top, again.top), (draw.left, again.left), (draw.flip, again.flip)]:
        np.testing.assert_array_equal(a, b)
    faithful = random_crop_flip(9000, np.random.default_rng(0), first=1)
    assert (faithful.top.min(), faithful.top.max()) == (faithful.left.min(), faithful.left.max()) == (1, 8)


@pytest.mark.parametrize(("flip", "expected"), [(0, 0), (1, 50)])
def test_flip_probabilities_at_the_ends(flip, expected):
    assert random_crop_flip(50, np.random.default_rng(0), flip=flip).flip.sum() == expected


def test_the_centre_crop():
    batch = numbered(2, 1, 1, (64, 48))
    assert torch.equal(centre_crop(2)(batch), batch[..., 4:60, 4:44])
    assert torch.equal(centre_crop(2, (64, 48), (64, 48))(batch), batch)


def test_dtypes_memory_order_and_masks():
    pixels = torch.arange(2 * 3 * 8 * 6 * 3, dtype=torch.int64).reshape(2, 3, 8, 6, 3).to(torch.uint8).movedim(-1, 2)
    draw = random_crop_flip(2, np.random.default_rng(0), (8, 6), (4, 4))
    result = draw(pixels)
    assert result.dtype == torch.uint8
    assert result.flatten(0, 1).is_contiguous(memory_format=torch.channels_last)
    mask = draw(pixels[:, :, :1] > 100)
    assert mask.dtype == torch.bool
    assert torch.equal(mask, result[:, :, :1] > 100)


def test_impossible_crops():
    rng = np.random.default_rng(0)
    for changes in ({"crop": (65, 40)}, {"crop": (0, 40)}, {"flip": 1.5}, {"first": 9}, {"first": -1}):
        with pytest.raises(ReidError):
            random_crop_flip(2, rng, **changes)
    with pytest.raises(ReidError):
        centre_crop(2, (10, 10), (11, 5))
    draw = centre_crop(2)
    for shape in [(3, 1, 3, 64, 48), (2, 3, 64, 48), (2, 1, 3, 59, 48), (2, 1, 3, 64, 43)]:
        with pytest.raises(ReidError):
            draw(torch.zeros(shape))
    with pytest.raises(ReidError):
        CropFlip(np.array([-1]), np.array([0]), np.array([False]), (4, 4))(torch.zeros(1, 1, 1, 8, 8))


def test_resizing_agrees_with_pillow():
    rng = np.random.default_rng(0)
    frames = rng.integers(0, 256, (5, 128, 64, 3), dtype=np.uint8)
    for size in [(64, 48), (56, 40), (200, 70)]:
        resized = resize_frames(frames, size)
        assert resized.shape == (5, *size, 3)
        assert resized.dtype == np.uint8
        for frame, wanted in zip(resized, frames, strict=True):
            wanted = np.asarray(Image.fromarray(wanted).resize(size[::-1], Image.Resampling.BILINEAR))
            assert abs(frame.astype(int) - wanted).max() <= 1


def test_resizing_takes_read_only_frames_and_keeps_equal_sizes():
    frames = np.full((1, 8, 6, 3), 200, np.uint8)
    frames.flags.writeable = False
    assert (resize_frames(frames, (5, 3)) == 200).all()
    same = resize_frames(frames, (8, 6))
    np.testing.assert_array_equal(same, frames)
    same[:] = 0
    assert (frames == 200).all()
    for wrong in (frames.astype(np.float32), frames[0], frames[:0]):
        with pytest.raises(ReidError):
            resize_frames(wrong)
    with pytest.raises(ReidError):
        resize_frames(frames, (0, 3))


def test_flow_is_resized_with_its_unit():
    """A pattern that moves (3, -2) pixels at 128×64 moves (3·48/64, -2·64/128) pixels at 64×48."""
    flow = np.zeros((2, 2, 128, 64), np.float16)
    flow[1, 0], flow[1, 1] = 3, -2
    resized = resize_flow(flow)
    assert resized.dtype == np.float32
    assert resized.shape == (2, 2, 64, 48)
    np.testing.assert_allclose(resized[1, 0], 2.25, rtol=1e-6)
    np.testing.assert_allclose(resized[1, 1], -1, rtol=1e-6)
    assert (resized[0] == 0).all()
    np.testing.assert_array_equal(resize_flow(flow, (128, 64)), flow.astype(np.float32))
    for wrong in (flow[0], flow.astype(np.int16), flow[:, :1]):
        with pytest.raises(ReidError):
            resize_flow(wrong)

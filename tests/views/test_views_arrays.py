"""Whatever a reader passes as an array becomes numpy, or a sentence that names the way out."""

import numpy as np
import pytest
import torch

from reidlib.errors import ReidError
from reidlib.views.arrays import as_array, as_pictures
from reidlib.views.attention_strip import AttentionStrip
from reidlib.views.cobweb import Cobweb

FRAMES = np.random.default_rng(0).integers(0, 256, (5, 8, 4, 3), dtype=np.uint8)


def test_tensors_are_detached_also_inside_lists():
    leaf = torch.tensor([0.5, 0.25], requires_grad=True)
    np.testing.assert_array_equal(as_array("x", leaf), [0.5, 0.25])
    np.testing.assert_array_equal(as_array("x", [leaf, leaf]), [[0.5, 0.25]] * 2)
    np.testing.assert_array_equal(as_array("x", leaf.bfloat16()), [0.5, 0.25])


@pytest.mark.parametrize("values", [[[1.0, 2.0], [3.0]], [torch.ones(2), torch.ones(3)]])
def test_rows_of_several_lengths_are_a_sentence(values):
    with pytest.raises(ReidError, match="Found rows of different lengths in attention"):
        as_array("attention", values)


def test_what_numpy_cannot_hold_is_a_sentence():
    with pytest.raises(ReidError, match="Found x of type Tensor, which makes no array"):
        as_array("x", torch.eye(3).to_sparse())


@pytest.mark.parametrize("frames", [FRAMES.tolist(), FRAMES.astype(np.int64), torch.from_numpy(FRAMES)])
def test_whole_numbers_are_pictures(frames):
    found = as_pictures("frames", frames)
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, FRAMES)


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        (FRAMES.transpose(0, 3, 1, 2), "frames.transpose(0, 2, 3, 1)"),
        (FRAMES[..., 0], "np.stack([frames] * 3, axis=-1)"),
        (FRAMES[..., :1], "np.repeat(frames, 3, axis=-1)"),
        (FRAMES[..., [0, 1, 2, 0]], "frames[..., :3]"),
        (FRAMES[0], "frames[None]"),
        (FRAMES / 255, "(255 * x).astype('uint8')"),
    ],
)
def test_the_way_out_is_one(frames, code):
    with pytest.raises(ReidError) as found:
        as_pictures("frames", frames)
    assert code in found.value.todo
    assert ("255" in found.value.todo) == (frames.dtype != np.uint8)
    assert as_pictures("frames", eval(code, {"frames": frames, "x": frames, "np": np})).shape[1:] == (8, 4, 3)


@pytest.mark.parametrize("frames", [FRAMES.astype(int) + 1000, FRAMES.astype(int) - 1000, FRAMES > 3, FRAMES[:0], "no"])
def test_other_things_are_no_pictures(frames):
    with pytest.raises(ReidError, match="Found frames of type"):
        as_pictures("frames", frames)


def test_views_take_lists_and_tensors_and_name_what_they_cannot():
    attention = torch.full((2, 5), 0.5, requires_grad=True)
    view = AttentionStrip(FRAMES.tolist(), attention, features=torch.eye(5, requires_grad=True))
    assert view.data["attention"] == [[0.5] * 5] * 2
    with pytest.raises(ReidError, match="different lengths in attention"):
        AttentionStrip(FRAMES, [[0.5] * 5, [0.5] * 4])
    u = torch.linspace(-1, 1, 5, requires_grad=True)
    assert Cobweb(u, u).data["u"] == [-1, -0.5, 0, 0.5, 1]


@pytest.mark.parametrize("path", [None, 3])
def test_no_file_name_is_a_sentence(path):
    view = AttentionStrip(FRAMES, np.ones(5))
    with pytest.raises(ReidError, match=f"Found the file name {path}"):
        view.save(path)
    with pytest.raises(ReidError, match=f"Found the file name {path}"):
        view.picture.save(path)

"""The network's input, recomputed in numpy from the definition of each option."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from reidlib.data.transforms import CropFlip, centre_crop, random_crop_flip
from reidlib.errors import ReidError
from reidlib.flow.colour import grey, yuv
from reidlib.flow.five_channels import MCLAUGHLIN, OURS, InputOptions, five_channels, standardise


def example(B=2, T=3, H=64, W=48, seed=0):
    rng = np.random.default_rng(seed)
    frames = torch.from_numpy(rng.integers(0, 256, (B, T, 3, H, W), dtype=np.uint8))
    return frames, torch.from_numpy(rng.normal(0, 3, (B, T, 2, H, W)).astype(np.float32))


def test_grey_and_yuv_by_hand():
    pixels = np.array([[[255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255], [10, 20, 31]]], np.uint8)
    assert grey(pixels).tolist() == [[255, 76, 150, 29, 18]]  # .299·10 + .587·20 + .114·31 = 18.26
    planes = yuv(torch.from_numpy(pixels).movedim(-1, 0))
    np.testing.assert_allclose(planes[:, 0, 0], [1, 0, 0], atol=1e-4)  # white has no colour
    np.testing.assert_allclose(planes[:, 0, 1], [0.299, -0.14713, 0.615], atol=1e-6)
    np.testing.assert_allclose(planes[:, 0, 3], [0.114, 0.436, -0.10001], atol=1e-6)


def test_the_channels_are_standardised_colours_and_clipped_flow():
    frames, flow = example()
    result = five_channels(frames, flow)
    assert result.shape == (2, 3, 5, 56, 40)
    assert result.dtype == torch.float32
    matrix = np.array([[0.299, 0.587, 0.114], [-0.14713, -0.28886, 0.436], [0.615, -0.51499, -0.10001]])
    planes = np.einsum("kc,btchw->btkhw", matrix, frames.numpy().astype(float))
    mean, std = planes.mean((-2, -1), keepdims=True), planes.std((-2, -1), keepdims=True, ddof=1)
    cut = np.s_[..., 4:60, 4:44]
    np.testing.assert_allclose(result[:, :, :3], ((planes - mean) / std)[cut], atol=2e-5)
    np.testing.assert_allclose(result[:, :, 3:], (np.clip(flow.numpy(), -4, 4) / 4)[cut], atol=1e-6)


def test_the_compared_system_takes_the_root_twice_swaps_the_axes_and_centres():
    frames, flow = example()
    flow = flow.round()
    result = five_channels(frames, flow, options=MCLAUGHLIN).numpy()
    stored = (flow.numpy()[:, :, ::-1].astype(float) + 127) / 255
    colours = yuv(frames).numpy().astype(float)
    planes = np.concatenate([colours, stored], axis=2)
    planes = (planes - planes.mean((-2, -1), keepdims=True)) / np.sqrt(planes.std((-2, -1), keepdims=True, ddof=1))
    planes = planes[..., 4:60, 4:44]
    np.testing.assert_allclose(result, planes - planes.mean((2, 3, 4), keepdims=True), atol=2e-4)


def test_the_root_of_the_deviation_is_what_remains():
    planes = torch.from_numpy(np.random.default_rng(0).normal(5, 0.09, (4, 30, 30)))
    assert standardise(planes).std(dim=(1, 2)).allclose(torch.ones(4, dtype=torch.float64))
    assert standardise(planes, "sqrt_std").std(dim=(1, 2)).allclose(planes.std(dim=(1, 2)).sqrt())
    assert not standardise(torch.full((2, 5, 5), 3.0)).any()


@settings(deadline=None, max_examples=10)
@given(seed=st.integers(0, 99), T=st.integers(1, 3))
def test_a_mirrored_tracklet_is_the_mirrored_input_with_negated_x(seed, T):
    frames, flow = example(1, T, seed=seed)
    draw = random_crop_flip(1, np.random.default_rng(seed))
    straight = five_channels(frames, flow, CropFlip(draw.top, draw.left, np.array([False]), draw.crop))
    mirrored = five_channels(frames, flow, CropFlip(draw.top, draw.left, np.array([True]), draw.crop))
    expected = straight.flip(-1)
    expected[:, :, 3] *= -1
    assert torch.equal(mirrored, expected)
    as_the_code = five_channels(frames, flow, CropFlip(draw.top, draw.left, np.array([True]), draw.crop),
                                InputOptions(flip_negates_flow=False))
    assert torch.equal(as_the_code, straight.flip(-1))


def test_the_swapped_axes_of_stored_flow_keep_the_sign_with_the_horizontal_one():
    frames, flow = example(1, 1)
    options = InputOptions(flow="stored", flip_negates_flow=True)
    middle = centre_crop(1)
    straight = five_channels(frames, flow, middle, options)
    mirrored = five_channels(frames, flow, CropFlip(middle.top, middle.left, np.array([True]), middle.crop), options)
    assert torch.equal(mirrored[:, :, 3], straight[:, :, 3].flip(-1))
    assert torch.equal(mirrored[:, :, 4], -straight[:, :, 4].flip(-1))


@pytest.mark.parametrize("options", [OURS, MCLAUGHLIN])
def test_colour_only_and_flow_only_leave_the_others_at_zero(options):
    frames, flow = example()
    both = five_channels(frames, flow, options=InputOptions(flow=options.flow, deviation=options.deviation))
    for channels, there, gone in (("colour", slice(0, 3), slice(3, 5)), ("flow", slice(3, 5), slice(0, 3))):
        part = five_channels(frames, flow, options=InputOptions(flow=options.flow, deviation=options.deviation,
                                                                channels=channels))
        assert torch.equal(part[:, :, there], both[:, :, there])
        assert not part[:, :, gone].any()


def test_a_batch_is_the_loop_over_it_and_half_flow_is_welcome():
    frames, flow = example(3, 2)
    draw = random_crop_flip(3, np.random.default_rng(1))
    result = five_channels(frames, flow.half(), draw)
    for b in range(3):
        one = CropFlip(draw.top[b:b + 1], draw.left[b:b + 1], draw.flip[b:b + 1], draw.crop)
        torch.testing.assert_close(result[b:b + 1], five_channels(frames[b:b + 1], flow[b:b + 1].half(), one))


@pytest.mark.parametrize(
    ("frames", "flow", "sentence"),
    [
        (torch.zeros(2, 3, 8, 9, 3, dtype=torch.uint8), torch.zeros(2, 3, 2, 8, 9), r"\(2, 3, 8, 9, 3\).*movedim"),
        (torch.zeros(2, 3, 3, 64, 48), torch.zeros(2, 3, 2, 64, 48), "frames of torch.float32"),
        (torch.zeros(2, 3, 3, 64, 48, dtype=torch.uint8), torch.zeros(2, 3, 2, 128, 64), r"flow.*\(2, 3, 2, 64, 48\)"),
        (torch.zeros(2, 3, 3, 64, 48, dtype=torch.uint8), np.zeros((2, 3, 2, 64, 48)), "flow of ndarray"),
    ],
)
def test_what_does_not_fit_is_named(frames, flow, sentence):
    with pytest.raises(ReidError, match=sentence):
        five_channels(frames, flow)


@pytest.mark.parametrize("options", [{"deviation": "var"}, {"flow": "raw"}, {"channels": "rgb"}, {"flow_limit": 0.0}])
def test_bad_options_are_named(options):
    with pytest.raises(ReidError, match=next(iter(options))):
        InputOptions(**options)


@pytest.mark.gpu
@pytest.mark.parametrize("options", [OURS, MCLAUGHLIN])
def test_the_gpu_agrees_with_the_cpu(options):
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    frames, flow = example()
    draw = random_crop_flip(2, np.random.default_rng(0))
    there = five_channels(frames.cuda(), flow.cuda(), draw, options).cpu()
    torch.testing.assert_close(there, five_channels(frames, flow, draw, options), rtol=0, atol=1e-4)

"""The dense flow against motion that is known, against itself in other batches, and against bad input."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from moving_pictures import shifted
from scipy.ndimage import map_coordinates

from reidlib.data.transforms import resize_flow, resize_frames
from reidlib.errors import ReidError
from reidlib.flow.colour import grey
from reidlib.flow.endpoint_error import endpoint_error
from reidlib.flow.lucas_kanade import lucas_kanade
from reidlib.flow.settings import ACCURATE, FAST, Setting, setting_of

INNER = np.s_[..., 10:-10, 10:-10]  # away from the edges, where the texture runs in from outside
SHIFT = st.floats(-2.5, 2.5)


@settings(deadline=None, max_examples=25)
@given(x=SHIFT, y=SHIFT, seed=st.integers(0, 9), setting=st.sampled_from(["fast", "accurate"]),
       size=st.sampled_from([(64, 48), (57, 71)]))
def test_a_shifted_texture_tells_its_shift(x, y, seed, setting, size):
    flow = lucas_kanade(shifted(seed, *size, 3, x, y), setting).numpy()
    assert (flow[0] == 0).all()
    truth = np.empty_like(flow[1:])
    truth[:, 0], truth[:, 1] = x, y
    # Worst of 184 runs: `accurate` misses by .037 + .03 |v| at a quarter of a pixel both ways; `fast` kept .03.
    floor = 0.045 if setting == "accurate" else 0.03
    assert endpoint_error(flow[1:][INNER], truth[INNER]) < floor + 0.03 * np.hypot(x, y)


@settings(deadline=None, max_examples=15)
@given(level=st.integers(0, 255), setting=st.sampled_from(["fast", "accurate"]), H=st.integers(13, 40),
       W=st.integers(13, 40))
def test_constant_frames_do_not_move_and_say_that_they_cannot_know(level, setting, H, W):
    flow, valid = lucas_kanade(np.full((2, 3, H, W), level, np.uint8), setting, with_valid=True)
    assert flow.shape == (2, 3, 2, H, W)
    assert flow.abs().max() < 1e-5
    assert not valid.any()


def test_the_mask_knows_flat_from_textured_and_edges_from_corners():
    frames = shifted(0, 64, 96, 2, 0.5, 0.0)
    frames[:, :, 48:] = 128
    frames[:, :, 72:] = 220  # one straight vertical edge in the flat half
    _, valid = lucas_kanade(frames, with_valid=True)
    assert not valid[0].any()  # nothing comes before frame 0
    assert valid[1, 8:-8, 8:36].float().mean() > 0.99
    assert not valid[1, :, 62:].any()  # flat around, and the aperture problem along the edge


def test_the_threshold_is_the_smaller_eigenvalue_of_the_mean_structure_tensor():
    """gx of the left ramp is 3 and gy 2 with random sign, so the tensor is diagonal with 9 and 4."""
    rows, columns = np.mgrid[:64, :64].astype(np.float32)
    plane = (3 * columns + 2 * np.abs((rows % 32) - 16)) / 255  # gy = ±2, half of the rows each
    frames = torch.from_numpy(np.stack([plane, plane]))
    wide = Setting(levels=1, iterations=1, window=63, grid=1)
    _, low = lucas_kanade(frames, wide, eigenvalue=3.0, with_valid=True)
    _, high = lucas_kanade(frames, wide, eigenvalue=4.5, with_valid=True)
    assert low[1, 32, 32]
    assert not high[1, 32, 32]


@settings(deadline=None, max_examples=12)
@given(seed=st.integers(0, 99), setting=st.sampled_from(["fast", "accurate"]), lead=st.sampled_from([(), (1,), (2, 3)]),
       T=st.integers(2, 5))
def test_a_batch_is_the_loop_over_it(seed, setting, lead, T):
    frames = np.random.default_rng(seed).integers(0, 256, (*lead, T, 20, 26), dtype=np.uint8)
    flow, valid = lucas_kanade(frames, setting, with_valid=True)
    assert flow.shape == (*lead, T, 2, 20, 26)
    assert valid.shape == frames.shape
    for index in np.ndindex(lead):
        for t in range(1, T):
            one, known = lucas_kanade(frames[index][t - 1:t + 1], setting, with_valid=True)
            torch.testing.assert_close(flow[index][t], one[1], rtol=0, atol=2e-3)
            assert (valid[index][t] == known[1]).float().mean() > 0.999


@settings(deadline=None, max_examples=12)
@given(seed=st.integers(0, 9), chunk=st.integers(1, 13), B=st.integers(1, 3), T=st.integers(2, 7),
       setting=st.sampled_from(["fast", "accurate"]))
def test_the_size_of_a_chunk_changes_nothing(seed, chunk, B, T, setting):
    frames = np.stack([shifted(seed + b, 24, 32, T, 0.7, -0.4) for b in range(B)])
    calls = []
    whole, valid = lucas_kanade(frames, setting, chunk=1000, with_valid=True)
    parts, same = lucas_kanade(frames, setting, chunk=chunk, with_valid=True,
                               progress=lambda *heard: calls.append(heard))
    torch.testing.assert_close(parts, whole, rtol=0, atol=1e-5)
    assert torch.equal(same, valid)
    assert calls[-1] == (B * (T - 1), B * (T - 1))
    assert all(later[0] > earlier[0] for earlier, later in pairwise(calls))


def test_uint8_and_floats_of_0_to_1_agree_and_half_is_the_rounded_float():
    frames = shifted(3, 32, 40, 4, 1.2, 0.3)
    flow = lucas_kanade(frames)
    torch.testing.assert_close(lucas_kanade(torch.from_numpy(frames).double() / 255), flow, rtol=0, atol=1e-4)
    assert torch.equal(lucas_kanade(frames, dtype=torch.float16), flow.half())


def test_arrays_that_are_no_whole_blocks_of_memory_are_read_right():
    frames = shifted(1, 32, 40, 4, 1.2, 0.3)
    strided = torch.from_numpy(np.ascontiguousarray(frames.transpose(2, 1, 0))).permute(2, 1, 0)
    assert torch.equal(lucas_kanade(strided), lucas_kanade(frames))
    assert torch.equal(lucas_kanade(frames[:, ::-1])[1:, 1], lucas_kanade(np.ascontiguousarray(frames[:, ::-1]))[1:, 1])


def test_the_flow_explains_the_frames_of_the_street(walk):
    """DESIGN's convention, frame_t(p) ≈ frame_{t−1}(p − flow[t](p)), for the truth and for the estimate alike."""
    colours, truth, _ = walk
    frames = grey(colours).numpy()
    estimate = lucas_kanade(frames, "accurate").numpy()
    rows, columns = np.mgrid[:frames.shape[1], :frames.shape[2]].astype(np.float64)

    def left_over(flow: np.ndarray) -> float:
        gaps = [np.abs(map_coordinates(frames[t - 1].astype(float), [rows - flow[t, 1], columns - flow[t, 0]], order=1,
                                       mode="nearest") - frames[t]) for t in range(1, len(frames))]
        return float(np.mean(np.array(gaps)[INNER]))

    still = left_over(np.zeros_like(truth))
    assert left_over(truth) < 0.35 * still
    assert left_over(estimate) < 0.45 * still
    for wrong in (-estimate, estimate[:, ::-1]):  # backwards, or y before x
        assert left_over(wrong) > still


@pytest.mark.parametrize(("setting", "most"), [("fast", 0.20), ("accurate", 0.17)])
def test_the_flow_of_the_street_is_near_its_truth(walk, setting, most):
    colours, truth, parts = walk
    frames, small = grey(resize_frames(colours)), resize_flow(truth)
    flow = lucas_kanade(frames, setting).numpy()
    still = endpoint_error(np.zeros_like(small[1:]), small[1:])
    assert endpoint_error(flow[1:], small[1:]) < most * still
    walker = np.where((parts > 0) & (parts < 100), np.uint8(255), np.uint8(0))
    person = resize_frames(np.repeat(walker[..., None], 3, axis=-1))[..., 0] > 127
    assert endpoint_error(flow[1:], small[1:], person[1:]) < 2 * most * still


def test_large_motion_needs_the_pyramid():
    frames = shifted(5, 64, 64, 2, 5.0, 0.0)
    truth = np.zeros((2, 64, 64))
    truth[0] = 5
    flat, deep = (lucas_kanade(frames, levels=levels)[1].numpy() for levels in (1, 3))
    assert endpoint_error(deep[INNER], truth[INNER]) < 0.2
    assert endpoint_error(flat[INNER], truth[INNER]) > 1


def test_every_option_reaches_the_solver():
    frames = shifted(2, 40, 40, 2, 1.5, -1.0)
    flow = lucas_kanade(frames)
    for option in ({"levels": 1}, {"iterations": 1}, {"window": 9}, {"interpolation": "bicubic"}):
        assert not torch.equal(lucas_kanade(frames, **option), flow), option
    assert torch.equal(lucas_kanade(frames, setting_of("fast", levels=1)), lucas_kanade(frames, levels=1))
    assert setting_of("accurate") is not FAST
    assert setting_of(ACCURATE, levels=2).levels == 2


@pytest.mark.parametrize(
    ("frames", "sentence"),
    [
        (torch.zeros(5, 20, 20, dtype=torch.int64), r"torch.int64 and shape \(5, 20, 20\)"),
        (torch.zeros(20, 20, dtype=torch.uint8), r"shape \(20, 20\).*grey frames \(..., T, H, W\)"),
        (torch.zeros(1, 20, 20, dtype=torch.uint8), r"1 frame \(frames of shape \(1, 20, 20\)\)"),
        (torch.zeros(5, 12, 20, dtype=torch.uint8), r"shape \(5, 12, 20\), so 12×20 pixels.*at least 13×13"),
        (torch.zeros(5, 64, 48, 3, dtype=torch.uint8), r"shape \(5, 64, 48, 3\).*reidlib.flow.colour.grey"),
        (torch.full((2, 20, 20), torch.nan), r"shape \(2, 20, 20\) with NaN"),
        (torch.full((2, 20, 20), 200.0), r"200 … 200.*0 … 1.*divide grey levels by 255"),
        ([[0]], "list"),
    ],
)
def test_bad_frames_are_named(frames, sentence):
    with pytest.raises(ReidError, match=sentence):
        lucas_kanade(frames)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"setting": "slow"}, "setting 'slow'"),
        ({"levels": 0}, "levels 0"),
        ({"window": 8}, r"window \(8,\).*odd"),
        ({"iterations": (2, 0)}, r"iterations \(2, 0\)"),
        ({"interpolation": "nearest"}, "nearest.*bilinear or bicubic"),
        ({"dtype": torch.int32}, "torch.int32"),
        ({"chunk": 0}, "chunk of 0"),
    ],
)
def test_bad_options_are_named(options, sentence):
    with pytest.raises(ReidError, match=sentence):
        lucas_kanade(torch.zeros(2, 20, 20, dtype=torch.uint8), **options)


@pytest.mark.gpu
@pytest.mark.parametrize("setting", ["fast", "accurate"])
def test_the_gpu_agrees_with_the_cpu(setting):
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    frames = torch.from_numpy(np.stack([shifted(seed, 64, 48, 5, 1.3, -0.6) for seed in range(4)]))
    here, valid = lucas_kanade(frames, setting, with_valid=True)
    there, same = lucas_kanade(frames.cuda(), setting, with_valid=True)
    torch.testing.assert_close(there.cpu(), here, rtol=0, atol=5e-3)
    assert (same.cpu() == valid).float().mean() > 0.999

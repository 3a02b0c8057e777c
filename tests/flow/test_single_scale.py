"""MATLAB's documented operator, recomputed pixel by pixel, and the 8-bit storage."""

import numpy as np
import pytest
import torch
from moving_pictures import shifted

from reidlib.errors import ReidError
from reidlib.flow.single_scale import from_eight_bit, mclaughlin_flow, single_scale, to_eight_bit


def slow(previous: np.ndarray, current: np.ndarray, threshold: float) -> np.ndarray:
    """The same written as loops over pixels and taps, with numpy's eigenvalues."""
    H, W = current.shape
    derivative, smooth = np.array([1, -8, 0, 8, -1]) / 12, np.array([1, 4, 6, 4, 1]) / 16

    def at(plane, row, column):
        return plane[min(max(row, 0), H - 1), min(max(column, 0), W - 1)]

    def slope(r, c, down, right):
        return sum(derivative[i + 2] * at(current, r + down * i, c + right * i) for i in range(-2, 3))

    gx, gy = (np.array([[slope(r, c, *way) for c in range(W)] for r in range(H)]) for way in ((0, 1), (1, 0)))
    gt = current - previous
    flow = np.zeros((2, H, W))
    for r in range(H):
        for c in range(W):
            matrix, right = np.zeros((2, 2)), np.zeros(2)
            for i in range(-2, 3):
                for j in range(-2, 3):
                    g = np.array([at(gx, r + i, c + j), at(gy, r + i, c + j)])
                    matrix += smooth[i + 2] * smooth[j + 2] * np.outer(g, g)
                    right -= smooth[i + 2] * smooth[j + 2] * g * at(gt, r + i, c + j)
            values, vectors = np.linalg.eigh(matrix)
            for value, vector in zip(values, vectors.T, strict=True):
                if value >= threshold:
                    flow[:, r, c] += vector * (vector @ right) / value
    return flow


@pytest.mark.parametrize("threshold", [0.0039, 300.0, 3000.0])
def test_it_is_the_documented_operator(threshold):
    frames = shifted(4, 9, 11, 3, 0.4, -0.3)
    flow = single_scale(torch.from_numpy(frames), threshold)
    assert flow.dtype == torch.float32
    assert not flow[0].any()
    for t in (1, 2):
        expected = slow(frames[t - 1].astype(float), frames[t].astype(float), threshold)
        np.testing.assert_allclose(flow[t], expected, atol=1e-4)


def test_thresholds_reach_all_three_cases():
    """A corner, an edge and a flat part in one picture: two, one and no direction of motion."""
    rows, columns = np.mgrid[:40, :40]
    frame = np.where(columns < 20, 100 + 4 * columns, 180)
    frame = np.where((rows > 20) & (columns < 12), 60 + 3 * rows + 2 * columns % 7, frame)
    flow = single_scale(torch.from_numpy(np.stack([frame, np.roll(frame, 1, 1)]).astype(np.uint8)))[1]
    assert not flow[:, 5, 30].any()  # flat
    assert flow[0, 5, 8] == pytest.approx(1, abs=0.01)  # a ramp along x: all that can be seen is seen
    assert abs(flow[1, 5, 8]) < 1e-6


def test_small_motion_is_found_at_the_right_sign():
    flow = single_scale(torch.from_numpy(shifted(1, 48, 48, 2, 0.5, -0.25)))[1, :, 8:-8, 8:-8]
    assert np.median(flow[0]) == pytest.approx(0.5, abs=0.05)
    assert np.median(flow[1]) == pytest.approx(-0.25, abs=0.05)


def test_eight_bits_keep_whole_pixels_between_minus_127_and_128():
    flow = torch.tensor([-500.0, -127, -0.6, -0.4, 0, 0.4, 0.6, 128, 500])
    stored = to_eight_bit(flow)
    assert stored.tolist() == [0, 0, 126, 127, 127, 127, 128, 255, 255]
    assert from_eight_bit(stored).tolist() == [-127, -127, -1, 0, 0, 0, 1, 128, 128]


def test_the_compared_system_computes_before_it_resizes():
    grey = shifted(6, 128, 64, 3, 1.0, 0.0)
    frames = np.repeat(grey[..., None], 3, axis=-1)
    flow = mclaughlin_flow(frames)
    assert flow.shape == (3, 2, 64, 48)
    full = from_eight_bit(to_eight_bit(single_scale(torch.from_numpy(grey), first="empty"))).numpy()
    np.testing.assert_allclose(flow.mean(axis=(2, 3)), full.mean(axis=(2, 3)), atol=0.3)  # still pixels of 128×64
    assert np.abs(flow[0]).max() > 5  # the junk of the empty reference
    assert not single_scale(torch.from_numpy(grey))[0].any()


@pytest.mark.parametrize(
    ("frames", "options", "sentence"),
    [
        (torch.zeros(2, 8, 8), {}, r"torch.float32 \(2, 8, 8\)"),
        (torch.zeros(2, 8, 8, 3, dtype=torch.uint8), {}, r"\(2, 8, 8, 3\).*colour.grey"),
        (torch.zeros(1, 8, 8, dtype=torch.uint8), {}, "1 frames of 8×8"),
        (torch.zeros(2, 4, 8, dtype=torch.uint8), {}, "2 frames of 4×8.*at least 5×5"),
        (torch.zeros(2, 8, 8, dtype=torch.uint8), {"first": "junk"}, "first='junk'"),
        (np.zeros((2, 8, 8), np.uint8), {}, "ndarray"),
    ],
)
def test_bad_input_is_named(frames, options, sentence):
    with pytest.raises(ReidError, match=sentence):
        single_scale(frames, **options)

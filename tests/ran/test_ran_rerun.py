"""Rerun: the short way, only what changed, equals the whole network on the whole tracklet."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from reidlib.data.transforms import SIZE, resize_frames
from reidlib.errors import ReidError
from reidlib.flow.extract import tracklet_flow
from reidlib.flow.five_channels import five_channels
from reidlib.ran.presets import PRESETS
from reidlib.ran.recipes import recipe
from reidlib.ran.rerun import Rerun
from reidlib.ran.saved import Saved

T, H, W = 9, 96, 48


def saved(preset: str = "corrected") -> Saved:
    system = PRESETS[preset]
    return Saved(system.network(3).eval(), system, recipe("contiguous"), {"data": "street-v1"})


def clip(seed: int = 0, count: int = T) -> np.ndarray:
    """Noise that drifts, so that there is flow."""
    rng = np.random.default_rng(seed)
    ground = np.kron(rng.integers(0, 255, (16, 16, 3)), np.ones((8, 8, 1))).astype(np.uint8)
    return np.stack([np.roll(ground, (t, 2 * t), (0, 1))[:H, :W] for t in range(count)])


def covered(frames: np.ndarray, frame: int, box=(5, 10, 40, 70)) -> np.ndarray:
    left, top, right, bottom = box
    copy = frames.copy()
    copy[frame, top:bottom, left:right] = 128
    return copy


@torch.no_grad()
def whole(given: Saved, frames: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    small = torch.from_numpy(resize_frames(frames, SIZE)).movedim(-1, 1)[None]
    flow = torch.from_numpy(tracklet_flow(frames, given.preset.flow))[None]
    pooled = given.network(five_channels(small, flow, None, given.preset.inputs))
    return pooled.attention[-1][0].numpy(), pooled.video_feature[0].double().numpy()


def degrees(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.degrees(np.arccos(a @ b / np.linalg.norm(a) / np.linalg.norm(b))))


@pytest.mark.parametrize("preset", ["corrected", "coupled", "paper"])
@pytest.mark.parametrize("changed", [[0], [4], [T - 1], [1, 2, 6]])
def test_the_short_way_is_the_whole_network(preset, changed):
    given, frames = saved(preset), clip()
    after = frames
    for t in changed:
        after = covered(after, t)
    answer = Rerun(given, frames)(after)
    (_, before), (attention, feature) = whole(given, frames), whole(given, after)
    np.testing.assert_allclose(answer["attention"], attention, rtol=1e-4, atol=1e-5)
    assert answer["feature_shift"] == pytest.approx(degrees(before, feature), rel=1e-2, abs=1e-2)


def test_the_next_frame_follows_by_its_flow():
    """Without the successor's flow the answer would be another one: the short way may not stop at the box."""
    given, frames = saved(), clip()
    after = covered(frames, 4)
    rerun = Rerun(given, frames)
    right, alone = rerun._features(after, np.array([4, 5])), rerun._x[5]
    assert not torch.allclose(right[1], alone, atol=1e-3)


def test_answers_do_not_hang_on_earlier_ones_and_the_clip_is_left_alone():
    given, frames = saved(), clip()
    kept, rerun = frames.copy(), Rerun(given, frames)
    first = rerun(covered(frames, 2))
    rerun(covered(frames, 6))
    np.testing.assert_array_equal(rerun(covered(frames, 2))["attention"], first["attention"])
    np.testing.assert_array_equal(frames, kept)
    same = rerun(frames)
    assert same["feature_shift"] == 0
    np.testing.assert_allclose(same["attention"], whole(given, frames)[0], rtol=1e-4, atol=1e-5)


def test_one_frame_has_no_neighbour():
    given, frames = saved(), clip(count=1)
    answer = Rerun(given, frames)(covered(frames, 0))
    np.testing.assert_allclose(answer["attention"], whole(given, covered(frames, 0))[0], rtol=1e-4, atol=1e-5)


def test_mistakes_are_sentences():
    with pytest.raises(ReidError, match="gives no attention to look at"):
        Rerun(saved("mclaughlin"), clip())
    for wrong in (clip() / 255, clip()[..., 0], clip()[:0]):
        with pytest.raises(ReidError, match="Found frames of"):
            Rerun(saved(), wrong)
    with pytest.raises(ReidError, match="Found frames of"):
        Rerun(saved(), clip())(clip(count=T - 1))

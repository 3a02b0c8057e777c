"""The rivals of attention: what each must be, and a sharpness that falls with blur."""

import numpy as np
import pytest
from scipy import ndimage

from reidlib.errors import ReidError
from reidlib.evaluation.floors import floors, frame_sharpness, shuffled_order
from reidlib.evaluation.ragged import Layout


def test_rivals_by_hand():
    layout = Layout(np.array([3, 2]))
    attention, visibility = np.array([5.0, 6, 7, 8, 9]), np.array([0.1, 0.2, 0.3, 0.4, 0.5])
    rivals = floors(visibility, attention, layout, sharpness=attention * 2, seed=1)
    assert list(rivals) == ["uniform", "shuffled", "frame_index", "sharpness", "oracle"]
    assert set(rivals["uniform"]) == {1}
    assert rivals["frame_index"].tolist() == [0, 1, 2, 0, 1]
    assert rivals["sharpness"].tolist() == (attention * 2).tolist()
    assert rivals["oracle"].tolist() == visibility.tolist()
    assert sorted(rivals["shuffled"][:3]) == [5, 6, 7]
    assert sorted(rivals["shuffled"][3:]) == [8, 9]
    assert "features_norm" in floors(visibility, attention, layout, features_norm=attention)


def test_shuffling_is_independent_of_an_attention_drawn_from_the_same_seed():
    layout, seed = Layout(np.full(2000, 5)), 0
    attention = np.random.default_rng(seed).random(10_000)
    shuffled = floors(attention, attention, layout, seed=seed)["shuffled"].reshape(-1, 5)
    assert shuffled.mean(axis=0) == pytest.approx(np.full(5, 0.5), abs=0.03)


def test_every_order_inside_a_tracklet_is_as_likely():
    order = shuffled_order(Layout(np.full(6000, 3)), np.random.default_rng(0)).reshape(-1, 3)
    order -= np.arange(0, 18000, 3)[:, None]
    kinds, counts = np.unique(order @ [9, 3, 1], return_counts=True)
    assert len(kinds) == 6
    assert counts.min() > 850


def test_sharpness_is_the_variance_of_scipys_laplacian_and_falls_with_blur():
    rng = np.random.default_rng(0)
    frames = rng.integers(0, 256, (7, 20, 16, 3), dtype=np.uint8)
    seen = []
    sharp = frame_sharpness(frames, block=3, progress=lambda done, total: seen.append((done, total)))
    luma = frames @ np.array([0.299, 0.587, 0.114])
    expected = [ndimage.laplace(frame)[1:-1, 1:-1].var() for frame in luma]
    assert sharp == pytest.approx(expected, rel=1e-4)
    assert seen == [(3, 7), (6, 7), (7, 7)]
    blurred = ndimage.gaussian_filter(frames.astype(float), (0, 1, 1, 0)).astype(np.uint8)
    assert (frame_sharpness(blurred) < sharp / 10).all()


@pytest.mark.parametrize("shape", [(5, 20, 16), (5, 20, 16, 1), (5, 2, 16, 3)])
def test_frames_of_another_shape_are_named(shape):
    with pytest.raises(ReidError, match="frames has shape"):
        frame_sharpness(np.zeros(shape, np.uint8))

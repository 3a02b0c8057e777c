"""Windows and normalised batches, against slow references."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from packing import build
from torch.utils.data import DataLoader, Dataset

from reidlib.data.reading import MEAN, STD, FrameReader, Normaliser, contiguous, row_numbers, spread
from reidlib.data.store import Store
from reidlib.errors import ReidError

FRAMES = np.random.default_rng(3).integers(0, 256, (50, 6, 5, 3), dtype=np.uint8)
LENGTHS = st.lists(st.integers(1, 60), min_size=1, max_size=6)


def reference(frames: np.ndarray) -> np.ndarray:
    """(x / 255 - mean) / std in float64, colours before H and W."""
    return np.moveaxis((frames.astype(np.float64) / 255 - np.array(MEAN)) / np.array(STD), -1, -3)


@given(lengths=LENGTHS, T=st.integers(1, 20), seed=st.none() | st.integers(0, 9))
def test_contiguous_windows_are_neighbours_inside_the_tracklet(lengths, T, seed):
    frames, mask = contiguous(lengths, T, None if seed is None else np.random.default_rng(seed))
    for length, row, real in zip(lengths, frames, mask, strict=True):
        assert real.sum() == min(length, T)
        kept = row[:real.sum()]
        assert kept.tolist() == list(range(kept[0], kept[0] + len(kept)))
        assert 0 <= kept[0] <= kept[-1] < length
        assert (row[len(kept):] == length - 1).all()
        if seed is None:
            assert kept[0] == 0


@given(lengths=LENGTHS, T=st.integers(1, 20), seed=st.none() | st.integers(0, 9))
def test_spread_takes_one_frame_from_each_part(lengths, T, seed):
    frames, mask = spread(lengths, T, None if seed is None else np.random.default_rng(seed))
    for length, row, real in zip(lengths, frames, mask, strict=True):
        if length <= T:
            assert row.tolist() == [*range(length), *[length - 1] * (T - length)]
            assert real.tolist() == [True] * length + [False] * (T - length)
            continue
        assert real.all()
        for t, frame in enumerate(row):
            assert int(t * length / T) <= frame < int((t + 1) * length / T)


def test_the_middle_of_each_part_without_a_generator():
    assert spread([12], 4)[0].tolist() == [[1, 4, 7, 10]]
    assert spread([7], 3)[0].tolist() == [[0, 2, 5]]  # parts 0..1, 2..3, 4..6
    assert contiguous([7], 3)[0].tolist() == [[0, 1, 2]]


@pytest.mark.parametrize("sample", [contiguous, spread])
def test_every_frame_is_drawn_equally_often_and_the_seed_decides(sample):
    lengths = np.full(6000, 8)
    frames, _ = sample(lengths, 2, np.random.default_rng(0))
    np.testing.assert_array_equal(frames, sample(lengths, 2, np.random.default_rng(0))[0])
    assert not np.array_equal(frames, sample(lengths, 2, np.random.default_rng(1))[0])
    counts = np.bincount(frames.ravel(), minlength=8)
    # contiguous: windows 0-1 … 6-7, so the end frames belong to one window of seven and the others to two
    expected = np.array([1, 2, 2, 2, 2, 2, 2, 1]) / 7 * 6000 if sample is contiguous else np.full(8, 1500)
    assert (abs(counts - expected) < 5 * np.sqrt(expected)).all()


@pytest.mark.parametrize(("lengths", "T"), [([0], 4), ([5], 0), ([[5]], 2)])
@pytest.mark.parametrize("sample", [contiguous, spread])
def test_impossible_windows(sample, lengths, T):
    with pytest.raises(ReidError):
        sample(lengths, T)


def test_rows_of_windows_are_the_tracklets_frames(tmp_path):
    store = build(tmp_path / "s", 8)
    numbers = np.array([7, 3, 0, 7])
    frames, mask = spread(store.lengths[numbers], 5, np.random.default_rng(1))
    batch = FrameReader(store.frames).gather(row_numbers(store.starts[numbers], frames))
    assert batch.shape == (4, 5, 3, store.height, store.width)
    for row, number in enumerate(numbers):
        taken = store[number].take(frames[row]).frames
        np.testing.assert_array_equal(batch[row].numpy(), taken.transpose(0, 3, 1, 2))
    assert mask[1].tolist() == [True, False, False, False, False]  # tracklet 3 has a single frame


@pytest.mark.parametrize("shape", [(2, 3), (1, 1), (4, 40), (7,)])
def test_normalised_batches_agree_with_float64(shape):
    reader = FrameReader(FRAMES)
    rows = np.random.default_rng(0).integers(0, 50, shape)
    batch = reader.read(rows)
    assert batch.shape == (*shape, 3, 6, 5)
    assert batch.dtype == torch.float32
    np.testing.assert_allclose(batch.numpy(), reference(FRAMES[rows]), atol=1e-6)
    assert batch.flatten(0, -4).is_contiguous(memory_format=torch.channels_last)


def test_large_frames_go_through_in_several_chunks():
    frames = np.random.default_rng(0).integers(0, 256, (40, 128, 64, 3), dtype=np.uint8)
    rows = np.arange(40)[::-1].reshape(2, 20)
    np.testing.assert_allclose(FrameReader(frames).read(rows).numpy(), reference(frames[rows]), atol=1e-6)


def test_own_means_a_transform_first_and_other_memory_orders():
    reader = FrameReader(FRAMES, mean=(0, 0, 0), std=(1, 1, 1))
    rows = np.array([[1, 2]])
    cropped = reader.read(rows, transform=lambda batch: batch[..., 1:4, :2])
    np.testing.assert_allclose(cropped.numpy(), FRAMES[rows].transpose(0, 1, 4, 2, 3)[..., 1:4, :2] / 255, atol=1e-6)
    planes = torch.from_numpy(np.ascontiguousarray(FRAMES.transpose(0, 3, 1, 2)))
    np.testing.assert_allclose(Normaliser()(planes).numpy(), reference(FRAMES), atol=1e-6)


def test_one_buffer_serves_all_batches():
    reader = FrameReader(FRAMES)
    first = reader.read(np.arange(20).reshape(2, 10))
    address, kept = first.data_ptr(), first.clone()
    for rows in (np.arange(20, 40).reshape(2, 10), np.arange(3), np.arange(12).reshape(4, 3)):
        batch = reader.read(rows)
        assert batch.data_ptr() == address
        np.testing.assert_allclose(batch.numpy(), reference(FRAMES[rows]), atol=1e-6)
    assert not torch.equal(first, kept)  # overwritten, as documented
    grown = reader.read(np.arange(50))
    np.testing.assert_allclose(grown.numpy(), reference(FRAMES), atol=1e-6)


def test_overwriting_a_batch_that_gradients_still_need_is_an_error():
    reader, layer = FrameReader(FRAMES), torch.nn.Conv2d(3, 2, 3)
    loss = layer(reader.read(np.arange(4))).square().sum()
    reader.read(np.arange(4, 8))
    with pytest.raises(RuntimeError, match="inplace operation"):
        loss.backward()
    layer(reader.read(np.arange(4))).square().sum().backward()
    assert layer.weight.grad.abs().sum() > 0


def test_a_reader_used_in_inference_mode_first_still_trains():
    reader = FrameReader(FRAMES)
    with torch.inference_mode():
        reader.read(np.arange(4))
    layer = torch.nn.Conv2d(3, 2, 3)
    layer(reader.read(np.arange(4))).sum().backward()
    assert layer.weight.grad is not None


@pytest.mark.parametrize("rows", [[[-1]], [[50]], [[0.5]], [[True]]])
def test_rows_outside_are_refused_instead_of_clipped(rows):
    with pytest.raises(ReidError, match="Rows"):
        FrameReader(FRAMES).gather(np.array(rows))


def test_other_things_are_refused():
    for frames in (FRAMES.astype(np.float32), FRAMES[0], FRAMES[..., :2]):
        with pytest.raises(ReidError, match="uint8"):
            FrameReader(frames)
    for images in (torch.zeros(2, 3, 4, 4), torch.zeros(2, 4, 4, 3, dtype=torch.uint8)):
        with pytest.raises(ReidError, match="uint8"):
            Normaliser()(images)
    for mean, std in [((0, 0), (1, 1)), ((0, 0, 0), (1, 0, 1))]:
        with pytest.raises(ReidError, match="three"):
            Normaliser(mean, std)


class Tracklets(Dataset):
    """What a user would write to read a store in workers."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def __len__(self) -> int:
        return len(self.store)

    def __getitem__(self, number: int) -> tuple[int, int]:
        return number, int(self.store[number].frames.astype(np.int64).sum())


@pytest.mark.parametrize(("start", "workers"), [("spawn", 1), ("fork", 2)])  # a spawned worker imports torch anew
def test_workers_of_a_data_loader_read_the_same_store(tmp_path, start, workers):
    if start not in torch.multiprocessing.get_all_start_methods():
        pytest.skip(f"this system cannot {start}")
    store = build(tmp_path / "s", 6)
    store.frames.sum()
    loader = DataLoader(Tracklets(store), batch_size=2, num_workers=workers, multiprocessing_context=start)
    pairs = [pair for numbers, totals in loader for pair in zip(numbers.tolist(), totals.tolist(), strict=True)]
    assert dict(pairs) == {number: int(store[number].frames.astype(np.int64).sum()) for number in range(6)}


@pytest.mark.gpu
def test_on_a_gpu_the_numbers_are_the_same_and_no_copy_is_overtaken():
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    frames = np.random.default_rng(0).integers(0, 256, (2000, 64, 48, 3), dtype=np.uint8)
    reader = FrameReader(frames, device="cuda")
    rng = np.random.default_rng(1)
    kept = []
    for _ in range(20):  # without waiting in between, so that a reused host buffer would show
        rows = rng.integers(0, 2000, (8, 64))
        kept.append((rows, reader.read(rows).clone()))
    for rows, batch in kept:
        np.testing.assert_allclose(batch.cpu().numpy(), reference(frames[rows]), atol=1e-5)

"""Items and stills: the visible frames of a store, at the size asked for, with their identity, camera and day."""

import pickle

import numpy as np
import pytest
import torch

from reidlib.arm.items import Items
from reidlib.arm.stills import Stills
from reidlib.data.store import Store
from reidlib.data.tracklet import Tracklet
from reidlib.data.transforms import resize_frames
from reidlib.data.writer import StoreWriter
from reidlib.errors import ReidError

LENGTHS = (3, 1, 4)


def _store(folder, *, days=True, visibility=True, day=lambda k: k + 5):
    columns = {"visibility": ("float32", ())} if visibility else {}
    rng = np.random.default_rng(2)
    with StoreWriter(folder, name="some", version="1", height=16, width=8, columns=columns) as writer:
        for k, T in enumerate(LENGTHS):
            frames = rng.integers(0, 256, (T, 16, 8, 3), dtype=np.uint8)
            shares = rng.permutation(np.linspace(0.2, 0.9, T, dtype=np.float32)) if T > 1 else np.float32([0.5])
            writer.append(Tracklet(frames, 10 + k, k % 2, f"t{k}", {"visibility": shares} if visibility else {},
                                   {"day": day(k)} if days else {}))  # fmt: skip
        return writer.finish()


@pytest.fixture
def store(tmp_path):
    return _store(tmp_path / "store")


def test_stills_are_the_visible_frames_in_order(store):
    stills = Stills(store, size=(16, 8))
    expected = [(t.pid, t.camid, 5 + k, t.frames[i]) for k, t in enumerate(store) for i in range(t.T)
                if t.visibility[i] >= 0.5]  # fmt: skip
    assert 0 < len(expected) < sum(LENGTHS)
    pids, camids, days, frames = zip(*expected, strict=True)
    assert (*stills.items.pids,) == pids
    assert (*stills.items.camids,) == camids
    assert (*stills.items.days,) == days
    pictures = stills.gather(torch.arange(len(stills)))
    by_hand = (torch.from_numpy(np.stack(frames)).permute(0, 3, 1, 2).float() / 255 - 0.5) * 2
    torch.testing.assert_close(pictures, by_hand, atol=1e-6, rtol=0)
    assert pictures.dtype == torch.float32
    assert len(Stills(store, size=(16, 8), visible=0)) == sum(LENGTHS)


def test_gather_takes_any_shape_and_repeats(store):
    stills = Stills(store, size=(16, 8))
    numbers = torch.tensor([[0, 2, 2], [1, 0, 3]])
    pictures = stills.gather(numbers)
    assert pictures.shape == (2, 3, 3, 16, 8)
    for b in range(2):
        for k in range(3):
            assert torch.equal(pictures[b, k], stills.gather(numbers[b, k].reshape(1))[0])
    assert torch.equal(stills.gather(numbers.numpy()), pictures)
    assert stills.gather(torch.zeros((2, 0), dtype=torch.int64)).shape == (2, 0, 3, 16, 8)


def test_two_gathers_do_not_share_memory(store):
    stills = Stills(store, size=(16, 8))
    first = stills.gather(torch.tensor([0]))
    copy = first.clone()
    stills.gather(torch.tensor([1]))
    assert torch.equal(first, copy)
    assert not torch.equal(first, stills.gather(torch.tensor([1])))


def test_resized_once_and_kept_beside_the_store(store):
    stills = Stills(store, size=(8, 4))
    assert store.derived == ["frames_8x4"]
    first = resize_frames(store[0].frames, (8, 4))
    numbers = np.flatnonzero(stills.rows < LENGTHS[0])
    by_hand = (torch.from_numpy(first[stills.rows[numbers]]).permute(0, 3, 1, 2).float() / 255 - 0.5) * 2
    torch.testing.assert_close(stills.gather(numbers), by_hand, atol=1e-6, rtol=0)
    Stills(Store.open(store.folder), size=(8, 4), progress=lambda *_: pytest.fail("resized twice"))


def test_without_visibility_or_days_all_frames_count_and_days_are_0(tmp_path):
    stills = Stills(_store(tmp_path / "s", days=False, visibility=False), size=(16, 8))
    assert len(stills) == sum(LENGTHS)
    assert stills.items.days.tolist() == [0] * sum(LENGTHS)
    named = Stills(_store(tmp_path / "named", visibility=False, day=lambda k: ["tue", "mon", "tue"][k]), size=(16, 8))
    assert named.items.days.tolist() == [1] * 3 + [0] + [1] * 4


def test_the_hash_names_content_size_and_bound(store, tmp_path):
    hashes = {Stills(store, size=(16, 8)).items.hash, Stills(store, size=(8, 4)).items.hash,
              Stills(store, size=(16, 8), visible=0.6).items.hash,
              Stills(_store(tmp_path / "o", days=False), size=(16, 8)).items.hash}  # fmt: skip
    assert len(hashes) == 4
    assert Stills(Store.open(store.folder), size=(16, 8)).items.hash in hashes


def test_stills_travel_to_workers_without_their_pixels(store):
    stills = Stills(store, size=(8, 4))
    travelled = pickle.dumps(stills)
    assert len(travelled) < 1000
    again = pickle.loads(travelled)
    assert again.items.hash == stills.items.hash
    assert torch.equal(again.gather(torch.arange(3)), stills.gather(torch.arange(3)))


def test_nothing_visible_and_numbers_out_of_range_are_sentences(store):
    with pytest.raises(ReidError, match=r"no frame of visibility 0\.95 or more among the 8 of some"):
        Stills(store, visible=0.95)
    stills = Stills(store, size=(16, 8))
    for wrong in (torch.tensor([-1]), torch.tensor([len(stills)]), torch.tensor([0.5])):
        with pytest.raises(ReidError, match=f"whole numbers in 0 … {len(stills) - 1}"):
            stills.gather(wrong)


def test_items_are_checked():
    ids = np.arange(4)
    assert len(Items(ids, ids, ids, "x", "h")) == 4
    with pytest.raises(ReidError, match=r"3 camids.*equal length"):
        Items(ids, ids[:3], ids, "x", "h")
    with pytest.raises(ReidError, match="pids of int32"):
        Items(ids.astype(np.int32), ids, ids, "x", "h")
    with pytest.raises(ReidError, match="days of list"):
        Items(ids, ids, [0, 0, 0, 0], "x", "h")
    with pytest.raises(ReidError, match="camid -1"):
        Items(ids, ids - 1, ids, "x", "h")

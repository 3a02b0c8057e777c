"""Features from a file: plain numpy in and out, and a sentence for everything that is no such file."""

import numpy as np
import pytest
import torch

from reidlib.arm.cached import Features
from reidlib.errors import ReidError


def _arrays(n=5, D=3):
    rng = np.random.default_rng(1)
    return {"feats": rng.normal(size=(n, D)).astype(np.float32), "pids": np.arange(n) // 2, "camids": np.arange(n) % 2,
            "days": np.arange(n)}  # fmt: skip


def test_saved_and_loaded_again(tmp_path):
    arrays = _arrays()
    made = Features(**arrays, name="mine")
    made.save(tmp_path / "f.npz")
    with np.load(tmp_path / "f.npz") as file:  # plain numpy reads it
        assert sorted(file.files) == ["camids", "days", "feats", "pids"]
        assert np.array_equal(file["feats"], arrays["feats"])
    again = Features.load(tmp_path / "f.npz")
    assert torch.equal(again.feats, made.feats)
    for key in ("pids", "camids", "days"):
        assert np.array_equal(getattr(again.items, key), arrays[key])
    assert again.items.hash == made.items.hash
    assert (made.items.name, again.items.name, again.D, len(again)) == ("mine", "f", 3, 5)
    assert [path.name for path in tmp_path.iterdir()] == ["f.npz"]


def test_both_names_other_dtypes_and_no_days(tmp_path):
    arrays = _arrays()
    np.savez(tmp_path / "f.npz", features=arrays["feats"].astype(np.float64), pids=arrays["pids"].astype(np.int16),
             camids=arrays["camids"].astype(np.uint8))  # fmt: skip
    found = Features.load(tmp_path / "f.npz")
    assert found.feats.dtype == torch.float32
    assert torch.equal(found.feats, torch.from_numpy(arrays["feats"]))
    assert found.items.pids.dtype == np.int64
    assert found.items.days.tolist() == [0] * 5


def test_the_hash_follows_every_value():
    base = _arrays()
    hashes = {Features(**base).items.hash}
    for key, array in base.items():
        changed = array.copy()
        changed[-1] += 1
        hashes.add(Features(**{**base, key: changed}).items.hash)
    assert len(hashes) == 5


def test_gather_takes_any_shape():
    features = Features(**_arrays())
    numbers = np.array([[0, 4], [4, 1], [2, 2]])
    assert torch.equal(features.gather(numbers), features.feats[torch.from_numpy(numbers)])
    assert features.gather(torch.from_numpy(numbers)).shape == (3, 2, 3)
    with pytest.raises(ReidError, match="from 0 to 5"):
        features.gather(np.array([0, 5]))


@pytest.mark.parametrize(("key", "change", "message"), [
    ("feats", lambda a: np.where(a == a[3], np.nan, a), "NaN or infinity in 1 of 5 feats of x, first in row 3"),
    ("feats", lambda a: a.astype(np.float64) * 1e300, "float32 can hold"),
    ("feats", lambda a: a.astype(np.int64), "feats of dtype int64"),
    ("feats", lambda a: a[0], r"shape \(3,\)"),
    ("feats", lambda a: a[:0], r"shape \(0, 3\)"),
    ("pids", lambda a: a[:4], r"pids of dtype int64 and shape \(4,\)"),
    ("camids", lambda a: a.astype(np.float32), "camids of dtype float32"),
    ("days", lambda a: a.astype(str), "days of dtype <U"),
    ("camids", lambda a: a - 1, "camid -1"),
])  # fmt: skip
def test_wrong_arrays_are_a_sentence(key, change, message, tmp_path):
    arrays = _arrays()
    arrays[key] = change(arrays[key])
    with pytest.raises(ReidError, match=message):
        Features(**arrays, name="x")
    np.savez(tmp_path / "x.npz", **arrays)
    with pytest.raises(ReidError, match=message):
        Features.load(tmp_path / "x.npz")


def test_files_that_hold_something_else_are_a_sentence(tmp_path):
    arrays = _arrays()
    with pytest.raises(ReidError, match="could not be used"):
        Features.load(tmp_path / "missing.npz")
    np.save(tmp_path / "one.npy", arrays["feats"])
    with pytest.raises(ReidError, match="single array"):
        Features.load(tmp_path / "one.npy")
    (tmp_path / "text.npz").write_text("feats")
    with pytest.raises(ReidError, match="could not be read as features"):
        Features.load(tmp_path / "text.npz")
    np.savez(tmp_path / "cut.npz", **arrays)
    data = (tmp_path / "cut.npz").read_bytes()
    for size in (0, 60, len(data) // 2, len(data) - 4):
        (tmp_path / "cut.npz").write_bytes(data[:size])
        with pytest.raises(ReidError, match="could not be read as features"):
            Features.load(tmp_path / "cut.npz")
    np.savez(tmp_path / "few.npz", feats=arrays["feats"], pids=arrays["pids"])
    with pytest.raises(ReidError, match="holds feats, pids"):
        Features.load(tmp_path / "few.npz")
    np.savez(tmp_path / "both.npz", features=arrays["feats"], **arrays)
    with pytest.raises(ReidError, match="not both"):
        Features.load(tmp_path / "both.npz")


class _Evil:
    ran = False

    def __reduce__(self):
        return setattr, (_Evil, "ran", True)


def test_pickled_objects_are_never_run(tmp_path):
    arrays = _arrays()
    arrays["pids"] = np.array([_Evil()] * 5, dtype=object)
    np.savez(tmp_path / "evil.npz", **arrays)
    with pytest.raises(ReidError, match=r"allow_pickle.*without arrays of dtype object"):
        Features.load(tmp_path / "evil.npz")
    assert not _Evil.ran
    with np.load(tmp_path / "evil.npz", allow_pickle=True) as file:  # it would have run
        file["pids"]
    assert _Evil.ran


def test_a_failed_save_leaves_the_old_file(tmp_path, monkeypatch):
    Features(**_arrays()).save(tmp_path / "f.npz")
    before = (tmp_path / "f.npz").read_bytes()

    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("reidlib.data.files.os.replace", full)
    with pytest.raises(ReidError, match="is full"):
        Features(**_arrays(n=7)).save(tmp_path / "f.npz")
    assert (tmp_path / "f.npz").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["f.npz"]
    with pytest.raises(ReidError, match=r"ends in \.npz.*pass f\.npz"):
        Features(**_arrays()).save(tmp_path / "f.npy")

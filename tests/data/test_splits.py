"""Splits: no identity in two parts, whatever is asked; the same numbers for ever; leaks are found."""

import errno
import json
import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packing import build, make_tracklet, writer_for

from reidlib.data.splits import PARTS, Split, find_leaks, from_ids, halves, hold_out, split_identities
from reidlib.data.tracklet import Tracklet
from reidlib.errors import ReidError

PIDS = st.lists(st.integers(-1, 10**12), min_size=1, max_size=80)


def all_of(split: Split) -> list[int]:
    return sorted(pid for part in PARTS for pid in split.pids(part))


@given(pids=PIDS, seed=st.integers(0, 2**64), validation=st.floats(0, 0.4), test=st.floats(0, 0.6))
def test_no_identity_is_in_two_parts_and_none_is_lost(pids, seed, validation, test):
    split = split_identities(pids, seed, validation=validation, test=test)
    assert all_of(split) == sorted(set(pids))
    assert find_leaks(split) == []
    assert len(split.test) == round(test * len(set(pids)))
    assert len(split.validation) == round(validation * len(set(pids)))


@given(pids=PIDS, seed=st.integers(0, 99), data=st.data())
def test_order_and_repeats_of_the_pids_do_not_matter(pids, seed, data):
    shuffled = data.draw(st.permutations(pids))
    assert split_identities(pids, seed) == split_identities([*shuffled, pids[0]], seed)


@given(pids=PIDS, seed=st.integers(0, 99), data=st.data())
def test_no_tracklet_is_in_two_parts(pids, seed, data):
    split = split_identities(pids, seed, validation=0.2, test=0.4)
    owners = np.array(data.draw(st.lists(st.sampled_from(pids), max_size=40)) + pids)
    numbers = [number for part in PARTS for number in split.tracklets(owners, part).tolist()]
    assert sorted(numbers) == list(range(len(owners)))


@given(count=st.integers(2, 60), seed=st.integers(0, 99), data=st.data())
def test_holding_out_never_touches_the_test_part(count, seed, data):
    split = split_identities(range(count), seed)
    held = data.draw(st.integers(0, len(split.train) + 1))
    if not 0 < held < len(split.train):
        with pytest.raises(ReidError, match="Holding out"):
            hold_out(split, held, seed)
        return
    inner = hold_out(split, held, seed)
    assert inner.test == split.test
    assert len(inner.validation) == held
    assert sorted(inner.train + inner.validation) == list(split.train)


def test_these_numbers_hold_for_ever():
    """Worked out with the sha256sum command; a change here silently changes every result of every reader."""
    assert split_identities(range(10), 0).test == (0, 4, 6, 7, 9)
    assert split_identities(range(10), 1, validation=2, test=3) == Split("seed-1", (2, 4, 5, 6, 9), (7, 8), (0, 1, 3))
    assert [split.test for split in halves(range(6), 3)] == [(0, 4, 5), (0, 1, 3), (0, 4, 5)]


def test_every_identity_is_in_the_test_half_about_half_of_the_time():
    splits = halves(range(300), 200)
    counts = np.bincount([pid for split in splits for pid in split.test], minlength=300)
    assert {len(split.test) for split in splits} == {150}
    assert len({split.test for split in splits}) == 200
    assert abs(counts - 100).max() < 5 * np.sqrt(50)
    together = sum({0, 1} <= set(split.test) for split in splits)
    assert abs(together - 200 * 149 / 598) < 5 * np.sqrt(50 * 0.75)


def test_more_identities_keep_the_order_of_the_old():
    small, large = split_identities(range(40), 5, test=10), split_identities(range(80), 5, test=80)
    assert set(small.test) <= set(large.test)
    rank = [pid for n in range(1, 41) for pid in
            set(split_identities(range(40), 5, test=n).test) - set(split_identities(range(40), 5, test=n - 1).test)]
    wide = [pid for n in range(1, 81) for pid in
            set(split_identities(range(80), 5, test=n).test) - set(split_identities(range(80), 5, test=n - 1).test)]
    assert [pid for pid in wide if pid < 40] == rank


def test_odd_halves_and_counts():
    split = halves([1, 2, 3, 4, 5], 1)[0]
    assert (len(split.train), len(split.test), split.name) == (3, 2, "half-0")
    assert halves(range(9), 4, seed=3)[2] == halves(range(9), 3, seed=3)[2]
    assert halves(range(9), 2, seed=3) != halves(range(9), 2, seed=4)


@pytest.mark.parametrize(("pids", "changes"), [
    ([], {}), ([1, 2], {"test": 3}), ([1, 2], {"test": -1}), ([1, 2], {"test": 0.8, "validation": 0.8}),
])
def test_parts_that_do_not_fit(pids, changes):
    with pytest.raises(ReidError):
        split_identities(pids, 0, **changes)


def test_a_leaking_split_cannot_be_made():
    with pytest.raises(ReidError, match=r"leaks \(2\): Identity 2 is in test and train"):
        from_ids(train=[1, 2, 3], test=[2, 3, 4], name="wrong")
    assert from_ids(train=[3, 1, 1], test=[2], name="right").train == (1, 3)


def test_the_leak_finder_on_planted_leaks(tmp_path):
    assert find_leaks({"train": [1, 2], "validation": [2], "test": [3, 1, 2]}) == [
        "Identity 1 is in test and train.", "Identity 2 is in test and train and validation."]
    twin = make_tracklet(1)
    with writer_for(tmp_path / "s") as writer:
        for number in range(6):
            writer.append(make_tracklet(number))
        writer.append(Tracklet(twin.frames, 77, 0, "p0077_c0", twin.columns, twin.info))
        store = writer.finish()
    clean = from_ids(train=[0, 77], test=[1, 2], name="twin inside train")
    assert find_leaks(clean, store) == []
    leaking = from_ids(train=[0, 1], test=[2, 77], name="twin across")
    assert find_leaks(leaking, store) == ["Tracklets p0000_c1 (train) and p0077_c0 (test) have the same frames."]
    assert find_leaks(from_ids(train=[0], test=[2], name="twin unused"), store) == []


def test_equal_checksums_alone_are_no_leak(tmp_path):
    frames = np.zeros((2, 12, 10, 3), np.uint8)
    with writer_for(tmp_path / "s", columns={}) as writer:
        for pid in range(2):
            writer.append(Tracklet(frames + pid, pid, 0, f"p{pid}"))
        store = writer.finish()
    split = from_ids(train=[0], test=[1], name="x")
    store.checksums = np.zeros(2, dtype=np.int64)  # two different tracklets may share a CRC-32
    assert find_leaks(split, store) == []


def test_a_failed_save_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    old = split_identities(range(10), 0)
    old.save(tmp_path / "split.json")

    def full(fd, data):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(ReidError, match="full"):
        split_identities(range(10), 1).save(tmp_path / "split.json")
    monkeypatch.undo()
    assert Split.load(tmp_path / "split.json") == old
    assert [path.name for path in tmp_path.iterdir()] == ["split.json"]


def test_tracklets_of_a_store(tmp_path):
    store = build(tmp_path / "s", 7)
    split = from_ids(train=[3, 0], test=[1], name="x")
    assert split.tracklets(store.pids, "train").tolist() == [0, 1, 6]
    assert split.tracklets(store.pids, "test").tolist() == [2, 3]
    assert split.tracklets(store.pids, "validation").tolist() == []
    with pytest.raises(ReidError, match="'exam'"):
        split.tracklets(store.pids, "exam")
    with pytest.raises(ReidError, match=r"1 identities of test .* first 99"):
        from_ids(train=[0], test=[1, 99], name="x").tracklets(store.pids, "test")


def test_saving_and_loading(tmp_path):
    split = split_identities(range(30), 3, validation=5, name="pilot")
    split.save(tmp_path / "split.json")
    assert Split.load(tmp_path / "split.json") == split
    assert [path.name for path in tmp_path.iterdir()] == ["split.json"]
    split.save(tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "split.json").read_bytes()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"format": "reidlib split 9"}', b"\xff\xff",
                                     b'{"format": "reidlib split 1", "name": "x", "train": [1]}',
                                     b'{"format": "reidlib split 1", "name": "x", "train": ["a"], "validation": [], '
                                     b'"test": []}'])
def test_what_is_no_split_file(tmp_path, content):
    (tmp_path / "x.json").write_bytes(content)
    with pytest.raises(ReidError, match="not a split"):
        Split.load(tmp_path / "x.json")


def test_missing_and_leaking_split_files(tmp_path):
    with pytest.raises(ReidError, match=r"Found no file .*x\.json.*0 … 99, or a JSON file"):
        Split.load(tmp_path / "x.json")
    content = {"format": "reidlib split 1", "name": "x", "train": [1, 2], "validation": [], "test": [2]}
    (tmp_path / "x.json").write_text(json.dumps(content))
    with pytest.raises(ReidError, match="Identity 2"):
        Split.load(tmp_path / "x.json")

"""Columns of a store that cannot be written: in the cache, never mixed, found again, said once."""

from __future__ import annotations

import errno
import os
import pickle
import shutil

import numpy as np
import pytest
from packing import build, contents, make_tracklet

from reidlib.data import beside, files
from reidlib.data.cache import cache_path
from reidlib.data.columns import ColumnWriter
from reidlib.data.files import may_write
from reidlib.data.resized import resized_frames
from reidlib.data.store import Store
from reidlib.errors import ReidError

COUNT = 4


def rows_of(number: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng((seed, number)).standard_normal((make_tracklet(number).T, 3)).astype(np.float32)


def add(store: Store, name: str = "feature", stop: int | None = None, seed: int = 0, tell=None) -> int:
    """Adds a column, or its first `stop` tracklets; returns how many were safe before."""
    tell = tell or (lambda sentence: None)
    with ColumnWriter(store, name, "float32", (3,), spec={"seed": seed}, tell=tell) as writer:
        before = writer.done
        for number in range(before, len(store) if stop is None else stop):
            writer.append(rows_of(number, seed))
        if stop is None:
            writer.finish()
    return before


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("REIDLIB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def shut(monkeypatch):
    """No store can be written; the cache can."""
    monkeypatch.setattr(beside, "may_write", lambda folder: False)


@pytest.fixture
def store(tmp_path):
    return build(tmp_path / "s", COUNT)


def test_it_goes_to_the_cache_and_is_found_again(store, shut, cache):
    before = contents(store.folder)
    assert add(store) == 0
    assert contents(store.folder) == before, "nothing is written beside the store"
    assert (cache / "derived" / store.hash / "feature" / "feature.npy").is_file()
    again = Store.open(store.folder)
    assert again.derived == ["feature"]
    expected = np.concatenate([rows_of(number) for number in range(COUNT)])
    np.testing.assert_array_equal(again.column("feature"), expected)
    np.testing.assert_array_equal(again.tracklet(2, ("feature",)).columns["feature"], rows_of(2))
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(again)).column("feature"), expected)
    assert add(again) == COUNT, "finished, it is not made again"


def test_it_is_the_same_column_as_beside_the_store(store, monkeypatch, cache, tmp_path):
    add(store)
    other = build(tmp_path / "other", COUNT)
    monkeypatch.setattr(beside, "may_write", lambda folder: False)
    add(other)
    assert contents(cache / "derived" / other.hash) == contents(store.folder / "derived")


def test_it_is_said_once_where_they_go(store, shut, cache):
    told = []
    add(store, "feature", stop=2, tell=told.append)
    add(store, "feature", tell=told.append)
    add(store, "other", tell=told.append)
    assert told == [f"The store {store.folder} cannot be written; what is computed from it goes to "
                    f"{cache / 'derived' / store.hash}."]
    told.clear()
    add(Store.open(store.folder), "other", tell=told.append)
    assert told == []


def test_a_stopped_build_goes_on(store, shut, cache):
    add(store, stop=3)
    assert (cache / "derived" / store.hash / "feature.building").is_dir()
    assert store.derived == []
    assert add(Store.open(store.folder)) == 3
    np.testing.assert_array_equal(store.column("feature"), np.concatenate([rows_of(k) for k in range(COUNT)]))


def test_what_lies_beside_the_store_is_used(store, monkeypatch, cache):
    add(store, "feature")
    monkeypatch.setattr(beside, "may_write", lambda folder: False)
    told = []
    assert add(store, "feature", tell=told.append) == COUNT
    assert told == []
    assert not cache.exists()
    add(store, "extra")
    assert store.derived == ["extra", "feature"]
    shutil.copytree(cache / "derived" / store.hash / "extra", store.folder / "derived" / "extra")
    assert beside.found_column(store, "extra") == cache / "derived" / store.hash / "extra"
    shutil.rmtree(cache)
    assert beside.found_column(store, "extra") == store.folder / "derived" / "extra"
    np.testing.assert_array_equal(Store.open(store.folder).column("extra")[:1], rows_of(0)[:1])


def test_two_stores_never_mix_and_a_copy_of_one_finds_its_columns(store, shut, tmp_path):
    other = build(tmp_path / "elsewhere" / "s", COUNT - 1)
    add(store, seed=1)
    assert other.derived == []
    add(other, seed=2)
    assert len(other.column("feature")) == other.lengths.sum() < len(store.column("feature"))
    np.testing.assert_array_equal(other.column("feature")[:1], rows_of(0, 2)[:1])
    np.testing.assert_array_equal(store.column("feature")[:1], rows_of(0, 1)[:1])
    shutil.copytree(store.folder, tmp_path / "mounted")
    np.testing.assert_array_equal(Store.open(tmp_path / "mounted").column("feature"), store.column("feature"))


def test_another_spec_is_refused_there_too(store, shut):
    add(store, seed=1)
    with pytest.raises(ReidError, match=r"spec\.seed is 1 there and 2 here"):
        add(store, seed=2)


def test_an_unfinished_column_is_none(store, shut):
    add(store, stop=1)
    with pytest.raises(ReidError, match=r"no column 'feature\.building'"):
        store.column("feature.building")
    assert beside.found_column(store, "feature") is None


def test_a_second_builder_in_this_program_is_refused(store, shut):
    with ColumnWriter(store, "feature", "float32", (3,)), pytest.raises(ReidError, match="one writer"):
        add(store)


def test_a_cache_that_cannot_be_written_either_is_a_sentence(store, shut, cache):
    cache.write_text("a file in the way")
    with pytest.raises(ReidError, match=r"(?s)store .* cannot be written\. .*cache.*name the store by its folder"):
        add(store)


@pytest.mark.parametrize(("number", "answer"), [(errno.EACCES, False), (errno.EPERM, False), (errno.EROFS, False),
                                                (errno.ENOSPC, True), (errno.EIO, True)])
def test_only_a_refusal_is_a_no(tmp_path, monkeypatch, number, answer):
    def refuse(dir):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(files.tempfile, "TemporaryFile", refuse)
    assert may_write(tmp_path) is answer


def test_asking_leaves_nothing_behind(tmp_path):
    assert may_write(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_really_cannot_be_written(read_only, monkeypatch, tmp_path):
    """As root the test becomes nobody for a while, whom permissions bind; see the fixture."""
    with read_only.writable():
        monkeypatch.setenv("REIDLIB_CACHE", str(read_only / "cache"))
        store = build(read_only / "s", COUNT)
        add(store, "ready")
        before = contents(store.folder)
    assert not may_write(store.folder)
    with pytest.raises(ReidError, match=r"cannot be written\. .*set REIDLIB_CACHE to a folder of your own"):
        add(store)
    own = read_only.with_name(read_only.name + "-own")
    try:
        own.mkdir()
        monkeypatch.setenv("REIDLIB_CACHE", str(own))
        assert add(store, "ready") == COUNT
        assert not any(own.iterdir())
        told = []
        add(store, tell=told.append)
        assert len(told) == 1
        assert resized_frames(store, (8, 4)).shape == (store.lengths.sum(), 8, 4, 3)
        assert Store.open(store.folder, "hashes").derived == ["feature", "frames_8x4", "ready"]
        assert {each.name for each in cache_path("derived", store.hash).iterdir() if each.is_dir()} == {
            "feature", "frames_8x4"}
    finally:
        shutil.rmtree(own, ignore_errors=True)
    assert contents(store.folder) == before


def test_an_older_kind_of_column_in_a_store_that_cannot_be_written_stands_in_nobodys_way(store, monkeypatch, cache):
    add(store, seed=1)
    monkeypatch.setattr(beside, "may_write", lambda folder: False)
    before = contents(store.folder)
    assert add(Store.open(store.folder), seed=2) == 0
    again = Store.open(store.folder)
    assert np.array_equal(again.column("feature")[: len(rows_of(0))], rows_of(0, seed=2))
    assert add(again, seed=2) == COUNT  # found in the cache, nothing is made again
    assert contents(store.folder) == before


def test_an_older_kind_of_column_where_it_can_be_deleted_is_refused(store):
    add(store, seed=1)
    with pytest.raises(ReidError, match="already holds something else"):
        add(store, seed=2)

"""`--check` of an archive leaves no copy behind, but never takes away one that was there before."""

from __future__ import annotations

import threading
import zipfile
from dataclasses import replace

import official_mats
import pytest

from reidlib.data.benchmarks import gathered as gathering
from reidlib.data.benchmarks.gathered import looked_into
from reidlib.data.benchmarks.market1501 import BENCHMARK
from reidlib.data.benchmarks.prepare import prepare
from reidlib.errors import ReidError


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("REIDLIB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(params=["archive", "folder of archives"])
def source(request, tmp_path):
    """Market-1501 in miniature as one archive, or as two."""
    tree, given = official_mats.market(tmp_path / "tree" / "Market"), tmp_path / "given"
    given.mkdir()
    parts = {"all.zip": "*"} if request.param == "archive" else {"boxes.zip": "bounding*/*", "query.zip": "query/*"}
    for name, pattern in parts.items():
        with zipfile.ZipFile(given / name, "w") as packed:
            for path in sorted(tree.rglob(pattern)):
                packed.write(path, path.relative_to(tree.parent).as_posix())
    return given / "all.zip" if request.param == "archive" else given


def copies(cache):
    return sorted(each.name for each in (cache / "unpacked").iterdir() if each.suffix != ".lock")


def test_the_copy_of_a_check_is_removed_and_said(source, cache):
    told = []
    done = prepare(BENCHMARK, source, check=True, tell=told.append)
    assert done.verdict.rows[1][1] == 4
    assert done.divisions == {"official": 1}
    assert copies(cache) == []
    assert len(told) == 1
    assert told[0].startswith("removed the copy that was unpacked to be looked into: ")
    assert str(cache / "unpacked") in told[0]


def test_a_copy_that_was_there_stays_and_is_used(source, cache, monkeypatch):
    prepare(BENCHMARK, source, partial=True, size=(16, 8))
    (before,) = copies(cache)
    files = {path: path.stat().st_mtime_ns for path in (cache / "unpacked").rglob("*") if path.is_file()}
    told, places, unpack = [], [], gathering.unpack

    def watched(archive, target, **more):
        done = unpack(archive, target, **more)
        places.append(done.before)
        return done

    monkeypatch.setattr(gathering, "unpack", watched)
    assert prepare(BENCHMARK, source, check=True, tell=told.append).divisions == {"official": 1}
    assert copies(cache) == [before]
    assert all(places)
    assert told == []
    kept = {path: path.stat().st_mtime_ns for path in (cache / "unpacked").rglob("*") if path.is_file()}
    assert {path: kept[path] for path in files if path.suffix != ".lock"} == {
        path: time for path, time in files.items() if path.suffix != ".lock"}


def test_it_is_removed_too_where_the_archive_is_not_the_data_set(source, cache):
    def nowhere(folder):
        raise ReidError(f"Found no layout in {folder}", "it", "bring it")

    def torn(root):
        raise ReidError("Found a torn list", "a whole one", "bring it")

    for wrong, sentence in ((replace(BENCHMARK, root=nowhere), f"Found no layout in {source}"),
                            (replace(BENCHMARK, listing=torn), "Found a torn list")):
        with pytest.raises(ReidError) as stopped:
            prepare(wrong, source, check=True)
        assert stopped.value.found == sentence
        assert copies(cache) == []


def test_an_unpack_that_breaks_off_goes_on_in_the_next_check_which_removes_all(source, cache):
    def stop(what, done, total):
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepare(BENCHMARK, source, check=True, progress=stop)
    assert copies(cache) != []
    assert prepare(BENCHMARK, source, check=True).divisions == {"official": 1}
    assert copies(cache) == []


def test_a_folder_that_is_unpacked_already_is_left_alone(tmp_path, cache):
    tree = official_mats.market(tmp_path / "tree")
    before = sorted(tree.rglob("*"))
    told = []
    prepare(BENCHMARK, tree, check=True, tell=told.append)
    assert sorted(tree.rglob("*")) == before
    assert told == []
    assert not cache.exists()


def test_whoever_prepares_meanwhile_keeps_his_copy_and_a_second_check_waits(source, cache):
    waiting, told = threading.Event(), []

    def second():
        def hear(sentence):
            told.append(sentence)
            waiting.set()

        found.append(prepare(BENCHMARK, source, check=True, tell=hear).divisions)

    found, other = [], threading.Thread(target=second)
    with looked_into(BENCHMARK, source, lambda what, done, total: None, lambda sentence: None) as (root, _):
        other.start()
        assert waiting.wait(30)
        assert "waiting" in told[0]
        assert not found
        assert BENCHMARK.listing(root).counts["query images"] == 3
    other.join(30)
    assert found == [{"official": 1}]
    assert copies(cache) == []
    with looked_into(BENCHMARK, source, lambda what, done, total: None, lambda sentence: None):
        prepare(BENCHMARK, source, partial=True, size=(16, 8))
    assert len(copies(cache)) == 1
    assert not copies(cache)[0].endswith("-check")


def test_prepared_again_a_finished_store_is_not_written_at_all(source, tmp_path, monkeypatch):
    first = prepare(BENCHMARK, source, partial=True, size=(16, 8), out=tmp_path / "s")

    def refuse(path, content):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("reidlib.data.benchmarks.division.write_whole", refuse)
    again = prepare(BENCHMARK, source, partial=True, size=(16, 8), out=tmp_path / "s")
    assert (again.converted, again.store.hash) == (0, first.store.hash)
    (tmp_path / "s" / "divisions" / "official-0.json").write_text("{}")
    with pytest.raises(ReidError, match="refused"):
        prepare(BENCHMARK, source, partial=True, size=(16, 8), out=tmp_path / "s")

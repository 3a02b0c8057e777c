"""Where the cache is, and what it says when it cannot be used."""

from pathlib import Path

import platformdirs
import pytest
from packing import build

from reidlib.data.cache import cache_folder, cache_path, cached_stores, store_path
from reidlib.data.store import Store
from reidlib.errors import ReidError


def test_the_variable_wins_over_the_platform(monkeypatch, tmp_path):
    monkeypatch.setenv("REIDLIB_CACHE", str(tmp_path / "mine"))
    assert cache_folder("stores", "street") == tmp_path / "mine" / "stores" / "street"
    assert cache_folder("stores", "street").is_dir()
    assert list(cache_folder().iterdir()) == [tmp_path / "mine" / "stores"]  # trying it left nothing behind
    monkeypatch.delenv("REIDLIB_CACHE")
    assert cache_path("a") == Path(platformdirs.user_cache_path("reidlib", appauthor=False)) / "a"


def test_looking_up_a_path_makes_nothing(monkeypatch, tmp_path):
    monkeypatch.setenv("REIDLIB_CACHE", str(tmp_path / "mine"))
    assert store_path("street", "v1") == tmp_path / "mine" / "stores" / "street" / "v1"
    assert not (tmp_path / "mine").exists()


@pytest.mark.parametrize("part", ["..", "a/b", "", "/etc", ".hidden", "a\\b", "c:", 5])
def test_a_part_cannot_leave_the_cache(part):
    with pytest.raises(ReidError, match="Cache name"):
        cache_path(part)


def test_a_file_in_the_way_is_a_sentence(monkeypatch, tmp_path):
    (tmp_path / "taken").write_text("a file")
    monkeypatch.setenv("REIDLIB_CACHE", str(tmp_path / "taken"))
    with pytest.raises(ReidError, match="taken"):
        cache_folder("stores")


def test_a_read_only_cache_is_a_sentence_but_can_be_read(monkeypatch, tmp_path, read_only):
    monkeypatch.setenv("REIDLIB_CACHE", str(read_only))
    folder = store_path("street", "v1")
    with read_only.writable():
        build(folder, 3)
    with pytest.raises(ReidError, match="REIDLIB_CACHE") as caught:
        cache_folder("stores")
    assert str(read_only) in caught.value.found
    assert len(Store.cached("street", "v1", verify="hashes")) == 3
    assert len(build(folder, 3)) == 3  # complete already: needs neither lock nor writing


def test_an_unknown_name_or_version_lists_what_is_there(monkeypatch, tmp_path):
    monkeypatch.setenv("REIDLIB_CACHE", str(tmp_path))
    with pytest.raises(ReidError, match="there is none"):
        Store.cached("street", "v1")
    build(store_path("street", "v1"), 1)
    (store_path("street", "v2.building")).mkdir()
    assert cached_stores() == [("street", "v1")]
    for name, version in [("street", "v9"), ("road", "v1")]:
        with pytest.raises(ReidError, match=f"no store {name} of version {version}.*there is street v1"):
            Store.cached(name, version)

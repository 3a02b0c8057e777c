"""Market-1501 with added distractors: a larger gallery, and the plain division item for item as it was."""

from __future__ import annotations

import zipfile
from dataclasses import replace

import numpy as np
import official_mats
import pytest

from reidlib.data.benchmarks import market1501
from reidlib.data.benchmarks.division import find_division
from reidlib.data.benchmarks.market1501_500k import BENCHMARK
from reidlib.data.benchmarks.prepare import prepare
from reidlib.data.benchmarks.registry import find_benchmark
from reidlib.data.benchmarks.verdict import verdict
from reidlib.errors import ReidError
from reidlib.evaluation.protocols import find
from reidlib.evaluation.ranking import rank

# file, camid; sorted by name. A name that carries -1 is a distractor here, never junk.
ADDED = [("-1_c6s3_000001_07.jpg", 5), ("0000_c1s1_000151_01.jpg", 0), ("0000_c4s2_123456_02.JPG", 3),
         ("0000_c6_anything.png", 5)]
ADDED_NAMES = tuple(f"distractor-{file.rpartition('.')[0]}" for file, _ in ADDED)


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("REIDLIB_CACHE", str(tmp_path / "cache"))


def add_images(folder):
    for number, (file, _) in enumerate(ADDED):
        official_mats.picture(folder / file, 30 + 10 * number)
    (folder / "Thumbs.db").write_bytes(b"x")
    return folder


@pytest.fixture
def root(tmp_path):
    market = official_mats.market(tmp_path / "Market-1501-v15.09.15")
    add_images(market / "images")
    return market


def test_every_entry(root):
    plain, listing = market1501.BENCHMARK.listing(root), BENCHMARK.listing(root)
    assert listing.entries[:len(plain)] == plain.entries
    assert [(entry.name, entry.files, entry.pid, entry.camid, entry.info) for entry in listing.entries[len(plain):]] \
        == [(name, (f"images/{file}",), 0, camid, {"part": "distractor"})
            for name, (file, camid) in zip(ADDED_NAMES, ADDED, strict=True)]
    assert listing.counts == {**plain.counts, "added distractor images": 4}
    assert set(listing.counts) == set(BENCHMARK.published)
    assert listing.ignored == {**plain.ignored, "Thumbs.db": 4}


def test_the_larger_gallery_is_a_division_of_its_own(root):
    listing = BENCHMARK.listing(root)
    found = BENCHMARK.divisions(root, listing)
    assert tuple(found) == BENCHMARK.protocols == ("official-500k", "official")
    (larger,), (official,) = found.values()
    (plain,) = market1501.BENCHMARK.divisions(root, market1501.BENCHMARK.listing(root))["official"]
    assert official == plain
    assert larger.gallery == plain.gallery + ADDED_NAMES
    assert (larger.train, larger.probes, larger.rule, larger.average_precision) == (
        plain.train, plain.probes, plain.rule, plain.average_precision)
    assert larger.label == "official-500k-0"
    assert larger.note.endswith("4 distractors (pid 0) were added to the gallery")


def test_plain_market_does_not_see_the_folder(root):
    before = market1501.BENCHMARK.listing(root).hash
    for path in (root / "images").iterdir():
        path.unlink()
    (root / "images").rmdir()
    assert market1501.BENCHMARK.listing(root).hash == before


@pytest.mark.parametrize("place", ["Market-1501-v15.09.15/images", "images", "distractors_500k/images",
                                   "Distractors_500k"])
def test_wherever_the_distractors_were_unpacked(tmp_path, place):
    home = tmp_path / "download"
    official_mats.market(home / "Market-1501-v15.09.15")
    add_images(home / place)
    for given in (home, tmp_path):
        root = BENCHMARK.root(given)
        listing = BENCHMARK.listing(root)
        assert listing.counts["added distractor images"] == 4
        assert all((root / file).is_file() for entry in listing.entries for file in entry.files)
        (frame,) = BENCHMARK.read(root, listing.entries[-1])
        np.testing.assert_allclose(frame, np.full((4, 2, 3), 60), atol=3)


def test_names_of_people_and_of_another_form_are_passed_over_and_counted(root):
    for name in ("0001_c1s1_000451_03.jpg", "1501_c2s1_000001_00.jpg", "0000_c7s1_000001_00.jpg", "0000_c12.jpg",
                 "portrait.jpg", "０000_c1s1_000001_00.jpg"):
        (root / "images" / name).write_bytes(b"x")
    listing = BENCHMARK.listing(root)
    assert listing.counts["added distractor images"] == 4
    assert listing.ignored["names of people among the distractors"] == 2
    assert listing.ignored["names of another form among the distractors"] == 4


def test_the_verdict_counts_them(root, tmp_path):
    rows = {what: (found, published) for what, found, published in verdict(BENCHMARK, BENCHMARK.listing(root)).rows}
    assert rows["added distractor images"] == (4, 500_000)
    assert rows["distractor images"] == (1, 2798), "those of the plain gallery are counted apart"
    assert {what: published for what, (_, published) in rows.items() if what != "added distractor images"} \
        == market1501.BENCHMARK.published


def test_what_is_refused(tmp_path):
    market = official_mats.market(tmp_path / "Market-1501-v15.09.15")
    with pytest.raises(ReidError, match=r"(?s)Found no Market-1501 with 500k distractors.*images/"):
        BENCHMARK.root(tmp_path)
    (market / "images").mkdir()
    (market / "images" / "0001_c1s1_000451_03.jpg").write_bytes(b"x")
    with pytest.raises(ReidError, match=r"Found no distractor of the known form of name in .*images"):
        BENCHMARK.listing(BENCHMARK.root(tmp_path))


def test_two_archives_in_one_folder_become_one_store_beside_plain_market(tmp_path):
    tree, given = tmp_path / "tree", tmp_path / "given"
    official_mats.market(tree / "Market-1501-v15.09.15", litter=False)
    add_images(tree / "images")
    given.mkdir()
    for archive, top in (("Market-1501-v15.09.15.zip", "Market-1501-v15.09.15"), ("distractors_500k.zip", "images")):
        with zipfile.ZipFile(given / archive, "w") as packed:
            for path in sorted(each for each in (tree / top).rglob("*") if each.is_file()):
                packed.write(path, path.relative_to(tree).as_posix())
    plain = prepare(market1501.BENCHMARK, tree, partial=True, size=(16, 8)).store
    before = {path: path.read_bytes() for path in plain.folder.rglob("*") if path.is_file()}
    store = prepare(BENCHMARK, given, partial=True, size=(16, 8)).store
    assert (len(plain), len(store), store.folder.parts[-2]) == (13, 17, "market1501-500k")
    assert {path: path.read_bytes() for path in plain.folder.rglob("*") if path.is_file()} == before
    assert store.pids[13:].tolist() == [0, 0, 0, 0]
    whole = replace(BENCHMARK, published=dict(BENCHMARK.listing(tree).counts))
    assert prepare(whole, tree, size=(16, 8), out=tmp_path / "whole").verdict.whole


def test_plain_numbers_stay_and_the_larger_gallery_costs_ranks(root, tmp_path):
    """One probe, its match at distance 2 behind a junk and a distractor at 1; three of the added lie nearer still."""
    store = prepare(BENCHMARK, root, partial=True, size=(16, 8), out=tmp_path / "s").store
    plain = prepare(market1501.BENCHMARK, root, partial=True, size=(16, 8), out=tmp_path / "p").store
    near = {"gallery-0001_c4s6_015941_05": 2, "gallery--1_c1s1_000401_03": 1, "gallery-0000_c1s1_000151_01": 1,
            **dict.fromkeys(ADDED_NAMES[:3], 0)}
    found = {}
    for label, each, protocol in (("plain", plain, "official"), ("same", store, "official"),
                                  ("larger", store, "official-500k")):
        division = find_division(each, protocol)
        numbers = division.numbers(each)
        probe, gallery = numbers["probes"][:1], numbers["gallery"]
        distance = np.array([[near.get(each.names[k], 9) for k in gallery]], np.float32)
        found[label] = rank(distance, probe_pids=each.pids[probe], gallery_pids=each.pids[gallery],
                            probe_camids=each.camids[probe], gallery_camids=each.camids[gallery],
                            protocol=find(division.rule))
    assert found["plain"].mAP == found["same"].mAP == pytest.approx(1 / 2)
    assert found["larger"].mAP == pytest.approx(1 / 5), "all three, the one named -1 too, stand before the match"


def test_its_name_is_found():
    assert find_benchmark("Market1501_500k") is BENCHMARK
    assert find_benchmark("market1501") is market1501.BENCHMARK

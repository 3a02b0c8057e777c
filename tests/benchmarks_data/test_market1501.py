"""Market-1501: every image by hand, junk and distractors, both places of its folders, and what is passed over."""

from __future__ import annotations

import os

import numpy as np
import official_mats
import pytest

from reidlib.data.benchmarks.market1501 import BENCHMARK
from reidlib.errors import ReidError
from reidlib.evaluation.protocols import find

# name, file, pid, camid, sequence, frame, box; sorted by part, then by file name
IMAGES = [
    ("train-0002_c1s1_000451_03", "bounding_box_train/0002_c1s1_000451_03.jpg", 2, 0, 1, 451, 3),
    ("train-0002_c2s1_000776_01", "bounding_box_train/0002_c2s1_000776_01.jpg", 2, 1, 1, 776, 1),
    ("train-0007_c3s3_077419_03", "bounding_box_train/0007_c3s3_077419_03.jpg", 7, 2, 3, 77419, 3),
    ("train-0007_c6s2_019999_11", "bounding_box_train/0007_c6s2_019999_11.JPG", 7, 5, 2, 19999, 11),
    ("query-0001_c1s1_001051_00", "query/0001_c1s1_001051_00.jpg", 1, 0, 1, 1051, 0),
    ("query-0001_c2s1_000301_00", "query/0001_c2s1_000301_00.jpg", 1, 1, 1, 301, 0),
    ("query-0003_c5s1_000476_00", "query/0003_c5s1_000476_00.jpg", 3, 4, 1, 476, 0),
    ("gallery--1_c1s1_000401_03", "bounding_box_test/-1_c1s1_000401_03.jpg", -1, 0, 1, 401, 3),
    ("gallery--1_c6s4_010101_02", "bounding_box_test/-1_c6s4_010101_02.jpg", -1, 5, 4, 10101, 2),
    ("gallery-0000_c1s1_000151_01", "bounding_box_test/0000_c1s1_000151_01.jpg", 0, 0, 1, 151, 1),
    ("gallery-0001_c1s1_001051_02", "bounding_box_test/0001_c1s1_001051_02.jpg", 1, 0, 1, 1051, 2),
    ("gallery-0001_c4s6_015941_05", "bounding_box_test/0001_c4s6_015941_05.jpg", 1, 3, 6, 15941, 5),
    ("gallery-0003_c2s1_000451_01", "bounding_box_test/0003_c2s1_000451_01.jpg", 3, 1, 1, 451, 1),
]


@pytest.fixture
def root(tmp_path):
    return official_mats.market(tmp_path / "Market-1501-v15.09.15")


def test_every_image(root):
    listing = BENCHMARK.listing(root)
    assert [(entry.name, *entry.files, entry.pid, entry.camid, entry.info["sequence"], entry.info["frame"],
             entry.info["box"]) for entry in listing.entries] == IMAGES
    assert [entry.info["part"] for entry in listing.entries] == ["train"] * 4 + ["query"] * 3 + ["gallery"] * 6
    assert listing.counts == {
        "identities": 4, "train images": 4, "train identities": 2, "query images": 3, "query identities": 2,
        "gallery images": 6, "gallery identities": 2, "distractor images": 1, "junk images": 2}
    assert set(listing.counts) == set(BENCHMARK.published)
    assert listing.ignored == {".DS_Store": 1, "Thumbs.db": 3, "other kinds of file": 1}


def test_the_official_division(root):
    listing = BENCHMARK.listing(root)
    found = BENCHMARK.divisions(root, listing)
    assert list(found) == ["official"]
    (official,) = found["official"]
    assert official.train == tuple(name for name, *_ in IMAGES[:4])
    assert official.probes == tuple(name for name, *_ in IMAGES[4:7])
    assert official.gallery == tuple(name for name, *_ in IMAGES[7:])
    assert official.published
    assert official.average_precision == "trapezoid"
    assert "step sum" in official.note
    assert find(official.rule).name == "market1501"


def test_pictures(root):
    entries = BENCHMARK.listing(root).entries
    for number, name in ((3, "train-0007_c3s3_077419_03"), (2, "query-0003_c5s1_000476_00")):
        (frame,) = BENCHMARK.read(root, next(entry for entry in entries if entry.name == name))
        np.testing.assert_allclose(frame, np.full((4, 2, 3), 20 * number), atol=3)


def test_folders_at_the_root_below_it_and_two_below(tmp_path):
    root = official_mats.market(tmp_path / "download" / "Market-1501-v15.09.15")
    for place in (root, root.parent, tmp_path):
        assert BENCHMARK.root(place) == root
    assert BENCHMARK.root(official_mats.market(tmp_path)) == tmp_path  # the nearest
    assert BENCHMARK.listing(root).entries[0].files == ("bounding_box_train/0002_c1s1_000451_03.jpg",)


def test_other_names_are_passed_over_and_counted(root):
    for folder, name in (("bounding_box_train", "0002_c7s1_000451_03.jpg"), ("bounding_box_train", "portrait.jpg"),
                         ("query", "0002_c1s1_1_2.jpg.jpg"), ("query", "-1_c1s1_000001_01.jpg"),
                         ("bounding_box_train", "0000_c1s1_000001_01.jpg"), ("query", "-2_c1s1_000001_01.jpg"),
                         ("query", "０００１_c1s1_000001_01.jpg"), ("query", "0001_c1s1_000001_01.jpg\n.jpg"),
                         ("query", "._0001_c1s1_001051_00.jpg")):
        (root / folder / name).write_bytes(b"x")
    (root / "query" / "__MACOSX").mkdir()
    (root / "query" / "0009_c1s1_000001_01.jpg").mkdir()
    listing = BENCHMARK.listing(root)
    assert [entry.name for entry in listing.entries] == [name for name, *_ in IMAGES]
    assert listing.ignored == {
        ".DS_Store": 1, "Thumbs.db": 3, "__MACOSX": 1, "folders": 1, "hidden files": 1, "other kinds of file": 1,
        "names of another form in bounding_box_train": 2, "names of another form in query": 4,
        "junk or distractors in bounding_box_train": 1, "junk or distractors in query": 1}


@pytest.mark.skipif(os.name == "nt", reason="names differ in more than case")
def test_one_name_in_two_cases(root):
    official_mats.picture(root / "query" / "0001_c1s1_001051_00.JPG")
    if len(list((root / "query").glob("0001_c1s1*"))) < 2:
        pytest.skip("this file system does not tell cases apart")
    with pytest.raises(ReidError, match="query-0001_c1s1_001051_00"):
        BENCHMARK.listing(root)


def test_what_is_refused(root, tmp_path):
    for path in (root / "query").glob("*.jpg"):
        path.unlink()
    with pytest.raises(ReidError, match=r"no picture of the known form of name in .*query"):
        BENCHMARK.listing(root)
    (root / "query").rename(root / "queries")
    for place in (tmp_path, root / "bounding_box_train", tmp_path / "nowhere"):
        with pytest.raises(ReidError, match=r"(?s)Found no Market-1501 in .*bounding_box_test/"):
            BENCHMARK.root(place)


def test_a_broken_picture(root):
    (root / "query" / "0001_c1s1_001051_00.jpg").write_bytes(b"\xff\xd8\xff cut off")
    entry = BENCHMARK.listing(root).entries[4]
    with pytest.raises(ReidError, match="0001_c1s1_001051_00"):
        BENCHMARK.read(root, entry)

"""CUHK03: every cell by hand, in both variants and both layouts, 20 classic test sets, the new protocol, bad files."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import official_mats
import pytest
from scipy.io import loadmat

from reidlib.data.benchmarks.cuhk03 import BENCHMARK, LABELED
from reidlib.errors import ReidError
from reidlib.evaluation.protocols import find

h5py = pytest.importorskip("h5py")

# name, pair/person/column, pid (people of earlier pairs counted before), camid (view), camera among ten
DETECTED = [
    ("1_001_1_01", "1/1/1", 1, 0, 0), ("1_001_1_02", "1/1/2", 1, 0, 0), ("1_001_2_06", "1/1/6", 1, 1, 1),
    ("1_001_2_07", "1/1/7", 1, 1, 1), ("1_002_1_01", "1/2/1", 2, 0, 0), ("1_002_2_06", "1/2/6", 2, 1, 1),
    ("2_001_2_08", "2/1/8", 3, 1, 3), ("2_002_1_05", "2/2/5", 4, 0, 2), ("2_002_2_10", "2/2/10", 4, 1, 3),
    ("3_001_1_01", "3/1/1", 5, 0, 4), ("3_001_2_06", "3/1/6", 5, 1, 5),
    ("4_001_1_01", "4/1/1", 6, 0, 6), ("4_001_2_06", "4/1/6", 6, 1, 7),
    ("5_001_1_01", "5/1/1", 7, 0, 8), ("5_001_2_06", "5/1/6", 7, 1, 9),
]
LABELLED_NAMES = [
    "1_001_1_01", "1_001_2_06", "1_002_1_01", "1_002_1_02", "1_002_2_06", "2_001_2_08", "2_001_2_09", "2_002_1_05",
    "2_002_2_10", "3_001_1_01", "3_001_2_06", "4_001_1_01", "4_001_2_06", "5_001_1_01", "5_001_2_06",
]
FOLDERS = [
    ("train-0003_c1_1", "detected/bounding_box_train/0003_c1_1.png", 3, 0),
    ("train-0003_c2_6", "detected/bounding_box_train/0003_c2_6.png", 3, 1),
    ("query-0001_c1_2", "detected/query/0001_c1_2.png", 1, 0),
    ("query-0001_c2_7", "detected/query/0001_c2_7.PNG", 1, 1),
    ("gallery-0001_c1_1", "detected/bounding_box_test/0001_c1_1.png", 1, 0),
    ("gallery-0001_c2_6", "detected/bounding_box_test/0001_c2_6.png", 1, 1),
    ("gallery-0002_c2_6", "detected/bounding_box_test/0002_c2_6.png", 2, 1),
]


@pytest.fixture
def root(tmp_path):
    return official_mats.cuhk03(tmp_path / "cuhk03_release" / "cuhk-03.mat").parent


def rows(listing):
    return [(entry.name, *entry.files, entry.pid, entry.camid, entry.info["camera"]) for entry in listing.entries]


def test_every_cell_of_the_detected_images(root):
    listing = BENCHMARK.listing(BENCHMARK.root(root))
    assert rows(listing) == [(name, f"cuhk-03.mat#detected/{place}", *rest) for name, place, *rest in DETECTED]
    assert listing.entries[6].info == {"pair": 2, "person": 1, "view": 2, "image": 8, "camera": 3}
    assert listing.counts == {
        "identities": 7, "images": 15, "identities of pair 1": 2, "identities of pair 2": 2,
        "identities of pair 3": 1, "identities of pair 4": 1, "identities of pair 5": 1}
    assert listing.ignored == {"empty cells": 70 - 15}
    assert set(BENCHMARK.published) <= set(listing.counts)
    assert [BENCHMARK.published["images"], LABELED.published["images"]] == [14097, 14096]


def test_every_cell_of_the_labelled_images(root):
    listing = LABELED.listing(LABELED.root(root))
    assert [entry.name for entry in listing.entries] == LABELLED_NAMES
    assert listing.entries[6].files == ("cuhk-03.mat#labeled/2/1/9",)
    assert (LABELED.name, BENCHMARK.name) == ("cuhk03-labeled", "cuhk03-detected")


def test_pixels_come_straight_out_of_the_file(root):
    for benchmark in (BENCHMARK, LABELED):
        for entry in benchmark.listing(root).entries:
            pair, person, column = (entry.info[key] for key in ("pair", "person", "image"))
            (frame,) = benchmark.read(root, entry)
            assert frame.dtype == np.uint8
            assert frame.flags.c_contiguous
            np.testing.assert_array_equal(frame, official_mats.cuhk03_picture(pair, person, column))
    assert sorted(path.name for path in root.iterdir()) == ["cuhk-03.mat"]  # nothing written beside it


def test_pixels_read_by_several_threads(root):
    entries = BENCHMARK.listing(root).entries
    with ThreadPoolExecutor(4) as pool:
        for entry, (frame,) in zip(entries * 5, pool.map(lambda each: BENCHMARK.read(root, each), entries * 5),
                                   strict=True):
            place = [entry.info[key] for key in ("pair", "person", "image")]
            np.testing.assert_array_equal(frame, official_mats.cuhk03_picture(*place))


def test_classic_test_sets(root):
    found = BENCHMARK.divisions(root, BENCHMARK.listing(root))
    assert list(found) == ["classic"]  # no configuration of the new protocol here
    first, second = found["classic"]
    names = [name for name, *_ in DETECTED]
    assert first.probes == first.gallery == tuple(names[:4] + names[7:9])
    assert first.train == tuple(names[4:7] + names[9:])
    assert second.probes == second.gallery == (names[6], *names[13:])
    assert second.train == tuple(names[:6] + names[7:13])
    assert [each.number for each in found["classic"]] == [0, 1]
    assert first.published
    assert find(first.rule).name == "cuhk03_classic"
    labelled = LABELED.divisions(root, LABELED.listing(root))["classic"][1]
    assert labelled.probes == ("2_001_2_08", "2_001_2_09", "5_001_1_01", "5_001_2_06")


@pytest.mark.parametrize("place", [".", "..", "cuhk03_release"])
def test_the_new_protocol(root, place):
    official_mats.cuhk03_config(root / place / "cuhk03_new_protocol_config_detected.mat")
    found = BENCHMARK.divisions(root, BENCHMARK.listing(root))
    (new,) = found["new"]
    assert new.train == ("1_002_1_01", "1_002_2_06", "2_001_2_08")
    assert new.probes == ("1_001_1_01", "1_001_2_06", "3_001_1_01")
    assert new.gallery == ("1_001_1_02", "1_001_2_07", "3_001_2_06")
    assert (new.rule, new.average_precision, new.published) == ("market1501", "trapezoid", True)
    assert "new" not in LABELED.divisions(root, LABELED.listing(root))  # its configuration is another file


def test_a_configuration_of_version_7_3(root):
    """Names are then cells of letters, one number each."""
    path = root / "cuhk03_new_protocol_config_detected.mat"
    content = loadmat(official_mats.cuhk03_config(path))
    listing = BENCHMARK.listing(root)
    (expected,) = BENCHMARK.divisions(root, listing)["new"]
    with h5py.File(path, "w", userblock_size=512) as file:
        texts = [file.create_dataset(f"#refs#/{number}", data=np.array([[ord(letter)] for letter in str(each.item())],
                                                                       np.uint16)).ref
                 for number, each in enumerate(content["filelist"].flatten())]
        file.create_dataset("filelist", data=np.array([texts], h5py.ref_dtype), dtype=h5py.ref_dtype)
        for key in ("labels", "camId", "train_idx", "query_idx", "gallery_idx"):
            file[key] = content[key].T
    assert BENCHMARK.divisions(root, listing)["new"] == [expected]


@pytest.mark.parametrize(("changed", "sentence"), [
    ({"labels": [1, 1, 1, 1, 2, 2, 4, 5, 5]}, "2_001_2_08 as person 4, view 2, there person 3, view 2"),
    ({"camId": [1, 1, 2, 2, 1, 2, 1, 1, 2]}, "2_001_2_08 as person 3, view 1, there person 3, view 2"),
    ({"camId": [1, 1, 2]}, "9 files, 9 labels and 3 cameras"),
    ({"filelist": ["9_001_1_01.png"] + ["1_001_1_02.png"] * 8}, "7 files twice"),
    ({"filelist": [f"9_{n}.png" for n in range(9)]}, "9_0 as person 1, view 1, which cuhk-03.mat lacks"),
    ({"query_idx": [0, 3, 8]}, "query_idx with rows outside"),
    ({"query_idx": [1, 3, 10]}, "query_idx with rows outside"),
    ({"query_idx": [1, 3, 3]}, "query_idx with rows outside"),
    ({"query_idx": [1, 3, 5]}, "people who train and are tested"),
    ({"query_idx": [1, 2, 3]}, "images that are query and gallery"),
    ({"query_idx": [1.5, 3, 8]}, "whole numbers"),
])
def test_configurations_that_do_not_fit(root, changed, sentence):
    official_mats.cuhk03_config(root / "cuhk03_new_protocol_config_detected.mat", **changed)
    with pytest.raises(ReidError, match=sentence):
        BENCHMARK.divisions(root, BENCHMARK.listing(root))


def test_ready_made_folders(tmp_path):
    root = official_mats.market(tmp_path / "cuhk03-np" / "detected", official_mats.CUHK03_NP).parent
    assert BENCHMARK.root(tmp_path) == root
    listing = BENCHMARK.listing(root)
    assert [(entry.name, *entry.files, entry.pid, entry.camid) for entry in listing.entries] == FOLDERS
    assert listing.counts == {
        "identities": 3, "images": 7, "train images": 2, "train identities": 1, "query images": 2,
        "query identities": 1, "gallery images": 3, "gallery identities": 2}
    assert listing.ignored == {".DS_Store": 1, "Thumbs.db": 3, "other kinds of file": 1}
    found = BENCHMARK.divisions(root, listing)
    assert list(found) == ["new"]
    names = [name for name, *_ in FOLDERS]
    (new,) = found["new"]
    assert (new.train, new.probes, new.gallery) == (tuple(names[:2]), tuple(names[2:4]), tuple(names[4:]))
    (frame,) = BENCHMARK.read(root, listing.entries[3])
    np.testing.assert_array_equal(frame, np.full((4, 2, 3), 20))
    with pytest.raises(ReidError, match="labeled/"):
        LABELED.root(tmp_path)


def test_the_root_from_the_folder_above(root, tmp_path):
    """torchreid's place: cuhk03/cuhk03_release/cuhk-03.mat."""
    assert BENCHMARK.root(tmp_path) == tmp_path
    listing = BENCHMARK.listing(tmp_path)
    assert listing.entries[0].files == ("cuhk03_release/cuhk-03.mat#detected/1/1/1",)
    (frame,) = BENCHMARK.read(tmp_path, listing.entries[0])
    np.testing.assert_array_equal(frame, official_mats.cuhk03_picture(1, 1, 1))


def test_without_h5py(root, monkeypatch):
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(ReidError, match=r'pip install "reidlib\[data\]"'):
        BENCHMARK.listing(root)


def spoiled(change):
    """A change made to the open file."""
    def spoil(path):
        with h5py.File(path, "r+") as file:
            change(file)
    return spoil


def replace(file, name, value, **options):
    del file[name]
    file.create_dataset(name, data=value, **options)


def picture_of(file, value, **options):
    """The first detected image replaced."""
    table = file[file["detected"][0, 0]]
    del file[file[table[0, 0]].name]
    table[0, 0] = file.create_dataset("other", data=value, **options).ref


@pytest.mark.parametrize(("change", "sentence"), [
    (lambda file: file.pop("detected"), "it lacks detected"),
    (lambda file: replace(file, "detected", np.ones((1, 5))), "detected is no cell array"),
    (lambda file: (file.pop("detected"), file.create_group("detected")), "detected is no array"),
    (lambda file: replace(file, "detected", np.empty((1, 5), h5py.ref_dtype), dtype=h5py.ref_dtype), "cannot be read"),
    (lambda file: (file.pop("detected"), file.__setitem__("detected", h5py.ExternalLink("/etc/passwd", "x"))),
     "a link to elsewhere"),
    (lambda file: (file.pop("detected"), file.__setitem__("detected", h5py.SoftLink("/labeled"))),
     "a link to elsewhere"),
    (lambda file: replace(file, "detected", np.array([[file["testsets"].ref]], h5py.ref_dtype),
                          dtype=h5py.ref_dtype), "pair 1 of detected has shape"),
    (lambda file: replace(file, "detected", np.repeat(file["detected"][()], 2, 1), dtype=h5py.ref_dtype),
     "more than 5 pairs"),
    (lambda file: picture_of(file, np.ones((3, 4, 6))), r"detected/1/1/1 has dtype float64 and shape \(6, 4, 3\)"),
    (lambda file: picture_of(file, np.ones((4, 4, 6), np.uint8)), r"shape \(6, 4, 4\)"),
    (lambda file: picture_of(file, np.ones((1, 3, 4, 6), np.uint8)), "detected/1/1/1 has dtype"),
])
def test_files_of_another_make(root, change, sentence):
    spoiled(change)(root / "cuhk-03.mat")
    with pytest.raises(ReidError, match=sentence):
        BENCHMARK.listing(root)


def test_a_picture_that_lies_in_another_file(root, tmp_path):
    secret = tmp_path / "secret.bin"
    secret.write_bytes(bytes(72))

    def change(file):
        table = file[file["detected"][0, 0]]
        del file[file[table[0, 0]].name]
        table[0, 0] = file.create_dataset("other", (3, 4, 6), np.uint8, external=[(str(secret), 0, 72)]).ref

    spoiled(change)(root / "cuhk-03.mat")
    with pytest.raises(ReidError, match="points to other files"):
        BENCHMARK.listing(root)


@pytest.mark.parametrize(("table", "sentence"), [
    ([[1, 3]], "names person 3 of pair 1"), ([[6, 1]], "names person 1 of pair 6"),
    ([[0, 1]], "names person 1 of pair 0"), ([[1, 1.5]], r"names person 1\.5 of pair 1"),
    ([[1, 1], [1, 1]], "names somebody twice"), ([[1, 2, 3]], r"shape \(1, 3\)"),
    ([[float("nan"), 1]], "of pair nan"),
])
def test_test_sets_that_do_not_fit(tmp_path, table, sentence):
    root = official_mats.cuhk03(tmp_path / "cuhk-03.mat", tests=[table]).parent
    with pytest.raises(ReidError, match=sentence):
        BENCHMARK.divisions(root, BENCHMARK.listing(root))


def test_a_file_cut_off(root):
    path = root / "cuhk-03.mat"
    content = path.read_bytes()
    for length in (0, 100, 600, len(content) // 2, len(content) - 8):
        path.write_bytes(content[:length])
        with pytest.raises(ReidError, match="cannot be read"):
            BENCHMARK.listing(root)


def test_a_cell_that_is_none(root):
    entry = BENCHMARK.listing(root).entries[0]
    for file in ("cuhk-03.mat#detected/1/1", "cuhk-03.mat#detected/1/1/10", "cuhk-03.mat#detected/9/1/1",
                 "cuhk-03.mat#detected/0/1/1", "cuhk-03.mat#other/1/1/1"):
        with pytest.raises(ReidError, match="cannot be read"):
            BENCHMARK.read(root, type(entry)(entry.name, (file,), 1, 0))

"""MARS from its official lists: every tracklet by hand, both protocols, own draws, archives, and what is refused."""

from __future__ import annotations

import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import official_mats
import pytest
from scipy.io import savemat

from reidlib.data.benchmarks.mars import BENCHMARK
from reidlib.errors import ReidError
from reidlib.evaluation.protocols import find
from reidlib.evaluation.ranking import rank

# name, files, pid, camid, query
TRACKLETS = [
    ("train-00001", ("bbox_train/0001/0001C1T0001F001.jpg", "bbox_train/0001/0001C1T0001F002.jpg",
                     "bbox_train/0001/0001C1T0001F004.jpg"), 1, 0, 0),
    ("train-00002", ("bbox_train/0001/0001C2T0001F001.jpg", "bbox_train/0001/0001C2T0001F002.jpg"), 1, 1, 0),
    ("train-00003", ("bbox_train/0003/0003C1T0001F001.jpg",), 3, 0, 0),
    ("test-00001", ("bbox_test/00-1/00-1C1T0001F001.jpg", "bbox_test/00-1/00-1C1T0001F002.jpg"), -1, 0, 0),
    ("test-00002", ("bbox_test/0000/0000C3T0001F001.jpg",), 0, 2, 0),
    ("test-00003", ("bbox_test/0002/0002C1T0001F001.jpg", "bbox_test/0002/0002C1T0001F002.JPG"), 2, 0, 1),
    ("test-00004", ("bbox_test/0002/0002C2T0001F001.jpg",), 2, 1, 1),
    ("test-00005", ("bbox_test/0002/0002C6T0001F010.jpg",), 2, 5, 0),
    ("test-00006", ("bbox_test/0004/0004C1T0001F001.jpg",), 4, 0, 1),
    ("test-00007", ("bbox_test/0004/0004C2T0001F001.jpg",), 4, 1, 1),
    ("test-00008", ("bbox_test/0006/0006C1T0001F001.jpg",), 6, 0, 1),
    ("test-00009", ("bbox_test/0006/0006C1T0002F001.jpg",), 6, 0, 0),
    ("test-00010", ("bbox_test/0006/0006C5T0001F001.jpg",), 6, 4, 0),
]
TRAIN = ("train-00001", "train-00002", "train-00003")
QUERIES = ("test-00003", "test-00004", "test-00006", "test-00007", "test-00008")
TEST = tuple(f"test-{row:05d}" for row in range(1, 11))


@pytest.fixture
def root(tmp_path):
    return official_mats.mars(tmp_path / "MARS")


def test_every_tracklet(root):
    listing = BENCHMARK.listing(BENCHMARK.root(root))
    found = [(entry.name, entry.files, entry.pid, entry.camid, entry.info["query"]) for entry in listing.entries]
    assert found == TRACKLETS
    assert [entry.info["row"] for entry in listing.entries] == [1, 2, 3, *range(1, 11)]
    assert listing.counts == {
        "train frames": 6, "train tracklets": 3, "test frames": 13, "test tracklets": 10, "train identities": 2,
        "query tracklets": 5, "query identities": 3, "junk tracklets": 1,
        "queries without a match once queries are out": 2}
    assert set(listing.counts) == set(BENCHMARK.published)
    assert listing.ignored == {"names of the test list that no tracklet has": 1}


@pytest.mark.parametrize("options", [{"end": "\r\n"}, {"dtype": np.float64}, {"compressed": True}, {"dtype": np.int16}])
def test_other_ways_to_write_the_same(root, options):
    official_mats.info(root / "info", **options)
    listing = BENCHMARK.listing(root)
    assert [(e.name, e.files, e.pid, e.camid, e.info["query"]) for e in listing.entries] == TRACKLETS


def test_tables_of_version_7_3(root):
    h5py = pytest.importorskip("h5py")
    before = BENCHMARK.listing(root).hash
    for file, key, table in (("tracks_test_info.mat", "track_test_info", official_mats.MARS_TEST_TABLE),
                             ("query_IDX.mat", "query_IDX", [official_mats.MARS_QUERIES])):
        with h5py.File(root / "info" / file, "w", userblock_size=512) as opened:
            opened[key] = np.array(table, np.float64).T
    assert BENCHMARK.listing(root).hash == before


def test_big_endian_tables(root):
    """MATLAB on other processors; scipy does not write them, so the table is written by hand."""
    table = np.array(official_mats.MARS_TEST_TABLE)
    name = b"track_test_info"
    numbers = table.T.astype(">f8").tobytes()

    def element(kind, data):
        return np.array([kind, len(data)], ">u4").tobytes() + data + bytes(-len(data) % 8)

    inside = (element(6, np.array([6, 0], ">u4").tobytes()) + element(5, np.array(table.shape, ">i4").tobytes())
              + element(1, name) + element(9, numbers))
    header = b"MATLAB 5.0 MAT-file".ljust(124) + b"\x01\x00MI"
    (root / "info" / "tracks_test_info.mat").write_bytes(header + element(14, inside))
    assert len(BENCHMARK.listing(root)) == 13


def test_divisions_with_and_without_queries(root):
    listing = BENCHMARK.listing(root)
    found = BENCHMARK.divisions(root, listing)
    assert list(found) == ["official", "queries-out", "two-tracklet"]
    (official,), (out,) = found["official"], found["queries-out"]
    assert (official.train, official.probes, official.gallery) == (TRAIN, QUERIES, TEST)
    assert (official.rule, official.average_precision, official.published) == ("mars", "trapezoid", True)
    assert (out.train, out.probes) == (TRAIN, QUERIES)
    assert out.gallery == ("test-00001", "test-00002", "test-00005", "test-00009", "test-00010")
    assert "2 of 5 queries" in out.note
    assert "140 of 1,980" in out.note
    assert queries_with_a_match(listing, official) == 5
    assert queries_with_a_match(listing, out) == 3


def queries_with_a_match(listing, division) -> int:
    """How many probes the evaluation counts, on any distances."""
    known = {entry.name: entry for entry in listing.entries}
    probes, gallery = ([known[name] for name in names] for names in (division.probes, division.gallery))
    distance = np.random.default_rng(0).random((len(probes), len(gallery)), np.float32)
    labels = {"probe_pids": probes, "gallery_pids": gallery, "probe_camids": probes, "gallery_camids": gallery}
    labels = {key: np.array([getattr(entry, key.split("_")[1][:-1]) for entry in value])
              for key, value in labels.items()}
    return rank(distance, **labels, protocol=division.rule).queries


def test_two_tracklets_of_each_person(root):
    listing = BENCHMARK.listing(root)
    divisions = BENCHMARK.divisions(root, listing)["two-tracklet"]
    assert [each.number for each in divisions] == list(range(10))
    by_person = {2: ("test-00003", "test-00004", "test-00005"), 4: ("test-00006", "test-00007"),
                 6: ("test-00008", "test-00009", "test-00010")}
    cameras = {name: camid for name, _, _, camid, _ in TRACKLETS}
    for each in divisions:
        assert not each.published
        assert each.label.endswith("(not published)")
        assert find(each.rule).name == "two_tracklet"
        assert each.train == ("train-00001", "train-00002")  # person 3 was seen by one camera
        assert len(each.probes) == len(each.gallery) == 3
        for (probe, item), tracklets in zip(zip(each.probes, each.gallery, strict=True), by_person.values(),
                                            strict=True):
            assert {probe, item} <= set(tracklets)
            assert cameras[probe] != cameras[item]
        assert queries_with_a_match(listing, each) == 3
    assert len({(each.probes, each.gallery) for each in divisions}) > 1
    again = BENCHMARK.divisions(root, listing)["two-tracklet"]
    assert again == divisions


def test_pictures_from_folders_and_archives(root, tmp_path):
    zipped = official_mats.mars(tmp_path / "zipped", zipped=True)
    (zipped / "bbox_test.zip").rename(zipped / "bbox_test.ZIP")
    assert not (zipped / "bbox_test").exists()
    from_folders, from_archives = BENCHMARK.listing(root), BENCHMARK.listing(BENCHMARK.root(zipped))
    assert from_archives.hash == from_folders.hash
    numbers = {name: [20 * number for number in range(start - 1, end)] for (name, *_), (start, end, *_) in zip(
        TRACKLETS, official_mats.MARS_TRAIN_TABLE + official_mats.MARS_TEST_TABLE, strict=True)}
    for place, listing in ((root, from_folders), (zipped, from_archives)):
        for entry in listing.entries:
            frames = BENCHMARK.read(place, entry)
            assert [frame.shape for frame in frames] == [(4, 2, 3)] * len(entry.files)
            np.testing.assert_allclose([frame.mean() for frame in frames], numbers[entry.name], atol=3)


def test_archives_read_by_several_threads(tmp_path):
    root = official_mats.mars(tmp_path, zipped=True)
    entries = BENCHMARK.listing(root).entries
    alone = [BENCHMARK.read(root, entry) for entry in entries]
    with ThreadPoolExecutor(4) as pool:
        for number, frames in enumerate(pool.map(lambda entry: BENCHMARK.read(root, entry), entries * 10)):
            np.testing.assert_array_equal(frames, alone[number % len(entries)])


def test_archives_without_their_own_folder_and_broken_ones(tmp_path):
    root = official_mats.mars(tmp_path / "MARS", zipped=True)
    entry = BENCHMARK.listing(root).entries[2]
    with zipfile.ZipFile(root / "bbox_train.zip") as archive:
        content = archive.read("bbox_train/0003/0003C1T0001F001.jpg")
    with zipfile.ZipFile(root / "bbox_train.zip", "w") as archive:
        archive.writestr("0003/0003C1T0001F001.jpg", content)
    assert BENCHMARK.read(root, entry)[0].shape == (4, 2, 3)
    with pytest.raises(ReidError, match=r"no bbox_train/0001/0001C1T0001F001\.jpg"):
        BENCHMARK.read(root, BENCHMARK.listing(root).entries[0])
    (root / "bbox_train.zip").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(ReidError, match="whole archive"):
        BENCHMARK.read(root, entry)
    (root / "bbox_train.zip").unlink()
    with pytest.raises(ReidError, match="neither bbox_train nor"):
        BENCHMARK.read(root, entry)


def test_the_root_is_found_below_and_lists_beside_the_pictures(tmp_path):
    root = official_mats.mars(tmp_path / "download" / "MARS-v160809")
    assert BENCHMARK.root(tmp_path) == root
    (root / "MARS-evaluation-master").mkdir()
    (root / "info").rename(root / "MARS-evaluation-master" / "info")
    assert BENCHMARK.root(tmp_path / "download") == root
    assert len(BENCHMARK.listing(root)) == 13
    (root / "MARS-evaluation-master" / "info" / "query_IDX.mat").unlink()
    with pytest.raises(ReidError, match=r"query_IDX\.mat"):
        BENCHMARK.root(tmp_path)


def test_a_lacking_folder_and_a_lacking_picture(root):
    (root / "bbox_test" / "0004" / "0004C2T0001F001.jpg").unlink()
    entry = next(entry for entry in BENCHMARK.listing(root).entries if entry.name == "test-00007")
    with pytest.raises(ReidError, match="0004C2T0001F001"):
        BENCHMARK.read(root, entry)
    (root / "bbox_test" / "0004" / "0004C1T0001F001.jpg").unlink()
    (root / "bbox_test" / "0004").rmdir()
    with pytest.raises(ReidError, match=r"1 people of the lists have no folder.*0004"):
        BENCHMARK.listing(root)


def change(key, row, column, value):
    """One number of a table changed."""
    def changed(root):
        table = [list(each) for each in {"track_test_info": official_mats.MARS_TEST_TABLE,
                                         "track_train_info": official_mats.MARS_TRAIN_TABLE,
                                         "query_IDX": [official_mats.MARS_QUERIES]}[key]]
        table[row][column] = value
        official_mats.info(root / "info", tables={key: table}, dtype=np.float64)
    return changed


def rename(part, line, name):
    """One line of a name list changed."""
    def changed(root):
        path = root / "info" / f"{part}_name.txt"
        names = path.read_bytes().split(b"\n")
        names[line - 1] = name
        path.write_bytes(b"\n".join(names))
    return changed


def write(file, **content):
    return lambda root: savemat(root / "info" / file, content)


@pytest.mark.parametrize(("spoil", "sentence"), [
    (change("track_test_info", 2, 2, 4), "Line 4 of .*0002C1T0001F001.jpg, but row 3 .*says person 4, camera 1"),
    (change("track_test_info", 2, 3, 2), "row 3 .*says person 2, camera 2"),
    (change("track_test_info", 2, 3, 7), "row 3: 4, 5, 2, 7"),
    (change("track_test_info", 2, 0, 0), "row 3: 0, 5, 2, 1"),
    (change("track_test_info", 9, 1, 99), "row 10: 12, 99, 6, 5"),
    (change("track_test_info", 2, 0, 6), "row 3: 6, 5, 2, 1"),
    (change("track_test_info", 2, 1, 6), "Rows 3 and 4 of .*share names"),
    (change("track_test_info", 0, 2, -2), "row 1: 1, 2, -2, 1"),
    (change("track_test_info", 0, 2, 0.5), "whole numbers"),
    (change("track_test_info", 0, 2, float("nan")), "whole numbers"),
    (change("query_IDX", 0, 0, 0), "smallest 0"),
    (change("query_IDX", 0, 0, 4), "4 of them different"),
    (change("query_IDX", 0, 0, 11), "row 11 of 10"),
    (change("query_IDX", 0, 0, 1), "1 queries are junk or distractors, first test-00001"),
    (rename("test", 5, b"0002C1T0001F001.jpg"), "does not come after the line before"),
    (rename("train", 3, b"0001C1T0001F001.jpg"), "does not come after the line before"),
    (rename("test", 4, b"../../../etc/passwd"), "Line 4 of .*passwd"),
    (rename("test", 4, b""), "Line 4 of .*''"),
    (rename("test", 4, b"0002C1T0001F001.jpg\x1b[2J"), r"Line 4 of .*\\x1b"),
    (rename("test", 4, "０００２C1T0001F001.jpg".encode()), "Line 4"),
    (write("query_IDX.mat", other=np.ones(3)), "no variable query_IDX"),
    (write("query_IDX.mat", query_IDX="text"), "no variable query_IDX"),
    (write("query_IDX.mat", query_IDX={"a": 1}), "no variable query_IDX"),
    (write("query_IDX.mat", query_IDX=np.ones((2, 2, 2))), r"shape \(2, 2, 2\)"),
    (write("query_IDX.mat", query_IDX=np.ones((2, 0))), "0 rows"),
    (write("tracks_train_info.mat", track_train_info=np.ones((3, 5))), "a table of 4 columns"),
    (write("tracks_train_info.mat", track_train_info=np.ones((0, 4))), "no row"),
    (lambda root: (root / "info" / "query_IDX.mat").write_bytes(b"no matlab"), "cannot be read"),
    (lambda root: (root / "info" / "query_IDX.mat").write_bytes(b""), "cannot be read"),
    (lambda root: (root / "info" / "test_name.txt").write_bytes(b""), "row 1: 1, 2, -1, 1"),
])
def test_what_is_refused(root, spoil, sentence):
    spoil(root)
    with pytest.raises(ReidError, match=sentence):
        BENCHMARK.listing(root)


def test_a_v7_3_table_without_h5py(root, monkeypatch):
    h5py = pytest.importorskip("h5py")
    with h5py.File(root / "info" / "query_IDX.mat", "w") as opened:
        opened["query_IDX"] = np.ones((5, 1))
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(ReidError, match=r'pip install "reidlib\[data\]"'):
        BENCHMARK.listing(root)

"""iLIDS-VID: its layout with every known oddity, its published divisions, and what is refused with a sentence."""

from __future__ import annotations

import hashlib
import struct
import time

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

from reidlib.data.benchmarks.ilids_vid import BENCHMARK, SPLITS
from reidlib.errors import ReidError
from reidlib.evaluation.protocols import find

# Persons 1, 2, 5 and 319 have both cameras; the numbers have gaps, as the official ones do.
FRAMES = {
    (1, 1): [317, 318, 319], (1, 2): [9, 10], (1, 5): [1], (1, 319): [99998, 99999, 100000],
    (2, 1): [274, 275], (2, 2): [3], (2, 5): [1, 2, 3, 4], (2, 319): [7],
}  # fmt: skip
# Row by row: 1-based places among the sorted folders 1, 2, 5, 319; the first two test.
ROWS = np.array([[1, 2, 3, 4], [4, 3, 2, 1], [2, 4, 1, 3], [3, 1, 4, 2], [1, 3, 2, 4],
                 [1, 4, 2, 3], [2, 3, 1, 4], [4, 1, 3, 2], [3, 2, 1, 4], [2, 1, 4, 3]])
TESTED = [(1, 2), (5, 319), (2, 319), (1, 5), (1, 5), (1, 319), (2, 5), (1, 319), (2, 5), (1, 2)]


def picture(path, colour=0, suffix_format="PNG"):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (4, 2), (colour, 1, 2)).save(path, format=suffix_format)


@pytest.fixture
def tree(tmp_path):
    top = tmp_path / "i-LIDS-VID"
    for (camera, person), frames in FRAMES.items():
        for number in reversed(frames):  # written last to first, so that no order comes from the disk
            name = f"cam{camera}_person{person:03d}_{number:05d}"
            picture(top / f"sequences/cam{camera}/person{person:03d}/{name}.png", number % 256)
    picture(top / "images/cam1/person001/cam1_person001.png")
    return tmp_path


def write_splits(tree, rows=ROWS, key="ls_set", where="train-test people splits"):
    folder = tree / where
    folder.mkdir(parents=True, exist_ok=True)
    savemat(folder / SPLITS, {key: rows})
    return folder / SPLITS


def divisions(folder):
    root = BENCHMARK.root(folder)
    return BENCHMARK.divisions(root, BENCHMARK.listing(root))


def test_every_tracklet(tree):
    root = BENCHMARK.root(tree)
    assert root == tree / "i-LIDS-VID"
    listing = BENCHMARK.listing(root)
    base = "sequences/cam"
    assert [(e.name, e.pid, e.camid, e.files) for e in listing.entries] == [
        ("cam1_person001", 1, 0, tuple(f"{base}1/person001/cam1_person001_00{n}.png" for n in (317, 318, 319))),
        ("cam1_person002", 2, 0, tuple(f"{base}1/person002/cam1_person002_{n}.png" for n in ("00009", "00010"))),
        ("cam1_person005", 5, 0, (f"{base}1/person005/cam1_person005_00001.png",)),
        ("cam1_person319", 319, 0,
         tuple(f"{base}1/person319/cam1_person319_{n}.png" for n in (99998, 99999, 100000))),
        ("cam2_person001", 1, 1, tuple(f"{base}2/person001/cam2_person001_00{n}.png" for n in (274, 275))),
        ("cam2_person002", 2, 1, (f"{base}2/person002/cam2_person002_00003.png",)),
        ("cam2_person005", 5, 1, tuple(f"{base}2/person005/cam2_person005_0000{n}.png" for n in (1, 2, 3, 4))),
        ("cam2_person319", 319, 1, (f"{base}2/person319/cam2_person319_00007.png",)),
    ]
    assert listing.counts == {"identities": 4, "tracklets": 8, "cameras": 2, "fewest frames": 1, "most frames": 4}
    assert set(listing.counts) == set(BENCHMARK.published)
    assert dict(listing.ignored) == {}
    frames = BENCHMARK.read(root, listing.entries[1])
    assert [frame[0, 0].tolist() for frame in frames] == [[9, 1, 2], [10, 1, 2]]
    assert frames[0].shape == (2, 4, 3)


def test_what_is_passed_over_is_counted(tree):
    root = BENCHMARK.root(tree)
    clean = BENCHMARK.listing(root)
    here = root / "sequences/cam1"
    (here / "person001/Thumbs.db").write_bytes(b"x")
    (here / "THUMBS.DB").write_bytes(b"x")
    (here / ".DS_Store").write_bytes(b"x")
    (here / "person001/._cam1_person001_00320.png").write_bytes(b"x")
    picture(root / "sequences/cam2/__MACOSX/person001/a.png")
    picture(here / "person000/cam1_person000_00001.png")  # 0 would be a distractor
    picture(here / "person٣٢١/cam1_person321_00001.png")  # digits, but not of these names
    picture(here / "person001/cam2_person001_00400.png")  # another camera's
    picture(here / "person001/cam1_person002_00400.png")  # another person's
    (here / "person001/cam1_person001_00400.txt").write_text("x")
    (here / "person001/more").mkdir()
    (here / "person300").mkdir()
    listing = BENCHMARK.listing(root)
    assert listing.entries == clean.entries
    assert dict(listing.ignored) == {"Thumbs.db": 2, ".DS_Store": 1, "hidden files": 1, "__MACOSX": 1,
                                     "other names": 6, "person folders without a picture": 1}


def test_upper_case_suffixes_and_numbers_without_zeros(tree):
    root = BENCHMARK.root(tree)
    here = root / "sequences/cam1/person001"
    for each in here.iterdir():
        each.rename(each.with_suffix(".PNG"))
    picture(here / "cam1_person001_20.JPG", suffix_format="JPEG")
    assert BENCHMARK.listing(root).entries[0].files == tuple(
        f"sequences/cam1/person001/cam1_person001_{n}" for n in ("20.JPG", "00317.PNG", "00318.PNG", "00319.PNG"))


def test_a_frame_twice_is_refused(tree):
    root = BENCHMARK.root(tree)
    picture(root / "sequences/cam1/person001/cam1_person001_317.png")
    with pytest.raises(ReidError, match="frame 317 twice"):
        BENCHMARK.listing(root)


@pytest.mark.parametrize("deeper", ["", "data", "data/iLIDS"])
def test_root_at_and_below_the_given_folder(tree, deeper, tmp_path_factory):
    given = tmp_path_factory.mktemp("given")
    (given / deeper).parent.mkdir(parents=True, exist_ok=True)
    target = given / deeper / "i-LIDS-VID" if deeper != "data/iLIDS" else given / deeper
    target.parent.mkdir(parents=True, exist_ok=True)
    (tree / "i-LIDS-VID").rename(target)
    assert BENCHMARK.root(given) == target
    assert BENCHMARK.root(target) == target


def test_no_root(tree):
    with pytest.raises(ReidError, match=r"train_test_splits_ilidsvid\.mat"):  # the error shows the layout
        BENCHMARK.root(tree / "i-LIDS-VID/sequences/cam1")
    with pytest.raises(ReidError, match="nothere"):
        BENCHMARK.root(tree / "nothere")
    empty = tree / "empty"
    for camera in (1, 2):
        (empty / f"sequences/cam{camera}").mkdir(parents=True)
    with pytest.raises(ReidError, match="no tracklet"):
        BENCHMARK.listing(BENCHMARK.root(empty))


@pytest.mark.parametrize("where", ["train-test people splits", ".", "i-LIDS-VID/train-test people splits",
                                   "i-LIDS-VID"])
@pytest.mark.parametrize("kind", [np.uint16, np.float64])
def test_published_divisions(tree, where, kind):
    write_splits(tree, ROWS.astype(kind), where=where)
    found = divisions(tree)
    assert list(found) == ["half"]
    assert len(found["half"]) == 10
    everybody = (1, 2, 5, 319)
    for number, (division, tested) in enumerate(zip(found["half"], TESTED, strict=True)):
        trained = [person for person in everybody if person not in tested]
        assert (division.protocol, division.number, division.published) == ("half", number, True)
        assert division.train == tuple(f"cam{c}_person{p:03d}" for c in (1, 2) for p in trained)
        assert division.probes == tuple(f"cam1_person{p:03d}" for p in tested)
        assert division.gallery == tuple(f"cam2_person{p:03d}" for p in tested)
        assert find(division.rule).name == "camera_pair"
        assert SPLITS in division.note


def test_numbers_of_folders_are_not_numbers_of_persons(tree):
    """Column 4 is person 319, and 319 is no place among four folders."""
    write_splits(tree)
    assert divisions(tree)["half"][1].probes == ("cam1_person005", "cam1_person319")
    write_splits(tree, np.array([[1, 2, 5, 319]] * 10))
    with pytest.raises(ReidError, match=r"20 numbers outside 1 … 4"):
        divisions(tree)


def test_a_person_without_one_camera_keeps_the_places_of_the_others(tree):
    for each in (tree / "i-LIDS-VID/sequences/cam2/person002").iterdir():
        each.unlink()
    write_splits(tree)
    first = divisions(tree)["half"][0]
    assert first.probes == ("cam1_person001", "cam1_person002")
    assert first.gallery == ("cam2_person001",)
    assert "1 persons lack one camera" in first.note


def expected_halves(pids, number):
    """The seeded order by its definition: SHA-256 of (seed, pid), where seed k comes from (0, k)."""
    seed = int.from_bytes(hashlib.sha256(f"0/{number}".encode()).digest()[:8], "big")
    order = sorted(pids, key=lambda pid: hashlib.sha256(f"{seed}/{pid}".encode()).digest())
    return sorted(order[:len(pids) // 2]), sorted(order[len(pids) // 2:])


def test_seeded_divisions_say_so_and_never_change(tree):
    found = divisions(tree)["half"]
    assert len(found) == 10
    for number, division in enumerate(found):
        tested, trained = expected_halves([1, 2, 5, 319], number)
        assert not division.published
        assert division.label == f"half-{number} (not published)"
        assert "not a published one" in division.note
        assert division.probes == tuple(f"cam1_person{p:03d}" for p in tested)
        assert division.gallery == tuple(f"cam2_person{p:03d}" for p in tested)
        assert division.train == tuple(f"cam{c}_person{p:03d}" for c in (1, 2) for p in trained)
    # Written down once: if these changed, nobody's figures could be repeated.
    assert [[int(name[-3:]) for name in division.probes] for division in found[:3]] == [[5, 319], [1, 319], [5, 319]]


def test_seeded_needs_two_persons(tree):
    for person in ("002", "005", "319"):
        folder = tree / f"i-LIDS-VID/sequences/cam1/person{person}"
        for each in folder.iterdir():
            each.unlink()
    with pytest.raises(ReidError, match="1 persons of iLIDS-VID in both cameras"):
        divisions(tree)


@pytest.mark.parametrize(("rows", "key", "words"), [
    (ROWS, "other", "no variable ls_set of numbers"),
    (ROWS[:9], "ls_set", "9 × 4"),
    (ROWS.T, "ls_set", "4 × 10"),
    (np.hstack([ROWS, ROWS[:, :1]]), "ls_set", "10 × 5 beside 4 person folders"),
    (ROWS[:, :3], "ls_set", "10 × 3"),
    (ROWS - 1, "ls_set", "10 numbers outside"),
    (np.where(ROWS == 4, 1, ROWS), "ls_set", "a person twice"),
    (ROWS + 0.5, "ls_set", "whole numbers"),
    (np.where(ROWS == 4, np.nan, ROWS), "ls_set", "whole numbers"),
    (ROWS.astype(complex), "ls_set", "no variable ls_set of numbers"),
    (ROWS > 2, "ls_set", "numbers outside"),
    (np.array(["a" * 4] * 10), "ls_set", "no variable ls_set of numbers"),
    (np.zeros((0, 0)), "ls_set", "0 × 0"),
    (ROWS[None], "ls_set", "1 × 10 × 4"),
    ({"rows": ROWS}, "ls_set", "no variable ls_set of numbers"),
    (np.array([[ROWS, "x"]], dtype=object), "ls_set", "no variable ls_set of numbers"),
])  # fmt: skip
def test_wrong_splits_are_refused(tree, rows, key, words):
    path = write_splits(tree, rows, key)
    with pytest.raises(ReidError, match=words) as caught:
        divisions(tree)
    assert path.name in str(caught.value)


def big_endian(rows):
    """A file as MATLAB wrote it on big-endian machines, byte by byte from the format's description."""
    values = rows.astype(">f8").tobytes(order="F")
    body = b"".join([struct.pack(">IIII", 6, 8, 6, 0), struct.pack(">IIii", 5, 8, *rows.shape),
                     struct.pack(">II", 1, 6), b"ls_set\0\0", struct.pack(">II", 9, len(values)), values])
    return b"MATLAB 5.0".ljust(124) + struct.pack(">H", 0x100) + b"MI" + struct.pack(">II", 14, len(body)) + body


@pytest.mark.parametrize("compressed", [False, True])
def test_other_ways_to_write_the_same_table(tree, compressed):
    """Compressed, after other variables, and with the bytes of a number turned round."""
    path = write_splits(tree)
    wanted = [division.probes for division in divisions(tree)["half"]]
    savemat(path, {"first": np.zeros((20, 30)), "text": "words", "ls_set": ROWS.astype(np.int32)},
            do_compression=compressed)
    assert [division.probes for division in divisions(tree)["half"]] == wanted
    path.write_bytes(big_endian(ROWS))
    assert [division.probes for division in divisions(tree)["half"]] == wanted
    assert len(set(wanted)) > 3


@pytest.mark.parametrize("content", [b"", b"no MATLAB file at all", b"\x89HDF\r\n\x1a\n" + bytes(600)])
def test_no_mat_file_is_refused(tree, content):
    write_splits(tree).write_bytes(content)
    with pytest.raises(ReidError, match=SPLITS):
        divisions(tree)


def test_official_size_is_complete_and_fast(tmp_path):
    """300 persons with gaps up to 319, 23 … 192 frames: every published count, places against numbers."""
    persons = [*[n for n in range(1, 320) if n % 17][:299], 319]
    assert len(persons) == 300
    for camera in (1, 2):
        for place, person in enumerate(persons):
            folder = tmp_path / f"i-LIDS-VID/sequences/cam{camera}/person{person:03d}"
            folder.mkdir(parents=True)
            for number in range(23 if place else 192):
                (folder / f"cam{camera}_person{person:03d}_{number + 1:05d}.png").touch()
    rows = np.stack([np.roll(np.arange(1, 301), 30 * k) for k in range(10)])
    write_splits(tmp_path, rows)
    begin = time.perf_counter()
    root = BENCHMARK.root(tmp_path)
    listing = BENCHMARK.listing(root)
    found = BENCHMARK.divisions(root, listing)["half"]
    assert time.perf_counter() - begin < 20
    assert dict(listing.counts) == dict(BENCHMARK.published)
    for number, division in enumerate(found):
        tested = sorted(persons[(place - 30 * number) % 300] for place in range(150))
        assert [int(name[-3:]) for name in division.probes] == tested
        assert len(division.gallery) == 150
        assert len(division.train) == 300
        assert not {name[-3:] for name in division.train} & {name[-3:] for name in division.probes}

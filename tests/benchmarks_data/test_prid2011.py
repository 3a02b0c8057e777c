"""PRID-2011, videos and images: who is who in two views, every protocol, and what is refused with a sentence."""

from __future__ import annotations

import hashlib
import json

import pytest
from PIL import Image

from reidlib.data.benchmarks.prid2011 import BENCHMARK, SINGLE_SHOT
from reidlib.errors import ReidError
from reidlib.evaluation.protocols import find

# number of frames by view and person; 201 and 202 of A are not 201 and 202 of B
A = {1: 21, 2: 30, 3: 20, 4: 22, 200: 25, 201: 2, 385: 30}
B = {1: 21, 2: 21, 3: 40, 4: 23, 200: 21, 201: 40, 202: 1, 749: 5}


def picture(path, colour=0, kind="PNG"):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (4, 2), (colour, 1, 2)).save(path, format=kind)


@pytest.fixture
def tree(tmp_path):
    top = tmp_path / "prid_2011"
    for view, persons in (("cam_a", A), ("cam_b", B)):
        for person, count in persons.items():
            picture(top / f"single_shot/{view}/person_{person:04d}.png", person % 256)
            for number in range(count, 0, -1):
                picture(top / f"multi_shot/{view}/person_{person:04d}/{number:04d}.png", number)
    return tmp_path


def divisions(benchmark, folder):
    root = benchmark.root(folder)
    return benchmark.divisions(root, benchmark.listing(root))


def a(*persons):
    return tuple(f"cam_a_person_{person:04d}" for person in persons)


def b(*persons):
    return tuple(f"cam_b_person_{person:04d}" for person in persons)


def halves(pids, number):
    """(test, train) by definition: order of SHA-256 of (seed, pid), where seed k comes from (0, k)."""
    seed = int.from_bytes(hashlib.sha256(f"0/{number}".encode()).digest()[:8], "big")
    order = sorted(pids, key=lambda pid: hashlib.sha256(f"{seed}/{pid}".encode()).digest())
    return sorted(order[:len(pids) // 2]), sorted(order[len(pids) // 2:])


WHO = [("a", 1, 1), ("a", 2, 2), ("a", 3, 3), ("a", 4, 4), ("a", 200, 200), ("a", 201, 201), ("a", 385, 385),
       ("b", 1, 1), ("b", 2, 2), ("b", 3, 3), ("b", 4, 4), ("b", 200, 200), ("b", 201, 1201), ("b", 202, 1202),
       ("b", 749, 1749)]  # view, number in the name, pid


def test_every_video(tree):
    root = BENCHMARK.root(tree)
    assert root == tree / "prid_2011" == BENCHMARK.root(root)
    listing = BENCHMARK.listing(root)
    assert [(e.name, e.pid, e.camid, e.files) for e in listing.entries] == [
        (f"cam_{view}_person_{n:04d}", pid, "ab".index(view),
         tuple(f"multi_shot/cam_{view}/person_{n:04d}/{k:04d}.png" for k in range(1, {"a": A, "b": B}[view][n] + 1)))
        for view, n, pid in WHO]
    assert listing.counts == {"identities": 10, "tracklets": 15, "persons of view A": 7, "persons of view B": 8,
                              "persons of both views": 5}
    assert set(listing.counts) == set(BENCHMARK.published)
    assert [frame[0, 0, 0] for frame in BENCHMARK.read(root, listing.entries[5])] == [1, 2]


def test_every_image(tree):
    root = SINGLE_SHOT.root(tree)
    listing = SINGLE_SHOT.listing(root)
    assert [(e.name, e.pid, e.camid, e.files) for e in listing.entries] == [
        (f"cam_{view}_person_{n:04d}", pid, "ab".index(view), (f"single_shot/cam_{view}/person_{n:04d}.png",))
        for view, n, pid in WHO]
    assert listing.counts == {"identities": 10, "images": 15, "persons of view A": 7, "persons of view B": 8,
                              "persons of both views": 5}
    assert set(listing.counts) == set(SINGLE_SHOT.published)
    assert (SINGLE_SHOT.kind, BENCHMARK.kind) == ("image", "video")


def test_one_number_two_people(tree):
    """Person 0201 of A and 0201 of B are different: no pid of the two meets, and neither is ever a match."""
    for benchmark in (BENCHMARK, SINGLE_SHOT):
        entries = {entry.name: entry for entry in benchmark.listing(benchmark.root(tree)).entries}
        assert entries["cam_a_person_0201"].pid == 201
        assert entries["cam_b_person_0201"].pid == 1201
        assert entries["cam_a_person_0200"].pid == entries["cam_b_person_0200"].pid == 200


def test_what_is_passed_over_is_counted(tree):
    videos, images = (tree / "prid_2011" / kind / "cam_a" for kind in ("multi_shot", "single_shot"))
    clean = [benchmark.listing(tree / "prid_2011").entries for benchmark in (BENCHMARK, SINGLE_SHOT)]
    for folder in (videos, videos / "person_0001", images):
        (folder / "Thumbs.db").write_bytes(b"x")
        (folder / ".DS_Store").write_bytes(b"x")
        (folder / "._0001.png").write_bytes(b"x")
        (folder / "readme.txt").write_bytes(b"x")
        picture(folder / "__MACOSX/person_0009.png")
    picture(videos / "person_0000/0001.png")
    picture(videos / "person_1201/0001.png")  # would meet B's 0201
    picture(videos / "person_12/0001.png")
    picture(images / "person_0000.png")
    picture(images / "person_1201.png")
    (videos / "person_0300").mkdir()
    found = [benchmark.listing(tree / "prid_2011") for benchmark in (BENCHMARK, SINGLE_SHOT)]
    assert [each.entries for each in found] == clean
    assert dict(found[0].ignored) == {"Thumbs.db": 2, ".DS_Store": 2, "hidden files": 2, "__MACOSX": 2,
                                      "other names": 5, "person folders without a picture": 1}
    assert dict(found[1].ignored) == {"Thumbs.db": 1, ".DS_Store": 1, "hidden files": 1, "__MACOSX": 1,
                                      "other names": 3}


def test_upper_case_suffixes(tree):
    root = tree / "prid_2011"
    (root / "single_shot/cam_a/person_0001.png").rename(root / "single_shot/cam_a/person_0001.PNG")
    (root / "multi_shot/cam_a/person_0201/0002.png").rename(root / "multi_shot/cam_a/person_0201/0002.PNG")
    picture(root / "multi_shot/cam_a/person_0201/10.JPG", kind="JPEG")
    assert SINGLE_SHOT.listing(root).entries[0].files == ("single_shot/cam_a/person_0001.PNG",)
    assert BENCHMARK.listing(root).entries[5].files == tuple(
        f"multi_shot/cam_a/person_0201/{name}" for name in ("0001.png", "0002.PNG", "10.JPG"))


def test_twice_is_refused(tree):
    root = tree / "prid_2011"
    picture(root / "multi_shot/cam_a/person_0201/2.png")
    with pytest.raises(ReidError, match="frame 2 twice"):
        BENCHMARK.listing(root)
    picture(root / "single_shot/cam_a/person_0201.JPG", kind="JPEG")
    with pytest.raises(ReidError, match="name that another has"):
        SINGLE_SHOT.listing(root)


def test_no_root(tree):
    with pytest.raises(ReidError, match="multi_shot/cam_a/person_0001"):
        BENCHMARK.root(tree / "prid_2011/multi_shot/cam_a")
    (tree / "prid_2011/single_shot/cam_b").rename(tree / "elsewhere")
    with pytest.raises(ReidError, match="single_shot/cam_a/person_0001"):
        SINGLE_SHOT.root(tree)
    assert BENCHMARK.root(tree) == tree / "prid_2011"


def test_seeded_178_takes_long_tracks_only(tree):
    """21 frames in both views: person 3 has 20 in A."""
    found = divisions(BENCHMARK, tree)["prid-178"]
    assert len(found) == 10
    for number, division in enumerate(found):
        tested, trained = halves([1, 2, 4, 200], number)
        assert (division.number, division.published) == (number, False)
        assert division.train == a(*trained) + b(*trained)
        assert division.probes == a(*tested)
        assert division.gallery == b(*tested)
        assert "not a published one" in division.note
        assert "4 persons have 21 frames" in division.note


def test_200_takes_all_of_both_views(tree):
    found = divisions(BENCHMARK, tree)["prid-200"]
    assert len(found) == 10
    for number, division in enumerate(found):
        tested, trained = halves([1, 2, 3, 4, 200], number)
        assert (len(tested), len(trained)) == (2, 3)
        assert (division.protocol, division.number, division.published) == ("prid-200", number, False)
        assert division.train == a(*trained) + b(*trained)
        assert division.probes == a(*tested)
        assert division.gallery == b(*tested)
    assert found[0].probes == a(4, 200)  # written down once
    assert found[1].probes == a(1, 3)


def test_official_is_a_test_only(tree):
    only, = divisions(BENCHMARK, tree)["official"]
    there, back = divisions(SINGLE_SHOT, tree)["official"]
    for division in (only, there):
        assert (division.train, division.probes, division.gallery) == (
            (), a(1, 2, 3, 4, 200), b(1, 2, 3, 4, 200, 201, 202, 749))
        assert division.rule == "camera_pair"
    assert (back.train, back.probes, back.gallery) == ((), b(1, 2, 3, 4, 200), a(1, 2, 3, 4, 200, 201, 385))
    rule = find(back.rule)
    assert (rule.name, rule.probe_camera, rule.gallery_camera) == ("camera_pair", 1, 0)
    assert all(each.published for each in (only, there, back))
    assert [each.number for each in (only, there, back)] == [0, 0, 1]


def test_single_shot_halves_search_among_distractors(tree):
    found = divisions(SINGLE_SHOT, tree)["half"]
    assert len(found) == 10
    for number, division in enumerate(found):
        tested, trained = halves([1, 2, 3, 4, 200], number)
        assert not division.published
        assert division.train == a(*trained) + b(*trained)
        assert division.probes == a(*tested)
        assert division.gallery == b(*tested, 201, 202, 749)
        assert "3 persons whom only view B shows" in division.note


def names(*persons):
    return [f"person_{person:04d}" for person in persons]


def write_splits(folder, content):
    path = folder / "splits_prid2011.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


@pytest.mark.parametrize("where", [".", "prid_2011"])
def test_splits_of_a_file(tree, where):
    rows = [{"train": names(4, 1), "test": names(200, 3)}, {"test": names(1, 2), "train": names(3, 200)}]
    write_splits(tree / where, rows)
    found = divisions(BENCHMARK, tree)["prid-178"]
    assert [(d.train, d.probes, d.gallery) for d in found] == [
        (a(1, 4) + b(1, 4), a(3, 200), b(3, 200)), (a(3, 200) + b(3, 200), a(1, 2), b(1, 2))]
    assert not any(division.published for division in found)  # the published ones are ten of 89 and 89
    assert "not of the published sizes" in found[0].note


def full(tmp_path, lacking=()):
    """Official size: 385 and 749 persons, 0 bytes each, since only names are read."""
    top = tmp_path / "prid_2011"
    for view, count in (("cam_a", 385), ("cam_b", 749)):
        (top / "single_shot" / view).mkdir(parents=True)
        for person in range(1, count + 1):
            (top / f"single_shot/{view}/person_{person:04d}.png").touch()
            folder = top / f"multi_shot/{view}/person_{person:04d}"
            folder.mkdir(parents=True)
            for number in range(5 if person in lacking else 21):
                (folder / f"{number + 1:04d}.png").touch()
    return tmp_path


def test_official_size(tmp_path):
    short = set(range(9, 200, 9)) - {18}  # 21 of the 200
    folder = full(tmp_path, short | {1})
    for benchmark in (BENCHMARK, SINGLE_SHOT):
        listing = benchmark.listing(benchmark.root(folder))
        assert dict(listing.counts) == dict(benchmark.published)
        assert len(set(listing.pids.tolist())) == 934
    found = divisions(BENCHMARK, folder)
    assert {protocol: len(each) for protocol, each in found.items()} == {"prid-178": 10, "prid-200": 10, "official": 1}
    sizes = {protocol: {(len(d.train), len(d.probes), len(d.gallery)) for d in each}
             for protocol, each in found.items()}
    assert sizes == {"prid-178": {(178, 89, 89)}, "prid-200": {(200, 100, 100)}, "official": {(0, 200, 749)}}
    found = divisions(SINGLE_SHOT, folder)
    sizes = {protocol: [(len(d.train), len(d.probes), len(d.gallery)) for d in each]
             for protocol, each in found.items()}
    assert sizes == {"half": [(200, 100, 649)] * 10, "official": [(0, 200, 749), (0, 200, 385)]}
    long = sorted(set(range(1, 201)) - short - {1})
    rows = [{"train": names(*long[k:k + 89]), "test": names(*long[:k], *long[k + 89:])} for k in range(10)]
    write_splits(folder, rows)
    published = divisions(BENCHMARK, folder)["prid-178"]
    assert all(division.published for division in published)
    assert published[3].train == a(*long[3:92]) + b(*long[3:92])


@pytest.mark.parametrize(("content", "words"), [
    ("", "JSONDecodeError"),
    ("[" * 100_000, "RecursionError"),
    ("[" + "9" * 5000 + "]", "Error"),
    ([], "empty"),
    ({}, "empty"),
    ([[]], "TypeError"),
    (7, "TypeError"),
    ([{"train": names(1)}], "test"),
    ([{"train": names(1), "test": []}], "empty"),
    ([{"train": "person_0001", "test": names(2)}], "empty part"),
    ([{"train": names(1), "test": [2]}], "nobody whom both views show"),
    ([{"train": names(1), "test": names(201)}], "nobody whom both views show"),
    ([{"train": names(1), "test": names(5)}], "nobody whom both views show"),
    ([{"train": names(1), "test": ["\x1b[2J"]}], "nobody whom both views show"),
    ([{"train": names(1, 1), "test": names(2)}], "twice"),
    ([{"train": names(1, 2), "test": names(2, 3)}], "a person in both parts"),
    (" " * (1 << 20) + "[]", "larger than"),
])  # fmt: skip
def test_wrong_splits_are_refused(tree, content, words):
    path = write_splits(tree, content)
    with pytest.raises(ReidError, match=words) as caught:
        divisions(BENCHMARK, tree)
    assert "\x1b" not in str(caught.value)
    assert path.name in str(caught.value)


def test_bytes_that_are_no_text_are_refused(tree):
    (tree / "splits_prid2011.json").write_bytes(b"\xff\xfe\x00[")
    with pytest.raises(ReidError, match="holds no divisions"):
        divisions(BENCHMARK, tree)


def test_too_few_persons_leave_the_official_test(tmp_path):
    for view, person in (("cam_a", 1), ("cam_b", 1), ("cam_b", 300)):
        picture(tmp_path / f"multi_shot/{view}/person_{person:04d}/0001.png")
        picture(tmp_path / f"single_shot/{view}/person_{person:04d}.png")
    assert list(divisions(BENCHMARK, tmp_path)) == ["official"]
    assert list(divisions(SINGLE_SHOT, tmp_path)) == ["official"]
    for folder in ("multi_shot", "single_shot"):
        for view in ("cam_a", "cam_b"):
            (tmp_path / "empty" / folder / view).mkdir(parents=True)
    for benchmark in (BENCHMARK, SINGLE_SHOT):
        with pytest.raises(ReidError, match="Found none of the"):
            benchmark.listing(tmp_path / "empty")

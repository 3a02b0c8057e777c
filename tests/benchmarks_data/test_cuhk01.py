"""CUHK01: every image, both protocols with one and two shots, both directions, and what is refused with a sentence."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from PIL import Image

from reidlib.data.benchmarks.cuhk01 import BENCHMARK
from reidlib.errors import ReidError
from reidlib.evaluation.identities import Labels
from reidlib.evaluation.protocols import find

# image numbers by person; 7 lacks camera B, 9 lacks one image of each camera
IMAGES = {1: (1, 2, 3, 4), 2: (1, 2, 3, 4), 5: (1, 2, 3, 4), 7: (1, 2), 9: (2, 3), 971: (1, 2, 3, 4)}
PAIRED = (1, 2, 5, 9, 971)


def picture(path, colour=0, kind="PNG"):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (4, 2), (colour, 1, 2)).save(path, format=kind)


@pytest.fixture
def tree(tmp_path):
    for person, images in IMAGES.items():
        for image in reversed(images):
            picture(tmp_path / f"campus/{person:04d}{image:03d}.png", image)
    return tmp_path


def divisions(folder):
    root = BENCHMARK.root(folder)
    return BENCHMARK.divisions(root, BENCHMARK.listing(root))


def of(persons, numbers):
    """Names of entries of these persons, by person and image, as far as they exist."""
    return tuple(f"{p:04d}{n:03d}" for p in sorted(persons) for n in numbers if n in IMAGES[p])


def dealt(pids, seed, test):
    """(test, train) by definition: order of SHA-256 of (seed, pid)."""
    order = sorted(pids, key=lambda pid: hashlib.sha256(f"{seed}/{pid}".encode()).digest())
    return sorted(order[:test]), sorted(order[test:])


def test_every_image(tree):
    root = BENCHMARK.root(tree)
    listing = BENCHMARK.listing(root)
    camera = {1: 0, 2: 0, 3: 1, 4: 1}
    assert [(e.name, e.files, e.pid, e.camid, dict(e.info)) for e in listing.entries] == [
        (f"{p:04d}{n:03d}", (f"campus/{p:04d}{n:03d}.png",), p, camera[n], {"image": n})
        for p in (1, 2, 5, 7, 9, 971) for n in IMAGES[p]]
    assert listing.counts == {"identities": 6, "images": 20, "cameras": 2}
    assert set(listing.counts) == set(BENCHMARK.published)
    assert BENCHMARK.read(root, listing.entries[2])[0][0, 0].tolist() == [3, 1, 2]
    assert BENCHMARK.kind == "image"


def test_what_is_passed_over_is_counted(tree):
    clean = BENCHMARK.listing(tree).entries
    campus = tree / "campus"
    for name in ("Thumbs.db", ".DS_Store", "._0001001.png", "readme.txt", "0001005.png", "0001000.png", "0000001.png",
                 "1001.png", "00010001.png", "٠٠٠١001.png", "0001001.png.bak", "0001001.bmp"):
        (campus / name).write_bytes(b"x")
    (campus / "__MACOSX").mkdir()
    (campus / "0003001.png").mkdir()
    listing = BENCHMARK.listing(tree)
    assert listing.entries == clean
    assert dict(listing.ignored) == {"Thumbs.db": 1, ".DS_Store": 1, "hidden files": 1, "__MACOSX": 1,
                                     "other names": 10}


def test_upper_case_suffixes(tree):
    (tree / "campus/0001001.png").rename(tree / "campus/0001001.PNG")
    picture(tree / "campus/0007003.JPG", kind="JPEG")
    found = {entry.name: entry for entry in BENCHMARK.listing(tree).entries}
    assert found["0001001"].files == ("campus/0001001.PNG",)
    assert (found["0007003"].files, found["0007003"].camid) == (("campus/0007003.JPG",), 1)


def test_one_image_in_two_files_is_refused(tree):
    picture(tree / "campus/0001001.jpg", kind="JPEG")
    with pytest.raises(ReidError, match="first 0001001"):
        BENCHMARK.listing(tree)


@pytest.mark.parametrize("deeper", ["", "CUHK01", "data/CUHK01"])
def test_root(tree, deeper, tmp_path_factory):
    given = tmp_path_factory.mktemp("given")
    (given / deeper).mkdir(parents=True, exist_ok=True)
    (tree / "campus").rename(given / deeper / "campus")
    assert BENCHMARK.root(given) == given / deeper
    with pytest.raises(ReidError, match=r"campus/0001001\.png"):
        BENCHMARK.root(tree)
    (tree / "campus").mkdir()
    with pytest.raises(ReidError, match="Found no image"):
        BENCHMARK.listing(BENCHMARK.root(tree))


def test_half_both_ways(tree):
    """Five persons have both cameras: two train, three test, as 485 and 486 of 971."""
    found = divisions(tree)
    assert list(found) == ["half", "half-single"]  # too few persons for 871-100
    for protocol, rule in (("half", "camera_pair"), ("half-single", "single_gallery_shot")):
        assert len(found[protocol]) == 20
        for number, division in enumerate(found[protocol]):
            tested, trained = dealt(PAIRED, number // 2, 3)
            probe, gallery = ((1, 2), (3, 4)) if number % 2 == 0 else ((3, 4), (1, 2))
            assert (division.protocol, division.number, division.published) == (protocol, number, False)
            assert division.train == of(trained, (1, 2, 3, 4))
            assert division.probes == of(tested, probe)
            assert division.gallery == of(tested, gallery)
            assert find(division.rule).name == rule
            assert "not a published one" in division.note
            assert ("A finds B" if number % 2 == 0 else "B finds A") in division.note
    back = find(found["half"][1].rule)
    assert (back.probe_camera, back.gallery_camera) == (1, 0)


def test_seeds_never_change(tree):
    """Written down once: if these changed, nobody's figures could be repeated."""
    tested = [sorted({int(name[:4]) for name in division.probes}) for division in divisions(tree)["half"][::2]]
    assert tested[:4] == [[2, 9, 971], [1, 5, 9], [1, 5, 9], [1, 2, 9]]


def test_two_shots_and_one(tree):
    """What the rules make of one division: two matches of each probe in the gallery, or one drawn of two."""
    found = divisions(tree)
    both, single = found["half"][1], found["half-single"][1]
    entries = {entry.name: entry for entry in BENCHMARK.listing(tree).entries}
    rows = [[entries[name] for name in part] for part in (both.probes, both.gallery)]
    labels = Labels(*(np.array([getattr(e, key) for e in part]) for key in ("pid", "camid") for part in rows))
    (trial,), = find(both.rule).draws(labels)
    assert (len(trial.probes), len(trial.gallery)) == (len(both.probes), len(both.gallery))
    draws = list(find(single.rule).draws(labels))
    assert len(draws) == 10
    for trial, in draws:
        assert len(trial.probes) == len(single.probes)
        assert sorted(rows[1][item].pid for item in trial.gallery) == sorted({e.pid for e in rows[1]})
        assert [rows[1][item].pid for item in trial.drawn] == [e.pid for e in rows[0]]


def test_official_size(tmp_path):
    """971 persons; names only, since indexing reads no pixel."""
    (tmp_path / "campus").mkdir()
    for person in range(1, 972):
        for image in range(1, 5):
            (tmp_path / f"campus/{person:04d}{image:03d}.png").touch()
    root = BENCHMARK.root(tmp_path)
    listing = BENCHMARK.listing(root)
    assert dict(listing.counts) == dict(BENCHMARK.published)
    found = BENCHMARK.divisions(root, listing)
    sizes = {protocol: {(len(d.train), len(d.probes), len(d.gallery)) for d in each}
             for protocol, each in found.items()}
    assert sizes == {"half": {(1940, 972, 972)}, "half-single": {(1940, 972, 972)},
                     "871-100": {(3484, 200, 200)}, "871-100-single": {(3484, 200, 200)}}
    assert {protocol: len(each) for protocol, each in found.items()} == {
        "half": 20, "half-single": 20, "871-100": 10, "871-100-single": 10}
    for protocol in ("871-100", "871-100-single"):
        for number, division in enumerate(found[protocol]):
            tested, trained = dealt(range(1, 972), number, 100)
            assert division.number == number
            assert division.probes == tuple(f"{p:04d}00{n}" for p in tested for n in (1, 2))
            assert division.gallery == tuple(f"{p:04d}00{n}" for p in tested for n in (3, 4))
            assert sorted({int(name[:4]) for name in division.train}) == trained
    assert found["half"][6].train == found["half"][7].train
    assert found["half"][6].probes == found["half"][7].gallery


def test_one_person_is_refused(tmp_path):
    for image in range(1, 5):
        picture(tmp_path / f"campus/0001{image:03d}.png")
    with pytest.raises(ReidError, match="Found 1 persons of CUHK01 under both cameras"):
        divisions(tmp_path)

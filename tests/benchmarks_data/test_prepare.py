"""From archive or folder to store: whole, resumed, partial, refused; nothing is written where the user's files lie."""

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from reidlib.data.benchmarks.benchmark import Benchmark
from reidlib.data.benchmarks.division import Division, divisions_of, find_division
from reidlib.data.benchmarks.listing import Entry, Listing
from reidlib.data.benchmarks.prepare import prepare
from reidlib.data.benchmarks.registry import KNOWN, find_benchmark
from reidlib.data.store import Store
from reidlib.errors import ReidError

TREE = "tiny/cam{1,2}/pN/*.png"


def picture(value, size=(8, 16)):
    return Image.new("RGB", size, (value, 255 - value, 7))


def make_tree(folder, persons=3):
    for camera in (1, 2):
        for person in range(1, persons + 1):
            place = folder / "tiny" / f"cam{camera}" / f"p{person}"
            place.mkdir(parents=True)
            for t in range(camera + 1):  # two frames under camera 1, three under camera 2
                picture(40 * person + 5 * camera + t).save(place / f"{t}.png")
    return folder


def root(folder):
    for place in (folder, folder / "tiny"):
        if (place / "cam1").is_dir():
            return place
    raise ReidError(f"Found no cam1 in {folder}", TREE, "unpack the archive")


def listing(place):
    entries = [Entry(f"p{p.name[1:]}_c{c}", tuple(f"cam{c}/{p.name}/{each.name}" for each in sorted(p.iterdir())),
                     int(p.name[1:]), c - 1, {"part": "all"})
               for c in (1, 2) for p in sorted((place / f"cam{c}").iterdir())]
    return Listing(tuple(entries), {"identities": len({e.pid for e in entries}), "tracklets": len(entries)})


def divisions(place, listed):
    train = tuple(e.name for e in listed.entries if e.pid == 1)
    probes, gallery = (tuple(e.name for e in listed.entries if e.pid != 1 and e.camid == c) for c in (0, 1))
    return {"half": [Division("half", k, False, train, probes, gallery, "camera_pair", "made up") for k in range(2)]}


TINY = Benchmark("tiny", "Tiny", "video", "nobody", "nobody", "nowhere", "none", "nobody was asked", "nothing",
                 ("half",), {"identities": 3, "tracklets": 6}, TREE, root, listing, divisions)


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("REIDLIB_CACHE", str(tmp_path / "cache"))


def zipped(folder, archive):
    with zipfile.ZipFile(archive, "w") as packed:
        for path in sorted(folder.rglob("*")):
            packed.write(path, path.relative_to(folder))
    return archive


def check(store):
    assert store.names == ["p1_c1", "p2_c1", "p3_c1", "p1_c2", "p2_c2", "p3_c2"]
    assert store.pids.tolist() == [1, 2, 3, 1, 2, 3]
    assert store.camids.tolist() == [0, 0, 0, 1, 1, 1]
    assert store.lengths.tolist() == [2, 2, 2, 3, 3, 3]
    assert store[4].frames[:, 0, 0, 0].tolist() == [90, 91, 92]
    assert store[4].info == {"part": "all"}
    assert {name: len(each) for name, each in divisions_of(store).items()} == {"half": 2}


def snapshot(folder):
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("form", ["folder", "inner folder", "archive", "folder of archives"])
def test_every_form_gives_the_same_store_and_leaves_the_source_alone(form, tmp_path):
    tree, given = make_tree(tmp_path / "tree"), tmp_path / "given"
    given.mkdir()
    if form == "archive":
        source = zipped(tree, given / "tiny.zip")
    elif form == "folder of archives":
        for camera in (1, 2):
            zipped(tree / "tiny" / f"cam{camera}", given / f"cam{camera}.zip")
        source = given
    else:
        source = tree if form == "folder" else tree / "tiny"
    before = snapshot(tmp_path / "tree") | snapshot(given)
    heard = []
    done = prepare(TINY, source, size=(16, 8), progress=lambda what, k, n: heard.append((what, k, n)))
    assert done.verdict.whole
    assert done.converted == 6
    check(done.store)
    assert ("converting", 6, 6) in heard
    assert done.store.folder == tmp_path / "cache" / "stores" / "tiny" / "16x8"
    again = prepare(TINY, source, size=(16, 8))
    assert again.converted == 0
    assert again.store.hash == done.store.hash
    assert snapshot(tmp_path / "tree") | snapshot(given) == before


def test_what_leads_out_of_an_archive_is_left_there_and_told(tmp_path):
    archive = zipped(make_tree(tmp_path / "tree"), tmp_path / "tiny.zip")
    with zipfile.ZipFile(archive, "a") as packed:
        packed.writestr("../outside.png", b"x")
    told = []
    done = prepare(TINY, archive, size=(16, 8), tell=told.append)
    check(done.store)
    assert [name for name, _ in done.passed] == ["../outside.png"]
    assert "../outside.png" in told[0]
    assert "unpacked copy" in told[1]
    assert not list(tmp_path.rglob("outside.png"))


def test_check_writes_nothing_but_what_it_unpacked(tmp_path):
    done = prepare(TINY, make_tree(tmp_path / "tree"), check=True)
    assert done.store is None
    assert done.divisions == {"half": 2}
    assert not (tmp_path / "cache").exists()


def test_counts_that_differ_stop_it_unless_partial(tmp_path):
    tree = make_tree(tmp_path / "tree", persons=2)
    assert not prepare(TINY, tree, check=True).verdict.whole
    with pytest.raises(ReidError, match="identities, tracklets differ") as stopped:
        prepare(TINY, tree)
    assert "--partial" in str(stopped.value)
    assert not (tmp_path / "cache" / "stores" / "tiny" / "128x64").exists()
    done = prepare(TINY, tree, partial=True)
    assert len(done.store) == 4
    assert "NOT THE WHOLE DATA SET" in find_division(done.store, "half").note
    assert not find_division(done.store, "half").published
    assert done.store.spec["whole"] is False


def test_a_broken_picture_is_named_and_the_rest_is_kept(tmp_path):
    tree = make_tree(tmp_path / "tree")
    broken = tree / "tiny" / "cam2" / "p2" / "1.png"
    whole = broken.read_bytes()
    broken.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ReidError, match=r"cam2/p2/1\.png cannot be read"):
        prepare(TINY, tree, out=tmp_path / "store")
    assert not (tmp_path / "store").exists()
    broken.write_bytes(whole)
    reads = []

    def counting(place, entry):
        reads.append(entry.name)
        return TINY.read(place, entry)

    done = prepare(replace(TINY, read=counting), tree, out=tmp_path / "store", size=(128, 64))
    assert reads == ["p2_c2", "p3_c2"]  # what came before the broken one was kept
    assert done.converted == 2
    assert [Store.open(tmp_path / "store").names[k] for k in (0, 5)] == ["p1_c1", "p3_c2"]


def test_pictures_of_several_sizes_fit_into_one_tracklet(tmp_path):
    tree = make_tree(tmp_path / "tree")
    picture(200, (30, 40)).save(tree / "tiny" / "cam1" / "p1" / "1.png")
    store = prepare(TINY, tree, size=(16, 8)).store
    assert store[0].frames.shape == (2, 16, 8, 3)
    assert store[0].frames[1, 3, 3].tolist() == [200, 55, 7]


def test_divisions_come_back_as_numbers_and_people(tmp_path):
    store = prepare(TINY, make_tree(tmp_path / "tree"), size=(16, 8)).store
    division = find_division(store, "half", 1)
    numbers = {part: rows.tolist() for part, rows in division.numbers(store).items()}
    assert numbers == {"train": [0, 3], "probes": [1, 2], "gallery": [4, 5]}
    split = division.split(store)
    assert (split.train, split.test) == ((1,), (2, 3))
    assert division.label == "half-1 (not published)"
    with pytest.raises(ReidError, match=r"half \(0 … 1\)"):
        find_division(store, "official")
    path = store.folder / "divisions" / "half-0.json"
    path.write_text(json.dumps({"format": "other"}))
    with pytest.raises(ReidError, match="is no division"):
        find_division(store, "half")
    assert prepare(TINY, tmp_path / "tree", size=(16, 8)).converted == 0  # which writes it again
    assert find_division(store, "half").number == 0


def test_a_disk_that_is_too_small_is_told_before_anything_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr("reidlib.data.benchmarks.prepare.free_bytes", lambda folder: 1000)
    with pytest.raises(ReidError, match="GB free"):
        prepare(TINY, make_tree(tmp_path / "tree"), out=tmp_path / "store")
    assert not (tmp_path / "store").exists()


def test_other_files_do_not_take_the_place_of_a_finished_store(tmp_path):
    prepare(TINY, make_tree(tmp_path / "tree"), out=tmp_path / "store")
    before = snapshot(tmp_path / "store")
    with pytest.raises(ReidError, match=r"other files than these.*--out"):
        prepare(TINY, make_tree(tmp_path / "more", persons=2), out=tmp_path / "store", partial=True)
    assert snapshot(tmp_path / "store") == before


def test_what_an_archive_lacks_is_told_of_the_archive(tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "x.txt").write_text("x")
    archive = zipped(tmp_path / "other", tmp_path / "other.zip")
    with pytest.raises(ReidError) as wrong:
        prepare(TINY, archive)
    assert wrong.value.found == f"Found no cam1 in {archive}"


def test_two_tracklets_of_one_name_are_refused():
    entry = Entry("a", ("x.png",), 1, 0)
    with pytest.raises(ReidError, match="first a"):
        Listing((entry, entry), {})


@pytest.mark.parametrize("name", list(KNOWN))
def test_every_benchmark_is_whole(name):
    benchmark = find_benchmark(name.upper().replace("-", "_"))
    assert benchmark.name == name
    assert benchmark.kind in ("video", "image")
    for text in (benchmark.title, benchmark.paper, benchmark.holder, benchmark.place, benchmark.terms,
                 benchmark.consent, benchmark.say, benchmark.tree):
        assert text.strip()
    assert benchmark.published
    assert benchmark.protocols
    with pytest.raises(ReidError) as wrong:
        benchmark.root(Path(__file__).parent)
    assert wrong.value.needed


@pytest.mark.parametrize("name", ["DukeMTMC-reID", "dukemtmc", "Occluded-Duke", "DukeMTMC-VideoReID", "P-DukeMTMC"])
def test_withdrawn_sets_are_refused_with_the_reason(name):
    with pytest.raises(ReidError, match=r"withdrawn.*took it back"):
        find_benchmark(name)


def test_a_slip_of_the_pen_is_helped():
    with pytest.raises(ReidError, match="type market1501"):
        find_benchmark("markte1501")


def test_what_lies_nowhere_is_told(tmp_path):
    with pytest.raises(ReidError, match="Found nothing at"):
        prepare(TINY, tmp_path / "absent")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ReidError, match="Found no cam1"):
        prepare(TINY, tmp_path / "empty")
    assert np.array_equal(list((tmp_path / "empty").iterdir()), [])

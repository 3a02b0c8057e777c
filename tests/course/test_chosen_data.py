"""What a notebook looks at: the street, or what REIDLIB_DATA names, brought into the same shape."""

import numpy as np
import pytest

from reidlib import course
from reidlib.course import chosen_data
from reidlib.data.splits import halves
from reidlib.data.tracklet import Tracklet
from reidlib.data.writer import StoreWriter
from reidlib.errors import ReidError
from reidlib.world.planted import planted

BOTH = [(pid, camid) for pid in (3, 5, 7, 9, 11) for camid in (0, 1)]


def store_of(folder, pairs, length=5, size=(16, 8), **spec):
    frames = np.random.default_rng(0).integers(0, 255, (len(pairs), length, *size, 3)).astype(np.uint8)
    with StoreWriter(folder, name="brought", version="x", height=size[0], width=size[1], spec=spec) as writer:
        for number, (pid, camid) in enumerate(pairs):
            writer.append(Tracklet(frames[number], pid, camid, f"t{number}"))
        return writer.finish()


@pytest.fixture
def brought(tmp_path, monkeypatch):
    """Makes a store and names it."""
    def make(pairs, **options):
        monkeypatch.setenv("REIDLIB_DATA", str(tmp_path / "s"))
        monkeypatch.setenv("REIDLIB_CACHE", str(tmp_path / "cache"))
        return store_of(tmp_path / "s", pairs, **options)

    return make


@pytest.fixture
def run():
    return course.start("ci", 0, "cpu")


def test_without_the_variable_it_is_the_street(run):
    store = course.tracklets(run)
    assert store.name == "street-v1-small"
    assert course.rendered(store)
    assert halves(course.people(store), 1) == halves(store.pids.tolist(), 1)
    assert chosen_data.own_pictures(10, 2) is None


def test_two_cameras_come_as_they_are_where_no_truth_is_needed(brought, run, capsys):
    store = brought([*BOTH, (20, 0), (21, 1), (22, 0), (22, 0), (22, 1), (-1, 0), (-1, 1)])
    found = course.tracklets(run, truth=False)
    assert found.hash == store.hash
    assert not course.rendered(found)
    assert course.people(found) == [3, 5, 7, 9, 11]
    assert "brought x, 5 people" in (said := capsys.readouterr().out)
    assert "planted" not in said


def test_with_truth_occluders_are_planted_and_said(brought, run, capsys):
    store = brought([*BOTH[::-1], (20, 0), (22, 1)], length=40)
    found = course.tracklets(run)
    assert (found.name, found.height, found.width) == ("brought", 128, 64)
    assert found.pids.tolist() == np.repeat([3, 5, 7, 9, 11], 2).tolist()
    assert found.camids.tolist() == [0, 1] * 5
    assert "planted in front" in capsys.readouterr().out
    for tracklet in found:
        again = planted(store[store.position(tracklet.name)])
        assert np.array_equal(tracklet.frames, again.frames)
        assert np.array_equal(tracklet.visibility, again.visibility)
    assert (found.column("visibility") < 0.5).any()


def test_the_copy_is_made_once_and_another_choice_is_another_copy(brought, run, monkeypatch):
    brought([(pid, camid) for pid in range(1, 9) for camid in (0, 1, 2)])
    first = course.tracklets(run)
    monkeypatch.setattr("reidlib.course.copied.planted", None)  # a second copying would fail
    assert course.tracklets(run).hash == first.hash
    few, _ = chosen_data.in_pairs(chosen_data.named(), 5, truth=False)
    assert len(few) == 10
    assert "visibility" not in few.columns


def test_cameras_are_numbered_anew_and_their_own_numbers_are_said(brought, run, capsys):
    store = brought([(pid, camid) for pid in (0, 1, 2, 3, 4) for camid in (5, 2, 3)][:14], benchmark="mars")
    found = course.tracklets(run, truth=False)
    assert found.pids.min() == 1  # in a benchmark 0 is nobody
    assert found.camids.tolist() == [0, 1] * (len(found) // 2)
    assert "under each of cameras 2 and 5" in capsys.readouterr().out
    assert all(np.array_equal(t.frames, store[store.position(t.name)].frames) for t in found)


def test_people_without_a_benchmark_may_be_called_0(brought, run):
    brought([(pid, camid) for pid in range(5) for camid in (0, 1)])
    assert course.people(course.tracklets(run)) == [0, 1, 2, 3, 4]


def test_a_rendered_street_of_ones_own_keeps_its_truth(run, monkeypatch, tmp_path, capsys):
    from reidlib.world.build import street

    own = street("street-v1-small", 6, folder=tmp_path / "own")
    monkeypatch.setenv("REIDLIB_DATA", str(tmp_path / "own"))
    found = course.tracklets(run)
    assert found.hash == own.hash
    assert course.rendered(found)
    assert "planted" not in capsys.readouterr().out


def test_single_pictures_leave_video_to_the_street(brought, run, capsys):
    brought([*BOTH, *BOTH], length=1)
    assert course.tracklets(run).name == "street-v1-small"
    assert "single pictures" in capsys.readouterr().out


def test_pictures_of_people_seen_by_two_cameras_spread_over_their_tracklets(brought):
    brought([*BOTH, (20, 0)], length=9)
    part = chosen_data.own_pictures(4, 3)
    assert sorted(set(part.items.pids.tolist())) == [3, 5, 7, 9]
    assert len(part) == 4 * 2 * 3
    assert part.numbers[:3].tolist() == [0, 4, 8]
    assert len(chosen_data.own_pictures(100, 100)) == 5 * 2 * 9


def test_pictures_of_an_image_benchmark_take_more_cameras_than_two_and_leave_out_nobody(brought):
    pairs = [(pid, camid) for pid in range(7) for camid in (0, 1, 2) for _ in range(4)] + [(30, 1), (-1, 0), (-1, 1)]
    brought(pairs, length=1, benchmark="market1501")
    part = chosen_data.own_pictures(5, 2)
    assert sorted(set(part.items.pids.tolist())) == [1, 2, 3, 4, 5]
    assert len(part) == 5 * 3 * 2
    assert set(part.items.camids.tolist()) == {0, 1, 2}


@pytest.mark.parametrize(("pairs", "found"), [
    (BOTH[:6], "Found 3 people whom two cameras saw"),
    ([(pid, 0) for pid in range(6)], "Found 0 people whom two cameras saw"),
])
def test_other_stores_are_refused(pairs, found, brought, run):
    brought(pairs)
    for ask in (lambda: course.tracklets(run), lambda: course.tracklets(run, truth=False),
                lambda: chosen_data.own_pictures(9, 9)):
        with pytest.raises(ReidError, match=found):
            ask()


def test_too_few_people_of_an_image_benchmark(brought):
    brought(BOTH[:6], length=1)
    with pytest.raises(ReidError, match="Found 3 people whom two cameras saw"):
        chosen_data.own_pictures(9, 9)


def test_an_unknown_name_is_named(run, monkeypatch):
    monkeypatch.setenv("REIDLIB_DATA", "nowhere")
    with pytest.raises(ReidError, match="nowhere"):
        course.tracklets(run)


def test_people_of_a_store_in_another_shape(tmp_path):
    with pytest.raises(ReidError, match="Found 3 cameras"):
        course.people(store_of(tmp_path / "s", [(pid, camid) for pid in range(6) for camid in range(3)]))

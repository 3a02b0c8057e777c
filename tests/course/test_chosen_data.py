"""What a notebook looks at: the street, or what REIDLIB_DATA names, brought into the same shape."""

from types import SimpleNamespace

import numpy as np
import pytest

from reidlib import course
from reidlib.course import chosen_data
from reidlib.data.splits import halves
from reidlib.data.tracklet import Tracklet
from reidlib.data.writer import StoreWriter
from reidlib.errors import ReidError
from reidlib.world.build import street
from reidlib.world.planted import planted

PIDS = tuple(range(3, 47, 2))  # 22 people
BOTH = [(pid, camid) for pid in PIDS for camid in (0, 1)]


def store_of(folder, pairs, length=16, size=(16, 8), name="brought", **spec):
    """length : of every tracklet, or of each."""
    rng, lengths = np.random.default_rng(0), [length] * len(pairs) if isinstance(length, int) else length
    with StoreWriter(folder, name=name, version="x", height=size[0], width=size[1], spec=spec) as writer:
        for number, ((pid, camid), T) in enumerate(zip(pairs, lengths, strict=True)):
            frames = rng.integers(0, 255, (T, *size, 3)).astype(np.uint8)
            writer.append(Tracklet(frames, pid, camid, f"t{number}"))
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
    store = brought([*BOTH, (60, 0), (61, 1), (-1, 0), (-1, 1)])
    found = course.tracklets(run, truth=False)
    assert found.hash == store.hash
    assert not course.rendered(found)
    assert course.people(found) == list(PIDS)
    assert "brought x, 22 people" in (said := capsys.readouterr().out)
    assert "these people" in said
    assert "planted" not in said


@pytest.mark.parametrize("spoilt", ["seen twice", "too short"])
def test_with_and_without_truth_the_people_are_the_same(spoilt, brought, run):
    more = [(1, 0), (1, 0), (1, 1)] if spoilt == "seen twice" else [(1, 0), (1, 1)]
    lengths = [16, 20, 16] if spoilt == "seen twice" else [15, 16]
    brought([*more, *BOTH], length=lengths + [16] * len(BOTH))
    plain, planted_ones = (course.tracklets(run, truth=truth) for truth in (False, True))
    assert course.people(plain) == course.people(planted_ones) == [*([1] if spoilt == "seen twice" else []), *PIDS]
    assert plain.camids.tolist() == planted_ones.camids.tolist() == [0, 1] * (len(plain) // 2)
    assert plain.lengths[0] == (20 if spoilt == "seen twice" else 16)


def test_of_more_people_than_the_profile_allows_the_same_ones(brought):
    brought(BOTH)
    few = [chosen_data.in_pairs(chosen_data.named(), 20, truth)[0] for truth in (False, True)]
    assert course.people(few[0])[:20] == course.people(few[1]) == list(PIDS[:20])


def test_with_truth_occluders_are_planted_and_said(brought, run, capsys):
    store = brought([*BOTH[::-1], (60, 0), (62, 1)], length=40)
    found = course.tracklets(run)
    assert (found.name, found.height, found.width) == ("brought", 128, 64)
    assert found.pids.tolist() == np.repeat(PIDS, 2).tolist()
    assert found.camids.tolist() == [0, 1] * len(PIDS)
    assert "planted in front" in capsys.readouterr().out
    for tracklet in found:
        again = planted(store[store.position(tracklet.name)])
        assert np.array_equal(tracklet.frames, again.frames)
        assert np.array_equal(tracklet.visibility, again.visibility)
    assert (found.column("visibility") < 0.5).any()


def test_the_copy_is_made_once_and_another_choice_is_another_copy(brought, run, monkeypatch):
    brought([(pid, camid) for pid in range(1, 31) for camid in (0, 1, 2)])
    first = course.tracklets(run)
    monkeypatch.setattr("reidlib.course.copied.planted", None)  # a second copying would fail
    assert course.tracklets(run).hash == first.hash
    few, _ = chosen_data.in_pairs(chosen_data.named(), 25, truth=False)
    assert len(few) == 50
    assert "visibility" not in few.columns


def test_the_same_footage_under_another_name_is_another_copy(brought, run, monkeypatch, tmp_path):
    brought(BOTH)
    first = course.tracklets(run)
    store_of(tmp_path / "two", BOTH, name="two")
    monkeypatch.setenv("REIDLIB_DATA", str(tmp_path / "two"))
    second = course.tracklets(run)
    assert (first.name, second.name) == ("brought", "two")
    assert first.folder != second.folder


def test_cameras_are_numbered_anew_and_their_own_numbers_are_said(brought, run, capsys):
    pairs = [(pid, camid) for pid in range(25) for camid in (5, 2, 3)]
    store = brought([pair for pair in pairs if pair[1] != 3 or pair[0] < 22], benchmark="mars")
    found = course.tracklets(run, truth=False)
    assert found.pids.tolist() == np.repeat(range(1, 25), 2).tolist()  # in a benchmark 0 is nobody
    assert found.camids.tolist() == [0, 1] * 24
    assert "under each of cameras 2 and 5" in capsys.readouterr().out
    assert all(np.array_equal(t.frames, store[store.position(t.name)].frames) for t in found)


def test_people_without_a_benchmark_may_be_called_0(brought, run):
    brought([(pid, camid) for pid in range(20) for camid in (0, 1)])
    assert course.people(course.tracklets(run)) == list(range(20))


def test_a_truth_of_ones_own_is_kept_where_notebooks_can_use_it(tmp_path, run, monkeypatch, capsys):
    columns = {"visibility": ("float32", ()), "mask": ("bool", (128, 64))}
    with StoreWriter(tmp_path / "s", name="known", version="x", height=128, width=64, columns=columns) as writer:
        for number, (pid, camid) in enumerate(BOTH):
            given = {"visibility": np.full(16, number / 99, np.float32), "mask": np.ones((16, 128, 64), bool)}
            writer.append(Tracklet(np.full((16, 128, 64, 3), number, np.uint8), pid, camid + 1, f"t{number}", given))
        writer.finish()
    monkeypatch.setenv("REIDLIB_DATA", str(tmp_path / "s"))
    monkeypatch.setenv("REIDLIB_CACHE", str(tmp_path / "cache"))
    found = course.tracklets(run)
    assert found.camids.tolist() == [0, 1] * len(PIDS)
    assert found[5].visibility == pytest.approx(np.full(16, 5 / 99))
    assert "planted" not in capsys.readouterr().out


def network_of(data, train=(), test=()):
    return SimpleNamespace(facts={"data": data, "split": {"name": "half-0", "train": train, "test": test}})


def test_whom_a_network_was_trained_on_is_unseen_by_no_name(brought, run):
    brought(BOTH)
    store = course.tracklets(run, truth=False)
    trained = network_of("brought", PIDS[:11], PIDS[11:])
    assert course.unseen(trained, store) == list(PIDS[11:])
    split = course.dealt(trained, store)
    assert (split.train, split.test) == (PIDS[:11], PIDS[11:])
    other = network_of("somewhere else", PIDS[:11], PIDS[11:])
    assert course.unseen(other, store) == list(PIDS)
    assert course.dealt(other, store) == halves(PIDS, 1)[0]


def test_versions_of_a_street_share_their_people(tmp_path, run, monkeypatch):
    street("street-v1-heavy", 24, folder=tmp_path / "heavy")
    monkeypatch.setenv("REIDLIB_DATA", str(tmp_path / "heavy"))
    store = course.tracklets(run)
    trained = course.trained("coupled", "ci")  # shipped: trained on half of street-v1
    known = set(trained.facts["split"]["train"])
    assert known & set(range(24))
    assert course.unseen(trained, store) == [pid for pid in range(24) if pid not in known]
    assert set(course.dealt(trained, store).train) == known & set(range(24))
    small = street("street-v1-small")
    assert course.unseen(trained, small) == list(range(100))  # other people of the same numbers


def test_a_rendered_street_of_ones_own_keeps_its_truth(run, monkeypatch, tmp_path, capsys):
    own = street("street-v1-small", 20, folder=tmp_path / "own")
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
    brought([*BOTH, (60, 0)], length=17)
    part = chosen_data.own_pictures(21, 3)
    assert sorted(set(part.items.pids.tolist())) == list(PIDS[:21])
    assert len(part) == 21 * 2 * 3
    assert part.numbers[:3].tolist() == [0, 8, 16]
    assert len(chosen_data.own_pictures(100, 100)) == 22 * 2 * 17


def test_pictures_of_a_street_with_days_come_from_every_day(tmp_path, monkeypatch):
    street("street-v1-days", 20, folder=tmp_path / "days")
    monkeypatch.setenv("REIDLIB_DATA", str(tmp_path / "days"))
    part = chosen_data.own_pictures(20, 1)
    assert set(part.items.days.tolist()) == set(range(6))
    assert len(part) > 20 * 2 * 4  # where a day hides somebody throughout, there is no picture


def test_pictures_of_an_image_benchmark_take_more_cameras_than_two_and_leave_out_nobody(brought):
    pairs = [(pid, camid) for pid in range(27) for camid in (0, 1, 2) for _ in range(4)] + [(30, 1), (-1, 0), (-1, 1)]
    brought(pairs, length=1, benchmark="market1501")
    part = chosen_data.own_pictures(25, 2)
    assert sorted(set(part.items.pids.tolist())) == list(range(1, 26))
    assert len(part) == 25 * 3 * 2
    assert set(part.items.camids.tolist()) == {0, 1, 2}


@pytest.mark.parametrize(("pairs", "length", "found"), [
    (BOTH[:38], 16, "Found 19 people whom two cameras saw"),
    (BOTH, 15, "Found 0 people whom two cameras saw in 16 frames or more"),
    ([(pid, 0) for pid in range(30)], 16, "Found 0 people whom two cameras saw"),
])
def test_other_stores_are_refused(pairs, length, found, brought, run):
    brought(pairs, length=length)
    for ask in (lambda: course.tracklets(run), lambda: course.tracklets(run, truth=False),
                lambda: chosen_data.own_pictures(90, 9)):
        with pytest.raises(ReidError, match=found):
            ask()


def test_too_few_people_of_an_image_benchmark(brought):
    brought(BOTH[:38], length=1)
    with pytest.raises(ReidError, match="Found 19 people whom two cameras saw"):
        chosen_data.own_pictures(90, 9)


def test_an_unknown_name_is_named(run, monkeypatch):
    monkeypatch.setenv("REIDLIB_DATA", "nowhere")
    with pytest.raises(ReidError, match="nowhere"):
        course.tracklets(run)


def test_people_of_a_store_in_another_shape(tmp_path):
    with pytest.raises(ReidError, match="Found 3 cameras"):
        course.people(store_of(tmp_path / "s", [(pid, camid) for pid in range(6) for camid in range(3)]))

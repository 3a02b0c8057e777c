"""A still is the very frame of its tracklet: visible, at a random moment, the same whoever else is asked for."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import fingerprint

from reidlib.errors import ReidError
from reidlib.world import build as building
from reidlib.world.render import render
from reidlib.world.scene import scene
from reidlib.world.stills import StillSpec, moments_of, still, still_spec, street_stills
from reidlib.world.versions import specify

DAYS = still_spec(specify("street-v1-days"))
WALKS = [(7, 0, 0), (7, 1, 4), (8, 0, 2), (9, 1, 5), (31, 0, 1)]


def _quiet(done, total):
    pass


def test_a_still_equals_the_frame_of_the_whole_tracklet():
    for spec, walks in ((DAYS, WALKS), (still_spec(specify("street-v1-heavy")), [(3, 0, 0), (4, 1, 0)])):
        for walk in walks:
            some, moments = still(spec, *walk)
            whole = render(spec, *walk).tracklet
            assert np.array_equal(some.frames, whole.frames[moments])
            assert np.array_equal(some.visibility, whole.visibility[moments])
            assert (some.pid, some.camid, some.name, some.info) == (whole.pid, whole.camid, whole.name, whole.info)
            assert np.all(np.diff(moments) > 0)


def test_only_visible_frames_are_kept_and_as_many_as_there_are():
    spec = replace(DAYS, per_tracklet=4, visible=0.8)
    counts = []
    for walk in [(pid, camid, 3) for pid in range(8) for camid in (0, 1)]:
        some, _ = still(spec, *walk)
        visibility = render(spec, *walk).tracklet.visibility
        there = int(np.sum(visibility >= np.float32(0.8)))
        assert len(some.frames) == max(1, min(4, there))
        if there:
            assert np.all(some.visibility >= np.float32(0.8))
        else:
            assert some.visibility.tolist() == [visibility.max()]
        counts.append(there)
    assert min(counts) < 4 <= max(counts)  # both cases were met


def test_where_nothing_is_visible_enough_the_most_visible_frame_stands_alone():
    spec = replace(DAYS, visible=1.0)
    for pid in range(40):
        visibility = render(spec, pid, 0, 0).tracklet.visibility
        if visibility.max() < 1:
            some, moments = still(spec, pid, 0, 0)
            assert some.visibility.tolist() == [visibility.max()]
            assert visibility[moments[0]] == visibility.max()
            return
    pytest.fail("no walk of the forty is always partly hidden")


def test_asking_for_more_frames_only_adds_and_moments_differ_between_walks():
    seen, grew = set(), 0
    for walk in WALKS:
        one, two, five = (set(still(replace(DAYS, per_tracklet=k), *walk)[1].tolist()) for k in (1, 2, 5))
        assert one <= two <= five
        grew += (one < two) + (two < five)
        seen.add(tuple(sorted(five)))
    assert grew >= len(WALKS)
    assert len(seen) == len(WALKS)


def test_moments_spread_over_the_walk():
    """Not always the beginning: moments as shares of the length have a mean near one half."""
    shares = []
    for pid in range(30):
        place = scene(DAYS, pid, 0, 0)
        shares += [(moment + 0.5) / place.length for moment in still(DAYS, pid, 0, 0)[1]]
    assert abs(np.mean(shares) - 0.5) < 4 * np.sqrt(1 / 12 / len(shares))
    assert min(shares) < 0.15
    assert max(shares) > 0.85


def test_moments_of_a_scene_keep_only_what_stands_in_them():
    place = scene(specify("street-v1-heavy"), 3, 0)
    assert any(len(shape) < place.length for shape in place.occluders)
    for moment in (0, place.length // 2, place.length - 1):
        alone = moments_of(place, np.array([moment]))
        there = [shape.number for shape in place.occluders if shape.t0 <= moment < shape.t0 + len(shape)]
        assert [shape.number for shape in alone.occluders] == there
        assert all(len(shape) == 1 for shape in alone.walker)


def test_a_store_of_stills_is_never_taken_for_the_tracklets(tmp_path, monkeypatch):
    monkeypatch.setenv("REIDLIB_CACHE", str(tmp_path))
    store = street_stills("street-v1-days", persons=2, days=2, progress=_quiet, workers=1)
    assert (store.name, store.spec["kind"]) == ("street-v1-days-stills", "stills")
    assert sorted(store.columns) == ["visibility"]
    assert list(zip(store.pids, store.camids, store.info("day"), strict=True)) == [
        (pid, camid, day) for pid in (0, 1) for camid in (0, 1) for day in (0, 1)
    ]
    again = street_stills("street-v1-days", persons=2, days=2, progress=lambda *_: pytest.fail("rendered twice"))
    assert again.hash == store.hash
    whole = building.street("street-v1-days", persons=2, days=2, progress=_quiet, workers=1)
    assert whole.folder != store.folder
    with pytest.raises(ReidError, match="already holds something else"):
        building.build(specify("street-v1-days", persons=2, days=2), store.folder)
    with pytest.raises(ReidError, match="no rendered street"):
        building.flow_of(store, 0)
    other = street_stills("street-v1-days", persons=2, days=2, per_tracklet=1, progress=_quiet, workers=1)
    assert other.folder != store.folder
    assert len(other.frames) == 8


def test_more_persons_only_append_and_workers_change_no_byte(tmp_path):
    few = street_stills("street-v1-small", persons=2, folder=tmp_path / "few", workers=1, progress=_quiet)
    more = street_stills("street-v1-small", persons=7, folder=tmp_path / "more", workers=2, progress=_quiet)
    assert more.names[:4] == few.names
    assert few.checksums.tolist() == more.checksums[:4].tolist()
    alone = street_stills("street-v1-small", persons=7, folder=tmp_path / "alone", workers=1, progress=_quiet)
    assert alone.hash == more.hash
    assert StillSpec(**{key: value for key, value in more.spec.items() if key != "kind"}).as_dict() == more.spec


def test_the_frozen_streets_are_not_touched_by_asking_for_stills():
    hashes = json.loads((Path(__file__).parent / "hashes.json").read_text())
    still(DAYS, 0, 0, 0)
    assert fingerprint(render(specify("street-v1-days"), 0, 0, 0).tracklet) == hashes["tracklets"]["street-v1-days"][
        "0 0 0"]  # fmt: skip


@pytest.mark.parametrize("wrong", [{"per_tracklet": 0}, {"per_tracklet": 1.5}, {"visible": 1.5},
                                   {"visible": float("nan")}])  # fmt: skip
def test_wrong_numbers_are_a_sentence(wrong):
    with pytest.raises(ReidError, match=f"Found {next(iter(wrong))}="):
        still_spec(specify("street-v1"), **wrong)

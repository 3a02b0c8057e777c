"""Planted occlusions: what is painted is what is told, and nothing else is touched."""

from __future__ import annotations

import numpy as np
import pytest

from reidlib.data.tracklet import Tracklet
from reidlib.world.build import street
from reidlib.world.occluders import draw_events
from reidlib.world.planted import average_person, law_for, law_without_crops, planted
from reidlib.world.seeds import Draw
from reidlib.world.versions import HEAVY, STREET, Occlusion

OFTEN = Occlusion(8.0, (8, 20), 0.3, (("van", 60), ("person", 20), ("pole", 20)))
NEVER = Occlusion(0.0, (8, 20), 0.3, (("van", 1),))


def real(name="person001_cam1", T=40, size=(128, 64)) -> Tracklet:
    frames = np.random.default_rng(3).integers(60, 200, (T, *size, 3)).astype(np.uint8)
    return Tracklet(frames, 7, 1, name, {}, {"part": "query"})


def test_frames_without_occluder_keep_every_pixel_and_show_the_whole_person():
    tracklet = real()
    alone = planted(tracklet, law=NEVER)
    assert np.array_equal(alone.frames, tracklet.frames)
    assert (alone.visibility == 1).all()
    assert (alone.mask == average_person()).all()
    assert (alone.pid, alone.camid, alone.name, alone.info) == (7, 1, "person001_cam1", {"part": "query"})


def test_visibility_is_the_share_of_the_average_person_that_was_not_painted_over():
    tracklet = real()
    found = planted(tracklet, law=OFTEN)
    changed = (found.frames != tracklet.frames).any(axis=-1)  # (T, H, W)
    person = average_person()
    free = (found.mask.sum((1, 2)) / person.sum()).astype(np.float32)
    assert np.array_equal(found.visibility, free)
    assert found.visibility.min() < 0.5 < found.visibility.max()
    # Random pixels nearly never equal paint, so an unchanged pixel of the person is a free one, but for soft edges.
    untouched = ((~changed & person).sum((1, 2)) / person.sum())
    assert (untouched <= found.visibility + 0.02).all()
    assert np.abs(untouched - found.visibility).max() < 0.15
    assert (changed.any((1, 2)) | (found.visibility == 1)).all()
    assert not (found.mask & ~person).any()


def test_the_seed_and_the_name_decide_and_nothing_else():
    first = planted(real(), law=OFTEN)
    assert np.array_equal(first.frames, planted(real(), law=OFTEN).frames)
    assert not np.array_equal(first.frames, planted(real(), seed=1, law=OFTEN).frames)
    assert not np.array_equal(first.visibility, planted(real("person002_cam1"), law=OFTEN).visibility)


def test_the_given_tracklet_is_left_alone():
    tracklet = real()
    before = tracklet.frames.copy()
    planted(tracklet, law=OFTEN)
    assert np.array_equal(tracklet.frames, before)


@pytest.mark.parametrize("size", [(256, 128), (60, 40), (64, 48)])
def test_any_size_comes_back_as_the_street_s(size):
    found = planted(real(T=9, size=size), law=OFTEN)
    assert found.frames.shape == (9, 128, 64, 3)
    assert found.mask.shape == (9, 128, 64)


def test_a_single_frame_and_a_long_tracklet():
    assert planted(real(T=1)).T == 1
    long = planted(real(T=700), law=OFTEN)
    assert long.visibility.shape == (700,)
    assert (long.visibility < 0.5).any()


def test_crops_are_never_planted_and_the_rest_keeps_its_proportions():
    law = law_without_crops()
    assert {kind for kind, _ in law.kinds} == {kind for kind, _ in STREET.kinds} - {"crop"}
    assert [w for k, w in law.kinds] == [w for k, w in STREET.kinds if k != "crop"]
    only = Occlusion(8.0, (8, 20), 0.3, (("crop", 1),))
    assert draw_events(only, 40, Draw(1, 2))
    assert np.array_equal(planted(real(), law=only).frames, real().frames)  # a law of crops alone plants nothing


def test_short_tracklets_are_met_as_often_as_every_second_one():
    assert law_for(73) == law_without_crops()
    assert law_for(200) == law_without_crops()
    assert law_for(16).rate == pytest.approx(0.5 * 73 / 16)
    met = [(planted(real(f"p{k}", 16)).visibility < 0.5).any() for k in range(60)]
    assert 0.2 < np.mean(met) < 0.7


def test_heavier_laws_hide_more():
    shares = [np.mean([planted(real(f"p{k}", 120), law=law_without_crops(law)).visibility.mean() for k in range(12)])
              for law in (STREET, HEAVY)]
    assert shares[1] < shares[0] < 1


def test_the_average_person_stands_in_the_middle_and_cannot_be_changed():
    person = average_person()
    rows, columns = np.nonzero(person)
    assert 0.15 < person.mean() < 0.35
    assert abs(columns.mean() - 31.5) < 2
    assert rows.min() < 25
    assert rows.max() > 95
    with pytest.raises(ValueError, match="read-only"):
        person[0, 0] = True


def test_on_the_street_where_the_person_is_known_the_truth_is_nearly_right():
    true, said = [], []
    store = street("street-v1-small")
    for tracklet in (store[k] for k in range(50)):
        found = planted(tracklet, law=OFTEN)
        if tracklet.visibility.min() < 1 or found.visibility.min() == 1:
            continue
        free = (found.frames == tracklet.frames).all(-1)  # (T, H, W)
        share = (tracklet.mask & free).sum((1, 2)) / tracklet.mask.sum((1, 2))
        near = (share < 1) | (found.visibility < 1)
        true.append(share[near])
        said.append(found.visibility[near])
    true, said = np.concatenate(true), np.concatenate(said)
    assert len(true) > 300
    assert np.abs(true - said).mean() < 0.08
    assert ((true < 0.5) == (said < 0.5)).mean() > 0.9
    shuffled = np.random.default_rng(0).permutation(said)
    assert np.abs(true - shuffled).mean() > 0.15  # the agreement is no matter of course

"""Footage: crops along its boxes are the painted walks, who is in front hides who is behind, files read back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reidlib.errors import ReidError
from reidlib.world.footage import HEIGHT, footage, write_tracks
from reidlib.world.render import painted
from reidlib.world.scene import scene
from reidlib.world.versions import specify

SPEC = specify("street-v1-small")


def crops(film, track: int) -> np.ndarray:
    return np.stack([film.pictures[t - 1, top:top + h, left:left + w]
                     for t, k, left, top, w, h in film.boxes if k == track])


def test_a_walk_alone_is_what_the_renderer_paints():
    film = footage(SPEC, [3], 0, longest=100)
    frames, parts, visibility = painted(replace(scene(SPEC, 3, 0), occluders=[]), 128, 64, clean=True)
    assert film.pictures.shape == (len(frames), HEIGHT, film.pictures.shape[2], 3)
    cut = crops(film, 1)
    person = parts > 0
    # The walk stands before another part of the street, which only the rim of the person is blended with.
    assert (cut[person] == frames[person]).all(-1).mean() > 0.95
    assert (np.roll(cut, 1, 2)[person] == frames[person]).all(-1).mean() < 0.5
    assert (cut[~person] == frames[~person]).all(-1).mean() < 0.5
    np.testing.assert_array_equal(film.visibility[0], visibility)


def test_who_is_in_front_hides_who_is_behind():
    pids = [0, 1, 2, 3, 4, 5]
    film, turned = footage(SPEC, pids, 1, delay=0), footage(SPEC, pids[::-1], 1, delay=0)
    np.testing.assert_array_equal(film.visibility[0], footage(SPEC, pids[:1], 1).visibility[0])
    assert min(seen.min() for seen in film.visibility[1:]) < 0.9
    assert (turned.pids[::-1] == film.pids).all()
    assert turned.visibility[0].min() >= 0.99  # last before, first now
    alone = footage(SPEC, [1], 1).visibility[0]
    assert (film.visibility[1] <= alone).all()


def test_rows_are_those_of_a_tracker():
    film = footage(SPEC, [0, 4, 2], 0, longest=12, delay=6)
    assert film.boxes[:, 0].min() == 1
    assert (np.diff(film.boxes[:, 0]) >= 0).all()
    assert [film.boxes[film.boxes[:, 1] == k, 0].tolist() for k in (1, 2, 3)] == [
        list(range(1, 13)), list(range(7, 19)), list(range(13, 25))]
    assert film.pids.tolist() == [0, 4, 2]
    assert len(film.pictures) == 24


def test_the_street_is_empty_afterwards():
    film = footage(SPEC, [0, 1], 0, longest=6, delay=1, empty=3)
    assert len(film.pictures) == 10
    assert film.boxes[:, 0].max() == 7
    assert (film.pictures[7:] == film.pictures[9]).all()
    assert (film.pictures[6] != film.pictures[9]).any()


def test_the_same_every_time_and_another_camera_another_street():
    one, again, other = (footage(SPEC, [0, 1], camid, longest=5) for camid in (0, 0, 1))
    np.testing.assert_array_equal(one.pictures, again.pictures)
    assert (one.pictures[0] != other.pictures[0]).mean() > 0.5


def test_files_are_read_back_by_own_store(tmp_path):
    pytest.importorskip("av")
    from reidlib.data.own.build import own_store

    film = footage(SPEC, [0, 1, 2], 0, longest=10)
    files = film.save(tmp_path, "door")
    store = own_store({1: files}, tmp_path / "mine")
    assert len(store) == 3
    for k in range(3):
        cut = crops(film, k + 1).astype(float)
        difference = np.abs(store[k].frames - cut)
        assert difference.mean() < 6  # grey levels: lossy, and colour at half size
        assert difference.mean() < 0.3 * np.abs(store[k].frames - np.roll(cut, 8, 2)).mean()
        assert store[k].info["first_frame"] == 1 + 5 * k


def test_tracks_as_text(tmp_path):
    write_tracks(tmp_path / "t.txt", np.array([[1, 2, -3, 4, 64, 128]]))
    assert (tmp_path / "t.txt").read_text() == "1,2,-3,4,64,128,1,-1,-1,-1\n"


@pytest.mark.parametrize("wrong", [{"pids": []}, {"pids": [1, 1]}, {"pids": range(16)}, {"longest": 0}, {"delay": -1},
                                   {"empty": -1}])
def test_what_cannot_be_filmed_is_refused(wrong):
    with pytest.raises(ReidError):
        footage(SPEC, **{"pids": [0], "camid": 0, **wrong})

"""`course.tracklets` and `course.people`: the street, or whatever REIDLIB_DATA names, if notebooks can use it."""

import numpy as np
import pytest

from reidlib import course
from reidlib.data.splits import halves
from reidlib.data.tracklet import Tracklet
from reidlib.data.writer import StoreWriter
from reidlib.errors import ReidError


def store_of(folder, pairs):
    frames = np.zeros((2, 8, 4, 3), np.uint8)
    with StoreWriter(folder, name="brought", version="8x4", height=8, width=4) as writer:
        for number, (pid, camid) in enumerate(pairs):
            writer.append(Tracklet(frames, pid, camid, f"t{number}"))
        return writer.finish()


BOTH = [(pid, camid) for pid in (3, 5, 7, 9, 11) for camid in (0, 1)]


def test_without_the_variable_it_is_the_street_of_the_profile(monkeypatch):
    monkeypatch.delenv("REIDLIB_DATA", raising=False)
    store = course.tracklets(course.start("ci", 0, "cpu"))
    assert store.name == "street-v1-small"
    assert halves(course.people(store), 1) == halves(store.pids.tolist(), 1)


def test_people_are_those_with_one_tracklet_under_each_camera(tmp_path, monkeypatch, capsys):
    store_of(tmp_path / "s", [*BOTH, (20, 0), (21, 1), (22, 0), (22, 0), (22, 1), (-1, 0), (-1, 1)])
    monkeypatch.setenv("REIDLIB_DATA", str(tmp_path / "s"))
    store = course.tracklets(course.start("ci", 0, "cpu"))
    assert course.people(store) == [3, 5, 7, 9, 11]
    assert "brought 8x4, 5 people" in capsys.readouterr().out


@pytest.mark.parametrize(("pairs", "found"), [
    ([(pid, camid) for pid in range(6) for camid in range(3)], "3 cameras and 6 people"),
    (BOTH[:6], "2 cameras and 3 people"),
    ([(pid, 0) for pid in range(6)], "1 cameras and 6 people"),
])
def test_other_stores_are_refused(pairs, found, tmp_path, monkeypatch):
    store_of(tmp_path / "s", pairs)
    monkeypatch.setenv("REIDLIB_DATA", str(tmp_path / "s"))
    with pytest.raises(ReidError, match=found):
        course.tracklets(course.start("ci", 0, "cpu"))
    monkeypatch.setenv("REIDLIB_DATA", "nowhere")
    with pytest.raises(ReidError, match="nowhere"):
        course.tracklets(course.start("ci", 0, "cpu"))

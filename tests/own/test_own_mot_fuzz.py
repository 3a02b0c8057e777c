"""Hostile tracks and maps: a sentence, or rows that keep every promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reidlib.data.own.boxes import tracks_of
from reidlib.data.own.identities import assign
from reidlib.data.own.mot import read_rows
from reidlib.errors import ReidError

_numbers = st.one_of(
    st.integers(-3, 30).map(str), st.integers().map(str), st.floats().map(repr),
    st.floats(-50, 300).map("{:.2f}".format),
    st.sampled_from(["", " ", "nan", "-inf", "1e400", "1_0", "0x1", "٣", "-0", "+1", ".5", "5.", "1e-400", "9" * 50]))
_likely = st.tuples(st.integers(1, 12), st.integers(0, 4), st.integers(-20, 90), st.integers(-20, 90),
                    st.integers(0, 90), st.integers(0, 90)).map(lambda row: ",".join(map(str, row)))
_line = st.one_of(_likely, _likely, _likely, st.lists(_numbers, max_size=12).map(",".join), st.text(max_size=30))
_files = st.one_of(st.lists(_likely, max_size=12).map("\n".join).map(str.encode),
                   st.lists(_line, max_size=12).map("\n".join).map(lambda text: text.encode("utf-8", "replace")),
                   st.binary(max_size=200))
_field = st.one_of(st.sampled_from(["1", "2", "anna", "", '"', "\n", "ber\x1bta", "0", "7", "٣"]), st.text(max_size=8))
_maps = st.one_of(st.lists(st.lists(_field, max_size=4).map(",".join), max_size=6)
                  .map(lambda lines: "\n".join(["camera,track,person", *lines]).encode("utf-8", "replace")),
                  st.binary(max_size=100))


def _or_sentence(function, *arguments):
    """What it returns, or None where it refused in a sentence that cannot command a terminal; else its error."""
    said = None
    try:
        return function(*arguments)
    except ReidError as error:
        said = str(error)
    assert said.isprintable()
    return None


def _tracks_keep_their_promises(folder, content):
    path = folder / "fuzz.txt"
    path.write_bytes(content)
    rows = _or_sentence(read_rows, path)
    if rows is None:
        return
    assert rows.frames.min() >= 1
    assert rows.ids.min() >= 0
    assert np.isfinite(rows.boxes).all()
    pairs = list(zip(rows.ids.tolist(), rows.frames.tolist(), strict=True))
    assert pairs == sorted(set(pairs))
    tracks, dropped = tracks_of(rows, 60, 80, 2)
    kept = sum(len(track.frames) for track in tracks)
    assert kept <= len(rows)
    assert len(tracks) + dropped["tracks of fewer than 2 frames"] == len(set(rows.ids.tolist()))
    for track in tracks:
        assert len(track.frames) >= 2
        assert track.missing >= 0
        left, top, right, bottom = track.corners.T
        assert ((left >= 0) & (right <= 80) & (right - left >= 8)).all()
        assert ((top >= 0) & (bottom <= 60) & (bottom - top >= 16)).all()


def _maps_keep_their_promises(folder, content):
    path = folder / "fuzz.csv"
    path.write_bytes(content)
    tracks = {"1": [0, 7], "2": [7]}
    people = _or_sentence(assign, tracks, path)
    if people is None:
        return
    assert set(people) == {("1", 0), ("1", 7), ("2", 7)}
    names = {person.pid: person.name for person in people.values()}
    assert all(names[person.pid] == person.name for person in people.values())
    assert min(names) >= 1


@settings(max_examples=200)
@given(_files)
def test_tracks(tmp_path_factory, content):
    _tracks_keep_their_promises(tmp_path_factory.getbasetemp(), content)


@settings(max_examples=200)
@given(_maps)
def test_maps(tmp_path_factory, content):
    _maps_keep_their_promises(tmp_path_factory.getbasetemp(), content)


@pytest.mark.slow
@settings(max_examples=10_000)
@given(_files)
def test_many_tracks(tmp_path_factory, content):
    _tracks_keep_their_promises(tmp_path_factory.getbasetemp(), content)


@pytest.mark.slow
@settings(max_examples=10_000)
@given(_maps)
def test_many_maps(tmp_path_factory, content):
    _maps_keep_their_promises(tmp_path_factory.getbasetemp(), content)

"""What was solved is remembered between kernels, and never costs a notebook its life."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from filelock import FileLock

from reidlib import course
from reidlib.course import record
from reidlib.course.definition import exercises


@pytest.fixture(autouse=True)
def fresh(monkeypatch, tmp_path):
    monkeypatch.setenv("REIDLIB_CACHE", str(tmp_path / "cache"))
    return tmp_path


def forget(monkeypatch):
    """As if the kernel had been started anew."""
    monkeypatch.setattr(record, "_memory", {})
    monkeypatch.setattr(record, "_told", set())


def test_tries_are_counted_and_solved_stays_solved(monkeypatch):
    assert [record.note("00.1", s) for s in ("todo", "wrong", "wrong", "solved", "wrong")] == [0, 1, 2, 3, 4]
    assert record.known() == {"00.1": {"solved": True, "tries": 4}}
    forget(monkeypatch)
    assert record.known() == {"00.1": {"solved": True, "tries": 4}}
    assert record.note("01.1", "wrong") == 1
    stored = json.loads(record.path().read_bytes())
    assert stored == {"course": 1, "exercises": {"00.1": {"solved": True, "tries": 4},
                                                 "01.1": {"solved": False, "tries": 1}}}  # fmt: skip
    assert record.path().name == "progress-1.json"


def test_two_kernels_add_up():
    record.note("00.1", "wrong")
    code = "from reidlib.course import record; record.note('00.1', 'wrong'); record.note('01.2', 'solved')"
    subprocess.run([sys.executable, "-c", code], check=True)
    assert record.note("00.1", "solved") == 3
    assert record.known()["01.2"] == {"solved": True, "tries": 1}


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"exercises": 3}', b'{"exercises": {"a": 1}}', b"\xff\xfe"])
def test_a_damaged_file_is_written_anew(content, monkeypatch):
    record.note("00.1", "solved")
    record.path().write_bytes(content)
    forget(monkeypatch)
    assert record.known() == {}
    assert record.note("00.1", "wrong") == 1
    assert json.loads(record.path().read_bytes())["exercises"]["00.1"]["tries"] == 1


def test_a_cache_that_cannot_be_written_is_one_sentence(monkeypatch, fresh, capsys):
    (fresh / "file").write_text("in the way")
    monkeypatch.setenv("REIDLIB_CACHE", str(fresh / "file"))
    assert [record.note("00.1", "wrong"), record.note("00.1", "solved")] == [1, 2]
    told = capsys.readouterr().out
    assert told.count("Your progress is kept until this kernel stops, but could not be saved") == 1
    assert told.count("\n") == 1
    assert course.progress().solved == 1


def test_a_lock_that_is_held_is_not_waited_for(monkeypatch, capsys):
    monkeypatch.setattr(record, "LOCK_SECONDS", 0.05)
    record.note("00.1", "wrong")
    with FileLock(record.path().with_suffix(".lock")):
        assert record.note("00.1", "wrong") == 2
    assert "could not be saved" in capsys.readouterr().out
    assert record.note("00.1", "wrong") == 3
    assert json.loads(record.path().read_bytes())["exercises"]["00.1"]["tries"] == 3


def test_a_full_disk_keeps_the_old_file(monkeypatch, capsys):
    record.note("00.1", "solved")
    before = record.path().read_bytes()

    def full(path, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(record, "write_whole", full)
    assert record.note("00.1", "wrong") == 2
    assert "No space left on device" in capsys.readouterr().out
    assert record.path().read_bytes() == before


def test_the_table_shows_every_exercise():
    record.note("00.1", "solved")
    record.note("01.2", "wrong")
    table = course.progress()
    lines = table.text().splitlines()
    assert len(lines) == len(exercises()) + 1
    assert lines[:5] == [
        f"1 of {len(exercises())} exercises solved",
        "  ✓ 00.1  Mean over frames: solved, 1 try",
        "  ○ 01.1  Split by identity: to do, not tried",
        "  ✗ 01.2  Visibility histogram: not yet, 1 try",
        "  ○ 01.3  Find the planted leak: to do, not tried",
    ]
    html = table.html()
    assert html.count("<tr") == len(lines)
    assert html.count('scope="row"') == len(exercises())
    assert '<span aria-hidden="true" style="color:#1f9254;font-weight:700">✓</span> Solved' in html

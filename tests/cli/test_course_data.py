"""`--data` of report and lab: an unknown store ends before anything runs, a folder is told by its whole path."""

from __future__ import annotations

import os

import numpy as np
import pytest
from typer.testing import CliRunner

from reidlib.cli import app, course_data
from reidlib.data.cache import store_path
from reidlib.data.tracklet import Tracklet
from reidlib.data.writer import StoreWriter
from reidlib.errors import ReidError


def small_store(folder):
    with StoreWriter(folder, name="mine", version="1", height=4, width=2) as writer:
        writer.append(Tracklet(np.zeros((1, 4, 2, 3), np.uint8), 1, 0, "t"))
        return writer.finish()


@pytest.fixture(autouse=True)
def environment(monkeypatch, tmp_path):
    monkeypatch.setenv("REIDLIB_DATA", "")  # so that what the command sets is taken back
    monkeypatch.setenv("REIDLIB_CACHE", str(tmp_path / "cache"))


@pytest.mark.parametrize("command", [["report", "--only", "00"], ["lab"]])
def test_an_unknown_store_is_a_sentence_and_nothing_runs(command, monkeypatch):
    monkeypatch.setattr("reidlib.report.build.build_report", None)
    monkeypatch.setattr("subprocess.call", None)
    result = CliRunner().invoke(app, [*command, "--data", "nowhere"])
    assert result.exit_code == 1
    assert "nowhere" in result.output
    assert "a finished store" in result.output
    assert "Traceback" not in result.output


def test_a_folder_is_told_by_its_whole_path(tmp_path, monkeypatch):
    small_store(tmp_path / "mine")
    monkeypatch.chdir(tmp_path)
    course_data.tell_kernels("mine")
    assert os.environ["REIDLIB_DATA"] == str(tmp_path / "mine")


def test_a_store_of_the_cache_is_told_by_its_name():
    small_store(store_path("mine", "1"))
    course_data.tell_kernels("mine")
    assert os.environ["REIDLIB_DATA"] == "mine"


def test_nothing_asked_changes_nothing():
    course_data.tell_kernels(None)
    assert os.environ["REIDLIB_DATA"] == ""


def test_the_variable_is_looked_at_too(monkeypatch):
    monkeypatch.setenv("REIDLIB_DATA", "nowhere")
    result = CliRunner().invoke(app, ["report", "--only", "00"])
    assert result.exit_code == 1
    assert "nowhere" in result.output


def test_an_unfinished_store_is_refused(tmp_path):
    small_store(tmp_path / "mine")
    (tmp_path / "mine" / "frames.npy").write_bytes(b"")
    with pytest.raises(ReidError, match=r"frames\.npy"):
        course_data.tell_kernels(str(tmp_path / "mine"))

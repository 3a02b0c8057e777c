"""`course.recorded`: a run's file is found in the clone and read; what is missing or broken is told with a way out."""

from __future__ import annotations

import json

import pytest

from reidlib import course
from reidlib.course import locate
from reidlib.course.recorded_runs import recorded
from reidlib.errors import ReidError


@pytest.fixture
def clone(tmp_path):
    for folder in ("notebooks", "docs/results", "benchmarks"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "notebooks" / "00_start.ipynb").write_text("{}")
    (tmp_path / "benchmarks" / "attention.py").write_text("")
    return tmp_path


def test_reads_the_file_of_the_clone(clone, monkeypatch):
    content = {"plan": {"seeds": [3]}, "worlds": {"a": [0.5, None]}}
    (clone / "docs" / "results" / "attention.json").write_text(json.dumps(content))
    assert recorded("attention", clone) == content
    monkeypatch.chdir(clone)
    assert course.recorded("attention") == content
    monkeypatch.chdir(clone / "notebooks")  # where JupyterLab runs a notebook: the clone beside reidlib is taken
    monkeypatch.setattr(locate, "__file__", str(clone / "reidlib" / "course" / "locate.py"))
    assert course.recorded("attention") == content


def test_the_function_is_not_hidden_by_its_file():
    assert callable(course.recorded)
    assert course.recorded is recorded


def test_a_run_that_is_not_there_says_which_are_and_how_to_make_it(clone):
    (clone / "docs" / "results" / "flow.json").write_text("{}")
    with pytest.raises(ReidError) as caught:
        recorded("attention", clone)
    assert caught.value.found == "Found no recorded run 'attention'; recorded are: flow"
    assert caught.value.needed == "the file docs/results/attention.json in the clone"
    assert "benchmarks/attention.py --json docs/results/attention.json" in caught.value.todo


def test_a_run_that_nothing_makes_gets_the_list(clone):
    with pytest.raises(ReidError, match=r"recorded are: none.*choose one of those"):
        recorded("attentoin", clone)


@pytest.mark.parametrize("text", ['{"plan": ', "", "3", '["plan"]', "\x00"])
def test_a_broken_file_is_told(clone, text):
    (clone / "docs" / "results" / "attention.json").write_text(text)
    with pytest.raises(ReidError, match=r"no recorded run .*from the repository again"):
        recorded("attention", clone)


def test_outside_a_clone_says_that_one_is_needed(tmp_path, monkeypatch):
    monkeypatch.setattr(locate, "__file__", str(tmp_path / "site-packages" / "reidlib" / "course" / "locate.py"))
    with pytest.raises(ReidError, match="a clone of the reidlib repository"):
        recorded("attention", tmp_path)

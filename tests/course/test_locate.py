"""Finding the notebooks and picking some of them."""

from __future__ import annotations

import pytest

import reidlib.course.locate as locate
from reidlib.errors import ReidError


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "notebooks").mkdir()
    for name in ("02_flow.ipynb", "00_start.ipynb", "scratch.ipynb", "10_judge.ipynb"):
        (tmp_path / "notebooks" / name).write_text("{}")
    return tmp_path


def test_reading_order_without_scratch(folder):
    found = locate.notebook_paths(locate.notebooks_folder(folder))
    assert [p.stem for p in found] == ["00_start", "02_flow", "10_judge"]


@pytest.mark.parametrize("only", ["10,2", "02,10_judge", " 2 , 10_judge.ipynb,2"])
def test_select(folder, only):
    paths = locate.notebook_paths(folder / "notebooks")
    assert [p.stem for p in locate.select(paths, only)] == ["02_flow", "10_judge"]


def test_unknown_notebook_lists_the_known(folder):
    with pytest.raises(ReidError, match=r"'5'.*00_start, 02_flow, 10_judge"):
        locate.select(locate.notebook_paths(folder / "notebooks"), "5")


def test_no_notebooks_anywhere(tmp_path, monkeypatch):
    monkeypatch.setattr(locate, "__file__", str(tmp_path / "site-packages" / "reidlib" / "course" / "locate.py"))
    with pytest.raises(ReidError, match="clone"):
        locate.notebooks_folder(tmp_path)

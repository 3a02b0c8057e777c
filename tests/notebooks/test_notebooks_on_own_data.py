"""Every notebook on a data set that REIDLIB_DATA names: made to look like a benchmark, without any truth."""

from __future__ import annotations

from pathlib import Path

import nbformat
import numpy as np
import pytest

pytest.importorskip("papermill")
from reidlib.course.locate import notebook_paths
from reidlib.data.tracklet import Tracklet
from reidlib.data.writer import StoreWriter
from reidlib.report.run import run_notebook
from reidlib.world.build import street

NOTEBOOKS = {path.stem[:2]: path for path in notebook_paths(Path(__file__).resolve().parents[2] / "notebooks")}
PEOPLE = 30
VIDEO = [pytest.param(number, marks=() if number in ("01", "08") else pytest.mark.slow) for number in NOTEBOOKS]

pytestmark = [pytest.mark.notebooks, pytest.mark.timeout(900)]


def copied(folder: Path, name: str, camera, frames) -> Path:
    """The first people of the small street under another name, numbered from 1, without visibility and masks."""
    source = street("street-v1-small")
    with StoreWriter(folder, name=name, version="x", height=128, width=64, spec={"benchmark": name}) as writer:
        for number in range(0 if not writer.complete else 2 * PEOPLE, 2 * PEOPLE):
            t = source[number]
            for k, rows in enumerate(frames(t.T)):
                writer.append(Tracklet(np.array(t.frames[rows]), t.pid + 1, camera(t.camid, k), f"{t.name}_{k}"))
        writer.finish()
    return folder


def said(path: Path) -> str:
    cells = nbformat.read(path, as_version=4).cells
    return "".join(o.text for c in cells for o in c.get("outputs", []) if o.output_type == "stream")


@pytest.mark.parametrize("number", VIDEO)
def test_runs_on_video_of_two_cameras(number, tmp_path_factory, tmp_path, monkeypatch):
    folder = tmp_path_factory.getbasetemp().parent / "ilids-like"
    copied(folder, "ilids-vid", lambda camid, k: camid, lambda T: [slice(None)])
    monkeypatch.setenv("REIDLIB_DATA", str(folder))
    path = NOTEBOOKS[number]
    run = run_notebook(path, tmp_path / path.name, {"PROFILE": "ci", "SEED": 0}, profile="ci")
    assert run.problems == []
    output = said(tmp_path / path.name)
    if number not in ("02", "11"):  # one needs exact flow, the other renders its own footage
        assert f"ilids-vid x, {PEOPLE} people, once under each of cameras 0 and 1" in output or number == "09"
        assert ("are planted in front of them" in output) == (number not in ("07", "09"))


def test_episodes_of_an_image_benchmark_of_four_cameras(tmp_path, monkeypatch):
    copied(tmp_path / "market", "market1501", lambda camid, k: 2 * camid + k % 2, lambda T: ([2], [T // 2], [T - 3]))
    monkeypatch.setenv("REIDLIB_DATA", str(tmp_path / "market"))
    path = NOTEBOOKS["09"]
    run = run_notebook(path, tmp_path / path.name, {"PROFILE": "ci", "SEED": 0}, profile="ci")
    assert run.problems == []
    assert "trained on market1501" in said(tmp_path / path.name)

"""Each rule for notebooks finds its fault and lets a clean notebook pass."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("nbformat")
from notebook_maker import write_notebook

from reidlib.course.hygiene import complaints, main
from reidlib.course.rules import SKELETON
from reidlib.course.strip import strip

PROSE = ["#md # A title\n\n**Claim.** One sentence.", *(f"#md ## {h}: about it\n\nWords." for h in SKELETON)]


def _write(tmp_path, *extra: str, prose=PROSE, name="00_one.ipynb", **options):
    path = write_notebook(tmp_path / name, *prose, "x = 1", *extra, **options)
    path.write_text(strip(path.read_text(encoding="utf-8")), encoding="utf-8")
    return path


def test_a_clean_notebook_has_no_complaint(tmp_path):
    path = _write(tmp_path)
    assert complaints(path) == []
    assert main([str(tmp_path)]) == 0


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("\n".join(["x = 1"] * 26), "26 lines of code"),
        ("interact(lambda v: v, v=3)", "bare interact"),
        ("out = widgets.Output()", "drawing into an Output"),
        ("!pip install torch", "shell and magic"),
        ("%matplotlib inline", "shell and magic"),
        ("model.cuda()", "run's device"),
        ("import matplotlib.pyplot as plt", "reidlib.views.figure"),
        ("open('/home/someone/data')", "no path of one machine"),
        ("np.random.seed(0)", "no global random state"),
        ("torch.manual_seed(3)", "no global random state"),
        ("from reidlib.errors import NoSuchName", "reidlib has no reidlib.errors.NoSuchName"),
        ("from reidlib.nowhere import thing", "reidlib has no reidlib.nowhere.thing"),
        ("# NBVAL_CHECK_OUTPUT\nprint(1)", "keeps no printed text"),
        ("def broken(:", "cell"),
        ("#md ![](picture.png)", "a picture without a text"),
        ('#md <img src="x.png">', "a picture without a text"),
        ("#md [next](11_missing.ipynb)", "leads nowhere"),
        ("#md " + "word " * 1801, "words; at most 1800"),
    ],
)
def test_each_fault_is_named(tmp_path, source, sentence):
    found = complaints(_write(tmp_path, source))
    assert any(sentence in c for c in found), found


def test_permitted_relatives_of_the_faults(tmp_path):
    sources = ("rng = np.random.default_rng(0)", "widgets.Image(value=b'')", "from reidlib.errors import ReidError",
               "#md ![a street](../README.md) and [home](../README.md)")  # fmt: skip
    (tmp_path / "README.md").write_text("x")
    (tmp_path / "notebooks").mkdir()
    assert complaints(_write(tmp_path / "notebooks", *sources)) == []


def test_parameters_cell(tmp_path):
    assert any("0 cells tagged" in c for c in complaints(_write(tmp_path, parameters=None)))
    assert any("lacks DEVICE" in c for c in complaints(_write(tmp_path, parameters="PROFILE = 1\nSEED = 0")))


def test_skeleton(tmp_path):
    assert any("lacks the heading '## Quiz" in c for c in complaints(_write(tmp_path, prose=PROSE[:-2] + PROSE[-1:])))
    swapped = [*PROSE[:3], PROSE[4], PROSE[3], *PROSE[5:]]
    assert any("lacks the heading" in c for c in complaints(_write(tmp_path, prose=swapped)))
    assert any("Claim" in c for c in complaints(_write(tmp_path, prose=["#md # Title", *PROSE[1:]])))


def test_median_and_total(tmp_path):
    found = complaints(_write(tmp_path, *["\n".join(["x = 1"] * 20)] * 10))
    assert any("median cell" in c for c in found)
    assert any("lines of code; at most 180" in c for c in found)


def test_outputs_and_foreign_metadata_are_found(tmp_path):
    path = _write(tmp_path)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["metadata"]["widgets"] = {"state": {}}
    path.write_text(json.dumps(notebook, indent=1), encoding="utf-8")
    assert any("committed form" in c for c in complaints(path))


def test_tags_that_tools_read_differently(tmp_path):
    path = _write(tmp_path)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][-1]["metadata"]["tags"] = ["raises-exception"]
    path.write_text(strip(json.dumps(notebook)), encoding="utf-8")
    assert any("raises-exception" in c for c in complaints(path))


def test_neighbours_are_linked(tmp_path):
    _write(tmp_path, "#md [next](01_two.ipynb)")
    _write(tmp_path, name="01_two.ipynb")
    assert complaints(tmp_path / "00_one.ipynb") == []
    assert any("no link to its neighbour 00_one.ipynb" in c for c in complaints(tmp_path / "01_two.ipynb"))


def test_ids(tmp_path):
    path = _write(tmp_path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"code-11"', '"Code_11!"'), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != text
    found = complaints(path)
    assert any("short words joined by hyphens" in c or "not a valid notebook" in c for c in found), found


def test_a_broken_file_is_a_sentence(tmp_path):
    (tmp_path / "00_one.ipynb").write_text("{}")
    assert "not a valid notebook" in complaints(tmp_path / "00_one.ipynb")[0]

"""The kit in a real kernel: solved, unsolved, wrong, broken and endless answers, and the notebook runs through."""

from __future__ import annotations

import nbformat
import pytest
from notebook_maker import write_notebook

pytest.importorskip("papermill")
from reidlib.report.export import export_html
from reidlib.report.run import run_notebook

DEFINE = """@course.exercise("00.1")
def mean_over_frames(frame_features):
    {body}
"""
USE = "print('used', mean_over_frames(torch.ones(2, 3, 4)).shape)"
BODIES = {
    "stub": "...",
    "wrong": "return frame_features.sum(1)",
    "broken": "return frame_features.mean(1) + nowhere",
    "endless": "while True: pass",
    "right": "return frame_features.mean(1)",
}


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kernel")
    cells = [
        "from reidlib import course\nrun = course.start(PROFILE, SEED, DEVICE)",
        "import dataclasses, torch, reidlib.course.definition as d\n"
        "d.exercises()['00.1'] = dataclasses.replace(d.exercises()['00.1'], seconds=0.5, call_seconds=0.5)",
    ]
    for body in BODIES.values():
        cells += [DEFINE.format(body=body) + USE, "course.check(mean_over_frames)", USE]
    cells += [
        "result = course.check(mean_over_frames)",
        "result",
        "course.progress()",
        "course.quiz('01')",
        "course.hint('01.1'); course.hint('01.1')",
        "import threading\n"
        "worker = threading.Thread(target=lambda: print(course.check(lambda x: x.sum(1), '00.1').kind))\n"
        "worker.start(); worker.join()",
    ]
    path = write_notebook(folder / "77_kit.ipynb", *cells)
    run = run_notebook(path, folder / "out.ipynb", {}, profile="ci")
    export_html(folder / "out.ipynb", folder / "out.html")
    return run, nbformat.read(folder / "out.ipynb", as_version=4), (folder / "out.html").read_text(encoding="utf-8")


def outputs(notebook, source, nth=0):
    """Of the nth cell that is `source`, or else begins with it."""
    exact = [cell for cell in notebook.cells if cell.source == source]
    return (exact or [cell for cell in notebook.cells if cell.source.startswith(source)])[nth].outputs


def texts(found):
    return [o.get("text") or o["data"]["text/plain"] for o in found]


def test_the_notebook_runs_through(executed):
    run, _, _ = executed
    assert (run.status, run.problems) == ("passed", [])


@pytest.mark.parametrize(
    ("body", "note", "panel"),
    [
        ("stub", "returns nothing yet", "○ To do · Exercise 00.1, Mean over frames"),
        ("wrong", None, "✗ Not yet · Exercise 00.1, Mean over frames"),
        ("broken", "stopped with NameError", "✗ Not yet"),
        ("endless", "ran longer than 0.5 s", "✗ Not yet"),
        ("right", None, "✓ Solved"),
    ],
)
def test_each_kind_of_answer(executed, body, note, panel):
    _, notebook, _ = executed
    number = list(BODIES).index(body)
    told = "".join(texts(outputs(notebook, "@course.exercise", number)))
    assert "used torch.Size([2, 4])" in told, "the notebook goes on with an answer of the right shape"
    assert (note in told) if note else ("Note" not in told)
    checks = outputs(notebook, "course.check(mean_over_frames)", number)
    assert [o.output_type for o in checks] == ["display_data"], "shown once, though it is the last expression"
    assert texts(checks)[0].startswith(panel)
    assert "reid-box" in checks[0]["data"]["text/html"]


def test_the_line_is_the_line_of_the_cell(executed):
    _, notebook, _ = executed
    told = "".join(texts(outputs(notebook, "@course.exercise", list(BODIES).index("broken"))))
    assert "(line 3: `return frame_features.mean(1) + nowhere`)" in told


def test_a_result_is_shown_again_when_asked_for(executed):
    _, notebook, _ = executed
    first, again = outputs(notebook, "result = course.check(mean_over_frames)"), outputs(notebook, "result")
    assert len(first) == len(again) == 1
    assert first[0]["data"] == again[0]["data"]


def test_several_boxes_in_one_cell_are_all_shown(executed):
    _, notebook, _ = executed
    told = texts(outputs(notebook, "course.hint"))
    assert [t[:14] for t in told] == ["Note: Hint 1 o", "Note: Hint 2 o"]


def test_a_check_in_another_thread(executed):
    _, notebook, _ = executed
    assert "value" in "".join(texts(outputs(notebook, "import threading")))


def test_the_exported_page_keeps_boxes_and_quiz(executed):
    _, _, page = executed
    assert page.count("Right.</strong>") == 3
    assert "✓</span> <strong>Solved</strong> · Exercise 00.1" in page
    assert "exercises solved</strong>" in page

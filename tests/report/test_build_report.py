"""The report: every notebook is run, a failing one does not stop the rest, and the pages need no network."""

from __future__ import annotations

import json
import re

import pytest
from notebook_maker import write_notebook

pytest.importorskip("papermill")
from reidlib.report.build import build_report

pytestmark = pytest.mark.notebooks


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    good = r"#md The weight $\alpha_t = \sigma(\theta^\top x_t)$, then [the next](02_after.ipynb)."
    paths = [
        write_notebook(folder / "in" / "00_good.ipynb", good, "print(PROFILE, SEED)"),
        write_notebook(folder / "in" / "01_bad.ipynb", "raise ValueError('<b>planted</b> & found')"),
        write_notebook(folder / "in" / "02_after.ipynb", "print('still runs')"),
    ]
    calls = []
    result = build_report(
        paths, folder / "out", profile="ci", seed=7, on_notebook=lambda p, r: calls.append((p.stem, r))
    )
    return folder / "out", result, calls


def test_a_failing_notebook_does_not_stop_the_rest(report):
    _, result, calls = report
    assert [r["status"] for r in result["notebooks"]] == ["passed", "failed", "passed"]
    assert "ValueError" in result["notebooks"][1]["problems"][0]
    assert [name for name, run in calls if run is None] == ["00_good", "01_bad", "02_after"]
    assert all(r["seconds"] > 0.5 for r in result["notebooks"])


def test_profile_and_seed_reach_the_kernel(report):
    folder, _, _ = report
    assert "ci 7" in (folder / "00_good.html").read_text(encoding="utf-8")


def test_index_tells_status_duration_and_device(report):
    folder, result, _ = report
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert "2 of 3 notebooks passed, 1 failed" in page
    assert result["environment"]["device"] in page
    assert page.count('href="0') == 3
    assert "&lt;b&gt;planted&lt;/b&gt; &amp; found" in page, "what a notebook prints is text, never markup"
    assert json.loads((folder / "report.json").read_text(encoding="utf-8")) == result


def test_pages_fetch_nothing(report):
    folder, _, _ = report
    for page in sorted(folder.glob("*.html")):
        text = page.read_text(encoding="utf-8")
        fetched = re.findall(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//[^"'\s>]+|url\(["']?https?:|import\(""", text)
        assert not fetched, page.name


def test_formulas_are_drawn_without_a_script(report):
    folder, _, _ = report
    text = (folder / "00_good.html").read_text(encoding="utf-8")
    assert "<math" in text
    assert "MathJax" not in text
    assert 'href="02_after.html"' in text


def test_executed_copies_are_kept_and_nothing_half_written(report):
    folder, _, _ = report
    assert {p.name for p in folder.glob("*.ipynb")} == {"00_good.ipynb", "01_bad.ipynb", "02_after.ipynb"}
    assert not list(folder.glob("*.tmp"))
    assert not list(folder.glob("*.running.ipynb"))

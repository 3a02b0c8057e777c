"""The index page by itself."""

from __future__ import annotations

import pytest

from reidlib.report.environment import describe
from reidlib.report.index import minutes, page

PACKAGES = {"a": "1", "b": None}
ENVIRONMENT = {"device": "CPU <x>", "python": "3.11", "system": "Linux", "reidlib": "0", "packages": PACKAGES,
               "data": "ilids <vid>"}


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.04, "0.0 s"), (12.34, "12.3 s"), (59.94, "59.9 s"), (60, "1 min 00 s"), (245, "4 min 05 s")],
)
def test_minutes(seconds, text):
    assert minutes(seconds) == text


def test_a_stopped_run_says_what_is_missing():
    runs = [
        {"name": "00_a", "status": "passed", "seconds": 2.0, "cells": 1, "problems": []},
        {"name": "01_b", "status": "waiting", "seconds": 0.0, "cells": 0, "problems": []},
    ]
    html = page({"profile": "ci", "seed": 0, "environment": ENVIRONMENT, "notebooks": runs})
    assert "1 of 2 notebooks passed, 1 not run yet" in html
    assert 'href="00_a.html"' in html
    assert 'href="01_b.html"' not in html, "no link to a page that does not exist"
    assert "CPU &lt;x&gt;" in html
    assert "b None" not in html
    assert "ilids &lt;vid&gt;" in html


@pytest.mark.parametrize(("named", "said"), [(None, "the rendered street"), ("mars", "mars"),
                                             ("stores/of/mine/mine", "mine")])
def test_a_report_says_on_what_data_without_naming_a_folder(named, said, monkeypatch):
    if named:
        monkeypatch.setenv("REIDLIB_DATA", named)
    assert describe()["data"] == said

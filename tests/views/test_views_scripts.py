"""Rules for the scripts and styles of views, which no Python test would notice otherwise."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import reidlib.views

FOLDER = Path(reidlib.views.__file__).parent
SCRIPTS = sorted(FOLDER.glob("*.js"))
STYLES = sorted(FOLDER.glob("*.css"))
# Markup from strings, code from strings, other files, the network, memory outside the page.
FORBIDDEN = [
    r"\binnerHTML\b", r"\bouterHTML\b", r"\binsertAdjacentHTML\b", r"document\.write", r"\beval\(", r"new Function",
    r"^\s*import\b", r"\bimport\(", r"\bfetch\(", r"XMLHttpRequest", r"localStorage", r"sessionStorage",
]  # fmt: skip


def code_of(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.S)


def test_there_is_something_to_check():
    assert {path.name for path in SCRIPTS} >= {"host.js", "select.js", "pipeline_map.js"}
    assert STYLES


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_make_no_markup_from_text_and_fetch_nothing(path):
    code = code_of(path)
    assert [rule for rule in FORBIDDEN if re.search(rule, code, flags=re.M)] == []
    assert set(re.findall(r"https?://[^\s\"'`)]+", code)) <= {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_a_small_room_and_exports_only_mount(path):
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= 300
    assert max(map(len, text.splitlines())) <= 120
    assert re.findall(r"^export .*?(\w+)\(", text, flags=re.M) in ([], ["mount"])


def test_shared_scripts_and_views_do_not_use_the_same_top_level_name():
    """They are joined in one module, where a name can be declared once."""
    names = {path.name: set(re.findall(r"^(?:export )?(?:function|const|let|class) (\w+)", code_of(path), flags=re.M))
             for path in SCRIPTS}  # fmt: skip
    shared = names["host.js"] | names["select.js"]
    assert not names["host.js"] & names["select.js"]
    for name, own in names.items():
        if name not in ("host.js", "select.js"):
            assert not own & shared, name


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_styles_fetch_nothing_and_touch_only_views(path):
    css = code_of(path)
    assert "url(" not in css
    assert "@import" not in css
    assert "<" not in css
    rules = css.replace(":is(#reid-wins, .reid-view)", ".reid-view")
    for selector in re.findall(r"(?:^|})\s*([^{}@]+)\{", rules):
        for each in selector.split(","):
            assert ".reid-" in each, each
    # Colours come from the palette's variables, so that dark and light and the figures agree.
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(", rules) == []


def test_motion_stops_for_those_who_asked():
    assert "prefers-reduced-motion" in (FOLDER / "host.css").read_text("utf-8")


# The parts of views that write numbers for readers. The others turn them into coordinates, percentages and degrees.
READ = ("attention_strip_panel.js", "cobweb.js", "cobweb_map.js", "episode_table.js", "flow_lens.js",
        "flow_lens_numbers.js", "flow_lens_solve.js", "pull_push_controls.js", "pull_push_loss.js",
        "rank_wall_parts.js")  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_numbers_that_are_read_go_through_one_function(name):
    """host.js has it, and views/html.py its twin: a true minus, no negative zero, four digits at most."""
    code = code_of(next(path for path in SCRIPTS if path.name == name))
    assert not re.search(r"\.to(Fixed|Exponential)\(", code)

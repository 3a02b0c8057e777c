"""Small rooms, and imports that run one way down the data's path."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "reidlib"
# A room may import from rooms of a smaller number; rooms of equal number do not know each other.
LEVEL = {
    "errors": 0, "choices": 0.5, "data": 1, "world": 2, "flow": 2, "evaluation": 2, "training": 2, "ran": 3, "arm": 3,
    "views": 4, "course": 5, "report": 6, "cli": 7,
}  # fmt: skip
FILES = sorted(LIBRARY.rglob("*.py"))


def _imported_rooms(path: Path) -> set[str]:
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        modules = []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write imports from the root"
            modules = [f"{node.module}.{a.name}" for a in node.names]
        elif isinstance(node, ast.Import):
            modules = [a.name for a in node.names]
        rooms |= {m.split(".")[1] for m in modules if m.startswith("reidlib.")}
    return rooms - {"__version__"}


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(LIBRARY)))
def test_imports_run_one_way(path):
    room = path.relative_to(LIBRARY).parts[0].removesuffix(".py")
    if room == "__init__":
        return
    for other in _imported_rooms(path) - {room}:
        assert LEVEL[other] < LEVEL[room], f"{room} imports {other}, which lies after it on the data's path"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(LIBRARY)))
def test_one_idea_per_file(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300
    if text.strip():
        assert ast.get_docstring(ast.parse(text)), "say in one line what this room is for"


def test_every_folder_of_the_library_has_a_level():
    rooms = {p.name for p in LIBRARY.iterdir() if p.is_dir() and any(p.glob("*.py"))}
    assert rooms <= set(LEVEL)


def test_evaluation_takes_arrays_only():
    """Researchers use the evaluator on its own: importing it must not import torch or a drawing library."""
    code = "import sys, reidlib.evaluation.ranking; sys.exit(bool({'torch', 'matplotlib'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


def test_importing_reidlib_is_cheap():
    code = "import sys, reidlib; sys.exit(bool({'torch', 'numpy', 'matplotlib'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


def test_the_linter_is_content():
    run = subprocess.run([sys.executable, "-m", "ruff", "check", "."], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout

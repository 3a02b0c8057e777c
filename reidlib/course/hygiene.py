"""Check notebooks against the course's rules: `python -m reidlib.course.hygiene notebooks`."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat

from reidlib.course.rules import RULES, Page


def complaints(path: Path, neighbours: list[str] | None = None) -> list[str]:
    """Everything wrong with one notebook, as sentences that begin with its name; an empty list is a clean one."""
    text = path.read_text(encoding="utf-8")
    try:
        notebook = nbformat.reads(text, as_version=4)
        nbformat.validate(notebook)
    except Exception as error:  # nbformat raises several kinds; all mean the same to the reader
        return [f"{path.name} is not a valid notebook: {error}"]
    neighbours = neighbours or sorted(p.name for p in path.parent.glob("[0-9][0-9]_*.ipynb")) or [path.name]
    page = Page(path, text, notebook, neighbours if path.name in neighbours else [path.name])
    return [f"{path.name} {complaint}" for rule in RULES for complaint in rule(page)]


def main(arguments: list[str]) -> int:
    found = [c for folder in arguments for path in sorted(Path(folder).glob("*.ipynb")) for c in complaints(path)]
    print("\n".join(found) or "every notebook keeps the rules")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Committed notebooks carry no outputs, but for the text of cells marked `# NBVAL_CHECK_OUTPUT`.

So a diff shows what a person changed, and the kept text is a test: nbval compares it with what the cell prints now.
`python -m reidlib.course.strip notebooks` rewrites; `--check` only reports and exits with 1.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat

from reidlib.data.files import write_whole

MARK = "# NBVAL_CHECK_OUTPUT"
NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
KEPT_CELL_METADATA = ("tags",)
# What papermill adds to a notebook that it ran: never part of the source.
FOREIGN_TAGS = {"injected-parameters", "papermill-error-cell-tag"}


def is_marked(cell) -> bool:
    """Whether this code cell's printed text is kept and compared."""
    return cell.cell_type == "code" and MARK in cell.source


def kept_text(cell) -> str:
    """Everything a cell wrote to standard output, as one string."""
    return "".join(o["text"] for o in cell.outputs if o.output_type == "stream" and o.name == "stdout")


def strip(text: str) -> str:
    """The committed form of a notebook's file text. Idempotent; cell ids, sources and tags stay."""
    notebook = nbformat.reads(text, as_version=4)
    notebook.metadata = nbformat.from_dict(NOTEBOOK_METADATA)
    notebook.nbformat_minor = 5
    notebook.cells = [
        cell for cell in notebook.cells if cell.source.strip() and not FOREIGN_TAGS & set(cell.metadata.get("tags", []))
    ]
    position = 0
    for cell in notebook.cells:
        cell.metadata = {k: cell.metadata[k] for k in KEPT_CELL_METADATA if cell.metadata.get(k)}
        cell.source = cell.source.rstrip()
        if cell.cell_type != "code":
            continue
        position += 1
        stdout = kept_text(cell) if is_marked(cell) else ""
        cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=stdout)] if stdout else []
        # nbval compares nothing where the count is missing; the cell's position does not depend on who ran it.
        cell.execution_count = position if stdout else None
    nbformat.validate(notebook)
    return nbformat.writes(notebook, ensure_ascii=False).rstrip("\n") + "\n"


def strip_file(path: Path, check: bool = False) -> bool:
    """Strip one file in place (through a temporary name); returns whether it differed from its committed form."""
    old = path.read_text(encoding="utf-8")
    new = strip(old)
    if new != old and not check:
        write_whole(path, new.encode())
    return new != old


def main(arguments: list[str]) -> int:
    check = "--check" in arguments
    paths: list[Path] = []
    for argument in (Path(a) for a in arguments if not a.startswith("-")):
        paths += sorted(argument.glob("*.ipynb")) if argument.is_dir() else [argument]
    changed = [path for path in paths if strip_file(path, check)]
    for path in changed:
        print(f"{'would strip' if check else 'stripped'} {path}")
    if not changed:
        print(f"{len(paths)} notebooks, all in their committed form")
    return int(check and bool(changed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

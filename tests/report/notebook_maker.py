"""Small notebooks for tests, made in the test's own folder."""

from __future__ import annotations

from pathlib import Path

import nbformat

PARAMETERS = "PROFILE = 'ci'\nSEED = 0\nDEVICE = 'cpu'"


def write_notebook(path: Path, *sources: str, parameters: str | None = PARAMETERS) -> Path:
    """A notebook whose code cells are `sources`; a source that begins with '#md ' becomes a Markdown cell."""
    cells = []
    if parameters is not None:
        cells.append(nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}, id="parameters"))
    for i, source in enumerate(sources):
        if source.startswith("#md "):
            cells.append(nbformat.v4.new_markdown_cell(source[4:], id=f"prose-{i}"))
        else:
            cells.append(nbformat.v4.new_code_cell(source, id=f"code-{i}"))
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
    return path

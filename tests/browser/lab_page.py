"""Drive JupyterLab in a page: open a notebook, run it, read its errors from the model rather than from the screen."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

TOKEN = "browser-tests"
_READY = """async () => {
  const app = window.jupyterapp;
  await app.restored;
  const { context, sessionContext } = app.shell.currentWidget;
  await context.ready;
  await sessionContext.ready;
  await sessionContext.session.kernel.info;
}"""
_RUN_ALL = """async () => {
  await window.jupyterapp.commands.execute('notebook:run-all-cells');
  const errors = [];
  for (const cell of window.jupyterapp.shell.currentWidget.content.model.cells)
    for (const output of cell.toJSON().outputs ?? [])
      if (output.output_type === 'error') errors.push(`${output.ename}: ${output.evalue}`);
  return errors;
}"""


@dataclass
class Watch:
    """What pages did that they must not do."""

    external: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def follow(self, context, allowed: tuple[str, ...]):
        """A new page of `context` that reaches only addresses beginning with one of `allowed`."""

        def route(route) -> None:
            if route.request.url.startswith((*allowed, "data:", "blob:")):
                route.continue_()
            else:
                self.external.append(route.request.url)
                route.abort()

        context.route("**/*", route)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        return page


@dataclass
class LabPage:
    page: object
    address: str
    token: str
    folder: Path

    def open(self, name: str, *cells: str, outputs: dict[int, dict[str, str]] | None = None):
        """Write a notebook of code cells, with stored output bundles where given, and open it with a ready kernel."""
        notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
        for i, source in enumerate(cells):
            cell = nbformat.v4.new_code_cell(source)
            if outputs and i in outputs:
                cell.outputs = [nbformat.v4.new_output("execute_result", data=outputs[i], execution_count=i + 1)]
            notebook.cells.append(cell)
        nbformat.write(notebook, self.folder / name)
        return self.visit(name)

    def visit(self, name: str):
        """Open the notebook `name` of the served folder with a ready kernel."""
        workspace = f"w{time.monotonic_ns()}"
        self.page.goto(f"{self.address}/lab/workspaces/{workspace}/tree/{name}?token={self.token}&reset")
        self.page.locator(".jp-Notebook").wait_for()
        # A run that is ordered before the session is ready is silently lost.
        self.page.evaluate(_READY)
        return self.page

    def run_all(self) -> list[str]:
        """Run every cell; the error outputs, read when the last cell is done."""
        return self.page.evaluate(_RUN_ALL)

    def run_cell(self, index: int) -> None:
        # Clicking in a view makes its cell the active one, so the cell to run is always named.
        self.page.evaluate("i => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = i; }", index)
        self.command("notebook:run-cell")

    def command(self, name: str, arguments: dict | None = None) -> None:
        execute = "([name, options]) => window.jupyterapp.commands.execute(name, options)"
        self.page.evaluate(execute, [name, arguments or {}])

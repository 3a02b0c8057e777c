"""`reidlib lab`: JupyterLab on the course, for this machine only."""

from __future__ import annotations

import os
import subprocess
import sys

import typer

from reidlib.cli.course_data import Data, tell_kernels
from reidlib.errors import ReidError


def lab(
    notebook: str = typer.Option(None, help="Notebook to open, as number or name: 00."),
    port: int = typer.Option(8888, help="First port to try."),
    data: str = Data,
) -> None:
    """Open JupyterLab (BROWSER=none only prints the address). It listens on this machine only, with a token."""
    from importlib.util import find_spec

    from reidlib.course.locate import notebook_paths, notebooks_folder, select

    if find_spec("jupyterlab") is None:
        raise ReidError(
            "Found no JupyterLab in this Python",
            "reidlib's course packages",
            f"type: {sys.executable} -m pip install -e '.[course]'",
        )
    tell_kernels(data)
    folder = notebooks_folder()
    chosen = select(notebook_paths(folder), notebook)[0] if notebook else None
    where = f"/lab/tree/{folder.name}/{chosen.name}" if chosen else f"/lab/tree/{folder.name}"
    command = [
        sys.executable, "-m", "jupyterlab",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        # The clone is the root, so that the library can be read beside the notebook that uses it.
        f"--ServerApp.root_dir={folder.parent}",
        f"--LabApp.default_url={where}",
    ]  # fmt: skip
    if os.environ.get("BROWSER", "").lower() == "none":
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # inside a container there is nobody else
    try:
        raise SystemExit(subprocess.call(command, env={**os.environ, "PYTHONUNBUFFERED": "1"}))
    except KeyboardInterrupt:
        raise SystemExit(0) from None

"""`--data` of the commands that begin notebooks: looked at before anything runs, and told to every kernel."""

from __future__ import annotations

import os
from pathlib import Path

import typer

HELP = "Data set of the notebooks: a prepared benchmark by name, or the folder of a store. [default: the street]"
VARIABLE = "REIDLIB_DATA"
Data = typer.Option(None, "--data", envvar=VARIABLE, show_envvar=True, help=HELP)


def tell_kernels(data: str | None) -> None:
    """Sets REIDLIB_DATA; a folder by its whole path, since kernels start elsewhere. ReidError for what is no store."""
    if not data:
        return
    from reidlib.data.cache import cached_stores
    from reidlib.flow.extract import find_store

    by_name = any(name == data for name, _ in cached_stores())
    data = data if by_name else str(Path(data).expanduser().absolute())
    find_store(data)
    os.environ[VARIABLE] = data

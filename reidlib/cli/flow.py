"""`reidlib flow extract`: the optical flow of a whole store, as a column beside it."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(
    name="flow",
    help="Optical flow: Lucas–Kanade for every frame of a store.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _group() -> None:
    """Keeps `extract` a command of its own while it is the only one."""


@app.command("extract")
def extract(
    store: Annotated[str, typer.Argument(help="Folder of a store, or its name in the cache, as street-v1-small.")],
    method: Annotated[str, typer.Option(help="accurate, fast, single_scale or mclaughlin.")] = "accurate",
    column: Annotated[str, typer.Option(help="Name of the new column.")] = "flow",
    height: Annotated[int, typer.Option(help="Height of the flow in pixels.")] = 64,
    width: Annotated[int, typer.Option(help="Width of the flow in pixels.")] = 48,
    workers: Annotated[int | None, typer.Option(help="Processes; default: one a core. Never changes a byte.")] = None,
) -> None:
    """Compute the flow of every tracklet, at 64×48 in half precision. Killed and typed again, it goes on."""
    import time

    from reidlib.cli.bars import Bars
    from reidlib.data.beside import found_column
    from reidlib.errors import ReidError
    from reidlib.flow.extract import extract_flow, find_store

    if workers is not None and workers < 1:
        raise ReidError(f"Found {workers} workers", "1 or more", "pass --workers 1, or leave the option out")
    opened = find_store(store)
    began, computed = time.perf_counter(), 0
    with Bars() as bars:

        def progress(done: int, total: int) -> None:
            nonlocal computed
            computed += int(opened.lengths[done - 1])
            bars.named(f"Flow of {opened.name}", done, total)

        flow = extract_flow(opened, method, column=column, size=(height, width), workers=workers, progress=progress)
    if computed:
        seconds = time.perf_counter() - began
        typer.echo(f"{computed} frames in {seconds:.1f} s, {computed / seconds:.0f} frames a second", err=True)
    else:
        typer.echo("complete: was computed before")
    typer.echo(f"folder: {found_column(opened, column)}")
    typer.echo(f"column: {column}, {method}, {flow.dtype} {flow.shape}")

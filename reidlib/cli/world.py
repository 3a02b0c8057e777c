"""`reidlib world render` and `reidlib world show`: the rendered street on disk, and as a contact sheet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="world",
    help="The rendered street: people on cameras, with visibility, masks and flow.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

VersionName = Annotated[str, typer.Argument(help="Name of a version, for example street-v1 or street-v1-small.")]


@app.command("render")
def render(
    version: VersionName,
    persons: Annotated[int | None, typer.Option(help="Number of persons; more extend a version.")] = None,
    cameras: Annotated[int | None, typer.Option(help="Number of cameras, 2 or more.")] = None,
    days: Annotated[int | None, typer.Option(help="Number of days (versions with days).")] = None,
    strength: Annotated[float | None, typer.Option(help="Differences between days: 0, 0.5, 1, 2 …")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the store; default: the cache.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes; default: one a core. Never changes a byte.")] = None,
) -> None:
    """Render a version into a store. Killed and typed again, it goes on where it stopped."""
    import platform

    from reidlib.cli.bars import Bars
    from reidlib.errors import ReidError
    from reidlib.world.build import build
    from reidlib.world.versions import specify

    spec = specify(version, persons, cameras, days, strength)
    if workers is not None and workers < 1:
        raise ReidError(f"Found {workers} workers", "1 or more", "pass --workers 1, or leave the option out")
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        typer.echo(
            "note: the frozen hashes were made on x86-64 Linux; here a few pixels may differ by one level", err=True
        )
    rendered = 0
    with Bars() as bars:

        def progress(done: int, total: int) -> None:
            nonlocal rendered
            rendered += 1
            bars.named(f"Rendering {version}", done, total)

        store = build(spec, out, workers, progress)
    if not rendered:
        typer.echo("complete: was rendered before")
    typer.echo(f"folder: {store.folder}")
    frames = int(store.lengths.sum())
    counts = f"{spec.persons} persons, {spec.cameras} cameras"
    counts += f", {spec.days} days (strength {spec.strength:g})" if spec.law.days > 1 else ""
    typer.echo(f"counts: {counts}, {len(store)} tracklets, {frames} frames of {spec.height}×{spec.width}")
    typer.echo(f"hash: {store.hash}")


@app.command("show")
def show(
    version: VersionName,
    out: Annotated[Path | None, typer.Option(help="PNG file to write; default: VERSION.png here.")] = None,
    persons: Annotated[int, typer.Option(help="Persons, one a row.")] = 8,
    frames: Annotated[int, typer.Option(help="Frames of each tracklet.")] = 8,
    strength: Annotated[float | None, typer.Option(help="Differences between days (versions with days).")] = None,
) -> None:
    """Write a contact sheet of a version's first persons as a PNG."""
    from reidlib.data.files import explained, write_whole
    from reidlib.errors import ReidError
    from reidlib.world.sheet import contact_sheet, png
    from reidlib.world.versions import specify

    for value, name in ((persons, "persons"), (frames, "frames")):
        if not 1 <= value <= 200:
            raise ReidError(f"Found {value} {name} for a contact sheet", "1 to 200", f"pass --{name} 8")
    target = out or Path(f"{version}.png")
    if target.suffix.lower() != ".png":
        raise ReidError(f"Found the file name {target}", "a name that ends in .png", f"pass --out {target.stem}.png")
    picture = contact_sheet(specify(version, persons, strength=strength), persons, frames)
    with explained(target):
        write_whole(target, png(picture))
    typer.echo(f"{target}: {persons} persons, {picture.shape[1]}×{picture.shape[0]} pixels")

"""`reidlib data`: the public benchmarks, and how an archive that you hold becomes a store."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="data",
    help="Public benchmarks: which there are, and your archive of one as a store.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command("list")
def list_() -> None:
    """What each benchmark is, who gives it out, and whether it is prepared here."""
    from reidlib.data.benchmarks.registry import KNOWN, REASON, find_benchmark
    from reidlib.data.cache import cached_stores

    there = cached_stores()
    for name in KNOWN:
        benchmark = find_benchmark(name)
        versions = ", ".join(f"{version}{_part(name, version)}" for known, version in there if known == name)
        counts = ", ".join(f"{count:,} {what}" for what, count in benchmark.published.items())
        typer.secho(f"{name}  {benchmark.title} ({benchmark.kind})", bold=True)
        for what, text in (("paper", benchmark.paper), ("published", counts),
                           ("protocols", ", ".join(benchmark.protocols)), ("given out by", benchmark.holder),
                           ("at", benchmark.place), ("terms", benchmark.terms), ("consent", benchmark.consent),
                           ("report", benchmark.say),
                           ("here", versions or f"not prepared; type reidlib data prepare {name} ARCHIVE")):
            typer.echo(f"  {what + ':':13} {text}")
    typer.echo(f"Not supported: {REASON}.")


def _part(name: str, version: str) -> str:
    from reidlib.data.store import Store
    from reidlib.errors import ReidError

    try:
        return "" if Store.cached(name, version).spec.get("whole", True) else " (a part of the data set)"
    except ReidError:
        return " (damaged)"


@app.command("prepare")
def prepare(
    name: Annotated[str, typer.Argument(help="As `reidlib data list` shows it: mars, market1501 …")],
    source: Annotated[Path, typer.Argument(help="The holder's archive, a folder of such archives, or the unpacked "
                                                "folder. Nothing is written into it.")],
    check: Annotated[bool, typer.Option("--check", help="Only verify, and keep no unpacked copy; exit code 1 if "
                                                     "counts differ.")] = False,
    partial: Annotated[bool, typer.Option("--partial", help="Convert although counts differ.")] = False,
    size: Annotated[str, typer.Option(help="Height x width of the store's frames in pixels.")] = "128x64",
    out: Annotated[Path | None, typer.Option(help="The store's folder; default: in the cache.")] = None,
) -> None:
    """Verify an archive, unpack it safely, convert it to a store. Killed and typed again, it goes on."""
    from reidlib.cli.bars import Bars
    from reidlib.cli.wanted import frame_size
    from reidlib.data.benchmarks.prepare import prepare as run
    from reidlib.data.benchmarks.registry import find_benchmark
    from reidlib.data.cache import cached_stores

    benchmark = find_benchmark(name)
    pixels = frame_size(size)
    told: list[str] = []
    try:
        with Bars() as bars:
            done = run(benchmark, source, size=pixels, out=out, check=check, partial=partial, progress=bars.named,
                       tell=told.append)
    finally:  # it helps most where the rest went wrong
        for sentence in told:
            typer.echo(sentence, err=True)
    typer.echo(done.verdict.text)
    typer.echo("ways to test: " + (", ".join(f"{name} × {count}" for name, count in done.divisions.items()) or "none"))
    if done.store is None:
        if done.note:
            typer.echo(f"ways to test: {done.note}", err=True)
        raise typer.Exit(0 if done.verdict.whole and not done.note else 1)
    typer.echo(f"converted: {done.converted:,} tracklets, {len(done.store):,} are there" if done.converted else
               "complete: was prepared before")
    typer.echo(f"folder: {done.store.folder}")
    if done.divisions:
        alone = out is None and [name for name, _ in cached_stores()].count(benchmark.name) == 1
        where = benchmark.name if alone else shlex.quote(str(done.store.folder))
        how = "ran" if benchmark.kind == "video" else "arm"
        typer.echo(f"next: reidlib train {how} --data {where} --protocol {next(iter(done.divisions))}")
        typer.echo(f"or, the course's notebooks on it: reidlib report --data {where}")

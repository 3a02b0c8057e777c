"""The `reidlib` command: one file per command, errors in one sentence, progress on everything that takes a while."""

from __future__ import annotations

import os
import sys

import typer
from typer.core import TyperGroup

from reidlib.cli import (
    attend,
    data,
    doctor,
    episode,
    evaluate,
    flow,
    lab,
    report,
    score_attention,
    search,
    tracklets,
    train,
    train_arm,
    world,
)
from reidlib.errors import ReidError


class OneSentence(TyperGroup):
    """A user's mistake ends with one sentence and exit code 1, Ctrl-C with 130; `--debug` shows the traceback."""

    def invoke(self, ctx):
        try:
            return super().invoke(ctx)
        except ReidError as error:
            if os.environ.get("REIDLIB_DEBUG") == "1":
                raise
            typer.secho(f"reidlib: {error}", fg="red", err=True)
            raise typer.Exit(1) from None
        except KeyboardInterrupt:
            typer.echo("\nreidlib: stopped; nothing half-written was left. Type the same command to go on.", err=True)
            raise typer.Exit(130) from None


app = typer.Typer(
    name="reidlib",
    help="Two person re-identification papers, made to run: data, training, evaluation, views and the course.",
    cls=OneSentence,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("doctor")(doctor.doctor)
app.command("lab")(lab.lab)
app.command("report")(report.report)
app.add_typer(data.app)
app.add_typer(world.app)
app.add_typer(flow.app, name="flow")
train.app.command("arm")(train_arm.arm)
app.add_typer(train.app, name="train")
app.command("episode")(episode.episode)
app.command("evaluate")(evaluate.evaluate)
app.command("score-attention")(score_attention.score_attention)
app.command("attend")(attend.attend)
app.command("tracklets")(tracklets.tracklets)
app.command("search")(search.search)


def _print_version(wanted: bool) -> None:
    if wanted:
        import reidlib

        print(reidlib.__version__)
        raise typer.Exit


@app.callback()
def options(
    debug: bool = typer.Option(False, "--debug", help="Show the whole traceback of an error."),
    version: bool = typer.Option(False, "--version", callback=_print_version, is_eager=True, help="Print the version."),
) -> None:
    """Options that stand before the command's name."""
    if debug:
        os.environ["REIDLIB_DEBUG"] = "1"


def main() -> None:
    """What the installed command calls."""
    for stream in (sys.stdout, sys.stderr):
        # A pipe on an old locale must not turn α or × into a crash.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    # `--debug` is welcome anywhere on the line, not only before the command.
    arguments = [a for a in sys.argv[1:] if a != "--debug"]
    app(args=["--debug", *arguments] if "--debug" in sys.argv[1:] else arguments)

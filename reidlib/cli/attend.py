"""`reidlib attend`: the attention of one tracklet as a page that answers to the hand."""

from __future__ import annotations

from pathlib import Path

import typer


def attend(
    source: str = typer.Argument(
        ..., metavar="FOLDER|STORE:TRACKLET|FILE.npz",
        help="A folder of frames (.jpg or .png, in the order of their names); a tracklet of a store by name or number, "
        "such as street-v1-small:12 (-1 is the last); or an .npz with frames (T×H×W×3), optional visibility (T), and "
        "your own model's attention (T, or R+1×T) with optional features (T×D), gallery (G×D), gallery_pids (G) and "
        "pid.",
    ),
    checkpoint: Path | None = typer.Option(
        None, metavar="FILE", help="network.safetensors that `reidlib train ran` wrote; default: the shipped network."),
    save: Path = typer.Option(Path("strip.html"), metavar="FILE.html", help="Where the page goes."),
    gallery: int = typer.Option(
        20, min=0, help="For a tracklet of a store: how many others of other cameras to rank; 0 for none."),
    pooling: str = typer.Option(
        "weighted_mean", help="For attention of your own: weighted_mean, sum, or other (then nothing can be dragged)."),
) -> None:
    """Write one HTML file: frames, attention in every iteration, visibility, and weights to drag.

    A rank that moves with them needs a gallery: STORE:TRACKLET has one, an .npz may bring one, a folder has none.

    Where there is no attention yet, a network of RAN computes optical flow, features and attention.
    """
    from reidlib.cli.attend_sources import read_source
    from reidlib.cli.bars import Bars
    from reidlib.data.files import plain
    from reidlib.errors import ReidError
    from reidlib.views.attention_strip import AttentionStrip

    if save.suffix.lower() not in (".html", ".htm"):
        raise ReidError(f"Found the file name {plain(save.name)}", "a name that ends in .html",
                        f"type --save {plain(save.stem or 'strip')}.html")
    with Bars() as bars:
        found = read_source(source, checkpoint, gallery, pooling, bars.named)
    strip = AttentionStrip(**found.arrays, title=f"Attention on {found.name}")
    path = strip.save(save)
    for line in found.warnings:
        typer.echo(f"reidlib: {line}", err=True)
    typer.echo(f"file: {plain(path.resolve())}")
    _describe(strip, found)


def _describe(strip, found) -> None:
    import numpy as np

    from reidlib.data.files import plain

    rows = np.array(strip.data["attention"])
    last, count = rows[-1], len(rows) - 1
    typer.echo(f"frames: {len(last)}, of {plain(found.name)}, weights after {count} iteration{'s' * (count != 1)}")
    typer.echo(f"largest weight: {last.max():.3g} at frame {last.argmax()}, {last.max() * len(last) / last.sum():.2f} "
               "of an equal share")
    seen = strip.data["visibility"]
    if seen is not None:
        typer.echo(_auc(np.asarray(last), np.asarray(seen, float), strip.data["hidden"]))
    for line in found.notes:
        typer.echo(f"note: {line}")


def _auc(attention, visibility, hidden: float) -> str:
    import numpy as np

    from reidlib.evaluation.ragged import Layout
    from reidlib.evaluation.within import auc_within, midranks

    layout = Layout(np.array([len(attention)]))
    visible = visibility >= hidden
    (auc,) = auc_within(midranks(attention, layout), visible, layout)
    if np.isnan(auc):
        which = "none" if visible.all() else "all"
        return f"AUC: not defined, {which} of the frames is less than half visible"
    return (f"AUC: {auc:.3f} (½ is chance): of a frame at least half visible and one less visible, the first has the "
            "larger weight this often")

"""`reidlib search`: one tracklet of a store as the probe, those of the other cameras ranked by likeness."""

from __future__ import annotations

from pathlib import Path

import typer


def search(
    source: str = typer.Argument(
        ..., metavar="STORE:TRACKLET", help="A tracklet by name or number, such as mine:0; mine:-1 is the last."),
    checkpoint: Path | None = typer.Option(
        None, metavar="FILE", help="network.safetensors that `reidlib train ran` wrote; default: the shipped network."),
    top: int = typer.Option(10, min=1, help="How many to print."),
    any_camera: bool = typer.Option(False, "--any-camera", help="Rank tracklets of the probe's own camera as well."),
) -> None:
    """Rank the tracklets of a store for one of them. A ranking says who is most alike, not that anybody is found."""
    import numpy as np

    from reidlib.cli.bars import Bars
    from reidlib.cli.wanted import tracklet_of
    from reidlib.data.files import plain
    from reidlib.errors import ReidError
    from reidlib.ran.embed import embed
    from reidlib.ran.inputs import TrackletInputs
    from reidlib.ran.saved import load_network
    from reidlib.ran.shipped import load_shipped

    store, probe = tracklet_of(source)
    others = np.flatnonzero((store.camids != store.camids[probe]) | any_camera)
    others = others[others != probe]
    if not len(others):
        raise ReidError(f"Found no other tracklet {'' if any_camera else 'of another camera '}in store {store.name}",
                        "a gallery of at least one",
                        "bring a second camera" + ("" if any_camera else ", or type --any-camera"))
    saved = load_shipped() if checkpoint is None else load_network(checkpoint)
    with Bars() as bars:
        inputs = TrackletInputs(store, saved.preset.inputs, saved.preset.flow, progress=bars.named)
        numbers = np.array([probe, *others])
        features = embed(saved.network, inputs, numbers,
                         progress=lambda done, total: bars.named("features", done, total)).features.astype(np.float64)
    distance = np.linalg.norm(features[1:] - features[0], axis=1)
    typer.echo(f"probe: {plain(store.names[probe])}, gallery: {len(others)} tracklets")
    order = np.argsort(distance, kind="stable")
    for place, k in enumerate(order[:top], 1):
        same = "  same pid" if store.pids[others[k]] == store.pids[probe] else ""
        one = others[k]
        typer.echo(f"{place:4}  {distance[k]:7.4f}  camid {store.camids[one]}  {plain(store.names[one])}{same}")
    ranks = np.flatnonzero(store.pids[others[order]] == store.pids[probe]) + 1
    typer.echo(f"first match at rank {ranks[0]} of {len(others)}" if len(ranks) else
               "no tracklet of the gallery has the probe's pid, so nothing here is right or wrong")
    typer.echo(f"note: {saved.note}")

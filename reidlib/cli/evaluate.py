"""`reidlib evaluate`: CMC, mAP and mINP of any system's distances or features."""

from __future__ import annotations

from pathlib import Path

import typer


def evaluate(
    file: Path = typer.Argument(
        ..., metavar="FILE.npz",
        help="Keys: distance (P×G), or probe_features (P×D) and gallery_features (G×D); probe_pids, gallery_pids, "
        "probe_camids, gallery_camids.",
    ),
    protocol: str = typer.Option(
        "market1501", metavar="NAME",
        help="market1501, mars, camera_pair, single_gallery_shot, cuhk03_classic or two_tracklet, with options after a "
        "colon: camera_pair:probe_camera=0,gallery_camera=1 or two_tracklet:repeats=10,seed=0.",
    ),
    ap: str = typer.Option("step", help="Average precision: step, or trapezoid (official Market-1501 and MARS code)."),
    metric: str = typer.Option("euclidean", help="For features: euclidean or cosine."),
    ties: str = typer.Option("stable", help="Equal distances: stable (gallery order), pessimistic or optimistic."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON on stdout instead of a table."),
    per_query: Path | None = typer.Option(None, metavar="OUT.npz", help="Write the results of each query here."),
) -> None:
    """Rank a gallery for every probe: CMC, mAP and mINP, exactly.

    Pid -1 in the gallery is junk and does not count; any other pid without a probe is a distractor.
    """
    import json

    from rich.console import Console
    from rich.progress import Progress

    from reidlib.evaluation.ranking import rank
    from reidlib.evaluation.ranking_file import read_ranking, write_per_query

    arrays = read_ranking(file)
    with Progress(console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task("ranking", total=None)
        ranking = rank(
            **arrays, protocol=protocol, ap=ap, metric=metric, ties=ties,
            progress=lambda done, total: bars.update(bar, completed=done, total=total),
        )
    if per_query is not None:
        write_per_query(per_query, ranking.per_query())
    summary = ranking.summary()
    if as_json:
        print(json.dumps(summary, allow_nan=False))
    else:
        _print(summary)


def _print(summary: dict) -> None:
    for k, value in summary["cmc"].items():
        print(f"rank-{k:<4} {value:8.2%}")
    print(f"mAP       {summary['mAP']:8.2%}   average precision: {summary['ap']}")
    print(f"mINP      {summary['mINP']:8.2%}")
    draws = f", mean of {summary['draws']} draws" if summary["draws"] > 1 else ""
    counts = f"{summary['queries']} queries of {summary['probes']} probes"
    print(f"{counts}, {summary['protocol']}{draws}, {summary['ties']} ties")
    for note in summary["notes"]:
        print(f"note: {note}")

"""`reidlib score-attention`: does any model's attention go where the person can be seen?"""

from __future__ import annotations

from pathlib import Path

import typer

MEANING = {
    "uniform": "mean pooling",
    "shuffled": "the same weights, frames exchanged",
    "frame_index": "later frames weigh more",
    "sharpness": "sharper frames weigh more",
    "features_norm": "what mean pooling weighs already",
    "oracle": "visibility itself, the ceiling",
}


def score_attention(
    file: Path = typer.Argument(
        ..., metavar="FILE.npz",
        help="Keys: attention (ΣT), visibility (ΣT) from 0 to 1, lengths (n); optional features_norm (ΣT), "
        "sharpness (ΣT), pids (n).",
    ),
    as_json: bool = typer.Option(False, "--json", help="Print JSON on stdout instead of a table."),
    threshold: float = typer.Option(0.5, help="A frame counts as visible from this fraction on."),
    resamples: int = typer.Option(10_000, min=1, help="Bootstrap resamples."),
    level: float = typer.Option(0.95, help="Confidence level."),
    seed: int = typer.Option(0, help="Seed of the resamples and of the shuffled floor."),
) -> None:
    """Score attention weights against visibility: AUC within tracklets, rank correlation, calibration, floors.

    The unit of the bootstrap is the tracklet, or the identity where FILE has pids.
    """
    import json

    from rich.console import Console
    from rich.progress import Progress

    from reidlib.evaluation.attention_file import read_attention
    from reidlib.evaluation.calibration import calibration_curve
    from reidlib.evaluation.strata import auc_by_hidden_share
    from reidlib.evaluation.visibility import score_attention as score

    arrays = read_attention(file)
    with Progress(console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task("scoring", total=None)
        report = score(
            **arrays, threshold=threshold, level=level, resamples=resamples, seed=seed,
            progress=lambda done, total: bars.update(bar, completed=done, total=total),
        )
        bars.update(bar, description="calibration", total=None)
        named = {key: arrays.get(key) for key in ("attention", "visibility", "lengths", "pids")}
        curve = calibration_curve(**named, level=level, resamples=resamples, seed=seed)
        strata = auc_by_hidden_share(report)
    if as_json:
        result = report.as_dict()
        result["calibration"] = curve.as_dict()
        result["auc_by_hidden_share"] = [stratum.as_dict() for stratum in strata]
        print(json.dumps(result, indent=2, allow_nan=False))
        return
    console = Console(highlight=False)
    _print_scores(console, report)
    _print_by_hidden(console, strata)
    _print_curve(console, curve)


def _print_scores(console, report) -> None:
    console.print(
        f"{report.tracklets} tracklets, {report.frames} frames, {report.visible_share:.1%} of them with visibility ≥ "
        f"{report.threshold:g}. {report.scored} tracklets have both classes and count for the AUC. Intervals of "
        f"{report.attention.auc.level:.0%}, from {report.resamples} resamples of {report.clusters}.\n"
    )
    entries = {"attention": report.attention, **report.floors}
    _print_table(
        console, ("weights", "AUC within a tracklet", "Spearman", "attention leads by"),
        [(name, _cell(e.auc), _cell(e.spearman), _cell(e.lead)) for name, e in entries.items()],
    )
    _print_table(
        console, ("weights", "pooled AUC", "gain in visibility"),
        [(name, _cell(e.pooled_auc), _cell(e.gain)) for name, e in entries.items()],
    )
    console.print("; ".join(f"{name}: {MEANING[name]}" for name in report.floors) + ".\n", style="dim")


def _print_by_hidden(console, strata) -> None:
    rows = [(f"{s.above:.0%} to {s.up_to:.0%}", str(s.tracklets), _cell(s.auc)) for s in strata]
    _print_table(console, ("hidden frames", "tracklets", "AUC within a tracklet"), rows)


def _print_curve(console, curve) -> None:
    columns = (curve.attention, curve.frames, curve.visibility, curve.low, curve.high)
    rows = [(f"{position:.0%}", str(frames), _number(*seen)) for position, frames, *seen in zip(*columns, strict=True)]
    _print_table(console, ("rank of attention", "frames", "mean visibility"), rows)


def _print_table(console, headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in headings:
        table.add_column(heading, justify="left" if heading == "weights" else "right", no_wrap=True)
    for first, *others in rows:
        table.add_row(f"[bold]{first}[/]" if first == "attention" else first, *others)
    console.print(table)
    console.print()


def _cell(interval) -> str:
    return "–" if interval is None else _number(interval.estimate, interval.low, interval.high)


def _number(estimate: float, low: float, high: float) -> str:
    """An interval that the data do not allow is said to be missing, never printed as a point."""
    ends = f"\\[{_short(low)}, {_short(high)}]" if low == low else "[dim]no interval[/]"
    return f"{_short(estimate)} {ends}"


def _short(value: float) -> str:
    text = f"{round(value, 3) + 0.0:.3f}"  # + 0.0 turns -0.0 into 0.0
    return text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text

"""The report's first page: every notebook with status, duration and device; no script, no network."""

from __future__ import annotations

import html
import json
from pathlib import Path

from reidlib.data.files import explained, write_whole

STYLE = (Path(__file__).parent / "index.css").read_text(encoding="utf-8")
# A sign beside the colour, so that the status reads without it.
SIGN = {"passed": "✓ passed", "failed": "✗ failed", "waiting": "… not run yet"}


def minutes(seconds: float) -> str:
    """A duration as people write it: 12.3 s, 4 min 05 s."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    return f"{whole // 60} min {whole % 60:02d} s"


def _row(run: dict, device: str) -> str:
    name = html.escape(run["name"])
    if run["status"] == "waiting":
        return f'<tr><td>{name}</td><td class="status waiting">{SIGN["waiting"]}</td><td></td><td></td></tr>'
    problems = "".join(f"<li>{html.escape(p)}</li>" for p in run["problems"])
    details = f'<ul class="problems">{problems}</ul>' if problems else ""
    page = f'<a href="{name}.html">{name}</a>' if run.get("page", True) else name
    return (
        f'<tr><td>{page}{details}</td><td class="status {run["status"]}">{SIGN[run["status"]]}</td>'
        f'<td class="number">{minutes(run["seconds"])}</td><td>{html.escape(device)}</td></tr>'
    )


def _summary(report: dict) -> str:
    runs = report["notebooks"]
    count = {status: sum(r["status"] == status for r in runs) for status in SIGN}
    parts = [f"{count['passed']} of {len(runs)} notebooks passed"]
    if count["failed"]:
        parts.append(f"{count['failed']} failed")
    if count["waiting"]:
        parts.append(f"{count['waiting']} not run yet")
    return ", ".join(parts) + f"; {minutes(sum(r['seconds'] for r in runs))} in all."


def page(report: dict) -> str:
    """The index as HTML, from the dictionary that `report.json` holds."""
    environment = report["environment"]
    rows = "".join(_row(run, environment["device"]) for run in report["notebooks"])
    versions = ", ".join(f"{k} {v}" for k, v in environment["packages"].items() if v)
    facts = {
        "profile": report["profile"],
        "data": environment["data"],
        "seed": report["seed"],
        "device": environment["device"],
        "reidlib": environment["reidlib"],
        "Python": f"{environment['python']} on {environment['system']}",
        "packages": versions,
    }
    listed = "".join(f"<dt>{html.escape(str(k))}</dt><dd>{html.escape(str(v))}</dd>" for k, v in facts.items())
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>reidlib: report, profile {html.escape(report['profile'])}</title><style>{STYLE}</style></head><body>"
        f"<h1>reidlib: every notebook, rerun</h1><p class='summary'>{_summary(report)}</p>"
        "<table><thead><tr><th>notebook</th><th>status</th><th class='number'>duration</th><th>device</th></tr></thead>"
        f"<tbody>{rows}</tbody></table><h2>Where it ran</h2><dl>{listed}</dl></body></html>\n"
    )


def write(report: dict, folder: Path) -> Path:
    """Write `report.json` and `index.html` into `folder`, each through a temporary name; returns the page's path."""
    for name, text in (("report.json", json.dumps(report, indent=2) + "\n"), ("index.html", page(report))):
        with explained(folder):
            write_whole(folder / name, text.encode())
    return folder / "index.html"

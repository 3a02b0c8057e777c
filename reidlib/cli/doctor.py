"""`reidlib doctor`: what is here, what is missing, and what to type."""

from __future__ import annotations

import json
import platform
import shutil
import sys

import typer

NEEDED_DISK = 3 * 1024**3  # bytes: every version of the street, trained models and a report


def findings() -> tuple[dict[str, str], list[str]]:
    """Facts by name, and one sentence for each thing that needs attention."""
    import reidlib
    from reidlib.data.cache import cache_folder
    from reidlib.errors import ReidError
    from reidlib.report.environment import device_name, package_versions

    facts, problems = {"reidlib": reidlib.__version__, "Python": f"{platform.python_version()}, {sys.executable}"}, []
    for name, version in package_versions().items():
        facts[name] = version or "missing"
        if version is None:
            problems.append(f"{name} is missing. Type: make setup, or: {sys.executable} -m pip install -e '.[all]'")
    try:
        facts["device"] = device_name()
    except ImportError as error:
        problems.append(f"torch does not import ({error}). Install torch and torchvision of one and the same build.")
    try:
        cache = cache_folder()
        free = shutil.disk_usage(cache).free
        gib = f"{free * 10 // 1024**3 / 10:.1f} GiB"  # rounded down: 2.99 is not enough, so it must not read 3.0
        facts["cache"], facts["free disk"] = str(cache), gib
        if free < NEEDED_DISK:
            problems.append(
                f"{gib} are free beside the cache; {NEEDED_DISK / 1024**3:.0f} GiB are comfortable. "
                "Set REIDLIB_CACHE to a folder on a larger disk."
            )
    except ReidError as error:
        facts["cache"] = "not usable"
        problems.append(f"{error} Another folder is chosen by setting REIDLIB_CACHE.")
    return facts, problems


def doctor(as_json: bool = typer.Option(False, "--json", help="Print the facts as JSON.")) -> None:
    """Print versions, device, cache folder and free disk; exit with 1 if something needs attention."""
    facts, problems = findings()
    if as_json:
        print(json.dumps({"facts": facts, "problems": problems}, indent=2))
    else:
        from rich.console import Console
        from rich.table import Table

        table = Table(show_header=False, box=None, pad_edge=False)
        for name, value in facts.items():
            table.add_row(f"[bold]{name}[/]", value)
        console = Console(highlight=False)
        console.print(table)
        for problem in problems:
            console.print("[red]needs attention:[/] ", end="")
            console.print(problem, markup=False)
        console.print("[green]Everything is here.[/]" if not problems else "")
    if problems:
        raise typer.Exit(1)

"""Where the course's notebooks live."""

from __future__ import annotations

from pathlib import Path

from reidlib.errors import ReidError


def notebooks_folder(start: Path | None = None) -> Path:
    """The folder `notebooks/` of the checkout: in `start` (default: the working folder), else beside reidlib.

    Raises ReidError where neither holds a notebook, as after a plain `pip install` without a clone.
    """
    candidates = [(start or Path.cwd()) / "notebooks", Path(__file__).resolve().parents[2] / "notebooks"]
    for folder in candidates:
        if any(folder.glob("[0-9][0-9]_*.ipynb")):
            return folder.resolve()
    raise ReidError(
        f"Found no notebooks in {candidates[0]}",
        "a clone of the reidlib repository, whose folder notebooks/ holds the course",
        "change into the clone and type the command again",
    )


def notebook_paths(folder: Path | None = None) -> list[Path]:
    """Every notebook of the course, in reading order."""
    return sorted((folder or notebooks_folder()).glob("[0-9][0-9]_*.ipynb"))


def select(paths: list[Path], only: str | None) -> list[Path]:
    """Keep the notebooks named in `only`, a comma-separated list of numbers or names (``"02,05"``); None keeps all."""
    if only is None:
        return paths
    chosen: list[Path] = []
    for word in (w.strip() for w in only.split(",") if w.strip()):
        number = word.zfill(2) if word.isdigit() else word.removesuffix(".ipynb")
        found = [p for p in paths if p.stem == number or p.stem.split("_")[0] == number]
        if not found:
            raise ReidError(
                f"Found no notebook '{word}'",
                "one of " + ", ".join(p.stem for p in paths),
                f"pass for instance --only {paths[0].stem.split('_')[0]}",
            )
        chosen += [p for p in found if p not in chosen]
    return sorted(chosen)

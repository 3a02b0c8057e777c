"""An .npz of distances or features with labels, read with care, and one of results per query."""

from __future__ import annotations

import difflib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from reidlib.data.files import explain, explained, kind_of, write_whole
from reidlib.errors import ReidError

LABELS = ("probe_pids", "gallery_pids", "probe_camids", "gallery_camids")
FEATURES = ("probe_features", "gallery_features")
RECIPE = "numpy.savez(FILE, distance=…, probe_pids=…, gallery_pids=…, probe_camids=…, gallery_camids=…)"


def read_ranking(path: str | Path) -> dict[str, np.ndarray]:
    """The arrays of `reidlib evaluate FILE.npz` by name, as `rank` takes them; `rank` checks their values.

    Keys: `distance` (P, G), or `probe_features` (P, D) and `gallery_features` (G, D); `probe_pids`, `gallery_pids`,
    `probe_camids`, `gallery_camids`. Never unpickles.
    """
    path = Path(path)
    if kind_of(path) != "file":
        raise ReidError(f"Found no file {path}", "an .npz file", f"write one with {RECIPE}")
    try:
        archive = np.load(path, allow_pickle=False)
        if not isinstance(archive, np.lib.npyio.NpzFile):
            raise ReidError(f"Found a single array in {path}", "an .npz with named arrays", f"write it with {RECIPE}")
        with archive:
            return {key: archive[key] for key in _wanted(path, archive.files)}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        if isinstance(error, OSError) and error.errno:  # of the system; numpy's own have no number
            raise explain(error, path) from error
        found = f"Found {path}, which cannot be read ({error})"
        raise ReidError(found, "an .npz of numbers", f"use {RECIPE}") from error


def write_per_query(path: str | Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Save `Ranking.per_query()` as an .npz that is there whole or not at all."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    with explained(Path(path)):
        write_whole(Path(path), buffer.getvalue())


def _wanted(path: Path, keys: list[str]) -> tuple[str, ...]:
    """The keys to read; a sentence about those that are missing or have another name."""
    features = [key for key in FEATURES if key in keys]
    if "distance" in keys and features:
        raise ReidError(f"Found distance and {' and '.join(features)} in {path}", "one of the two", "leave one out")
    if "distance" in keys:
        wanted = ("distance", *LABELS)
    elif features:
        wanted = (*FEATURES, *LABELS)
    else:
        # Nothing to tell which of the two was meant but the resemblance of names.
        alike = {key: _alike(key, keys) for key in ("distance", *FEATURES)}
        wanted = (*(FEATURES if alike[FEATURES[0]] and not alike["distance"] else ("distance",)), *LABELS)
    missing = [key for key in wanted if key not in keys]
    if not missing:
        return wanted
    renames, there = [], ", ".join(keys) or "none"
    for key in missing:
        if old := _alike(key, keys):
            renames.append(f"rename {old} to {key}")
            keys = [each for each in keys if each != old]  # one array is not two things
    raise ReidError(
        f"Found the keys {there} in {path}, and not {', '.join(missing)}",
        f"distance, or {' and '.join(FEATURES)}, with {', '.join(LABELS)}",
        ", ".join(renames) or f"write it with {RECIPE}",
    )


def _alike(key: str, keys: list[str]) -> str | None:
    """A key that `key` was probably meant by. In gallery_camids both words must be alike: gallery alone is not it."""
    free = [k for k in keys if k not in (*LABELS, *FEATURES, "distance")]
    second = key.partition("_")[2]
    if second:
        free = [k for k in free if difflib.get_close_matches(second, [k.partition("_")[2]])]
    return next(iter(difflib.get_close_matches(key, free, 1)), None)

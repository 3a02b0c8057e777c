"""An .npz of per-frame attention, read with care: every key, shape and kind is checked before anything is computed."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np

from reidlib.data.files import explain, kind_of
from reidlib.errors import ReidError

NEEDED = ("attention", "visibility", "lengths")
OPTIONAL = ("features_norm", "sharpness", "pids")


def read_attention(path: str | Path) -> dict[str, np.ndarray]:
    """The arrays of `reidlib score-attention FILE.npz` by name; the checks of their values are `score_attention`'s.

    Keys: `attention` (ΣT,), `visibility` (ΣT,), `lengths` (n,); optional `features_norm` (ΣT,), `sharpness` (ΣT,),
    `pids` (n,). Never unpickles.
    """
    path = Path(path)
    recipe = "numpy.savez(FILE, attention=..., visibility=..., lengths=...)"
    if kind_of(path) != "file":
        raise ReidError(f"no file {path}", "an .npz file", f"write one with {recipe}")
    try:
        archive = np.load(path, allow_pickle=False)
        if not isinstance(archive, np.lib.npyio.NpzFile):
            raise ReidError(f"{path} holds a single array", f"an .npz with {', '.join(NEEDED)}", f"use {recipe}")
        with archive:
            missing = [key for key in NEEDED if key not in archive.files]
            if missing:
                raise ReidError(
                    f"{path} has the keys {', '.join(archive.files) or 'none'} and lacks {', '.join(missing)}",
                    ", ".join(NEEDED), f"write it with {recipe}",
                )
            return {key: archive[key] for key in (*NEEDED, *OPTIONAL) if key in archive.files}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        if isinstance(error, OSError) and error.errno:  # of the system; numpy's own have no number
            raise explain(error, path) from error
        raise ReidError(f"{path} cannot be read ({error})", "an .npz of plain numbers", f"use {recipe}") from error

"""Features that some network computed before: an array for each picture, kept in one file, drawn from like pictures."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from pathlib import Path

import numpy as np
import torch

from reidlib.arm.items import Items, device_of
from reidlib.data.files import explained, write_whole
from reidlib.errors import ReidError

NAMES = ("feats", "features")


class Features:
    """n features with their identities and cameras: ARM trained on these needs seconds, not a backbone.

    Parameters
    ----------
    feats : (n, D) float; kept as float32.
    pids, camids, days : (n,) whole numbers; days may be left out.
    name : for titles.

    Raises
    ------
    ReidError : values that are not finite, unequal lengths, other dtypes or shapes, no item at all.
    """

    def __init__(self, feats: np.ndarray, pids: np.ndarray, camids: np.ndarray, days: np.ndarray | None = None,
                 name: str = "features") -> None:
        feats = np.asarray(feats)
        if feats.dtype.kind != "f" or feats.ndim != 2 or 0 in feats.shape:
            raise ReidError(f"Found feats of dtype {feats.dtype} and shape {feats.shape} in {name}",
                            "floats (n, D) with n and D of 1 or more", "pass feats.astype(numpy.float32), one row each")
        with np.errstate(over="ignore"):  # what float32 cannot hold is told below
            feats = np.ascontiguousarray(feats, np.float32)
        wrong = np.flatnonzero(~np.isfinite(feats).all(1))
        if len(wrong):
            raise ReidError(f"Found NaN or infinity in {len(wrong)} of {len(feats)} feats of {name}, first in row "
                            f"{wrong[0]}", "finite numbers that float32 can hold",
                            "compute those features again, or drop their rows")
        days = np.zeros(len(feats), np.int64) if days is None else days
        ids = {key: _ids(key, value, len(feats), name)
               for key, value in (("pids", pids), ("camids", camids), ("days", days))}
        digest = hashlib.sha256(repr(feats.shape).encode())
        for array in (feats, *ids.values()):
            digest.update(array.astype(array.dtype.newbyteorder("<"), copy=False))
        self.items = Items(**ids, name=name, hash=digest.hexdigest())
        self.feats = torch.from_numpy(feats)

    @property
    def D(self) -> int:
        return self.feats.shape[1]

    def __len__(self) -> int:
        return len(self.feats)

    def gather(self, numbers: torch.Tensor | np.ndarray) -> torch.Tensor:
        """Item numbers of any shape (...) -> features (..., D) float32, on the numbers' device."""
        rows = torch.from_numpy(self.items.rows(numbers))
        return self.feats[rows].to(device_of(numbers))

    def save(self, path: str | Path) -> None:
        """Writes feats, pids, camids and days as `.npz`, whole or not at all: plain numpy reads it."""
        path = Path(path)
        if path.suffix != ".npz":
            raise ReidError(f"Found the file name {path.name}", "one that ends in .npz",
                            f"pass {path.with_suffix('.npz').name}")
        held = io.BytesIO()
        np.savez(held, feats=self.feats.numpy(), pids=self.items.pids, camids=self.items.camids, days=self.items.days)
        with explained(path, "the file that was there is untouched"):
            write_whole(path, held.getvalue())

    @classmethod
    def load(cls, path: str | Path, name: str | None = None) -> Features:
        """Reads `.npz` with `feats` (or `features`), `pids`, `camids` and, where known, `days`, from any extractor.

        Raises
        ------
        ReidError : no such file, no `.npz`, missing names, pickled objects (which are never run), and what `Features`
            refuses.
        """
        path = Path(path)
        arrays = _arrays(path)
        found = [key for key in NAMES if key in arrays]
        missing = [key for key in ("pids", "camids") if key not in arrays]
        if len(found) != 1 or missing:
            raise ReidError(f"{path} holds {', '.join(sorted(arrays)) or 'nothing'}",
                            "feats (or features, not both), pids and camids; days if known",
                            "write it with numpy.savez(path, feats=..., pids=..., camids=...)")
        return cls(arrays[found[0]], arrays["pids"], arrays["camids"], arrays.get("days"), name or path.stem)


def _arrays(path: Path) -> dict[str, np.ndarray]:
    with explained(path):
        try:
            file = np.load(path, allow_pickle=False)
            if isinstance(file, np.ndarray):
                raise ValueError("it holds a single array")
            with file:
                return {key: file[key] for key in file.files}
        except (ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            raise ReidError(f"{path} could not be read as features ({error})", "a whole .npz of plain number arrays",
                            "write it with numpy.savez, without arrays of dtype object") from error


def _ids(key: str, values: np.ndarray, n: int, name: str) -> np.ndarray:
    values = np.asarray(values)
    if values.dtype.kind not in "iu" or values.shape != (n,):
        raise ReidError(f"Found {key} of dtype {values.dtype} and shape {values.shape} in {name}",
                        f"whole numbers ({n},), one for each of the feats", f"pass {key}.astype(numpy.int64), one each")
    return values.astype(np.int64)

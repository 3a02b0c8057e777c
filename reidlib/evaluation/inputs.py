"""What `rank` and `topk` accept, and a sentence for everything else."""

from __future__ import annotations

import numpy as np

from reidlib.errors import ReidError
from reidlib.evaluation.identities import Labels


def numbers(name: str, values, kinds: str) -> np.ndarray:
    """A two-dimensional array of numbers of these NumPy kinds ("f" float up to 64 bits, "i" and "u" integers)."""
    array = np.asarray(values)
    if array.ndim != 2:
        raise ReidError(
            f"Found {name} of shape {array.shape}", "two dimensions", f"pass {name} with one row per {_row(name)}"
        )
    if array.dtype.kind not in kinds or array.dtype.itemsize > 8:
        raise ReidError(f"Found {name} of type {array.dtype}", "float16, float32 or float64", f"convert {name}")
    return array


def choice(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ReidError(f"Found {name}={value!r}", f"one of {', '.join(known)}", f"pass {name}={known[0]!r}")


def same_space(probes: np.ndarray, gallery: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Probe and gallery features must have as many dimensions as each other, and at least one."""
    if probes.shape[1] != gallery.shape[1] or probes.shape[1] == 0:
        raise ReidError(
            f"Found probe_features of {probes.shape[1]} and gallery_features of {gallery.shape[1]} dimensions",
            "the same number of dimensions, at least one",
            "take both from the same layer of the same network",
        )
    return probes, gallery


def labels(probes: int, gallery: int, **values) -> Labels:
    """Check pids and camids against the number of probes and gallery items."""
    return Labels(**{name: _ids(name, given, probes if name[0] == "p" else gallery) for name, given in values.items()})


def _ids(name: str, values, length: int) -> np.ndarray:
    if values is None:
        raise ReidError(f"Found no {name}", f"{length} integers", f"pass {name}, one per {_row(name)}")
    array = np.asarray(values)
    whole = array.dtype.kind in "iu" or (array.dtype.kind == "f" and np.equal(array, np.round(array)).all())
    if array.ndim != 1 or not whole:
        kind = "" if whole else f", not all whole numbers (type {array.dtype})"
        raise ReidError(
            f"Found {name} of shape {array.shape}{kind}", "one integer per " + _row(name), f"convert {name}"
        )
    if len(array) != length:
        raise ReidError(
            f"Found {len(array)} {name} for {length} {_row(name)}s",
            "one for each",
            f"check that {name} belongs to these distances or features, in the same order",
        )
    return array.astype(np.int64)


def _row(name: str) -> str:
    return "gallery item" if name.startswith("gallery") else "probe"

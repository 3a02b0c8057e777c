"""What the episode table is made of, checked, and the matching of its cards in numpy."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from reidlib.errors import ReidError
from reidlib.views.arrays import as_array, as_pictures
from reidlib.views.html import rounded

MOST = 40  # cards that can still be told apart
SMALLEST_NORM = 1e-6  # a feature shorter than this has no direction
DIGITS = 6


def checked_pictures(name: str, images: ArrayLike, ndim: int) -> np.ndarray:
    """(n, H, W, 3) or (H, W, 3) uint8, nothing empty."""
    return as_pictures(name, images, ndim)


def checked_labels(labels: ArrayLike, n: int, names: Sequence[object] | None) -> tuple[np.ndarray, list[str]]:
    """(n,) int64 from 0, and a name for each person."""
    array = as_array("gallery_labels", labels)
    if array.shape != (n,) or array.dtype.kind not in "iu" or array.min() < 0:
        raise ReidError(f"Found gallery_labels {array.dtype} {array.shape} for {n} cards", f"integers ({n},) from 0",
                        "pass an episode without padding: gallery_labels[gallery_mask]")
    classes = int(array.max()) + 1
    if names is None:
        texts = [f"Person {chr(65 + y) if y < 26 else y + 1}" for y in range(classes)]
    else:
        texts = [] if isinstance(names, str) else [str(name) for name in names]
    if not classes <= len(texts) <= 2 * MOST or len(set(texts)) != len(texts):
        raise ReidError(f"Found {len(texts)} names of people for the labels 0 … {classes - 1}",
                        "a different name for each label", "leave names out, or pass one for each person")
    return array.astype(np.int64), texts


def checked_numbers(name: str, values: ArrayLike, shape: tuple[int, ...]) -> np.ndarray:
    """Finite float64 of this shape."""
    array = as_array(name, values)
    if array.dtype.kind not in "fiu" or array.shape != shape:
        raise ReidError(f"Found {name} of type {array.dtype} and shape {array.shape}", f"numbers of shape {shape}",
                        "pass one episode and one probe: z_gallery[0], z_probe[0, 0]")
    bad = np.argwhere(~np.isfinite(array))
    if len(bad):
        raise ReidError(f"Found {array[tuple(bad[0])]} in {name} at {bad[0].tolist()} ({len(bad)} in all)",
                        "finite numbers", "look for what computed it")
    return array.astype(np.float64)


def checked_temperature(temperature: float) -> float:
    """τ from .01, as in `reidlib.arm.matching.Matching`."""
    number = isinstance(temperature, int | float | np.number) and not isinstance(temperature, bool)
    if not number or not 0.01 <= float(temperature) < math.inf:
        raise ReidError(f"Found temperature={temperature!r}", "a number from 0.01",
                        "pass temperature=1 / float(model.matching.scale)")
    return float(temperature)


def short(values: np.ndarray) -> list[Any]:
    """Nested lists with six digits of the largest value."""
    largest = float(np.abs(values).max(initial=0))
    return rounded(values, DIGITS - (math.ceil(math.log10(largest)) if largest > 0 else 0))


def checked_reads(reads: ArrayLike | Sequence[ArrayLike], n: int) -> np.ndarray:
    """(M, n), rows of weights that sum to 1 or to 0; M may be 0."""
    rows = [checked_numbers(f"reads[{m}]", row, (n,)) for m, row in enumerate(reads)]
    table = np.stack(rows) if rows else np.zeros((0, n))
    sums = table.sum(1)
    if (table < 0).any() or ((np.abs(sums - 1) > 1e-3) & (sums != 0)).any():
        raise ReidError(f"Found reads from {table.min():.3g} with sums {[round(each, 4) for each in sums.tolist()]}",
                        "weights of 0 or more that sum to 1 in each read", "pass attention[m][b, q], cut to the cards")
    return table


def checked_answer(log_probability: ArrayLike, classes: int) -> np.ndarray:
    """log P of up to `classes` people -> P (classes,); −inf is 0, and people beyond the last are 0."""
    array = as_array("log_probability", log_probability)
    if array.ndim != 1 or len(array) > classes or array.dtype.kind not in "fiu":
        raise ReidError(f"Found log_probability of type {array.dtype} and shape {array.shape}",
                        f"({classes},), one for each person", "pass log_probability[b, q]")
    p = np.zeros(classes)
    p[: len(array)] = np.exp(array.astype(np.float64))
    if not abs(p.sum() - 1) < 1e-3:  # NaN as well
        raise ReidError(f"Found log_probability {array.tolist()}, whose exponentials sum to {p.sum():.4g}",
                        "logarithms of probabilities", "pass what identity_log_probability gives")
    return p


def network_entry(given: Any, n: int, classes: int) -> dict[str, Any]:
    """What a callable answered, for n cards on the table, as the page shows it."""
    if not isinstance(given, Mapping) or "log_probability" not in given:
        raise ReidError(f"Found an answer of type {type(given).__name__}",
                        'a dictionary {"log_probability": (classes,), "reads": [(n,), …]}', "return such a dictionary")
    p = checked_answer(given["log_probability"], classes)
    return {"p": rounded(p, DIGITS), "reads": rounded(checked_reads(given.get("reads", ()), n), DIGITS)}


def matched(probe: np.ndarray, gallery: np.ndarray, temperature: float) -> np.ndarray:
    """a = softmax_i cos(f, g_i)/τ (Vinyals et al. 2016 §2.1): (D,), (n, D) -> (n,)."""
    logits = _unit(gallery) @ _unit(probe) / temperature
    terms = np.exp(logits - logits.max())
    return terms / terms.sum()


def people(weights: np.ndarray, labels: np.ndarray, classes: int) -> np.ndarray:
    """P(y) = Σ a_i over the cards of person y (Eq. 1): (n,) -> (classes,)."""
    return np.bincount(labels, weights, classes)


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.sqrt(np.square(vectors).sum(-1, keepdims=True) + SMALLEST_NORM**2)

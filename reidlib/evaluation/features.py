"""Distances from features: cheap matrix products with a proven margin, and float64 for the few pairs that these cannot
tell apart. So the ranks are those of float64 distances, whatever did the products.

A value v stands for (|x - y|² - |x|²)/2 = |y|²/2 - x·y (euclidean) or for -cos(x, y) (cosine); `arithmetic.py` says how
far a product can be off.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from reidlib.errors import ReidError
from reidlib.evaluation import arithmetic, inputs
from reidlib.evaluation.arithmetic import UNIT, Float32, slices
from reidlib.evaluation.sources import Interval, as_slice

METRICS = ("euclidean", "cosine")
TILE_ITEMS, TILE_PROBES = 2048, 512
# Norms outside would take float32 products out of range.
SMALLEST, LARGEST = 1e-12, 1e12
# Up to here, settling a probe's undecided pairs of a tile costs less than bfloat16 saves on its products.
LIMIT_PER_PROBE = 25
# Squared lengths that differ by less than this are one length, and the difference goes into the margin.
EQUAL_LENGTHS = 1e-6


class Prepared(NamedTuple):
    """Vectors as they go into the product."""

    vectors: object
    norms: np.ndarray
    lost: np.ndarray


class Features:
    """Features (P, D) and (G, D), compared by `metric`."""

    def __init__(self, probes: np.ndarray, gallery: np.ndarray, metric: str) -> None:
        inputs.choice("metric", metric, METRICS)
        self.probes, self.gallery, self.metric = probes, gallery, metric
        self.shape = (len(probes), len(gallery))
        self.probe_norms = checked_norms("probe_features", probes, metric)
        self.gallery_norms = checked_norms("gallery_features", gallery, metric)
        self.arithmetic = arithmetic.fastest()

    def block(self, items: int) -> tuple[int, int]:
        return TILE_PROBES, max(1, min(items, TILE_ITEMS))

    def prepare(self, probes: np.ndarray) -> Prepared:
        return self._prepared(-1, self.probes, self.probe_norms, probes)

    def tile(self, items: np.ndarray) -> FeatureTile:
        return FeatureTile(self, items, self._prepared(1, self.gallery, self.gallery_norms, items))

    def exact(self, probes: np.ndarray, items: np.ndarray) -> np.ndarray:
        """|x - y|² or -cos(x, y). Equal vectors give equal numbers: each pair is summed on its own, in one order."""
        out = np.empty(len(probes))
        for part in slices(len(out), self.probes.shape[1]):
            x, y = self.probes[probes[part]].astype(np.float64), self.gallery[items[part]].astype(np.float64)
            if self.metric == "euclidean":
                x -= y
                out[part] = _dots(x, x)
            else:
                out[part] = -_dots(x, y) / (self.probe_norms[probes[part]] * self.gallery_norms[items[part]])
        return out

    def closer(self, probes: np.ndarray, items: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
        """The same by products in float32, off by the second array at most; None where tiles are as fine."""
        if self.arithmetic.exact_enough:
            return None
        dot = np.empty(len(probes))
        for part in slices(len(dot), self.probes.shape[1]):
            x, y = np.asarray(self.probes[probes[part]], np.float32), np.asarray(self.gallery[items[part]], np.float32)
            dot[part] = np.einsum("ij,ij->i", x, y)
        x, y = self.probe_norms[probes], self.gallery_norms[items]
        relative = (self.probes.shape[1] + 16) * UNIT
        if self.metric == "cosine":
            return -dot / (x * y), np.full(len(dot), relative)
        # The last term is for sums of squares that cancel, in float64.
        return x**2 + y**2 - 2 * dot, 2 * relative * x * y + 1e-12 * (x**2 + y**2)

    def undecided_limit(self, probes: int) -> int | None:
        return None if self.arithmetic.exact_enough else LIMIT_PER_PROBE * probes

    def refine(self) -> None:
        self.arithmetic = Float32()

    def _prepared(self, sign: int, features: np.ndarray, norms: np.ndarray, rows: np.ndarray) -> Prepared:
        x, norms = np.asarray(features[as_slice(rows)], np.float32), norms[rows]
        if self.metric == "cosine":
            x = x * (sign / norms).astype(np.float32)[:, None]
            norms = np.ones(len(x))
        elif sign < 0:
            x = -x
        vectors, lost = self.arithmetic.rounded(x)
        return Prepared(vectors, norms, lost)


class FeatureTile:
    """A part of the gallery, ready for products."""

    def __init__(self, source: Features, items: np.ndarray, prepared: Prepared) -> None:
        self.items = items
        self._arithmetic, self._euclidean = source.arithmetic, source.metric == "euclidean"
        self._dimensions = source.gallery.shape[1]
        self._vectors = prepared.vectors
        self._longest, self._lost = prepared.norms.max(), prepared.lost.max()
        half = prepared.norms**2 / 2 if self._euclidean else np.zeros(1)
        self._smallest, self._largest = half.min(), half.max()
        # Unit vectors need no pass over the products to add what is the same everywhere.
        equal = self._largest - self._smallest <= EQUAL_LENGTHS * self._largest
        self._offset = None if equal else half.astype(np.float32)

    def fill(self, probes: Prepared, out: np.ndarray) -> Interval:
        self._arithmetic.products(probes.vectors, self._vectors, out)
        if self._offset is not None:
            out += self._offset
        norms, longest = probes.norms, self._longest
        error = probes.lost * longest + (norms + probes.lost) * self._lost
        error += (self._arithmetic.roundings * self._dimensions + 16) * UNIT * norms * longest
        error += 4 * UNIT * (self._largest + norms * longest)
        shift = 0.0
        if self._offset is None:
            shift = self._largest
            error += self._largest - self._smallest
        relative = self._arithmetic.output_error

        def interval(row: np.ndarray, distance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            value = (distance - norms[row] ** 2) / 2 if self._euclidean else distance
            # |x·y| of an item that could be mistaken for one at this distance: |y|²/2 less the value.
            product = np.maximum(self._largest - value, value - self._smallest)
            margin = error[row] * (1 + relative) + relative * product
            value = value - shift
            lo, hi = (value - margin).astype(np.float32), (value + margin).astype(np.float32)
            return np.nextafter(lo, np.float32(-np.inf)), np.nextafter(hi, np.float32(np.inf))

        return interval


def checked_norms(name: str, features: np.ndarray, metric: str) -> np.ndarray:
    """Norms in float64; refuses rows that are not finite, out of float32's reach, or zero where that has no angle."""
    norms = np.empty(len(features))
    for part in slices(*features.shape):
        x = features[part].astype(np.float64)
        norms[part] = np.sqrt(_dots(x, x))
    if not np.isfinite(norms).all():
        row = int(np.flatnonzero(~np.isfinite(norms))[0])
        found = np.flatnonzero(~np.isfinite(features[row]))
        at = f"{features[row, found[0]]} at {name}[{row}, {found[0]}]" if len(found) else f"overflow in {name}[{row}]"
        raise ReidError(f"Found {at}", "finite features", "check the network's output for this item")
    if metric == "cosine" and not norms.all():
        row = int(np.flatnonzero(norms == 0)[0])
        raise ReidError(
            f"Found a zero vector at {name}[{row}]",
            "vectors with a direction, since the metric is cosine",
            "check this item's features, or use the metric euclidean",
        )
    odd = np.flatnonzero((norms > LARGEST) | ((norms < SMALLEST) & (norms > 0)))
    if len(odd):
        raise ReidError(
            f"Found length {norms[odd[0]]:.3g} at {name}[{odd[0]}]",
            f"vectors of a length between {SMALLEST:g} and {LARGEST:g}",
            "multiply all features by one constant; ranks do not change",
        )
    return norms


def _dots(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """x[i] · y[i], each as one call of the library's dot product, so that equal vectors give equal numbers."""
    return np.matmul(x[:, None, :], y[:, :, None])[:, 0, 0]

"""Index tables behind episodes: which identity has how many items in which view, a view being a camera, or one day
of it. From these follow the identities that qualify, and a draw touches only numbers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch

from reidlib.arm.items import Items
from reidlib.errors import ReidError

Drawn = tuple[np.ndarray, np.ndarray]


class Views:
    """Items of `pids`, sorted by identity, camera and day.

    Attributes
    ----------
    pids : (I,) identities with items, ascending.
    cameras : (V,) camera of each view, ascending.
    counts, starts : (I, V) items of an identity in a view; they are numbers[start : start + count].
    """

    def __init__(self, items: Items, pids: np.ndarray, by_day: bool) -> None:
        rows = np.flatnonzero(np.isin(items.pids, np.asarray(pids)))
        if len(rows) == 0:
            raise ReidError(f"Found no item of the {np.size(pids)} identities asked for among the {len(items)} of "
                            f"{items.name}", "identities that have items", "pass pids from items.pids")
        self.pids, identity = np.unique(items.pids[rows], return_inverse=True)
        keys = np.stack([items.camids[rows], items.days[rows] * by_day], 1)
        views, view = np.unique(keys, axis=0, return_inverse=True)
        view = view.reshape(-1)  # numpy 2.0 alone gives it a second axis
        self.by_day = by_day and len(np.unique(views[:, 1])) > 1
        self.cameras = views[:, 0]
        cell = identity.reshape(-1) * len(views) + view
        self.numbers = rows[np.argsort(cell, kind="stable")]
        self.counts = np.bincount(cell, minlength=len(self.pids) * len(views)).reshape(-1, len(views))
        self.starts = (np.cumsum(self.counts) - self.counts.ravel()).reshape(self.counts.shape)

    @property
    def seen_twice(self) -> int:
        """Identities in two cameras or more."""
        cameras = np.unique(self.cameras)
        return int((np.stack([self.counts[:, self.cameras == c].any(1) for c in cameras]).sum(0) > 1).sum())

    def pick(self, starts: np.ndarray, counts: np.ndarray, k: int, rng: torch.Generator) -> Drawn:
        """(M, k) places of k of `counts` items behind each of `starts`, none twice before all came, and (M, k) True
        where none is repeated."""
        if k == 1:
            u = torch.rand(len(starts), dtype=torch.float64, generator=rng).numpy()
            return starts[:, None] + (u * counts).astype(np.int64)[:, None], np.ones((len(starts), 1), bool)
        keys = torch.rand((len(starts), int(counts.max())), generator=rng).numpy()
        keys[np.arange(keys.shape[1]) >= counts[:, None]] = 2.0  # beyond the real ones
        order = np.argsort(keys, axis=1)
        turn = np.arange(k) % counts[:, None]
        return starts[:, None] + np.take_along_axis(order, turn, 1), np.arange(k) < counts[:, None]


class CameraPair(NamedTuple):
    """One episode of mode "pair": `ids` (N + D,) rows of the tables, the first N with probes in view a; gallery b."""

    views: Views
    ids: np.ndarray
    ways: int
    a: int
    b: int

    def gallery(self, k: int, rng: torch.Generator) -> Drawn:
        return self._of(self.b, self.ids, k, rng)

    def probes(self, k: int, rng: torch.Generator) -> Drawn:
        return self._of(self.a, self.ids[:self.ways], k, rng)

    def _of(self, view: int, ids: np.ndarray, k: int, rng: torch.Generator) -> Drawn:
        t = self.views
        places, real = t.pick(t.starts[ids, view], t.counts[ids, view], k, rng)
        return t.numbers[places], real


class AnyCamera(NamedTuple):
    """One episode of mode "any": probes of identity ids[i] come from view a[i], its gallery from all others.

    A distractor has no probe: its a[i] is −1, and all its views count.
    """

    views: Views
    ids: np.ndarray
    ways: int
    a: np.ndarray

    def gallery(self, k: int, rng: torch.Generator) -> Drawn:
        t, ids, a = self.views, self.ids, self.a
        own = np.where(a >= 0, t.counts[ids, a], 0)
        first = t.starts[ids, 0]
        places, real = t.pick(first, t.counts[ids].sum(1) - own, k, rng)
        # An identity's items lie together; those of the probe's view are stepped over.
        skip = (a >= 0)[:, None] & (places >= t.starts[ids, a][:, None])
        return t.numbers[places + skip * own[:, None]], real

    def probes(self, k: int, rng: torch.Generator) -> Drawn:
        t, ids, a = self.views, self.ids[:self.ways], self.a[:self.ways]
        places, real = t.pick(t.starts[ids, a], t.counts[ids, a], k, rng)
        return t.numbers[places], real


class Sets:
    """Identities that qualify for episodes: `probes` items or more in one view, `shots` or more elsewhere."""

    def __init__(self, views: Views, mode: str, probes: int, shots: int) -> None:
        self.views, self.mode = views, mode
        counts = views.counts
        self._probe = counts >= probes
        if mode == "pair":
            self._gallery = counts >= shots
            # (V, V) identities shared by probe view a and gallery view b of another camera.
            shared = self._probe.T.astype(np.float32) @ self._gallery.astype(np.float32)
            shared[views.cameras[:, None] == views.cameras] = -1
            self._shared, self._pool = shared.astype(np.int64), self._gallery.sum(0)
        else:
            total = counts.sum(1)
            self._probe &= total[:, None] - counts >= shots
            self._able, self._gallery = self._probe.any(1), total >= shots
        self._pairs: dict[tuple[int, int], list[np.ndarray]] = {}

    def possible(self, ways: int, distractors: int) -> bool:
        if self.mode == "pair":
            return bool(self._allowed(ways, distractors))
        return self._able.sum() >= ways and self._gallery.sum() >= ways + distractors

    def best(self) -> tuple[int, int]:
        """The most identities that qualify at once, and how many others the same gallery could hold besides."""
        if self.mode == "any":
            return int(self._able.sum()), int(self._gallery.sum() - self._able.sum())
        b = self._shared.max(0) if self._shared.size else np.zeros(1, np.int64)
        ways = max(0, int(b.max()))
        return ways, int(self._pool[int(b.argmax())]) - ways

    def _allowed(self, ways: int, distractors: int) -> list[np.ndarray]:
        """For each ordered pair of cameras with enough identities: its (P, 2) pairs of views that have them."""
        key = ways, distractors
        if key not in self._pairs:
            pairs = np.argwhere((self._shared >= ways) & (self._pool >= ways + distractors))
            cameras = self.views.cameras[pairs]
            _, which = np.unique(cameras, axis=0, return_inverse=True)
            which = which.reshape(-1)
            order = np.argsort(which, kind="stable")
            cuts = np.flatnonzero(np.diff(which[order])) + 1
            self._pairs[key] = np.split(pairs[order], cuts) if len(pairs) else []
        return self._pairs[key]

    def draw(self, ways: int, distractors: int, rng: torch.Generator) -> CameraPair | AnyCamera:
        """Cameras first, each ordered pair as likely as any other, then days, then identities."""
        if self.mode == "any":
            ids = _some(np.flatnonzero(self._able), ways, rng)
            u = torch.rand((ways, len(self.views.cameras)), generator=rng).numpy()
            a = np.where(self._probe[ids], u, -1.0).argmax(1)
            others = self._others(self._gallery, ids, distractors, rng)
            return AnyCamera(self.views, np.append(ids, others), ways, np.append(a, np.full(len(others), -1)))
        groups = self._allowed(ways, distractors)
        group = groups[_below(len(groups), rng)]
        a, b = group[_below(len(group), rng)]
        ids = _some(np.flatnonzero(self._probe[:, a] & self._gallery[:, b]), ways, rng)
        others = self._others(self._gallery[:, b], ids, distractors, rng)
        return CameraPair(self.views, np.append(ids, others), ways, int(a), int(b))

    @staticmethod
    def _others(able: np.ndarray, ids: np.ndarray, count: int, rng: torch.Generator) -> np.ndarray:
        if count == 0:
            return ids[:0]
        left = able.copy()
        left[ids] = False
        return _some(np.flatnonzero(left), count, rng)


def _below(n: int, rng: torch.Generator) -> int:
    return int(torch.randint(n, (1,), generator=rng))


def _some(rows: np.ndarray, count: int, rng: torch.Generator) -> np.ndarray:
    return rows[torch.randperm(len(rows), generator=rng)[:count].numpy()]

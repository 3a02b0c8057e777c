"""Episodes: small galleries with probes, as the test will pose them: other people, another camera, another day.

Vinyals et al. (2016, §4.1) train on sets drawn like those of the test; ARM's text wants its matching trained so on
galleries and probes (paper). How cameras, days and distractors enter a set is ours.
"""

from __future__ import annotations

import operator
from typing import NamedTuple

import numpy as np
import torch

from reidlib.arm.items import Items
from reidlib.arm.tables import Drawn, Sets, Views
from reidlib.errors import ReidError

MODES = ("pair", "any")
ON_SHORT = ("skip", "repeat", "ragged")
Size = int | tuple[int, int]


class Episodes(NamedTuple):
    """B episodes of n gallery items and Q probes each; all tensors int64 or bool.

    gallery, probes : (B, n), (B, Q) numbers of items. At padding some real item's number, so that gather works.
    gallery_mask, probe_mask : True where real; padding stands last.
    gallery_labels : 0 … N − 1 for the ways, N … for distractors, −1 at padding, in random order.
    probe_labels : 0 … N − 1 in this order, −1 at padding.
    gallery_camids, gallery_days, probe_camids, probe_days : of the items.
    ways : N.
    """

    gallery: torch.Tensor
    gallery_mask: torch.Tensor
    gallery_labels: torch.Tensor
    gallery_camids: torch.Tensor
    gallery_days: torch.Tensor
    probes: torch.Tensor
    probe_mask: torch.Tensor
    probe_labels: torch.Tensor
    probe_camids: torch.Tensor
    probe_days: torch.Tensor
    ways: int


class EpisodeSampler:
    """Draws episodes in which no identity meets its probe in the probe's own camera.

    Parameters
    ----------
    items : what to draw from.
    pids : identities that may appear, such as a split's training part; others never do.
    ways : N, identities with probes.
    shots : K, gallery images of each identity. N and K may be (low, high): drawn anew for each batch, both ends
        included.
    probes : of each of the N identities.
    mode : "pair": one camera takes all probes of an episode, another the whole gallery (PRID2011, CUHK01, CUHK03).
        "any": each identity has a probe camera of its own and gallery images from its other cameras, among which
        other identities' images from that camera may stand (Market1501).
    same_day : in mode "pair" the gallery is taken on one day and the probes on one day, drawn independently, so that a
        day's light is shared by the whole gallery. False mixes the days; mode "any" always does.
    distractors : D, further identities in the gallery alone, K images each.
    on_short : identities with fewer than K images (or fewer probes than asked) stay out ("skip"), show some of them
        again ("repeat"), or leave gaps that the mask hides ("ragged").
    episodes : B of one batch.
    seed : with the step, decides everything.

    Raises
    ------
    ReidError : unknown options; too few identities qualify, and how many do.
    """

    def __init__(self, items: Items, pids: np.ndarray, *, ways: Size, shots: Size, probes: int = 1, mode: str = "pair",
                 same_day: bool = True, distractors: int = 0, on_short: str = "skip", episodes: int = 1,
                 seed: int = 0) -> None:
        self.items = items
        self.ways, self.shots = _range("ways", ways), _range("shots", shots)
        self.probes, self.episodes = _whole("probes", probes, 1), _whole("episodes", episodes, 1)
        self.distractors, self.seed = _whole("distractors", distractors, 0), _whole("seed", seed, 0)
        for name, value, known in (("mode", mode, MODES), ("on_short", on_short, ON_SHORT)):
            if value not in known:
                raise ReidError(f"Found {name}={value!r}", " or ".join(map(repr, known)), f"pass {name}={known[0]!r}")
        self.mode, self.on_short = mode, on_short
        # A day is a view of its own only where a gallery is to come from one day.
        self.views = Views(items, pids, by_day=mode == "pair" and same_day)
        self._sets: dict[int, Sets] = {}
        self._check()

    def _at(self, K: int) -> Sets:
        """What qualifies when K gallery images are asked for."""
        if K not in self._sets:
            least = (self.probes, K) if self.on_short == "skip" else (1, 1)
            self._sets[K] = Sets(self.views, self.mode, *least)
        return self._sets[K]

    def _check(self) -> None:
        (_, N), (_, K), D = self.ways, self.shots, self.distractors
        sets = self._at(K)
        if sets.possible(N, D):
            return
        views = self.views
        asked = f"{K} gallery images" + (f" and {self.probes} probes" if self.probes > 1 else "")
        kind = "one pair of cameras" if self.mode == "pair" else "all"
        if views.by_day:
            kind += ", one day of each"
        ways, others = sets.best()
        raise ReidError(
            f"Found {len(views.pids)} identities with items, {views.seen_twice} of them in two cameras or more; "
            f"in {kind}, at most {ways} qualify for {asked} (on_short={self.on_short!r})"
            + (f", and {others} more as distractors" if D else ""),
            f"ways={N}" + (f" and distractors={D}" if D else ""),
            (f"pass ways={ways} or fewer" if 0 < ways < N else "pass fewer distractors or ways" if ways
             else "pass items of identities that two cameras saw")
            + (", fewer shots, or on_short='ragged'" if self.on_short == "skip" and K > 1 else "")
            + (", or same_day=False" if views.by_day else ""),
        )

    def draw(self, step: int) -> Episodes:
        """The batch of step `step` (from 0): the same in every process, however often and in whatever order."""
        step = _whole("step", step, 0)
        state = np.random.SeedSequence((self.seed, step)).generate_state(1, np.uint64)
        rng = torch.Generator().manual_seed(int(state[0]) >> 1)
        N, K = _between(self.ways, rng), _between(self.shots, rng)
        sets = self._at(K)
        drawn = [sets.draw(N, self.distractors, rng) for _ in range(self.episodes)]
        gallery = [self._laid(ids.gallery(K, rng), rng) for ids in drawn]
        probes = [self._laid(ids.probes(self.probes, rng), None) for ids in drawn]
        g, p = self._batch(gallery), self._batch(probes)
        return Episodes(*g, *p, ways=N)

    def _laid(self, drawn: Drawn, rng: torch.Generator | None) -> tuple[np.ndarray, np.ndarray]:
        """Item numbers and labels of one side in the order shown, −1 for padding, which stands last."""
        numbers, real = drawn
        labels = np.repeat(np.arange(len(numbers)), numbers.shape[1])
        if self.on_short == "ragged":
            labels = np.where(real.ravel(), labels, -1)
        place = torch.rand(len(labels), generator=rng).numpy() if rng is not None else np.zeros(len(labels))
        order = np.argsort(place + (labels < 0), kind="stable")
        return numbers.ravel()[order], labels[order]

    def _batch(self, sides: list[tuple[np.ndarray, np.ndarray]]) -> tuple[torch.Tensor, ...]:
        numbers, labels = (np.stack(part) for part in zip(*sides, strict=True))
        width = int((labels >= 0).sum(1).max())
        numbers, labels = numbers[:, :width], labels[:, :width]
        arrays = numbers, labels >= 0, labels, self.items.camids[numbers], self.items.days[numbers]
        return tuple(torch.from_numpy(np.ascontiguousarray(array)) for array in arrays)


def _whole(name: str, value: object, least: int) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        number = least - 1
    if isinstance(value, bool) or number < least:
        raise ReidError(f"Found {name}={value!r}", f"a whole number from {least}", f"pass {name}={least}")
    return number


def _range(name: str, size: object) -> tuple[int, int]:
    if not isinstance(size, (tuple, list)):
        return (_whole(name, size, 1),) * 2
    if len(size) != 2 or _whole(name, size[0], 1) > _whole(name, size[1], 1):
        raise ReidError(f"Found {name}={size!r}", "a whole number, or (low, high)", f"pass {name}=(1, 4)")
    return _whole(name, size[0], 1), _whole(name, size[1], 1)


def _between(ends: tuple[int, int], rng: torch.Generator) -> int:
    return int(torch.randint(ends[0], ends[1] + 1, (1,), generator=rng))

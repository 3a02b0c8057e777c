"""Evaluation protocols: who is a probe, what is in the gallery, which gallery items are matches and which are ignored.

A protocol turns labels into draws; a draw is one complete evaluation (protocols without chance have one) and consists
of trials, each a set of probes that share a gallery. Rules common to all, since every re-ID data set follows them:

- pid -1 is junk: never a match, never a mistake, as if it were not in the gallery (Zheng et al., "Scalable Person
  Re-identification: A Benchmark", ICCV 2015).
- every other pid without a probe is a distractor: it stays in the gallery and can only be a mistake (Market-1501 and
  MARS give all of them the pid 0).
- a probe without a match is not valid: it counts in no mean, and the result says how many there were.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import ClassVar

import numpy as np

from reidlib.errors import ReidError
from reidlib.evaluation.identities import Labels, OwnItems

JUNK = -1


@dataclass(frozen=True, eq=False)
class Trial:
    """Probes that share a gallery; indices into the caller's arrays, ascending.

    A gallery item of the probe's own identity is a match, or, where `cross_camera` and from the probe's own camera,
    ignored. With `drawn` each probe has that one match (-1: none), and its other own items are ignored.
    """

    probes: np.ndarray
    gallery: np.ndarray
    cross_camera: bool = True
    drawn: np.ndarray | None = None


Draw = list[Trial]


@dataclass(frozen=True)
class Protocol(ABC):
    """What all protocols share."""

    name: ClassVar[str]
    hint: ClassVar[str] = "a match comes from another camera than the probe"
    repeats: ClassVar[int] = 1

    @abstractmethod
    def draws(self, labels: Labels) -> Iterator[Draw]:
        """One list of trials for each draw."""

    def notes(self, probes: int, queries: int) -> tuple[str, ...]:
        """What a reader of the result must know besides the numbers."""
        missing = probes - queries
        return (f"{missing} of {probes} probes have no match and are not counted",) if missing else ()

    def __str__(self) -> str:
        """The protocol as `find` reads it."""
        options = ",".join(f"{field.name}={getattr(self, field.name)}" for field in fields(self))
        return f"{self.name}:{options}" if options else self.name


@dataclass(frozen=True)
class Market1501(Protocol):
    """All gallery items but those of the probe's own identity and camera (Zheng et al., ICCV 2015, section 4).

    The usual protocol of image sets with several cameras; also that of CUHK03-NP (Zhong et al., CVPR 2017).
    """

    name: ClassVar[str] = "market1501"

    def draws(self, labels: Labels) -> Iterator[Draw]:
        yield [Trial(np.arange(len(labels.probe_pids)), np.flatnonzero(labels.gallery_pids != JUNK))]


@dataclass(frozen=True)
class Mars(Market1501):
    """Market-1501's rule on tracklets (Zheng et al., "MARS", ECCV 2016), with all query tracklets in the gallery.

    They find each other: for 140 of the 1,980 official queries the only match is itself a query, so a gallery without
    the queries makes the task another one. The result carries a note when probes are left without a match. The
    official evaluation uses the trapezoidal AP.
    """

    name: ClassVar[str] = "mars"

    def notes(self, probes: int, queries: int) -> tuple[str, ...]:
        notes = super().notes(probes, queries)
        return notes and (*notes, "the official gallery keeps the query tracklets, and then each probe has a match")


@dataclass(frozen=True)
class SingleGalleryShot(Protocol):
    """One random gallery item per identity, `repeats` times; the mean over the draws is reported.

    Each draw picks one item of every identity. Where that item of the probe's own identity comes from the probe's
    camera another one is picked, so that each probe with a match in the gallery has exactly one match in each draw.
    """

    repeats: int = 10
    seed: int = 0
    name: ClassVar[str] = "single_gallery_shot"

    def draws(self, labels: Labels) -> Iterator[Draw]:
        allowed = np.flatnonzero(labels.gallery_pids != JUNK)
        for rng in _generators(self.seed, self.repeats, self.name):
            yield [_one_shot(labels, np.arange(len(labels.probe_pids)), allowed, rng)]


@dataclass(frozen=True)
class Cuhk03Classic(Protocol):
    """CUHK03's first protocol (Li et al., "DeepReID", CVPR 2014): the other camera only, one random image per identity.

    Probes and gallery may be the same images: an item of the probe's own camera is never looked at. Published CMCs are
    means over 20 test splits; call once per split.
    """

    repeats: int = 10
    seed: int = 0
    name: ClassVar[str] = "cuhk03_classic"

    def draws(self, labels: Labels) -> Iterator[Draw]:
        usable = labels.gallery_pids != JUNK
        for rng in _generators(self.seed, self.repeats, self.name):
            yield [
                _one_shot(
                    labels,
                    np.flatnonzero(labels.probe_camids == camera),
                    np.flatnonzero(usable & (labels.gallery_camids != camera)),
                    rng,
                )
                for camera in np.unique(labels.probe_camids)
            ]


@dataclass(frozen=True)
class TwoTracklet(Protocol):
    """One probe and one gallery tracklet per identity, from two different cameras, drawn with a seed.

    How systems made for iLIDS-VID report MARS (McLaughlin et al. 2016; Rahman et al. 2019, whose draw is unpublished).
    The gallery holds the drawn tracklets only, so these numbers do not compare with the official protocol's.
    """

    repeats: int = 1
    seed: int = 0
    name: ClassVar[str] = "two_tracklet"

    def draws(self, labels: Labels) -> Iterator[Draw]:
        usable = labels.gallery_pids != JUNK
        for rng in _generators(self.seed, self.repeats, self.name):
            pairs = []
            for pid in np.intersect1d(labels.probe_pids, labels.gallery_pids[usable]):
                probes, items = np.flatnonzero(labels.probe_pids == pid), np.flatnonzero(labels.gallery_pids == pid)
                p, g = np.nonzero(labels.probe_camids[probes][:, None] != labels.gallery_camids[items])
                if len(p):
                    pick = rng.integers(len(p))
                    pairs.append((probes[p[pick]], items[g[pick]]))
            probes, items = np.array(sorted(pairs), np.int64).reshape(-1, 2).T
            yield [Trial(probes, np.sort(items), drawn=items)]


@dataclass(frozen=True)
class CameraPair(Protocol):
    """Probes of one camera, gallery of another, as for iLIDS-VID and PRID-2011: the first camera finds the second.

    Where each identity has one gallery item AP is 1/rank. Identities of the second camera only are distractors.
    """

    probe_camera: int = 0
    gallery_camera: int = 1
    name: ClassVar[str] = "camera_pair"
    hint: ClassVar[str] = "probes come from probe_camera, the gallery from gallery_camera"

    def draws(self, labels: Labels) -> Iterator[Draw]:
        usable = (labels.gallery_pids != JUNK) & (labels.gallery_camids == self.gallery_camera)
        yield [Trial(np.flatnonzero(labels.probe_camids == self.probe_camera), np.flatnonzero(usable), False)]


market1501, mars, camera_pair = Market1501(), Mars(), CameraPair()
single_gallery_shot, cuhk03_classic, two_tracklet = SingleGalleryShot(), Cuhk03Classic(), TwoTracklet()
PROTOCOLS = {p.name: p for p in (market1501, mars, camera_pair, single_gallery_shot, cuhk03_classic, two_tracklet)}


def find(protocol: str | Protocol) -> Protocol:
    """A protocol by name, with options after a colon: "market1501", "single_gallery_shot:repeats=100,seed=3"."""
    if not isinstance(protocol, str):
        return protocol
    name, _, options = protocol.partition(":")
    if name not in PROTOCOLS:
        raise ReidError(f"Found protocol {name!r}", f"one of {', '.join(PROTOCOLS)}", "choose one of these names")
    known = [field.name for field in fields(PROTOCOLS[name])]
    given = {}
    for option in filter(None, options.split(",")):
        key, _, value = option.partition("=")
        if key not in known or not value.lstrip("-").isdecimal():
            form = " and ".join(f"{k}=NUMBER" for k in known) or "no options"
            raise ReidError(f"Found {option!r} in protocol {protocol!r}", f"{name} with {form}", "correct the option")
        given[key] = int(value)
    return type(PROTOCOLS[name])(**given)


def _generators(seed: int, repeats: int, name: str) -> Iterator[np.random.Generator]:
    if repeats < 1 or seed < 0:
        raise ReidError(f"Found repeats={repeats}, seed={seed} in {name}", "repeats >= 1 and seed >= 0", "change them")
    # Draw i is the same however many follow it.
    return (np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(repeats))


def _one_shot(labels: Labels, probes: np.ndarray, allowed: np.ndarray, rng: np.random.Generator) -> Trial:
    """Shuffle the allowed items: the first of each identity is the gallery, a probe's first valid one its match."""
    shuffled = rng.permutation(allowed)
    _, first = np.unique(labels.gallery_pids[shuffled], return_index=True)
    place = np.zeros(len(labels.gallery_pids), np.int64)
    place[shuffled] = np.arange(len(allowed))
    drawn = np.full(len(probes), -1, np.int64)
    for part, row, item in OwnItems(labels.gallery_pids, allowed).parts(labels.probe_pids[probes]):
        other = labels.gallery_camids[item] != labels.probe_camids[probes[part]][row]
        earliest = np.full(len(drawn[part]), len(allowed), np.int64)
        np.minimum.at(earliest, row[other], place[item[other]])
        found = earliest < len(allowed)
        drawn[part][found] = shuffled[earliest[found]]
    return Trial(probes, np.sort(shuffled[first]), drawn=drawn)

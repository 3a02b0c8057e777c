"""Divisions of two cameras from ids alone: those that a seed deals out, and how ids become probes and gallery.

Papers on iLIDS-VID, PRID-2011 and CUHK01 average over about ten random divisions, most of which nobody published.
Those made here are ours: they depend on the set of ids and the seed only, never on paths, order or versions.
"""

from __future__ import annotations

from collections.abc import Iterable

from reidlib.data.benchmarks.division import Division
from reidlib.data.benchmarks.listing import Listing
from reidlib.data.splits import Split, split_identities

TIMES = 10
SEEDED = "seeded division of reidlib's, not a published one: figures compare with papers on average only"


def seeded(pids: Iterable[int], test: int, count: int = TIMES) -> list[Split]:
    """`count` divisions of the ids into `test` to test on and the rest to train on, seeds 0 … count − 1."""
    pids = set(pids)
    return [split_identities(pids, seed, test=test, name=f"seed-{seed}") for seed in range(count)]


def shared(listing: Listing) -> set[int]:
    """Pids with an entry in both cameras."""
    in_first, in_second = ({entry.pid for entry in listing.entries if entry.camid == camera} for camera in (0, 1))
    return in_first & in_second


def camera_pair(probe: int) -> str:
    """The rule by which probes of this camera, 0 or 1, find the other; as evaluation.protocols.find reads it."""
    return "camera_pair" if probe == 0 else "camera_pair:probe_camera=1,gallery_camera=0"


def between(listing: Listing, split: Split, *, protocol: str, number: int, published: bool, note: str, probe: int = 0,
            distractors: Iterable[int] = (), rule: str | None = None) -> Division:
    """Probes: all entries of the test ids in camera `probe`. Gallery: theirs in the other, with `distractors`.

    Training takes both cameras. Without a `rule` it is `camera_pair`.
    """
    train, test = set(split.train), set(split.test)
    searched = test | set(distractors)
    entries = listing.entries
    return Division(protocol, number, published,
                    train=tuple(each.name for each in entries if each.pid in train),
                    probes=tuple(each.name for each in entries if each.camid == probe and each.pid in test),
                    gallery=tuple(each.name for each in entries if each.camid == 1 - probe and each.pid in searched),
                    rule=rule or camera_pair(probe), note=note)

"""Identities into train, validation and test, without leakage, the same on every machine.

A split is a list of pids for each part, never a list of tracklets or frames: two tracklets of one person in two parts
would let a model recognise instead of re-identify.
"""

from __future__ import annotations

import hashlib
import json
import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from reidlib.data.files import explained, kind_of, plain, readable, write_whole
from reidlib.data.store import Store
from reidlib.errors import ReidError

PARTS = ("train", "validation", "test")
FORMAT = "reidlib split 1"


@dataclass(frozen=True)
class Split:
    """A named split: sorted pids of each part. The parts share no identity.

    Raises
    ------
    ReidError : an identity in two parts.
    """

    name: str
    train: tuple[int, ...]
    validation: tuple[int, ...]
    test: tuple[int, ...]

    def __post_init__(self) -> None:
        for part in PARTS:
            object.__setattr__(self, part, tuple(sorted({operator.index(pid) for pid in getattr(self, part)})))
        leaks = find_leaks(self)
        if leaks:
            raise ReidError(f"Split {self.name} leaks ({len(leaks)}): {leaks[0].rstrip('.')}",
                            "each identity in one part", "remove it from all parts but one")

    def pids(self, part: str) -> tuple[int, ...]:
        if part not in PARTS:
            raise ReidError(f"Part {part!r} of split {self.name}", f"one of {', '.join(PARTS)}", "check the spelling")
        return getattr(self, part)

    def tracklets(self, pids: np.ndarray, part: str) -> np.ndarray:
        """Numbers of the tracklets whose identity is in `part`; `pids` is `store.pids`."""
        wanted = np.array(self.pids(part), dtype=np.int64)
        lacking = wanted[~np.isin(wanted, pids)]
        if len(lacking):
            raise ReidError(f"{len(lacking)} identities of {part} in split {self.name} have no tracklet, first "
                            f"{lacking[0]}", "a store with all identities of the split",
                            "use the store that the split was made for")
        return np.flatnonzero(np.isin(pids, wanted))

    def save(self, path: str | Path) -> None:
        """Writes JSON, whole or not at all."""
        content = {"format": FORMAT, "name": self.name, **{part: self.pids(part) for part in PARTS}}
        with explained(Path(path)):
            write_whole(Path(path), readable(content))

    @classmethod
    def load(cls, path: str | Path) -> Split:
        """Reads what `save` wrote; ReidError for anything else."""
        if not kind_of(path):
            raise ReidError(f"Found no file {plain(path)}", "the number of a split, 0 … 99, or a JSON file that "
                            "Split.save wrote", "pass a number such as 0, or check the path")
        with explained(Path(path)):
            text = Path(path).read_bytes()
        try:
            content = json.loads(text)
            if content["format"] != FORMAT:
                raise ValueError(content["format"])
            parts = {part: tuple(content[part]) for part in PARTS}
            return cls(str(content["name"]), **parts)
        except (ValueError, KeyError, TypeError) as error:
            raise ReidError(f"{path} is not a split ({type(error).__name__}: {error})", f"JSON with format {FORMAT}",
                            "write it with Split.save") from error


def split_identities(pids: Iterable[int], seed: int, *, validation: int | float = 0, test: int | float = 0.5,
                     name: str | None = None) -> Split:
    """Deals the distinct identities of `pids` out to the parts.

    An int is a number of identities, a float a share of all (rounded to the nearest, ties to even); train gets the
    rest. Pid -1 (junk) and 0 (distractors) of the Market layout are identities like any other here: leave them out of
    `pids` where they mean that.

    The order comes from SHA-256 of (seed, pid): unlike numpy's permutations, which may change between versions, it
    stays for ever, and it does not depend on the order of `pids`.
    """
    order = _shuffled(pids, seed)
    counts = {}
    for part, wanted in (("validation", validation), ("test", test)):
        counts[part] = round(wanted * len(order)) if isinstance(wanted, float) else operator.index(wanted)
    if min(counts.values()) < 0 or sum(counts.values()) > len(order):
        raise ReidError(f"{counts['validation']} validation and {counts['test']} test identities of {len(order)}",
                        "parts that fit", "ask for fewer, or for shares that add up to 1 at most")
    cut = counts["test"], counts["test"] + counts["validation"]
    return Split(name or f"seed-{seed}", order[cut[1]:], order[cut[0]:cut[1]], order[:cut[0]])


def halves(pids: Iterable[int], count: int = 10, seed: int = 0) -> list[Split]:
    """`count` random splits into half train, half test, as the papers on iLIDS-VID and PRID-2011 average over.

    Of an odd number the test half gets the smaller part. Split k depends on (seed, k) only.
    """
    pids = set(pids)
    return [split_identities(pids, _derived_seed(seed, k), test=len(pids) // 2, name=f"half-{k}") for k in range(count)]


def from_ids(*, train: Iterable[int], test: Iterable[int], validation: Iterable[int] = (), name: str) -> Split:
    """A split that somebody else fixed, such as a benchmark's own."""
    return Split(name, tuple(train), tuple(validation), tuple(test))


def hold_out(split: Split, count: int, seed: int) -> Split:
    """The same split with `count` of its train identities moved to validation; the test part stays untouched."""
    if split.validation or not 0 < count < len(split.train):
        raise ReidError(f"Holding out {count} of {len(split.train)} train identities beside {len(split.validation)} in "
                        "validation", "a split without validation and a count that leaves some in train",
                        "ask for fewer, or deal validation out in split_identities")
    order = _shuffled(split.train, seed)
    return Split(f"{split.name}-hold-out-{seed}", order[count:], order[:count], split.test)


def find_leaks(parts: Split | Mapping[str, Iterable[int]], store: Store | None = None) -> list[str]:
    """Every way found in which two parts share something, one sentence each; [] means clean.

    Without a store: identities in two parts. With one, also tracklets of two parts with the very same frames, one
    person who was given two pids (compared by CRC-32, then byte by byte; near duplicates are not found).
    """
    if isinstance(parts, Split):
        parts = {part: parts.pids(part) for part in PARTS}
    owners: dict[int, set[str]] = {}
    for part, pids in parts.items():
        for pid in pids:
            owners.setdefault(operator.index(pid), set()).add(part)
    leaks = [f"Identity {pid} is in {' and '.join(sorted(owners[pid]))}." for pid in sorted(owners)
             if len(owners[pid]) > 1]
    if store is None:
        return leaks
    alike: dict[tuple[int, int], list[int]] = {}
    for number, key in enumerate(zip(store.lengths.tolist(), store.checksums.tolist(), strict=True)):
        if int(store.pids[number]) in owners:
            alike.setdefault(key, []).append(number)
    for first, second in (pair for group in alike.values() for pair in combinations(group, 2)):
        here, there = (owners[int(store.pids[number])] for number in (first, second))
        if here != there and np.array_equal(store[first].frames, store[second].frames):
            leaks.append(f"Tracklets {store.names[first]} ({' and '.join(sorted(here))}) and {store.names[second]} "
                         f"({' and '.join(sorted(there))}) have the same frames.")
    return leaks


def _shuffled(pids: Iterable[int], seed: int) -> tuple[int, ...]:
    distinct = {operator.index(pid) for pid in pids}
    if not distinct:
        raise ReidError("No identity to split", "1 or more", "pass store.pids")
    return tuple(sorted(distinct, key=lambda pid: (_digest(operator.index(seed), pid), pid)))


def _derived_seed(seed: int, k: int) -> int:
    return int.from_bytes(_digest(seed, k)[:8], "big")


def _digest(*numbers: int) -> bytes:
    return hashlib.sha256("/".join(str(number) for number in numbers).encode()).digest()

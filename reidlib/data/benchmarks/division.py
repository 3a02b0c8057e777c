"""Division: one way to test on a benchmark: who trains, who probes, who stands in the gallery, by which rule."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from reidlib.data.files import explained, readable, write_whole
from reidlib.data.splits import Split
from reidlib.data.store import Store
from reidlib.errors import ReidError

FORMAT = "reidlib division 1"


@dataclass(frozen=True)
class Division:
    """Names of tracklets, so that it stays true in any store of the benchmark.

    Parameters
    ----------
    protocol, number : "official" and 0, "half" and 0 … 9.
    published : True where its holder or an author published this very division; False for a seeded one (ours).
    train, probes, gallery : names of entries. A name may be probe and gallery item at once (MARS).
    rule : as `reidlib.evaluation.protocols.find` reads it, such as "market1501" or "camera_pair".
    note : one sentence that must stand beside its numbers.
    average_precision : "step" or "trapezoid", what the published figures use.
    """

    protocol: str
    number: int
    published: bool
    train: tuple[str, ...]
    probes: tuple[str, ...]
    gallery: tuple[str, ...]
    rule: str
    note: str
    average_precision: str = "step"

    @property
    def label(self) -> str:
        """For file names and lines of results: "half-3", and whose division it is."""
        return f"{self.protocol}-{self.number}{'' if self.published else ' (not published)'}"

    def save(self, folder: str | Path) -> Path:
        """Writes PROTOCOL-NUMBER.json, whole or not at all; what is there already is left, on a read-only disk too."""
        path = Path(folder) / f"{self.protocol}-{self.number}.json"
        content = readable({"format": FORMAT, **asdict(self)})
        with explained(path):
            if not (path.is_file() and path.read_bytes() == content):
                path.parent.mkdir(parents=True, exist_ok=True)
                write_whole(path, content)
        return path

    @classmethod
    def load(cls, path: str | Path) -> Division:
        """Reads what `save` wrote; ReidError for anything else."""
        with explained(Path(path)):
            text = Path(path).read_bytes()
        try:
            content = json.loads(text)
            if content.pop("format") != FORMAT:
                raise ValueError("another format")
            lists = {key: tuple(map(str, content.pop(key))) for key in ("train", "probes", "gallery")}
            return cls(**content, **lists)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ReidError(f"{path} is no division ({type(error).__name__}: {error})", f"JSON with format {FORMAT}",
                            "prepare the benchmark again: reidlib data prepare") from error

    def numbers(self, store: Store) -> dict[str, np.ndarray]:
        """{"train", "probes", "gallery"}: (k,) int64 numbers of tracklets in a store of the benchmark."""
        return {part: _numbers(store, getattr(self, part)) for part in ("train", "probes", "gallery")}

    def split(self, store: Store) -> Split:
        """The identities: those of `train`, and those of the probes as test."""
        numbers = self.numbers(store)
        pids = {part: sorted(set(store.pids[rows].tolist())) for part, rows in numbers.items()}
        return Split(f"{store.name}-{self.protocol}-{self.number}", tuple(pids["train"]), (), tuple(pids["probes"]))


def _numbers(store: Store, names: Sequence[str]) -> np.ndarray:
    return np.array([store.position(name) for name in names], np.int64)


def divisions_of(store: Store) -> dict[str, list[Path]]:
    """Files of the divisions that were saved with a store, by protocol, in order of their numbers."""
    found: dict[str, list[tuple[int, Path]]] = {}
    for path in sorted((store.folder / "divisions").glob("*.json")):
        protocol, _, number = path.stem.rpartition("-")
        if protocol and number.isdecimal():
            found.setdefault(protocol, []).append((int(number), path))
    return {protocol: [path for _, path in sorted(each)] for protocol, each in found.items()}


def find_division(store: Store, protocol: str, number: int = 0) -> Division:
    """The division of a prepared benchmark; ReidError listing those there are."""
    known = divisions_of(store)
    if protocol not in known or not 0 <= number < len(known[protocol]):
        if not known:
            raise ReidError(f"Found no divisions beside store {store.name}", "a prepared benchmark",
                            "leave --protocol out, or type reidlib data prepare NAME ARCHIVE")
        there = ", ".join(f"{name} (0 … {len(each) - 1})" for name, each in known.items())
        raise ReidError(f"Found no division {protocol}-{number} beside store {store.name}", f"one of {there}",
                        "pass --protocol and its number as --split")
    return Division.load(known[protocol][number])

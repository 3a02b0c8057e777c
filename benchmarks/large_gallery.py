"""What half a million distractors cost: Market-1501 + 500k listed, and its 3,368 probes ranked against 519,732 items.

    python benchmarks/large_gallery.py [--part index|rank] [--features 512] [--json docs/results/large_gallery.json]

"index": a tree of 536,036 empty files with names of the official form is listed and divided; goals 60 s and 2 GiB,
those of MARS's lists. "rank": random features, CMC and mAP; the whole matrix of distances would be 6.5 GiB. Each part
runs in a process of its own, on one thread; peaks are of that process, with Python and reidlib in it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from _machine import machine
from _record import record
from loaders import peak

from reidlib.data.benchmarks.market1501_500k import BENCHMARK
from reidlib.evaluation.ranking import rank

GOALS = {"seconds": 60, "peak GiB": 2}
TRAIN, PROBES, MATCHES, NOBODY, JUNK, ADDED = 12_936, 3_368, 13_115, 2_798, 3_819, 500_000  # images, as published
PEOPLE, CAMERAS = 750, 6
PARTS = ("index", "rank")


def make_tree(root: Path) -> None:
    """Empty files in Market-1501's folders: everybody under every camera in turn."""
    def names(count: int, pid, sequence: int):
        return (f"{pid(k)}_c{k % CAMERAS + 1}s{sequence}_{k:06d}_{k % 12:02d}.jpg" for k in range(count))

    def somebody(offset: int):
        return lambda k: f"{offset + 2 * (k % PEOPLE):04d}"  # odd pids are tested, even ones trained on

    def nobody(k: int) -> str:
        return "0000"

    tested = [(MATCHES, somebody(1), 2), (NOBODY, nobody, 3), (JUNK, lambda k: "-1", 3)]
    folders = {"bounding_box_train": [(TRAIN, somebody(2), 1)], "query": [(PROBES, somebody(1), 1)],
               "bounding_box_test": tested, "images": [(ADDED, nobody, 4)]}
    for folder, groups in folders.items():
        (root / folder).mkdir(parents=True)
        for group in groups:
            for name in names(*group):
                (root / folder / name).touch()


def indexed(root: Path) -> dict[str, float]:
    """Seconds and peak of root, listing and divisions."""
    began = time.perf_counter()
    listing = BENCHMARK.listing(BENCHMARK.root(root))
    listed = time.perf_counter() - began
    division = BENCHMARK.divisions(root, listing)["official-500k"][0]
    return {"seconds": time.perf_counter() - began, "listing seconds": listed, "peak GiB": peak() / 2**30,
            "images": len(listing), "probes": len(division.probes), "gallery": len(division.gallery)}


def ranked(features: int) -> dict[str, float]:
    """Seconds of one ranking, and the memory it takes beside the features and what a small ranking took before it."""
    rng, gallery = np.random.default_rng(0), MATCHES + NOBODY + JUNK + ADDED
    pids, matches = (1 + 2 * (np.arange(count) % PEOPLE) for count in (PROBES, MATCHES))
    others = np.r_[matches, np.zeros(NOBODY, int), np.full(JUNK, -1), np.zeros(ADDED, int)]
    columns = {"probe_features": rng.standard_normal((PROBES, features), np.float32), "probe_pids": pids,
               "gallery_features": rng.standard_normal((gallery, features), np.float32), "gallery_pids": others,
               "probe_camids": rng.integers(0, CAMERAS, PROBES), "gallery_camids": rng.integers(0, CAMERAS, gallery)}
    rank(**{name: each[:2_000] for name, each in columns.items()}, protocol="market1501", ap="trapezoid")
    before, began = peak(), time.perf_counter()
    found = rank(**columns, protocol="market1501", ap="trapezoid")
    return {"seconds": time.perf_counter() - began, "peak GiB": peak() / 2**30, "extra MiB": (peak() - before) / 2**20,
            "features": features, "features GiB": columns["gallery_features"].nbytes / 2**30, "probes": found.queries,
            "gallery": gallery, "distances GiB": PROBES * gallery * 4 / 2**30, "threads": 1}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", action="append", choices=PARTS, help="only this part; may be repeated")
    parser.add_argument("--features", type=int, default=512, help="D of the random features")
    parser.add_argument("--json", type=Path, help="write the numbers here as well")
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        part, given = asked.measure
        print(json.dumps(indexed(Path(given)) if part == "index" else ranked(int(given))))
        return
    content = {"benchmark": "large gallery", "facts": machine(), "goals of the index": GOALS}
    for part in asked.part or PARTS:
        with tempfile.TemporaryDirectory() as place:
            if part == "index":
                print("making the tree", file=sys.stderr)
                make_tree(Path(place, "market"))
            given = str(Path(place, "market")) if part == "index" else str(asked.features)
            command = [sys.executable, __file__, "--measure", part, given]
            threads = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
            run = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, **threads})
            content[part] = json.loads(run.stdout)
        print(part + ": " + ", ".join(f"{name} {value:,.2f}" if isinstance(value, float) else f"{name} {value:,}"
                                      for name, value in content[part].items()))
    if asked.json:
        record(asked.json, content)


if __name__ == "__main__":
    main()

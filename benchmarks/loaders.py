"""How fast a data set of MARS's size is indexed, and whether another project reads the same trees the same way.

python benchmarks/loaders.py [--peer torchreid=FOLDER] [--part NAME] [--json FILE]

Part "index": name lists of 1,191,003 names and tables of 20,478 tracklets, made up here in the official form, are read
in a process of its own: seconds, and the peak of its memory with Python and reidlib in it; goals 60 s and 2 GiB. No
picture lies there, since indexing reads none. Part "peer": trees with the known
oddities, for MARS, Market-1501 and CUHK03 the tests' own small ones, for iLIDS-VID, PRID-2011 and CUHK01 empty files in
the published numbers, read by reidlib and by torchreid's data set classes; their items are compared one by one, every
difference is printed with its explanation, and one without an explanation fails the benchmark. "The same" are items
with the same files, person and camera. FOLDER is a checkout of torchreid; without one an
installed torchreid is taken, and without that the part is skipped with a word.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from _loaders_peers import compare, load_torchreid
from _machine import machine
from _record import record
from scipy.io import savemat

from reidlib.data.benchmarks.mars import BENCHMARK

GOALS = {"seconds": 60, "peak GiB": 2}
SIZES = {"train": (509_914, 8_298, 625), "test": (681_089, 12_180, 640)}  # names, tracklets, people
QUERIES = 1_980
PARTS = ("index", "peer")


def make_lists(root: Path) -> None:
    """Name lists and tables of MARS's sizes: tracklets of about equal length, people under six cameras in turn."""
    (root / "info").mkdir(parents=True)
    for part, (names, tracklets, people) in SIZES.items():
        bounds = np.linspace(0, names, tracklets + 1).astype(int)
        person = np.sort(np.arange(tracklets) % people)
        order = np.arange(tracklets) - np.searchsorted(person, person)  # of the tracklet among its person's
        # In the test part the first person is junk, the second all distractors.
        pids = person + 1 if part == "train" else person - 1
        cameras = order % 6 + 1
        table = np.stack([bounds[:-1] + 1, bounds[1:], pids, cameras], axis=1).astype(np.int32)
        with open(root / "info" / f"{part}_name.txt", "w", encoding="ascii") as file:
            for row, (start, end, pid, camera) in enumerate(table.tolist()):
                stem = f"{'00-1' if pid < 0 else f'{pid:04d}'}C{camera}T{order[row] // 6 + 1:04d}F"
                file.writelines(f"{stem}{frame:03d}.jpg\n" for frame in range(1, end - start + 2))
        savemat(root / "info" / f"tracks_{part}_info.mat", {f"track_{part}_info": table})
        for name in {f"{'00-1' if pid < 0 else f'{pid:04d}'}" for pid in pids.tolist()}:
            (root / f"bbox_{part}" / name).mkdir(parents=True)
    own = np.flatnonzero(pids > 0)
    savemat(root / "info" / "query_IDX.mat", {"query_IDX": own[::len(own) // QUERIES][:QUERIES] + 1})


def measure(root: Path) -> dict[str, float]:
    """Seconds and peak bytes of this process for root, listing and divisions."""
    began = time.perf_counter()
    listing = BENCHMARK.listing(BENCHMARK.root(root))
    listed = time.perf_counter() - began
    divisions = BENCHMARK.divisions(root, listing)
    seconds = time.perf_counter() - began
    digest = listing.hash
    return {"seconds": seconds, "listing seconds": listed, "peak GiB": peak() / 2**30, "tracklets": len(listing),
            "frames": listing.frames, "queries": len(divisions["official"][0].probes), "hash": digest[:12]}


def peak() -> int:
    """Peak resident bytes of this process."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def index() -> dict:
    """Indexing in a fresh process."""
    with tempfile.TemporaryDirectory() as folder:
        print("making the lists", file=sys.stderr)
        make_lists(Path(folder, "MARS"))
        command = [sys.executable, __file__, "--measure", str(Path(folder, "MARS"))]
        row = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    for key, goal in GOALS.items():
        verdict = "ok" if row[key] < goal else "missed"
        print(f"{key:<10} {row[key]:8.2f}   goal < {goal}   {verdict}")
    print(f"{row['tracklets']:,} tracklets, {row['frames']:,} frames, {row['queries']:,} queries")
    return row | {"goals": GOALS}


def peers(folder: str | None) -> list[dict]:
    """Items of both, set by set."""
    torchreid, word = load_torchreid(folder)
    if torchreid is None:
        print(f"torchreid: skipped, {word}")
        return []
    rows = []
    with tempfile.TemporaryDirectory() as place:
        for row in compare(torchreid, Path(place)):
            rows.append(row)
            print(f"{row['set']:<39} {row['part']:<8} reidlib {row['ours']:6,}, torchreid {row['theirs']:6,}, the same "
                  f"{row['same']:6,}")
            for each in row["differences"]:
                print(f"    {each['item']}: {each['why']}")
    unexplained = sum("unexplained" in each["why"] for row in rows for each in row["differences"])
    if unexplained:
        raise SystemExit(f"{unexplained} differences have no explanation")
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=FOLDER", help="torchreid and its checkout")
    parser.add_argument("--part", action="append", choices=PARTS, help="only this part; may be repeated")
    parser.add_argument("--json", type=Path, help="write the numbers here as well")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure)))
        return
    folders = dict(each.partition("=")[::2] for each in options.peer)
    if set(folders) - {"torchreid"}:
        raise SystemExit(f"Found --peer {', '.join(sorted(set(folders) - {'torchreid'}))}. Known: torchreid.")
    content = {"benchmark": "loaders", "facts": machine()}
    for part in options.part or PARTS:
        print(f"\n{part}")
        content[part] = index() if part == "index" else peers(folders.get("torchreid"))
    if options.json:
        record(options.json, content)


if __name__ == "__main__":
    main()

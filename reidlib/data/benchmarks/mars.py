"""MARS: tracklets of 1,261 people under six cameras; read from its official name lists and tables, which lie in info/.

The tables say of each tracklet: first and last row of the name list (from 1, inclusive), pid (-1 junk, 0 distractors),
camera (from 1). Names are PPPPCcTttttFfff.jpg: person, camera, tracklet, frame; each is checked against its row.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from reidlib.data.benchmarks.benchmark import Benchmark
from reidlib.data.benchmarks.division import Division
from reidlib.data.benchmarks.listing import DISTRACTOR, JUNK, Entry, Listing, identities
from reidlib.data.benchmarks.mars_frames import archive_of, read_frames
from reidlib.data.benchmarks.matlab import read_mat, whole_numbers
from reidlib.data.benchmarks.scan import find_root, folders
from reidlib.data.files import explained, plain
from reidlib.errors import ReidError

TITLE = "MARS"
TREE = """bbox_train/ or bbox_train.zip   0001/0001C1T0001F001.jpg …
bbox_test/ or bbox_test.zip     00-1/ (junk), 0000/ (distractors), 0002/0002C1T0001F001.jpg …
info/  train_name.txt, test_name.txt, tracks_train_info.mat, tracks_test_info.mat, query_IDX.mat"""
LISTS = {"train": ("train_name.txt", "tracks_train_info.mat", "track_train_info"),
         "test": ("test_name.txt", "tracks_test_info.mat", "track_test_info")}
QUERIES = ("query_IDX.mat", "query_IDX")
NAME = re.compile(r"(\d{4}|00-1)C([1-6])T(\d{4})F(\d{3,6})\.jpg", re.ASCII | re.IGNORECASE)
LARGEST = 1 << 28  # bytes of a name list; the official ones have about 14 million
DRAWS = 10


def listing(root: Path) -> Listing:
    """Entries "train-00001" and "test-00001", numbered by rows of the tables; info: part, row, query (1 or 0)."""
    info = _info(root)
    queries = _queries(info)
    entries: list[Entry] = []
    counts: dict[str, int] = {}
    ignored: Counter = Counter()
    for part in LISTS:
        found, names = _entries(info, part, queries if part == "test" else frozenset())
        _check_folders(root, f"bbox_{part}", {entry.files[0].split("/")[1] for entry in found})
        entries += found
        used = sum(len(entry.files) for entry in found)
        if used < names:
            ignored[f"names of the {part} list that no tracklet has"] = names - used
        counts |= {f"{part} frames": names, f"{part} tracklets": len(found)}
    test = [entry for entry in entries if entry.info["part"] == "test"]
    if queries and max(queries) > len(test):
        raise ReidError(f"{QUERIES[0]} names row {max(queries)} of {len(test)}", "rows of the test table",
                        "take all of info/ from one source")
    asked = [entry for entry in test if entry.info["query"]]
    nobody = [entry.name for entry in asked if entry.pid in (JUNK, DISTRACTOR)]
    if nobody:
        raise ReidError(f"{len(nobody)} queries are junk or distractors, first {nobody[0]}", "people",
                        "take all of info/ from one source")
    counts |= {"train identities": identities(entry for entry in entries if entry.info["part"] == "train"),
               "query tracklets": len(asked), "query identities": identities(asked),
               "junk tracklets": sum(entry.pid == JUNK for entry in test),
               "queries without a match once queries are out": len(_lost(test))}
    return Listing(tuple(entries), counts, dict(ignored))


def divisions(root: Path, listing: Listing) -> Mapping[str, Sequence[Division]]:
    """"official", "queries-out" and ten seeded "two-tracklet"."""
    train = tuple(entry.name for entry in listing.entries if entry.info["part"] == "train")
    test = [entry for entry in listing.entries if entry.info["part"] == "test"]
    queries = tuple(entry.name for entry in test if entry.info["query"])
    every = tuple(entry.name for entry in test)
    rest = tuple(entry.name for entry in test if not entry.info["query"])
    lost = len(_lost(test))
    return {
        "official": [Division("official", 0, True, train, queries, every, "mars",
                              "query tracklets stay in the gallery; the official AP is trapezoidal", "trapezoid")],
        "queries-out": [Division("queries-out", 0, True, train, queries, rest, "mars",
                                 "query tracklets are taken out of the gallery, as torchreid does, not as the official "
                                 f"protocol does; {lost} of {len(queries)} queries then have no match and count in no "
                                 "mean (of the whole data set 140 of 1,980)")],
        "two-tracklet": [_two_tracklet(listing, number) for number in range(DRAWS)],
    }


def _two_tracklet(listing: Listing, number: int) -> Division:
    """Of each person with two cameras one tracklet, and one of another camera; by SHA-256, so the same for ever."""
    drawn: dict[str, list[tuple[str, str]]] = {"train": [], "test": []}
    people: dict[tuple[str, int], list[Entry]] = {}
    for entry in listing.entries:
        if entry.pid not in (JUNK, DISTRACTOR):
            people.setdefault((str(entry.info["part"]), entry.pid), []).append(entry)
    for (part, _), tracklets in people.items():
        if len({entry.camid for entry in tracklets}) < 2:
            continue
        first = min(tracklets, key=lambda entry: _digest("probe", number, entry.name))
        others = [entry for entry in tracklets if entry.camid != first.camid]
        drawn[part].append((first.name, min(others, key=lambda entry: _digest("gallery", number, entry.name)).name))
    train = tuple(sorted(name for pair in drawn["train"] for name in pair))
    probes, gallery = (tuple(pair[side] for pair in drawn["test"]) for side in (0, 1))
    note = ("two random tracklets of each person, of two cameras; those seen by one camera only are left out; the draw "
            "of the papers that report MARS this way is unpublished, this one is seeded (ours)")
    return Division("two-tracklet", number, False, train, probes, gallery, "two_tracklet", note)


def _digest(*parts: object) -> bytes:
    return hashlib.sha256("/".join(map(str, parts)).encode()).digest()


def _lost(test: Sequence[Entry]) -> list[str]:
    """Queries whose every match is itself a query."""
    cameras: dict[int, set[int]] = {}
    for entry in test:
        if not entry.info["query"]:
            cameras.setdefault(entry.pid, set()).add(entry.camid)
    return [entry.name for entry in test if entry.info["query"] and not cameras.get(entry.pid, set()) - {entry.camid}]


def _entries(info: Path, part: str, queries: frozenset[int]) -> tuple[list[Entry], int]:
    """Tracklets of one table, and how many names its list has."""
    list_name, table_name, key = LISTS[part]
    names = _names(info / list_name)
    table = whole_numbers(info / table_name, key, read_mat(info / table_name, key)[key], 4)
    _check_rows(info / table_name, table, len(names))
    entries = []
    for row, (start, end, pid, camera) in enumerate(table.tolist(), 1):
        own = names[start - 1:end]
        _check_names(info / list_name, f"row {row} of {table_name}", start, own, pid, camera)
        files = tuple(f"bbox_{part}/{name[:4]}/{name}" for name in own)
        facts = {"part": part, "row": row, "query": int(row in queries)}
        entries.append(Entry(f"{part}-{row:05d}", files, pid, camera - 1, facts))
    return entries, len(names)


def _names(path: Path) -> list[str]:
    """One name a line; line ends of every system, and blanks at line ends, are taken off."""
    with explained(Path(plain(path))):
        if path.stat().st_size > LARGEST:
            raise ReidError(f"{plain(path)} has {path.stat().st_size:,} bytes", "one short name a line",
                            "fetch the official file again")
        text = path.read_bytes().decode("latin-1")
    return [line.rstrip(" \r\t") for line in text.rstrip("\n\r \t").split("\n")]


def _check_rows(path: Path, table: np.ndarray, names: int) -> None:
    """Rows lie in the list, one after the other or in any order, but no name is in two."""
    start, end = table[:, 0], table[:, 1]
    outside = np.flatnonzero((start < 1) | (end < start) | (end > names) | (table[:, 2] < JUNK)
                             | (table[:, 3] < 1) | (table[:, 3] > 6))
    if len(table) == 0 or len(outside):
        found = "no row" if len(table) == 0 else f"row {outside[0] + 1}: {', '.join(map(str, table[outside[0]]))}"
        raise ReidError(f"Found {found} in {plain(path)}", f"first and last name in 1 … {names:,}, a pid from -1 on "
                        "and a camera in 1 … 6", "take the tables and the name lists from one source")
    order = np.argsort(start, kind="stable")
    twice = np.flatnonzero(start[order][1:] <= end[order][:-1])
    if len(twice):
        first, second = sorted(order[twice[0]:twice[0] + 2] + 1)
        raise ReidError(f"Rows {first} and {second} of {plain(path)} share names", "each name in one tracklet",
                        "take the tables and the name lists from one source")


def _check_names(path: Path, row: str, start: int, names: Sequence[str], pid: int, camera: int) -> None:
    """Names say the person and the camera of their row, and come in order of time."""
    before = (-1, -1)
    for line, name in enumerate(names, start):
        match = NAME.fullmatch(name)
        if match is None:
            raise ReidError(f"Line {line} of {plain(path)} is {plain(name[:60])!r}", "a name as 0001C1T0001F001.jpg",
                            "fetch the official list again")
        person, where, tracklet, frame = match.groups()
        if (-1 if person == "00-1" else int(person)) != pid or int(where) != camera:
            raise ReidError(f"Line {line} of {plain(path)} is {name}, but {row} says person {pid}, camera {camera}",
                            "names and table that agree", "take the tables and the name lists from one source")
        now = (int(tracklet), int(frame))
        if now <= before:
            raise ReidError(f"Line {line} of {plain(path)}, {name}, does not come after the line before it",
                            "frames in order of time", "fetch the official list again; do not sort or join it")
        before = now


def _queries(info: Path) -> frozenset[int]:
    """Rows of the test table, from 1."""
    path = info / QUERIES[0]
    rows = whole_numbers(path, QUERIES[1], read_mat(path, QUERIES[1])[QUERIES[1]]).tolist()
    if not rows or min(rows) < 1 or len(set(rows)) < len(rows):
        raise ReidError(f"{plain(path)} has {len(rows)} rows, the smallest {min(rows, default='none')}, "
                        f"{len(set(rows))} of them different", "different rows of the test table, from 1 on",
                        "fetch the official file again")
    return frozenset(rows)


def _check_folders(root: Path, home: str, people: set[str]) -> None:
    """Each person's folder is there; single files are first looked for when they are read."""
    if (root / home).is_dir():
        lacking = sorted(people - {place.name for place in folders(root / home, None)})
        if lacking:
            raise ReidError(f"{len(lacking)} people of the lists have no folder in {plain(root / home)}, first "
                            f"{lacking[0]}", f"{len(people)} folders", "unpack the official archive anew")


def _info(root: Path) -> Path | None:
    """The folder of the lists: info/, or info/ in a folder beside the pictures."""
    needed = [name for first, second, _ in LISTS.values() for name in (first, second)] + [QUERIES[0]]
    for place in (root / "info", *(inner / "info" for inner in folders(root))):
        if all((place / name).is_file() for name in needed):
            return place
    return None


def _fits(folder: Path) -> bool:
    homes = ("bbox_train", "bbox_test")
    return all((folder / home).is_dir() or archive_of(folder, home) for home in homes) and _info(folder) is not None


BENCHMARK = Benchmark(
    name="mars",
    title=TITLE,
    kind="video",
    paper="Zheng et al., MARS: A Video Benchmark for Large-Scale Person Re-identification, ECCV 2016",
    holder="Liang Zheng and co-authors",
    place="http://www.liangzheng.com.cn/Project/project_mars.html, lists at github.com/liangzheng06/MARS-evaluation "
          "(as commonly reported)",
    terms="not stated in the sources read for this library; ask the holder",
    consent="not stated in the sources read for this library",
    say="official or queries-out or two-tracklet; AP by step sum or trapezoid; how frames of a tracklet are sampled",
    protocols=("official", "queries-out", "two-tracklet"),
    published={"train frames": 509_914, "train tracklets": 8298, "test frames": 681_089, "test tracklets": 12_180,
               "train identities": 625, "query tracklets": 1980, "query identities": 626, "junk tracklets": 870,
               "queries without a match once queries are out": 140},
    tree=TREE,
    root=partial(find_root, fits=_fits, title=TITLE, tree=TREE),
    listing=listing,
    divisions=divisions,
    read=read_frames,
)

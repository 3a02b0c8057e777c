"""Three folders of images, as Market-1501 (Zheng et al. 2015) laid them out and CUHK03-NP and others took over."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from reidlib.data.benchmarks.division import Division
from reidlib.data.benchmarks.listing import DISTRACTOR, JUNK, Entry, Listing, identities
from reidlib.data.benchmarks.scan import pictures
from reidlib.data.files import plain
from reidlib.errors import ReidError

PARTS = {"train": "bounding_box_train", "query": "query", "gallery": "bounding_box_test"}


def has_parts(folder: Path) -> bool:
    return all((folder / name).is_dir() for name in PARTS.values())


def market_entries(root: Path, below: str, name: re.Pattern[str]) -> tuple[list[Entry], Counter]:
    """Entries "PART-STEM" of the three folders in `root / below`, by part and then by name; {reason: count}.

    `name` matches a whole file name, without regard to what it calls `rest`; its groups are pid, camera (from 1), and
    whole numbers that go into `info`. Junk and distractors are entries of the gallery only.
    """
    entries: list[Entry] = []
    ignored: Counter = Counter()
    for part, folder in PARTS.items():
        names, others = pictures(root / below / folder)
        ignored += others
        for file in names:
            match = name.fullmatch(file)
            if match is None:
                ignored[f"names of another form in {folder}"] += 1
                continue
            facts = {key: int(value) for key, value in match.groupdict().items()}
            pid, camid = facts.pop("pid"), facts.pop("camera") - 1
            if pid in (JUNK, DISTRACTOR) and part != "gallery":
                ignored[f"junk or distractors in {folder}"] += 1
                continue
            path = "/".join(filter(None, (below, folder, file)))
            entries.append(Entry(f"{part}-{file.rpartition('.')[0]}", (path,), pid, camid, {"part": part, **facts}))
        if not any(entry.info["part"] == part for entry in entries):
            raise ReidError(f"Found no picture of the known form of name in {plain(root / below / folder)}",
                            f"names that match {name.pattern}", "unpack the official archive anew")
    return entries, ignored


def market_counts(entries: list[Entry]) -> dict[str, int]:
    """What publications count of such a set."""
    by_part = {part: [entry for entry in entries if entry.info["part"] == part] for part in PARTS}
    counts = {f"{part} {what}": count(by_part[part]) for part in PARTS
              for what, count in (("images", len), ("identities", identities))}
    pids = [entry.pid for entry in entries]
    return {"identities": identities(entries), **counts,
            "distractor images": pids.count(DISTRACTOR), "junk images": pids.count(JUNK)}


def market_division(listing: Listing, protocol: str, note: str, average_precision: str) -> Division:
    """Train, query and gallery folders as they are; no chance is in it."""
    names = {part: tuple(entry.name for entry in listing.entries if entry.info["part"] == part) for part in PARTS}
    return Division(protocol, 0, True, names["train"], names["query"], names["gallery"], "market1501", note,
                    average_precision)

"""Market-1501: 1,501 people before a supermarket, six cameras, single images; and how its folders are read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from reidlib.data.benchmarks.benchmark import Benchmark
from reidlib.data.benchmarks.division import Division
from reidlib.data.benchmarks.listing import Listing
from reidlib.data.benchmarks.market_layout import has_parts, market_counts, market_division, market_entries
from reidlib.data.benchmarks.scan import find_root

TITLE = "Market-1501"
TREE = """Market-1501-v15.09.15/
  bounding_box_train/  0002_c1s1_000451_03.jpg …
  bounding_box_test/   -1_c1s1_000401_03.jpg …, 0000_c1s1_000151_01.jpg …, 0001_c1s1_001051_03.jpg …
  query/               0001_c1s1_001051_00.jpg …"""
# Person, camera, sequence, frame, box; box 00 was drawn by hand (the queries).
NAME = re.compile(r"(?P<pid>-1|\d{4})_c(?P<camera>[1-6])s(?P<sequence>\d{1,2})_(?P<frame>\d{1,9})_(?P<box>\d{1,4})"
                  r"\.(?:jpg|jpeg|png)", re.ASCII | re.IGNORECASE)
NOTE = ("gallery items of the query's own identity and camera are dropped, junk (pid -1) is neutral, distractors (0) "
        "stay; the official code's AP is trapezoidal, that of torchreid and fast-reid the step sum, so name which")


def listing(root: Path) -> Listing:
    """Every image is an entry "train-…", "query-…" or "gallery-…"; info: part, sequence, frame, box."""
    entries, ignored = market_entries(root, "", NAME)
    return Listing(tuple(entries), market_counts(entries), dict(sorted(ignored.items())))


def divisions(root: Path, listing: Listing) -> Mapping[str, Sequence[Division]]:
    """"official": the three folders as they are."""
    return {"official": [market_division(listing, "official", NOTE, "trapezoid")]}


BENCHMARK = Benchmark(
    name="market1501",
    title=TITLE,
    kind="image",
    paper="Zheng et al., Scalable Person Re-identification: A Benchmark, ICCV 2015",
    holder="Liang Zheng and co-authors",
    place="http://www.liangzheng.org/Project/project_reid.html (as commonly reported)",
    terms="not stated in the sources read for this library; ask the holder",
    consent="not stated in the sources read for this library",
    say="the official division; AP by step sum or trapezoid; single query; whether the 500k distractors were added",
    # 2,798 distractors lie in the folder (counted from the annotation files); the official page says 2,793.
    protocols=("official",),
    published={"identities": 1501, "train images": 12936, "train identities": 751, "query images": 3368,
               "query identities": 750, "gallery images": 19732, "gallery identities": 750,
               "distractor images": 2798, "junk images": 3819},
    tree=TREE,
    root=partial(find_root, fits=has_parts, title=TITLE, tree=TREE),
    listing=listing,
    divisions=divisions,
)

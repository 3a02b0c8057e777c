"""Market-1501 with the 500,000 distractors that its makers give out beside it (Zheng et al. 2015, section 5).

They only make the gallery larger: nobody in them is a probe. A store of its own, so that whatever was prepared, trained
and reported of plain Market-1501 stays what it was; the plain division is in it too, item for item the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from reidlib.data.benchmarks import market1501
from reidlib.data.benchmarks.division import Division
from reidlib.data.benchmarks.listing import DISTRACTOR, Entry, Listing
from reidlib.data.benchmarks.market_layout import has_parts, market_counts, market_division, market_entries
from reidlib.data.benchmarks.scan import find_root, folders, pictures
from reidlib.data.files import plain
from reidlib.errors import ReidError

TITLE = "Market-1501 with 500k distractors"
PART = "distractor"
TREE = f"""{market1501.TREE}
  images/              0000_c1s1_000151_01.jpg … (or beside that folder, or in one called distractors_500k)"""
# Peers read person and camera and take no notice of the rest. Some names may carry -1; all of these are distractors.
NAME = re.compile(r"(?P<pid>-1|\d{1,4})_c(?P<camera>[1-6])(?!\d).*\.(?:jpg|jpeg|png)", re.ASCII | re.IGNORECASE)


def _market(folder: Path) -> Path | None:
    return next((place for place in (folder, *folders(folder)) if has_parts(place)), None)


def _added(folder: Path) -> Path | None:
    """The distractors' folder, whether its archive held `images`, or pictures under the archive's own name."""
    near = [folder, *folders(folder)]
    named = [place for place in near[1:] if place.name.lower().startswith("distractor")]
    return next((place for place in (*(each / "images" for each in near), *named) if place.is_dir()), None)


def _both(folder: Path) -> bool:
    return _market(folder) is not None and _added(folder) is not None


def listing(root: Path) -> Listing:
    """Entries of Market-1501 as ever, then "distractor-…": pid 0, info {"part": "distractor"}."""
    entries, ignored = market_entries(root, _below(_market(root), root), market1501.NAME)
    counts = market_counts(entries)
    added = _distractors(root, ignored)
    return Listing((*entries, *added), {**counts, "added distractor images": len(added)}, dict(sorted(ignored.items())))


def _distractors(root: Path, ignored: Counter) -> list[Entry]:
    folder, info = _added(root), {"part": PART}  # one dict for all: half a million of them would weigh 90 MB
    names, others = pictures(folder)
    ignored += others
    below, added = _below(folder, root), []
    for file in names:
        match = NAME.fullmatch(file)
        if match is None:
            ignored["names of another form among the distractors"] += 1
        elif int(match["pid"]) > 0:
            ignored["names of people among the distractors"] += 1
        else:
            added.append(Entry(f"{PART}-{file.rpartition('.')[0]}", (f"{below}/{file}",), DISTRACTOR,
                               int(match["camera"]) - 1, info))
    if not added:
        raise ReidError(f"Found no distractor of the known form of name in {plain(folder)}",
                        "names such as 0000_c1s1_000151_01.jpg, without the number of a person",
                        "unpack the archive of the distractors anew")
    return added


def _below(folder: Path, root: Path) -> str:
    """"" where they are the same folder."""
    return "/".join(folder.relative_to(root).parts)


def divisions(root: Path, listing: Listing) -> Mapping[str, Sequence[Division]]:
    """"official-500k": the official division with all distractors in its gallery; "official": without them."""
    official = market_division(listing, "official", market1501.NOTE, "trapezoid")
    added = tuple(entry.name for entry in listing.entries if entry.info["part"] == PART)
    larger = replace(official, protocol="official-500k", gallery=official.gallery + added,
                     note=f"{official.note}; {len(added):,} distractors (pid 0) were added to the gallery")
    return {"official-500k": [larger], "official": [official]}


BENCHMARK = replace(
    market1501.BENCHMARK,
    name="market1501-500k",
    title=TITLE,
    say="the official division, with the 500k distractors; AP by step sum or trapezoid; single query",
    protocols=("official-500k", "official"),
    published={**market1501.BENCHMARK.published, "added distractor images": 500_000},
    tree=TREE,
    root=partial(find_root, fits=_both, title=TITLE, tree=TREE),
    listing=listing,
    divisions=divisions,
)

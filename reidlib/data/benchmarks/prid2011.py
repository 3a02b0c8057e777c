"""PRID-2011: persons on a street under two static cameras; one video (multi_shot) or one image (single_shot) of each.

Hirzer, Beleznai, Roth, Bischof, "Person Re-Identification by Descriptive and Discriminative Classification", SCIA 2011.
View A shows 385 persons, view B 749. Persons 0001 … 0200 are the same in both; from 0201 on one number means two
different people, so those of B get the pid 1000 + number, and B's are the distractors of A's probes.

One benchmark is of one kind: `BENCHMARK` are the videos, `SINGLE_SHOT` the images.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from reidlib.data.benchmarks.benchmark import Benchmark
from reidlib.data.benchmarks.division import Division
from reidlib.data.benchmarks.folders import OTHER, beside, content, holds, names
from reidlib.data.benchmarks.folders import videos as person_videos
from reidlib.data.benchmarks.listing import Entry, Listing, identities
from reidlib.data.benchmarks.scan import find_root
from reidlib.data.benchmarks.seeded import SEEDED, TIMES, between, shared
from reidlib.data.files import plain
from reidlib.data.splits import Split, from_ids, halves
from reidlib.errors import ReidError

TITLE = "PRID-2011"
SAME = 200  # the persons of both views are numbered first
OTHERS = 1000  # pid of B's person 0201 is 1201; numbers have three digits that count, so none of A's gets there
ENOUGH = 21  # frames in both views, as commonly reported, leave 178 persons
SPLITS = "splits_prid2011.json"
LIMIT = 1 << 20  # bytes; the published file has 48,752
NEEDED = f"the published {SPLITS}: a list of {TIMES} {{\"train\": [\"person_0004\", ...], \"test\": [...]}}"
TODO = "take the file anew from where it was published, or take it away to get seeded divisions"

VIDEO_TREE = f"""\
prid_2011/multi_shot/cam_a/person_0001/0001.png ...
prid_2011/multi_shot/cam_b/person_0001/0001.png ...
{SPLITS} (may lack; not part of the archive)"""
IMAGE_TREE = """\
prid_2011/single_shot/cam_a/person_0001.png ...
prid_2011/single_shot/cam_b/person_0001.png ..."""

_PERSON = re.compile(r"person_0(?!000)([0-9]{3})")
_STILL = re.compile(r"(person_0(?!000)([0-9]{3}))\.(?:png|jpe?g)", re.IGNORECASE | re.ASCII)
_FRAME = re.compile(r"[^.]*?(?P<frame>[0-9]{1,9})\.(?:png|jpe?g)", re.IGNORECASE | re.ASCII)


def video_root(folder: Path) -> Path:
    """The folder prid_2011, by whatever name, in which `multi_shot` lies."""
    return find_root(Path(folder), holds("multi_shot/cam_a", "multi_shot/cam_b"), f"{TITLE} (multi_shot)", VIDEO_TREE)


def image_root(folder: Path) -> Path:
    """The same, in which `single_shot` lies."""
    return find_root(Path(folder), holds("single_shot/cam_a", "single_shot/cam_b"), f"{TITLE} (single_shot)",
                     IMAGE_TREE)


def videos(root: Path) -> Listing:
    """One entry for each view and person with a picture."""
    ignored: Counter[str] = Counter()
    entries = []
    for camera, place in enumerate(("multi_shot/cam_a", "multi_shot/cam_b")):
        entries += [_entry(camera, person, number, files)
                    for person, number, files in person_videos(root, place, _PERSON, lambda person: _FRAME, ignored)]
    return _listing(root, entries, "tracklets", ignored, VIDEO_TREE)


def images(root: Path) -> Listing:
    """One entry for each picture."""
    ignored: Counter[str] = Counter()
    entries = []
    for camera, place in enumerate(("single_shot/cam_a", "single_shot/cam_b")):
        folders, files = names(root / place, ignored)
        ignored[OTHER] += len(folders)
        for name in files:
            match = _STILL.fullmatch(name)
            if match is None:
                ignored[OTHER] += 1
            else:
                entries.append(_entry(camera, match[1].lower(), int(match[2]), [f"{place}/{name}"]))
    return _listing(root, entries, "images", ignored, IMAGE_TREE)


def _entry(camera: int, person: str, number: int, files: list[str]) -> Entry:
    pid = number + OTHERS if camera == 1 and number > SAME else number
    return Entry(f"cam_{'ab'[camera]}_{person}", tuple(files), pid, camera)


def _listing(root: Path, entries: list[Entry], what: str, ignored: Counter[str], tree: str) -> Listing:
    if not entries:
        raise ReidError(f"Found none of the {what} of {TITLE} in {plain(root)}", f"this layout:\n{tree}\n",
                        "unpack the archive anew")
    views = Counter(entry.camid for entry in entries)
    here = Listing(tuple(entries), {}, +ignored)
    counts = {"identities": identities(entries), what: len(entries), "persons of view A": views[0],
              "persons of view B": views[1], "persons of both views": len(shared(here))}
    return Listing(here.entries, counts, here.ignored)


def video_divisions(root: Path, listing: Listing) -> Mapping[str, list[Division]]:
    """{"prid-178": ten, "prid-200": ten, "official": one, A finds B}; those for which too few persons are there lack.

    prid-178 : the persons with long tracks, 89 to train and 89 to test, no distractors; Wang et al., ECCV 2014.
    prid-200 : all 200, 100 and 100; McLaughlin, Martinez del Rincon, Miller, CVPR 2016, whose draw is unpublished.
    official : nobody trains here; the first 200 of A find themselves among all 749 of B.
    """
    both = shared(listing)
    lengths = {(entry.pid, entry.camid): len(entry.files) for entry in listing.entries}
    long = {pid for pid in both if min(lengths[pid, 0], lengths[pid, 1]) >= ENOUGH}
    path = beside(root, SPLITS)
    found: dict[str, list[Division]] = {}
    if path is not None:
        splits, published = read_splits(path, both)
        note = f"{_sizes(splits[0])}, read from {SPLITS}" + ("" if published else ", but not of the published sizes")
        found["prid-178"] = _learning(listing, splits, "prid-178", published, note)
    elif len(long) > 1:
        note = (f"{SEEDED}; {len(long)} persons have {ENOUGH} frames or more in both views (178 as commonly reported); "
                f"the published divisions need {SPLITS}")
        found["prid-178"] = _learning(listing, halves(long, TIMES), "prid-178", False, note)
    if len(both) > 1:
        note = f"{SEEDED}; {len(both)} persons of both views, tracks of any length; figures of prid-178 do not compare"
        found["prid-200"] = _learning(listing, halves(both, TIMES), "prid-200", False, note)
    return found | ({"official": _official(listing, both)[:1]} if both else {})


def image_divisions(root: Path, listing: Listing) -> Mapping[str, list[Division]]:
    """{"half": ten, "official": two}; those for which too few persons are there lack.

    half : 100 of the 200 train, the other 100 of A find themselves in B among all persons that only B shows (549).
    official : nobody trains here; 0 is A finds B (among 749), the paper's; 1 is B finds A (among 385).
    """
    both = shared(listing)
    only = {entry.pid for entry in listing.entries if entry.camid == 1} - both
    found: dict[str, list[Division]] = {}
    if len(both) > 1:
        note = f"{SEEDED}; the gallery holds {len(only)} persons whom only view B shows"
        found["half"] = _learning(listing, halves(both, TIMES), "half", False, note, only)
    return found | ({"official": _official(listing, both)} if both else {})


def _learning(listing: Listing, splits: list[Split], protocol: str, published: bool, note: str,
              distractors: set[int] | frozenset[int] = frozenset()) -> list[Division]:
    return [between(listing, split, protocol=protocol, number=number, published=published, note=note,
                    distractors=distractors) for number, split in enumerate(splits)]


def _official(listing: Listing, both: set[int]) -> list[Division]:
    """The data set's own two: the persons of both views against everybody in the other view."""
    split = from_ids(train=(), test=both, name="official")
    found = []
    for probe, way in ((0, "A finds B"), (1, "B finds A")):
        others = {entry.pid for entry in listing.entries if entry.camid != probe} - both
        note = (f"{way}: {len(both)} probes, {len(both) + len(others)} in the gallery; a test only, so whatever was "
                "trained on PRID-2011 must not be tested by it")
        found.append(between(listing, split, protocol="official", number=probe, published=True, note=note, probe=probe,
                             distractors=others))
    return found


def read_splits(path: Path, both: set[int]) -> tuple[list[Split], bool]:
    """(divisions, whether there are ten of 89 and 89) from the file of names; `both` are the pids of both views."""
    data = content(path, LIMIT, NEEDED)
    try:
        rows = [(row["train"], row["test"]) for row in json.loads(data)]
        if not rows or not all(isinstance(part, list) and part for row in rows for part in row):
            raise ValueError("an empty part, or none")
        parts = [(_pids(train, both), _pids(test, both)) for train, test in rows]
        if any(set(train) & set(test) for train, test in parts):
            raise ValueError("a person in both parts")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        reason = plain(f"{type(error).__name__}: {error}")[:160]
        raise ReidError(f"{plain(path)} holds no divisions ({reason})", NEEDED, TODO) from error
    splits = [from_ids(train=train, test=test, name=f"prid-178-{number}") for number, (train, test) in enumerate(parts)]
    published = [(len(split.train), len(split.test)) for split in splits] == [(89, 89)] * TIMES
    return splits, published


def _pids(part: list[object], both: set[int]) -> list[int]:
    pids = []
    for name in part:
        match = _PERSON.fullmatch(name) if isinstance(name, str) else None
        if match is None or int(match[1]) not in both:
            raise ValueError(f"{str(name)[:40]!r} is nobody whom both views show")
        pids.append(int(match[1]))
    if len(set(pids)) < len(pids):
        raise ValueError("a person twice in one part")
    return pids


def _sizes(split: Split) -> str:
    return f"division into {len(split.train)} to train and {len(split.test)} to test"


_COMMON = dict(
    paper="Hirzer, Beleznai, Roth, Bischof, Person Re-Identification by Descriptive and Discriminative Classification, "
          "SCIA 2011",
    holder="Graz University of Technology, Institute of Computer Graphics and Vision, with the Austrian Institute of "
           "Technology",
    place="https://www.tugraz.at/index.php?id=17766",
    terms="not stated in the sources read",
    consent="not stated in the sources read; the persons are passers-by under two surveillance cameras",
)

BENCHMARK = Benchmark(
    name="prid2011",
    title=f"{TITLE} (multi-shot)",
    kind="video",
    **_COMMON,
    say="178 or 200 persons or the official test; published or seeded divisions; which view finds which; distractors",
    protocols=("prid-178", "prid-200", "official"),
    published={"identities": 934, "tracklets": 1134, "persons of view A": 385, "persons of view B": 749,
               "persons of both views": 200},
    tree=VIDEO_TREE,
    root=video_root,
    listing=videos,
    divisions=video_divisions,
)

SINGLE_SHOT = Benchmark(
    name="prid2011-single-shot",
    title=f"{TITLE} (single-shot)",
    kind="image",
    **_COMMON,
    say="learning halves or the official test; seeds; which view finds which; how many distractors",
    protocols=("half", "official"),
    published={"identities": 934, "images": 1134, "persons of view A": 385, "persons of view B": 749,
               "persons of both views": 200},
    tree=IMAGE_TREE,
    root=image_root,
    listing=images,
    divisions=image_divisions,
)

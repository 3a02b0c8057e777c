"""iLIDS-VID: 300 persons in an airport, one video of each under each of two cameras.

Wang, Gong, Zhu, Wang, "Person Re-Identification by Video Ranking", ECCV 2014. Its authors published ten divisions into
halves, which every paper since averages over. They count person *folders* in sorted order from 1; the numbers in the
folders' names have gaps and go up to 319 as commonly reported, so that one is easily taken for the other.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np

from reidlib.data.benchmarks.benchmark import Benchmark
from reidlib.data.benchmarks.division import Division
from reidlib.data.benchmarks.folders import beside, holds, videos
from reidlib.data.benchmarks.listing import Entry, Listing, identities
from reidlib.data.benchmarks.matlab import read_mat, whole_numbers
from reidlib.data.benchmarks.scan import find_root
from reidlib.data.benchmarks.seeded import SEEDED, TIMES, between, shared
from reidlib.data.files import plain
from reidlib.data.splits import from_ids, halves
from reidlib.errors import ReidError

TITLE = "iLIDS-VID"
TREE = """\
i-LIDS-VID/sequences/cam1/person001/cam1_person001_00317.png ...
i-LIDS-VID/sequences/cam2/person001/cam2_person001_00274.png ...
train-test people splits/train_test_splits_ilidsvid.mat"""
SPLITS = "train_test_splits_ilidsvid.mat"
PLACES = (f"train-test people splits/{SPLITS}", SPLITS)
NEEDED = f"the holder's {SPLITS}: `ls_set`, {TIMES} rows, in each all person folders once, counted from 1"
TODO = "unpack the whole archive anew, or take this file away to get seeded divisions"

_PERSON = re.compile(r"person(?!000)([0-9]{3})")


def root(folder: Path) -> Path:
    """The folder i-LIDS-VID, by whatever name: the one in which `sequences` lies."""
    return find_root(Path(folder), holds("sequences/cam1", "sequences/cam2"), TITLE, TREE)


def listing(root: Path) -> Listing:
    """One entry for each camera and person with a picture; pid is the number in the person's folder name.

    The stills in `images` show the same persons and are not read.
    """
    ignored: Counter[str] = Counter()
    entries = []
    for camera in (1, 2):
        place = f"sequences/cam{camera}"
        entries += [Entry(f"cam{camera}_{person}", tuple(files), number, camera - 1)
                    for person, number, files in videos(root, place, _PERSON, partial(_frame, camera), ignored)]
    if not entries:
        raise ReidError(f"Found no tracklet in {plain(root)}/sequences", f"the layout of {TITLE}:\n{TREE}\n",
                        "unpack the archive anew")
    lengths = [len(entry.files) for entry in entries]
    counts = {"identities": identities(entries), "tracklets": len(entries),
              "cameras": len({entry.camid for entry in entries}), "fewest frames": min(lengths),
              "most frames": max(lengths)}
    return Listing(tuple(entries), counts, +ignored)


def _frame(camera: int, person: str) -> re.Pattern[str]:
    return re.compile(rf"cam{camera}_{person}_(?P<frame>[0-9]{{1,9}})\.(?:png|jpe?g)", re.IGNORECASE | re.ASCII)


def divisions(root: Path, listing: Listing) -> Mapping[str, list[Division]]:
    """{"half": ten}: the published ones where their file is there, else ten seeded ones (ours)."""
    both = shared(listing)
    if len(both) < 2:
        raise ReidError(f"Found {len(both)} persons of {TITLE} in both cameras", "2 or more",
                        "unpack the whole archive anew")
    path = beside(root, *PLACES)
    if path is None:
        splits = halves(both, TIMES)
        note = f"{SEEDED}; the published ones need {SPLITS}"
    else:
        everybody = sorted(set(listing.pids.tolist()))
        splits = [from_ids(train=train, test=test, name=f"half-{number}")
                  for number, (test, train) in enumerate(read_splits(path, everybody))]
        note = f"division of the data set's authors, read from {SPLITS}"
        if len(both) < len(everybody):
            note += f"; {len(everybody) - len(both)} persons lack one camera"
    return {"half": [between(listing, split, protocol="half", number=number, published=path is not None, note=note)
                     for number, split in enumerate(splits)]}


def read_splits(path: Path, pids: list[int]) -> list[tuple[list[int], list[int]]]:
    """(test, train) pids of each division; `pids` are those of all person folders, sorted.

    The first half of the columns tests, the rest trains.
    """
    try:
        table = read_mat(path, "ls_set")["ls_set"]
    except ReidError as error:
        raise ReidError(error.found, NEEDED, TODO) from error
    if table.shape != (TIMES, len(pids)):
        raise _refusal(path, f"`ls_set` of {' × '.join(map(str, table.shape))} beside {len(pids)} person folders")
    table = whole_numbers(path, "ls_set", table, len(pids))
    outside = int(((table < 1) | (table > len(pids))).sum())
    if outside:
        raise _refusal(path, f"{outside} numbers outside 1 … {len(pids)} in `ls_set`")
    if not np.array_equal(np.sort(table, axis=1), np.tile(np.arange(1, len(pids) + 1), (TIMES, 1))):
        raise _refusal(path, "a person twice in a row of `ls_set`")
    rows = [[pids[index - 1] for index in row] for row in table.tolist()]
    return [(row[:len(pids) // 2], row[len(pids) // 2:]) for row in rows]


def _refusal(path: Path, found: str) -> ReidError:
    return ReidError(f"Found in {plain(path)} {found}", NEEDED, TODO)


BENCHMARK = Benchmark(
    name="ilids-vid",
    title=TITLE,
    kind="video",
    paper="Wang, Gong, Zhu, Wang, Person Re-Identification by Video Ranking, ECCV 2014",
    holder="Queen Mary University of London, as commonly reported; cut from the i-LIDS footage of the UK Home Office",
    place="the authors' page at Queen Mary University of London; no address is vouched for here",
    terms="not stated in the sources read",
    consent="not stated in the sources read; the persons are travellers in an airport's surveillance footage",
    say="ten divisions averaged, published or seeded; camera 1 finds camera 2; how many frames of each video are used",
    protocols=("half",),
    published={"identities": 300, "tracklets": 600, "cameras": 2, "fewest frames": 23, "most frames": 192},
    tree=TREE,
    root=root,
    listing=listing,
    divisions=divisions,
)

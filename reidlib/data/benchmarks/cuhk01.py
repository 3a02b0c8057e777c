"""CUHK01: 971 persons on a campus, two images of each under each of two cameras.

Li, Zhao, Wang, "Human Reidentification with Transferred Metric Learning", ACCV 2012. PPPPNNN.png is image NNN of person
PPPP; images 1 and 2 come from camera A, 3 and 4 from camera B. No division was ever published. Some persons are in
CUHK02 too: do not train on one and test on the other.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from reidlib.data.benchmarks.benchmark import Benchmark
from reidlib.data.benchmarks.division import Division
from reidlib.data.benchmarks.folders import OTHER, holds, names
from reidlib.data.benchmarks.listing import Entry, Listing, identities
from reidlib.data.benchmarks.scan import find_root
from reidlib.data.benchmarks.seeded import SEEDED, between, seeded, shared
from reidlib.data.files import plain
from reidlib.errors import ReidError

TITLE = "CUHK01"
TREE = """\
campus/0001001.png campus/0001002.png (person 1, camera A)
campus/0001003.png campus/0001004.png (person 1, camera B) ..."""
HUNDRED = 100  # persons to test on in the protocol 871-100
# "-single" lets the rule draw one gallery image of each person, ten times, so that no single draw decides.
SHOTS = {"": (None, "multi-shot: both images of each person in the gallery"),
         "-single": ("single_gallery_shot", "single-shot: one random gallery image of each person, mean of ten draws; "
                                            "both images of a person are probes")}

_NAME = re.compile(r"((?!0000)[0-9]{4})00([1-4])\.(?:png|jpe?g)", re.IGNORECASE | re.ASCII)


def root(folder: Path) -> Path:
    """The folder in which `campus` lies."""
    return find_root(Path(folder), holds("campus"), TITLE, TREE)


def listing(root: Path) -> Listing:
    """One entry for each image, by person and image."""
    ignored: Counter[str] = Counter()
    folders, files = names(root / "campus", ignored)
    ignored[OTHER] += len(folders)
    entries = []
    for name in files:
        match = _NAME.fullmatch(name)
        if match is None:
            ignored[OTHER] += 1
            continue
        image = int(match[2])
        entries.append(Entry(f"{match[1]}00{image}", (f"campus/{name}",), int(match[1]), (image - 1) // 2,
                             {"image": image}))
    if not entries:
        raise ReidError(f"Found no image of {TITLE} in {plain(root)}/campus", f"this layout:\n{TREE}\n",
                        "unpack the archive anew")
    counts = {"identities": identities(entries), "images": len(entries),
              "cameras": len({entry.camid for entry in entries})}
    return Listing(tuple(entries), counts, +ignored)


def divisions(root: Path, listing: Listing) -> Mapping[str, list[Division]]:
    """{"half", "half-single": twenty each, "871-100", "871-100-single": ten each}, all seeded (ours).

    half : 485 persons train, 486 test, ten seeds. 2 i is A finds B and 2 i + 1 B finds A, trained on the same persons.
    871-100 : 100 persons test, ten seeds, A finds B; not offered where 100 or fewer are there.
    Without "-single" both images of a person are in the gallery. All persons have images of both cameras.
    """
    both = shared(listing)
    if len(both) < 2:
        raise ReidError(f"Found {len(both)} persons of {TITLE} under both cameras", "2 or more",
                        "unpack the whole archive anew")
    found: dict[str, list[Division]] = {}
    for protocol, test, probes in (("half", (len(both) + 1) // 2, (0, 1)), ("871-100", HUNDRED, (0,))):
        if test >= len(both):
            continue
        splits = seeded(both, test)
        for suffix, (rule, shots) in SHOTS.items():
            name = protocol + suffix
            found[name] = [
                between(listing, split, protocol=name, number=len(probes) * seed + probe, published=False, probe=probe,
                        rule=rule, note=f"{SEEDED}; {len(both) - test} persons train, {test} test; {shots}; "
                                        f"{'B finds A' if probe else 'A finds B'}")
                for seed, split in enumerate(splits) for probe in probes]
    return found


BENCHMARK = Benchmark(
    name="cuhk01",
    title=TITLE,
    kind="image",
    paper="Li, Zhao, Wang, Human Reidentification with Transferred Metric Learning, ACCV 2012",
    holder="The Chinese University of Hong Kong, as commonly reported",
    place="the page of CUHK's person re-identification data sets; no address is vouched for here",
    terms="not stated in the sources read",
    consent="not stated in the sources read; the persons walked over a campus",
    say="485/486 or 871/100, single- or multi-shot, which camera finds which, seeds; no division is published",
    protocols=("half", "half-single", "871-100", "871-100-single"),
    published={"identities": 971, "images": 3884, "cameras": 2},
    tree=TREE,
    root=root,
    listing=listing,
    divisions=divisions,
)

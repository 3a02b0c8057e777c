"""CUHK03: 1,467 people, five pairs of cameras, images cut out by hand (labelled) or by a detector (detected).

Two layouts are read: the holder's cuhk-03.mat (HDF5), and CUHK03-NP's ready-made folders. A pid is the person's number
with the people of earlier pairs counted before, from 1, as the new protocol's labels are. camid is the view, 0 or 1:
a person is seen by one pair only, so the metric needs no more; info has the camera among all ten.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from reidlib.data.benchmarks.benchmark import Benchmark, read_files
from reidlib.data.benchmarks.cuhk03_file import classic_tests, file_entries, read_cells
from reidlib.data.benchmarks.division import Division
from reidlib.data.benchmarks.listing import Entry, Listing, identities
from reidlib.data.benchmarks.market_layout import has_parts, market_counts, market_division, market_entries
from reidlib.data.benchmarks.matlab import read_mat, whole_numbers
from reidlib.data.benchmarks.scan import find_root
from reidlib.data.files import plain
from reidlib.errors import ReidError

VARIANTS = ("detected", "labeled")  # as the file and the folders spell them
TREE = """cuhk-03.mat                                     (detected, labeled, testsets)
cuhk03_new_protocol_config_{variant}.mat   (for the new protocol; here or in the folder above)
or, ready-made for the new protocol:
{variant}/  bounding_box_train/, bounding_box_test/, query/   0001_c1_1.png …"""
FILE = ("cuhk-03.mat", "cuhk03_release/cuhk-03.mat")
CONFIG = "cuhk03_new_protocol_config_{}.mat"
KEYS = ("labels", "camId", "filelist", "train_idx", "query_idx", "gallery_idx")
# Of the ready-made folders: person, camera, number of the image.
NAME = re.compile(r"(?P<pid>\d{1,6})_c(?P<camera>[12])_(?P<image>\d{1,6})\.(?:png|jpg|jpeg)", re.ASCII | re.IGNORECASE)
CLASSIC = ("test set of Li et al., one of 20; everybody else trains (1,367 people of the whole data set; the paper had "
           "1,160, and 100 to validate); report CMC as the mean over all 20")
NEW = ("767/700 people of Zhong et al. (CVPR 2017); their evaluation's AP is trapezoidal, that of torchreid and "
       "fast-reid the step sum, so name which")


def listing(root: Path, variant: str) -> Listing:
    """Entries of cuhk-03.mat are called PAIR_PERSON_VIEW_IMAGE, as 1_012_1_03, those of the folders PART-STEM."""
    path = _file(root)
    if path is None:
        entries, ignored = market_entries(root, variant, NAME)
        counts = market_counts(entries)
        counts = {"identities": counts.pop("identities"), "images": len(entries)} | {
            key: counts[key] for part in ("train", "query", "gallery")
            for key in (f"{part} images", f"{part} identities")}
    else:
        entries, ignored = file_entries(root, path.relative_to(root).as_posix(), variant)
        counts = {"identities": identities(entries), "images": len(entries)}
        pairs = sorted({int(entry.info["pair"]) for entry in entries})
        counts |= {f"identities of pair {pair}": identities(e for e in entries if e.info["pair"] == pair)
                   for pair in pairs}
    return Listing(tuple(entries), counts, dict(sorted(ignored.items())))


def divisions(root: Path, listing: Listing, variant: str) -> Mapping[str, Sequence[Division]]:
    """"classic" (20 of cuhk-03.mat) and "new", each where its source is there."""
    path = _file(root)
    if path is None:
        return {"new": [market_division(listing, "new", NEW, "trapezoid")]}
    found: dict[str, Sequence[Division]] = {"classic": [
        _classic(listing, number, people) for number, people in enumerate(classic_tests(path))]}
    config = _config(root, variant)
    if config is not None:
        found["new"] = [_new(listing, config)]
    return found


def read(root: Path, entry: Entry) -> list[np.ndarray]:
    """Images out of cuhk-03.mat ("cuhk-03.mat#detected/1/12/3": pair, person, column, from 1), or files."""
    return read_cells(root, entry) if "#" in entry.files[0] else read_files(root, entry)


def _classic(listing: Listing, number: int, people: frozenset[tuple[int, int]]) -> Division:
    """Probes and gallery are the same images; the rule looks at the other view only."""
    inside = [(int(entry.info["pair"]), int(entry.info["person"])) in people for entry in listing.entries]
    train, test = (tuple(entry.name for entry, tested in zip(listing.entries, inside, strict=True) if tested is wanted)
                   for wanted in (False, True))
    return Division("classic", number, True, train, test, test, "cuhk03_classic", CLASSIC)


def _new(listing: Listing, path: Path) -> Division:
    """Rows of the configuration point into its own list of files, from 1; each is checked against the entries."""
    content = read_mat(path, *KEYS)
    lists = {key: whole_numbers(path, key, content[key]) for key in KEYS if key != "filelist"}
    files = content["filelist"]
    count = files.size
    if files.dtype != object or {len(lists["labels"]), len(lists["camId"])} != {count}:
        raise _config_error(path, f"{count} files, {len(lists['labels'])} labels and {len(lists['camId'])} cameras")
    known = {entry.name: entry for entry in listing.entries}
    names = [str(file).strip().rpartition("/")[2].rpartition(".")[0] for file in files.flatten()]
    if len(set(names)) < count:
        raise _config_error(path, f"{count - len(set(names))} files twice")
    for name, label, camera in zip(names, lists["labels"].tolist(), lists["camId"].tolist(), strict=True):
        entry = known.get(name)
        if entry is None or (entry.pid, entry.camid + 1) != (label, camera):
            there = "which cuhk-03.mat lacks" if entry is None else f"there person {entry.pid}, view {entry.camid + 1}"
            raise _config_error(path, f"{plain(name[:60])} as person {label}, view {camera}, {there}")
    parts = {}
    for part in ("train", "query", "gallery"):
        rows = lists[f"{part}_idx"]
        if len(rows) == 0 or rows.min() < 1 or rows.max() > count or len(set(rows.tolist())) < len(rows):
            raise _config_error(path, f"{part}_idx with rows outside 1 … {count:,}, or twice, or none")
        parts[part] = tuple(names[row - 1] for row in rows.tolist())
    trained = {known[name].pid for name in parts["train"]}
    if trained & {known[name].pid for name in (*parts["query"], *parts["gallery"])}:
        raise _config_error(path, "people who train and are tested")
    if set(parts["query"]) & set(parts["gallery"]):
        raise _config_error(path, "images that are query and gallery")
    return Division("new", 0, True, parts["train"], parts["query"], parts["gallery"], "market1501", NEW, "trapezoid")


def _config_error(path: Path, found: str) -> ReidError:
    return ReidError(f"{plain(path)} has {found}", "the configuration that belongs to this cuhk-03.mat",
                     "fetch the official file again, of the same variant")


def _file(root: Path) -> Path | None:
    return next((root / name for name in FILE if (root / name).is_file()), None)


def _config(root: Path, variant: str) -> Path | None:
    """Beside the data, or in the folder above, where torchreid wants it."""
    near = (root, root / "cuhk03_release", root.parent)
    return next((place / CONFIG.format(variant) for place in near if (place / CONFIG.format(variant)).is_file()), None)


def _fits(folder: Path, variant: str) -> bool:
    return _file(folder) is not None or has_parts(folder / variant)


def _benchmark(variant: str, title: str, images: int, other: str) -> Benchmark:
    tree = TREE.replace("{variant}", variant)
    return Benchmark(
        name=f"cuhk03-{variant}",
        title=title,
        kind="image",
        paper="Li et al., DeepReID, CVPR 2014; new protocol: Zhong et al., Re-ranking Person Re-identification with "
              "k-reciprocal Encoding, CVPR 2017",
        holder="Wei Li, Rui Zhao, Tong Xiao and Xiaogang Wang, The Chinese University of Hong Kong",
        place="http://www.ee.cuhk.edu.hk/~xgwang/CUHK_identification.html; new protocol at "
              "github.com/zhunzhong07/person-re-ranking (both as commonly reported)",
        terms="not stated in the sources read for this library; ask the holder",
        consent="not stated in the sources read for this library",
        say=f"classic or new protocol; {variant}, not {other}, boxes; classic: CMC over 20 test sets and how one image "
            "for each person was drawn; new: AP by step sum or trapezoid",
        # Often quoted, 1,360 people and 13,164 images are pairs 1 to 3 only.
        protocols=("classic", "new"),
        published={"identities": 1467, "images": images},
        tree=tree,
        root=partial(find_root, fits=partial(_fits, variant=variant), title=title, tree=tree),
        listing=partial(listing, variant=variant),
        divisions=partial(divisions, variant=variant),
        read=read,
    )


BENCHMARK = _benchmark("detected", "CUHK03 (detected)", 14_097, "labeled")
LABELED = _benchmark("labeled", "CUHK03 (labelled)", 14_096, "detected")

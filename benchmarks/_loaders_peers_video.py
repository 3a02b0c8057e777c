"""iLIDS-VID and PRID-2011's videos, read by reidlib and by torchreid."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from pathlib import Path

import _loaders_trees as trees
from _loaders_items import by_camera, rows

from reidlib.data.benchmarks import ilids_vid, prid2011
from reidlib.data.benchmarks.benchmark import Benchmark

Made = Callable[..., object]

EMPTY = "torchreid asserts that each folder holds a *.png, which in capitals here does not match; reidlib reads it"
THUMBS = ("torchreid takes whatever lies beside the person folders for a person and asserts that both cameras hold the "
          "same; reidlib passes over it and counts it")
LACKING = ("torchreid asserts that both cameras hold the same persons; reidlib leaves the item out and keeps the "
           "places of the other persons")
NO_FILE = "torchreid needs splits_prid2011.json; reidlib draws ten divisions from seeds and says `not published`"


def compare(torchreid: types.ModuleType, place: Path, made: Made) -> Iterator[dict]:
    """Rows of both sets, and of changes to the trees at which torchreid stops."""
    home = place / "ilids-vid"
    trees.ilids(home)
    yield from _divisions("iLIDS-VID, ten divisions", ilids_vid.BENCHMARK, home, "half", made, torchreid.iLIDSVID)
    cameras = home / "i-LIDS-VID" / "sequences"
    thumbs, lost = cameras / "cam1" / "Thumbs.db", cameras / "cam2" / "person003"
    pictures = sorted((cameras / "cam1" / "person001").glob("*.png"))
    for title, change, back, gone, why in (
            ("Thumbs.db among folders", thumbs.touch, thumbs.unlink, (), THUMBS),
            ("a video in capitals", lambda: _turn(pictures, ".PNG"), lambda: _turn(pictures, ".png"), (), EMPTY),
            ("a camera missing", lambda: lost.rename(home / "lost"), lambda: (home / "lost").rename(lost),
             ("cam2_person003",), LACKING)):
        yield _stops(f"iLIDS-VID, {title}", ilids_vid.BENCHMARK, home, "half", gone, (change, back),
                     lambda: made(torchreid.iLIDSVID, str(place)), why, cached=home / "splits.json")

    home = place / "prid2011"
    trees.prid(home)
    yield from _divisions("PRID-2011 (multi-shot), ten divisions", prid2011.BENCHMARK, home, "prid-178", made,
                          torchreid.PRID2011)
    person = prid2011.BENCHMARK.divisions(home / "prid_2011", prid2011.videos(home / "prid_2011"))["prid-178"][0].train
    pictures = sorted((home / "prid_2011" / "multi_shot" / "cam_a" / person[0].removeprefix("cam_a_")).glob("*.png"))
    splits = home / "splits_prid2011.json"
    for title, change, back, why in (
            ("a video in capitals", lambda: _turn(pictures, ".PNG"), lambda: _turn(pictures, ".png"), EMPTY),
            ("no file of divisions", lambda: splits.rename(home / "away"), lambda: (home / "away").rename(splits),
             NO_FILE)):
        yield _stops(f"PRID-2011, {title}", prid2011.BENCHMARK, home, "prid-178", (), (change, back),
                     lambda: made(torchreid.PRID2011, str(place)), why, drawn=why is NO_FILE)


def _divisions(title: str, benchmark: Benchmark, home: Path, protocol: str, made: Made, kind: type) -> Iterator[dict]:
    """All ten divisions; a file is known by its camera, person and name."""
    root = benchmark.root(home)
    listing = benchmark.listing(root)
    divisions = benchmark.divisions(root, listing)[protocol]
    assert len(divisions) == trees.TIMES
    assert all(division.published for division in divisions)
    pairs = ((division, made(kind, str(home.parent), split_id=number)) for number, division in enumerate(divisions))
    yield from rows(title, listing, pairs, order=by_camera, depth=3, labels=True)


def _stops(title: str, benchmark: Benchmark, home: Path, protocol: str, gone: tuple[str, ...],
           changes: tuple[Callable, Callable], read: Callable[[], object], why: str, cached: Path | None = None,
           drawn: bool = False) -> dict:
    """A change at which torchreid stops; explained only if reidlib gives what it gave before but for `gone`.

    cached : divisions that torchreid keeps from the run before. drawn : divisions change, and only their persons are
        compared.
    """
    root = benchmark.root(home)
    before = _content(benchmark, root, protocol, drawn)
    if cached is not None:
        cached.unlink(missing_ok=True)
    changes[0]()
    try:
        after = _content(benchmark, root, protocol, drawn)
        try:
            read()
            found, why = "torchreid reads it", "unexplained: it was to stop"
        except (AssertionError, OSError) as error:
            found = f"torchreid stops: {type(error).__name__}"
    finally:
        changes[1]()
    if after != [name for name in before if name not in gone]:
        why = "unexplained: reidlib reads something else than before"
    listed = len(benchmark.listing(root)) - len(gone)
    return {"set": title, "part": "all", "ours": listed, "theirs": 0, "same": 0,
            "differences": [{"item": found, "why": why}]}


def _content(benchmark: Benchmark, root: Path, protocol: str, drawn: bool) -> list[str]:
    """Names in the divisions, part by part; or of the whole set of persons that they deal."""
    divisions = benchmark.divisions(root, benchmark.listing(root))[protocol]
    if drawn:
        return sorted({name for each in divisions for name in (*each.train, *each.probes, *each.gallery)})
    return [name for each in divisions for part in (each.train, each.probes, each.gallery) for name in part]


def _turn(pictures: list[Path], suffix: str) -> None:
    for path in pictures:
        (path.with_suffix(".png") if suffix == ".PNG" else path.with_suffix(".PNG")).rename(path.with_suffix(suffix))

"""Archive or folder -> store: verify, convert, keep the ways to test beside it. Killed and called again, it goes on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from reidlib.data.benchmarks.benchmark import Benchmark
from reidlib.data.benchmarks.division import Division
from reidlib.data.benchmarks.gathered import Passed, gathered, looked_into
from reidlib.data.benchmarks.listing import Entry, Listing
from reidlib.data.benchmarks.verdict import Verdict, verdict
from reidlib.data.cache import cache_folder, store_path
from reidlib.data.files import free_bytes, kind_of, plain
from reidlib.data.store import Store
from reidlib.data.tracklet import Tracklet
from reidlib.data.transforms import resize_frames
from reidlib.data.workers import cores
from reidlib.data.writer import StoreWriter
from reidlib.errors import ReidError

SIZE = (128, 64)
SHOWN = 5  # lines about one thing
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Prepared:
    """store : None where it was only checked. converted : tracklets written by this call. divisions : how many of each
    protocol. note : why there are none, "" otherwise. passed : (name, why) of what was left in archives."""

    verdict: Verdict
    store: Store | None
    converted: int
    divisions: dict[str, int]
    note: str = ""
    passed: Passed = ()


def prepare(benchmark: Benchmark, source: str | Path, *, size: tuple[int, int] = SIZE, out: str | Path | None = None,
            check: bool = False, partial: bool = False, progress: Progress = lambda what, done, total: None,
            tell: Callable[[str], None] = lambda sentence: None) -> Prepared:
    """Verifies what `source` holds and converts it to a store.

    Parameters
    ----------
    source : the holder's archive, a folder of such archives, or the unpacked folder.
    size : H and W of the store's frames in pixels.
    out : the store's folder; by default in the cache, under the benchmark's name.
    check : only verify; a copy that had to be unpacked for this is removed again, one of an earlier call stays.
    partial : convert although counts differ from the published ones; the divisions then say so.
    tell : hears what was left in an archive, and where its copy lies or that it was removed.

    Raises
    ------
    ReidError : not this benchmark's layout, counts that differ (unless `partial`), a picture that cannot be read,
        named; a disk that is too small. What was converted before stays, and the next call goes on after it.
    """
    if check:
        with looked_into(benchmark, Path(source), progress, tell) as (root, passed):
            return _checked(benchmark, root, passed, tell)
    root, passed = gathered(benchmark, Path(source), progress)
    _say(passed, tell)
    if not root.resolve().is_relative_to(Path(source).resolve()):
        tell(f"unpacked copy, which may be deleted once the store is there: {root}")
    listing = benchmark.listing(root)
    found = verdict(benchmark, listing)
    if not len(listing) or not (found.whole or partial):
        raise ReidError(f"Found in {plain(source)}\n{found.text}", "the whole data set as it is given out",
                        "get the archive anew, or type --partial to convert what is there")
    divisions = benchmark.divisions(root, listing)
    folder = store_path(benchmark.name, f"{size[0]}x{size[1]}") if out is None else Path(out)
    if out is None:
        cache_folder("stores", benchmark.name)
    needed, free = listing.frames * size[0] * size[1] * 3, free_bytes(folder)
    spec = {"benchmark": benchmark.name, "listing": listing.hash, "whole": found.whole}
    _same_files(folder, spec)
    with StoreWriter(folder, name=benchmark.name, version=f"{size[0]}x{size[1]}", height=size[0], width=size[1],
                     spec=spec, progress=lambda done, total: progress("looking through", done, total)) as writer:
        begun = writer.done
        done_frames = sum(len(entry.files) for entry in listing.entries[:begun])
        if free is not None and needed - done_frames * size[0] * size[1] * 3 > free:
            raise ReidError(f"Found {free / 1e9:.1f} GB free at {folder}", f"{needed / 1e9:.1f} GB for "
                            f"{listing.frames:,} frames", "free some space, set REIDLIB_CACHE to another disk, or "
                            "choose a smaller --size")
        for number, tracklet in enumerate(_tracklets(benchmark, root, listing, size, begun), begun):
            writer.append(tracklet)
            progress("converting", number + 1, len(listing))
        store = writer.finish(lambda done, total: progress("hashing", done, total))
    for each in (division for every in divisions.values() for division in every):
        if not found.whole:
            each = replace(each, published=False, note=f"{each.note}; NOT THE WHOLE DATA SET: {found.sentence}")
        each.save(store.folder / "divisions")
    return Prepared(found, store, len(listing) - begun, _counts(divisions), passed=passed)


def _checked(benchmark: Benchmark, root: Path, passed: Passed, tell: Callable[[str], None]) -> Prepared:
    _say(passed, tell)
    listing = benchmark.listing(root)
    found = verdict(benchmark, listing)
    try:
        return Prepared(found, None, 0, _counts(benchmark.divisions(root, listing)), passed=passed)
    except ReidError as error:  # the verdict on the rest is worth as much
        return Prepared(found, None, 0, {}, str(error), passed)


def _say(passed: Passed, tell: Callable[[str], None]) -> None:
    for name, why in passed[:SHOWN]:
        tell(f"left in the archive: {name} ({why})")
    if len(passed) > SHOWN:
        tell(f"… and {len(passed) - SHOWN} more")


def _same_files(folder: Path, spec: dict) -> None:
    """ReidError where a finished store of other files has this name."""
    if kind_of(folder / "store.json") == "file" and Store.open(folder).spec != spec:
        raise ReidError(f"Found the store {plain(folder)}, made of other files than these", "another folder for these",
                        "type --out FOLDER, or delete that store")


def _counts(divisions: Mapping[str, Sequence[Division]]) -> dict[str, int]:
    return {protocol: len(each) for protocol, each in divisions.items()}


def _tracklets(benchmark: Benchmark, root: Path, listing: Listing, size: tuple[int, int],
               begun: int) -> Iterator[Tracklet]:
    """In the listing's order; read ahead by threads, since decoders let go of the interpreter."""
    with ThreadPoolExecutor(cores()) as pool:
        waiting: deque[Future[Tracklet]] = deque()
        for entry in listing.entries[begun:]:
            waiting.append(pool.submit(_tracklet, benchmark, root, entry, size))
            if len(waiting) > 4 * cores():
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _tracklet(benchmark: Benchmark, root: Path, entry: Entry, size: tuple[int, int]) -> Tracklet:
    pictures = benchmark.read(root, entry)
    shapes = {picture.shape for picture in pictures}
    if len(shapes) == 1:
        frames = resize_frames(np.stack(pictures), size)
    else:
        frames = np.concatenate([resize_frames(picture[None], size) for picture in pictures])
    return Tracklet(frames, entry.pid, entry.camid, entry.name, info=dict(entry.info))

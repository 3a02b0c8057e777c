"""Trees of six sets read by reidlib and by torchreid's data set classes; here MARS, Market-1501 and CUHK03."""

from __future__ import annotations

import contextlib
import importlib
import io
import sys
import types
import warnings
from collections.abc import Iterator
from pathlib import Path

import _loaders_peers_image
import _loaders_peers_video
import numpy as np
from _loaders_items import by_name, rows

from reidlib.data.benchmarks import cuhk03, market1501, mars
from reidlib.data.benchmarks.benchmark import Benchmark
from reidlib.data.benchmarks.listing import Listing

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "benchmarks_data"))
import official_mats


def load_torchreid(folder: str | None) -> tuple[types.ModuleType | None, str]:
    """torchreid.data.datasets, from a checkout or as installed; else None and the word why.

    Only its data sets are loaded: the packages around them, which import models and their needs, are left empty.
    """
    if folder is None:
        try:
            import torchreid
        except ImportError:
            return None, "not installed, and no --peer torchreid=FOLDER"
        folder = str(Path(torchreid.__file__).parents[1])
    home = Path(folder) / "torchreid"
    if not (home / "data" / "datasets" / "dataset.py").is_file():
        return None, f"no torchreid/data/datasets in {folder}"
    for name in [each for each in sys.modules if each.split(".")[0] == "torchreid"]:
        del sys.modules[name]
    for name in ("torchreid", "torchreid.data"):
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = [str(home.joinpath(*name.split(".")[1:]))]
    try:
        sys.modules["torchreid.utils"] = _utils(home)
        return importlib.import_module("torchreid.data.datasets"), ""
    except ImportError as error:
        return None, f"its source does not load ({error}); install what it needs"


def _utils(home: Path) -> types.ModuleType:
    """What its data sets use of torchreid.utils: the functions of utils/tools.py."""
    package = types.ModuleType("torchreid.utils")
    package.__path__ = [str(home / "utils")]
    sys.modules["torchreid.utils"] = package
    tools = importlib.import_module("torchreid.utils.tools")
    vars(package).update({name: value for name, value in vars(tools).items() if not name.startswith("_")})
    return package


def compare(torchreid: types.ModuleType, place: Path) -> Iterator[dict]:
    """One row for each part of each set: counts, and each difference with its explanation."""
    official_mats.mars(place / "mars")
    official_mats.market(place / "market1501" / "Market-1501-v15.09.15")
    official_mats.cuhk03(place / "cuhk03" / "cuhk03_release" / "cuhk-03.mat")
    for variant in cuhk03.VARIANTS:
        listing = cuhk03.listing(place / "cuhk03", variant)
        configure(place / "cuhk03" / cuhk03.CONFIG.format(variant), listing)
    root, known = str(place), torchreid
    yield from _division("MARS, queries out", mars.BENCHMARK, place / "mars", "queries-out", 0,
                         _made(known.Mars, root))
    yield from _division("Market-1501", market1501.BENCHMARK, place / "market1501" / "Market-1501-v15.09.15",
                         "official", 0, _made(known.Market1501, root))
    for benchmark, labeled in ((cuhk03.BENCHMARK, False), (cuhk03.LABELED, True)):
        for protocol, numbers in (("classic", range(len(official_mats.CUHK03_TESTS))), ("new", range(1))):
            for number in numbers:
                theirs = _made(known.CUHK03, root, split_id=number, cuhk03_labeled=labeled,
                               cuhk03_classic_split=protocol == "classic")
                yield from _division(f"{benchmark.title}, {protocol} {number}", benchmark, place / "cuhk03", protocol,
                                     number, theirs)
    yield from _loaders_peers_video.compare(torchreid, place, _made)
    yield from _loaders_peers_image.compare(torchreid, place, _made)


def configure(path: Path, listing: Listing) -> None:
    """A new-protocol configuration that names every image: persons 1, 2 and 4 are tested, one query for each view."""
    entries = listing.entries
    tested = [row for row, entry in enumerate(entries, 1) if entry.pid in (1, 2, 4)]
    queries = []
    for row in tested:
        key = (entries[row - 1].pid, entries[row - 1].camid)
        if key not in {(entries[other - 1].pid, entries[other - 1].camid) for other in queries}:
            queries.append(row)
    official_mats.cuhk03_config_of(
        path, np.int32, filelist=[f"{entry.name}.png" for entry in entries], labels=[entry.pid for entry in entries],
        camId=[entry.camid + 1 for entry in entries],
        train_idx=[row for row in range(1, len(entries) + 1) if row not in tested], query_idx=queries,
        gallery_idx=[row for row in tested if row not in queries])


def _division(title: str, benchmark: Benchmark, root: Path, protocol: str, number: int,
              theirs: object) -> Iterator[dict]:
    listing = benchmark.listing(root)
    division = benchmark.divisions(root, listing)[protocol][number]
    yield from rows(title, listing, [(division, theirs)], order=by_name if benchmark is market1501.BENCHMARK else None,
                    labels=protocol == "classic")


def _made(kind: type, root: str, **options: object) -> object:
    """An instance, in silence."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        return kind(root=root, verbose=False, transform=lambda picture: picture, **options)

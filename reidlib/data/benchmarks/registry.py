"""Benchmarks by name, each read only when it is asked for, and those that are not supported, with the reason."""

from __future__ import annotations

import difflib
import re
from importlib import import_module

from reidlib.data.benchmarks.benchmark import Benchmark
from reidlib.errors import ReidError

# name -> (module, constant); one module may know two forms of a data set.
KNOWN = {
    "ilids-vid": ("ilids_vid", "BENCHMARK"),
    "prid2011": ("prid2011", "BENCHMARK"),
    "prid2011-single-shot": ("prid2011", "SINGLE_SHOT"),
    "mars": ("mars", "BENCHMARK"),
    "cuhk01": ("cuhk01", "BENCHMARK"),
    "cuhk03-detected": ("cuhk03", "BENCHMARK"),
    "cuhk03-labeled": ("cuhk03", "LABELED"),
    "market1501": ("market1501", "BENCHMARK"),
    "market1501-500k": ("market1501_500k", "BENCHMARK"),
}
WITHDRAWN = ("duke", "occludedduke", "pduke")
REASON = ("DukeMTMC and what was made from it: the people in it were not asked, and its makers took it back in 2019 "
          "(notebook 00)")


def find_benchmark(name: str) -> Benchmark:
    """The benchmark called `name`; ReidError for unknown names, and for withdrawn sets with the reason."""
    letters = re.sub(r"[^a-z0-9]", "", name.lower())
    if letters.startswith(WITHDRAWN):
        raise ReidError(f"Found {name}, a withdrawn data set: {REASON}", f"one of {', '.join(KNOWN)}",
                        "use another; reidlib data list shows them")
    for known, (module, constant) in KNOWN.items():
        if letters == re.sub(r"[^a-z0-9]", "", known):
            return getattr(import_module(f"reidlib.data.benchmarks.{module}"), constant)
    close = difflib.get_close_matches(name.lower(), KNOWN, 1, 0.4)
    raise ReidError(f"Found the benchmark {name!r}", f"one of {', '.join(KNOWN)}",
                    f"type {close[0]}" if close else "type reidlib data list")

"""What was tried and solved, remembered in a small JSON file in the cache that all notebooks share."""

from __future__ import annotations

import json
from pathlib import Path

from filelock import FileLock, Timeout

from reidlib.course.definition import COURSE_VERSION
from reidlib.course.panel import Note, show
from reidlib.data.cache import cache_folder, cache_path
from reidlib.data.files import readable, write_whole
from reidlib.errors import ReidError

FRESH = {"solved": False, "tries": 0}
LOCK_SECONDS = 2.0
# What this kernel knows, by file, for when the disk refuses; and for which files that was said.
_memory: dict[Path, dict[str, dict]] = {}
_told: set[Path] = set()


def path() -> Path:
    """The file of this version of the course."""
    return cache_path("course") / f"progress-{COURSE_VERSION}.json"


def note(key: str, status: str) -> int:
    """Remember the outcome of one check ("todo" is no try); returns how often it was tried. Never fails."""
    if status == "todo":
        return known().get(key, FRESH)["tries"]
    file = path()
    try:
        cache_folder("course")
        with FileLock(file.with_suffix(".lock"), timeout=LOCK_SECONDS):
            entries = _counted(key, status)
            write_whole(file, readable({"course": COURSE_VERSION, "exercises": entries}))
    except (ReidError, OSError, Timeout, NotImplementedError) as error:
        entries = _counted(key, status)
        if file not in _told:
            _told.add(file)
            reason = str(error).split(". ")[0]
            show(Note(f"Your progress is kept until this kernel stops, but could not be saved: {reason}."))
    _memory[file] = entries
    return entries[key]["tries"]


def _counted(key: str, status: str) -> dict[str, dict]:
    so_far = known()
    old = so_far.get(key, FRESH)
    return {**so_far, key: {"solved": old["solved"] or status == "solved", "tries": old["tries"] + 1}}


def known() -> dict[str, dict]:
    """What the file and this kernel know together."""
    together = dict(_memory.get(path(), {}))
    for key, stored in _stored().items():
        mine = together.get(key, FRESH)
        together[key] = {"solved": mine["solved"] or stored["solved"], "tries": max(mine["tries"], stored["tries"])}
    return together


def _stored() -> dict[str, dict]:
    """The file's entries; a file that is missing or damaged counts as empty, and the next check writes it anew."""
    try:
        found = json.loads(path().read_bytes())["exercises"]
        return {str(key): {"solved": bool(e["solved"]), "tries": int(e["tries"])} for key, e in found.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}

"""Who is who across cameras: a map that somebody wrote, or nobody is anybody else."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reidlib.data.files import explained, kind_of, plain
from reidlib.data.own.natural import natural
from reidlib.errors import ReidError

HEADER = ["camera", "track", "person"]
FORM = "a first line camera,track,person and then one line a track, such as 1,17,anna"
LARGEST = 1 << 26  # bytes
LONGEST_NAME = 200


@dataclass(frozen=True)
class Person:
    """pid from 1; 0 is left to distractors."""

    pid: int
    name: str


def read_map(path: str | Path) -> dict[tuple[str, int], tuple[str, int]]:
    """{(camera, track): (person, line)} of a CSV; ReidError naming file and line where a line cannot be right."""
    path = Path(path)
    name = plain(path)
    if kind_of(path) != "file":
        raise ReidError(f"Found no file {name}", f"a CSV with {FORM}", "write one, or leave --identities out")
    with explained(path):
        size = path.stat().st_size
        content = path.read_bytes() if size <= LARGEST else b""
    if size > LARGEST:
        raise ReidError(f"{name} has {size / 1e6:.0f} MB", f"a CSV of at most {LARGEST >> 20} MiB with {FORM}",
                        "check that this is the map and not a video")
    try:
        lines = content.decode("utf-8-sig").splitlines()
        rows = [[field.strip() for field in row] for row in csv.reader(lines, strict=True)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise ReidError(f"{name} cannot be read ({plain(error)})", f"a CSV in UTF-8 with {FORM}",
                        "save it again as CSV UTF-8, separated by commas") from error
    if not rows or [each.lower() for each in rows[0]] != HEADER:
        first = plain(",".join(rows[0])[:60]) if rows else "nothing"
        raise ReidError(f"{name} begins with {first}", FORM, "write this first line: camera,track,person")
    found: dict[tuple[str, int], tuple[str, int]] = {}
    for number, row in enumerate(rows[1:], 2):
        if not any(row):
            continue
        key, person = _parsed(row, name, number)
        if key in found:
            other, before = found[key]
            both = "the same person twice" if other == person else f"{plain(other)} and {plain(person)}"
            raise ReidError(f"Lines {before} and {number} of {name} give track {key[1]} of camera {plain(key[0])} to "
                            f"{both}", "each track once", "delete one of the two lines")
        found[key] = person, number
    return found


def _parsed(row: list[str], name: str, number: int) -> tuple[tuple[str, int], str]:
    fits = len(row) == 3 and all(0 < len(each) <= LONGEST_NAME for each in row)
    if not fits or not (row[1].isascii() and row[1].isdigit() and len(row[1]) <= 16):
        raise ReidError(f"Line {number} of {name} is {plain(','.join(row)[:60])}",
                        "a camera, the whole number of a track, and a person", "write it as 1,17,anna")
    return (row[0], int(row[1])), row[2]


def assign(tracks: Mapping[str, list[int]], path: str | Path | None = None,
           known: Mapping[str, set[int]] | None = None) -> dict[tuple[str, int], Person]:
    """A person for every (camera, track).

    Persons of the map get pids from 1 in the order of their names, p2 before p10, whether a track of theirs was kept or
    not; then every track that the map leaves out, or every track where there is no map, is a person of its own.

    Parameters
    ----------
    tracks : the tracks kept of each camera.
    known : all tracks that the files name, so that a map may also name dropped ones; default `tracks`.
    """
    given = read_map(path) if path is not None else {}
    known = known if known is not None else {camera: set(each) for camera, each in tracks.items()}
    for (camera, track), (_, line) in given.items():
        if camera not in known:
            raise ReidError(f"Line {line} of {plain(path)} names the camera {plain(camera)}",
                            f"one of the cameras {', '.join(map(plain, known))}",
                            "name the cameras in the map as in --camera NAME=VIDEO,TRACKS.txt")
        if track not in known[camera]:
            raise ReidError(f"Line {line} of {plain(path)} names track {track} of camera {plain(camera)}",
                            f"a track of that camera's file, which has {len(known[camera])}",
                            "correct or delete the line")
    names = sorted({person for person, _ in given.values()}, key=natural)
    pids = {name: number for number, name in enumerate(names, 1)}
    people, alone = {}, len(names)
    for camera, ids in tracks.items():
        for track in ids:
            if (camera, track) in given:
                name = given[camera, track][0]
                people[camera, track] = Person(pids[name], name)
            else:
                alone += 1
                people[camera, track] = Person(alone, f"track {track} of camera {camera}")
    return people

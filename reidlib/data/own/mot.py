"""Tracks as trackers write them: the text of the MOTChallenge, read line by line and believed in nothing."""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reidlib.data.files import explained, kind_of, plain
from reidlib.errors import ReidError

FORM = "frame, id, left, top, width, height, then up to four more numbers, separated by commas"
COLUMNS = ("frame", "id", "left", "top", "width", "height", "confidence", "class or x", "visibility or y", "z")
LONGEST_LINE = 1000  # bytes
MOST_FRAMES, MOST_IDS, MOST_ROWS = 10**8, 10**6, 10**7
LARGEST = 1e6  # pixels
_DIGITS = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?"  # in one way only, so that no line takes long
_NUMBER = re.compile(_DIGITS, re.ASCII)
_LINE = re.compile(rf"{_DIGITS}(?: *, *{_DIGITS}){{5,9}}", re.ASCII)


@dataclass(frozen=True, eq=False)
class Rows:
    """All boxes of a file, sorted by track and frame.

    file : its name, for sentences. ids, frames : (n,) int64, frames from 1. boxes : (n, 4) float64, left, top, width,
    height in pixels, nothing clipped. flagged : boxes left out because a ground truth says they do not count.
    """

    file: str
    ids: np.ndarray
    frames: np.ndarray
    boxes: np.ndarray
    flagged: int

    def __len__(self) -> int:
        return len(self.ids)


def read_rows(path: str | Path) -> Rows:
    """Reads a file of tracks; ReidError naming file and line for the first line that cannot be right.

    A line holds 6 to 10 numbers: frame (from 1), id, left, top, width, height, and optionally confidence, class or x,
    visibility or y, z. Blank lines are passed over. Rows may come frame by frame or track by track (as in the ground
    truth of MOT16 and MOT17, as commonly reported), but the frames of one track go forwards. Rows of nine columns with
    a class and confidence 0 are a ground truth's "do not count" and are left out.
    """
    path = Path(path)
    name = plain(path)
    if kind_of(path) != "file":
        raise ReidError(f"Found no file {name}", "the tracks of a video as text", f"write lines of {FORM}")
    whole, real = array("q"), array("d")
    last: dict[int, int] = {}
    flagged = number = 0
    with explained(path), open(path, "rb") as file:
        while line := file.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise _wrong(name, number, f"has more than {LONGEST_LINE} bytes", "put each box on a line of its own")
            values = _numbers(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line, name, number)
            if not values:
                continue
            frame, track = _checked(values, name, number)
            _forwards(last, frame, track, name, number)
            if len(values) == 9 and values[6] == 0 and values[7] >= 1:
                flagged += 1
                continue
            whole.extend((track, frame))
            real.extend(values[2:6])
            if len(whole) > 2 * MOST_ROWS:
                raise _wrong(name, number, f"is box number {MOST_ROWS + 1:,}", "cut video and tracks into parts")
    ids, frames = np.frombuffer(whole, np.int64).reshape(-1, 2).T if whole else np.empty((2, 0), np.int64)
    boxes = np.frombuffer(real, np.float64).reshape(-1, 4) if real else np.empty((0, 4))
    if not len(ids):
        raise ReidError(f"Found no box in {name} ({number} lines, {flagged} that do not count)", f"lines of {FORM}",
                        "check that the tracker has written its result here")
    order = np.lexsort((frames, ids))
    return Rows(name, ids[order], frames[order], boxes[order], flagged)


def _numbers(line: bytes, name: str, number: int) -> list[float]:
    try:
        text = line.decode("ascii").strip(" \t\r\n")
    except UnicodeDecodeError:
        raise _wrong(name, number, "holds bytes that belong to no number", "save the tracks as plain text") from None
    if not text:
        return []
    if _LINE.fullmatch(text):
        return [float(field) for field in text.split(",")]
    fields = [field.strip() for field in text.split(",")]
    if not 6 <= len(fields) <= 10:
        raise _wrong(name, number, f"has {len(fields)} columns: {_short(text)}",
                     "write 6 to 10, separated by commas, and nothing else")
    for column, field in zip(COLUMNS, fields, strict=False):
        if not _NUMBER.fullmatch(field):
            raise _wrong(name, number, f"has the {column} '{_short(field)}', which is no finite number",
                         "take away headings and boxes without numbers")
    return [float(field) for field in fields]


def _checked(values: list[float], name: str, number: int) -> tuple[int, int]:
    """Frame and id, once every value of the line can be right."""
    frame, track, left, top, width, height = values[:6]
    if frame != _whole(frame) or not 1 <= frame <= MOST_FRAMES:
        raise _wrong(name, number, f"has the frame {frame:g}",
                     f"count frames from 1 (add 1 to all where the tracker counts from 0), up to {MOST_FRAMES:,}")
    if track != _whole(track) or not 0 <= track < 2**53:
        raise _wrong(name, number, f"has the id {track:g}",
                     "bring tracks, whose ids are whole numbers from 0; -1 marks detections, which need a tracker")
    if width < 0 or height < 0:
        raise _wrong(name, number, f"has a box of {width:g} × {height:g} pixels (width × height)",
                     "write left, top, width, height; not two corners")
    largest = max(abs(left), abs(top), width, height)
    if not largest <= LARGEST:
        raise _wrong(name, number, f"has a box with the value {largest:g}", f"stay within {LARGEST:,.0f} pixels")
    if not all(abs(value) < np.inf for value in values[6:]):  # 1e999 reads as infinity
        raise _wrong(name, number, "has a number that is not finite", "leave the columns after height out")
    return int(frame), int(track)


def _whole(value: float) -> int | None:
    return int(value) if abs(value) < 2**63 else None  # infinity too


def _forwards(last: dict[int, int], frame: int, track: int, name: str, number: int) -> None:
    before = last.get(track, 0)
    if frame == before:
        raise _wrong(name, number, f"is a second box of id {track} in frame {frame}", "keep one box of a track a frame")
    if frame < before:
        raise _wrong(name, number, f"goes back from frame {before} to frame {frame} of id {track}",
                     "sort the file by frame (sort -t, -k1,1n -s), and keep the tracks of one video in one file")
    last[track] = frame
    if len(last) > MOST_IDS:
        raise _wrong(name, number, f"begins track number {MOST_IDS + 1:,}",
                     "check that the second column is the track's id and not the number of the box")


def _short(text: str) -> str:
    return plain(text if len(text) <= 60 else text[:57] + "...")


def _wrong(name: str, number: int, what: str, todo: str) -> ReidError:
    return ReidError(f"Line {number} of {name} {what}", FORM, todo)

"""One pass over a camera's frames: tracks -> tracklets, while memory stays bounded."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reidlib.data.files import explained, plain, write_at
from reidlib.data.own.boxes import Track
from reidlib.data.own.identities import Person
from reidlib.data.own.video import FrameFolder, Video
from reidlib.data.tracklet import Tracklet
from reidlib.data.transforms import resize_frames


@dataclass(frozen=True, eq=False)
class Camera:
    """What is to be cut: tracks in order of ids, and who they are."""

    name: str
    camid: int
    source: Video | FrameFolder
    tracks: list[Track]
    people: Mapping[int, Person]

    @property
    def last(self) -> int:
        """The last frame that a track names."""
        return max((int(track.frames[-1]) for track in self.tracks), default=0)

    def tracklet(self, track: Track, frames: np.ndarray) -> Tracklet:
        person = self.people[track.id]
        info = {"camera": plain(self.name), "person": plain(person.name), "track": track.id,
                "first_frame": int(track.frames[0]), "missing_frames": track.missing, "fps": self.source.fps}
        return Tracklet(frames, person.pid, self.camid, f"{plain(self.name)}_{track.id}", info=info)


def cut(camera: Camera, size: tuple[int, int], min_frames: int, scratch: Path, dropped: Counter[str],
        progress: Callable[[int, int], None] | None = None) -> Iterator[Tracklet]:
    """The tracklets of a camera in order of its tracks, each as soon as it and those before it have ended.

    Crops go, resized to `size` (H×W), to a file without a name in the folder `scratch`, which vanishes with the
    process; held in memory are one frame of the video and one tracklet. Boxes behind the end of the video are dropped
    and counted in `dropped`, and so are tracks that are too short without them. `progress` hears (frames read, all).
    """
    tracks, row_bytes = camera.tracks, size[0] * size[1] * 3
    starts = np.cumsum([0, *(len(track.frames) for track in tracks)])
    boxes = _Boxes(tracks)
    total = min(camera.last, camera.source.count or camera.last)
    following = number = 0
    with explained(scratch), tempfile.TemporaryFile(dir=scratch) as file:

        def finished(until: int, ended: bool) -> Iterator[Tracklet]:
            nonlocal following
            while following < len(tracks) and (ended or tracks[following].frames[-1] <= until):
                track, start = tracks[following].until(until), int(starts[following])
                following += 1
                lost = len(tracks[following - 1].frames) - len(track.frames)
                dropped["boxes after the end of the video"] += lost
                if len(track.frames) < min_frames:
                    dropped[f"tracks of fewer than {min_frames} frames"] += 1
                    continue
                shape = (len(track.frames), *size, 3)
                yield camera.tracklet(track, np.memmap(file, np.uint8, "r", start * row_bytes, shape))

        for number, picture in camera.source.frames(boxes):
            if picture is not None:
                for row, (left, top, right, bottom) in boxes[number]:
                    crop = resize_frames(picture[None, top:bottom, left:right], size)
                    write_at(file.fileno(), row * row_bytes, memoryview(crop).cast("B"))
            if progress is not None:
                progress(min(number, total), total)
            yield from finished(number, False)
            if number >= camera.last:
                break
        yield from finished(number, True)


class _Boxes(Mapping):
    """{frame: [(row of the scratch file, corners)]}, without a Python object for each box."""

    def __init__(self, tracks: list[Track]) -> None:
        frames = np.concatenate([track.frames for track in tracks]) if tracks else np.empty(0, np.int64)
        self._corners = np.concatenate([track.corners for track in tracks]) if tracks else np.empty((0, 4), np.int64)
        self._rows = np.argsort(frames, kind="stable")
        self._frames, self._starts = np.unique(frames[self._rows], return_index=True)
        self._ends = np.append(self._starts[1:], len(frames))

    def __getitem__(self, frame: int) -> list[tuple[int, tuple[int, ...]]]:
        place = int(np.searchsorted(self._frames, frame))
        if place == len(self._frames) or self._frames[place] != frame:
            raise KeyError(frame)
        rows = self._rows[self._starts[place]:self._ends[place]]
        return [(int(row), tuple(self._corners[row].tolist())) for row in rows]

    def __iter__(self) -> Iterator[int]:
        return iter(self._frames.tolist())

    def __len__(self) -> int:
        return len(self._frames)

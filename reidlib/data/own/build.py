"""`own_store` and `folder_store`: footage of your own as a store, like any other data set of this library."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from reidlib.data.files import plain
from reidlib.data.own.boxes import tracks_of
from reidlib.data.own.content import file_content, refuse_other_pictures, source_content, tree_content
from reidlib.data.own.cutting import Camera, cut
from reidlib.data.own.folder_tree import read_tree, tracklets_from_folder
from reidlib.data.own.identities import assign
from reidlib.data.own.mot import read_rows
from reidlib.data.own.natural import natural
from reidlib.data.own.video import open_frames
from reidlib.data.store import Store
from reidlib.data.writer import StoreWriter
from reidlib.errors import ReidError

REVISION = 1  # raised with every change of the pixels, so that an old build is not gone on with
SIZE = (128, 64)
Progress = Callable[[str, int, int], None]
Tell = Callable[[str], None]


def own_store(cameras: Mapping[int | str, tuple[str | Path, str | Path]], out: str | Path, *,
              identities: str | Path | None = None, size: tuple[int, int] = SIZE, min_frames: int = 4,
              progress: Progress | None = None, tell: Tell | None = None) -> Store:
    """Cuts tracklets from videos along tracks, and packs them into the store `out`.

    >>> own_store({1: ("door.mp4", "door.txt"), 2: ("hall.mp4", "hall.txt")}, "mine",
    ...           identities="who.csv")     # doctest: +SKIP

    Every track is one tracklet: frames H×W = `size`, gaps kept as they are. Its info holds camera, person, track,
    first_frame (from 1), missing_frames and fps; its name is CAMERA_TRACK. Cameras get camids from 0 in the order of
    their names; persons: see `reidlib.data.own.identities.assign`. Killed and called again with the same files, it goes
    on; frames have to be read again, tracklets that are safe are not written again. Finished, it opens once the files
    are hashed and found to be the same.

    Parameters
    ----------
    cameras : {name: (video or folder of frames, tracks as MOTChallenge text)}.
    identities : CSV camera,track,person; without it no two tracks are the same person.
    min_frames : tracks with fewer boxes are dropped, after boxes that are outside or too small.
    progress : hears (what, done, all).
    tell : hears what was found and dropped, one sentence at a time.

    Raises
    ------
    ReidError : whatever is wrong with a file, naming it and the line; nothing left to cut; an `out` of other content.
    """
    size, min_frames = _settings(size, min_frames)
    tell, progress = tell or (lambda sentence: None), progress or (lambda what, done, total: None)
    planned = _planned(cameras, identities, min_frames, tell)
    tracks = {str(name): file for name, (_, file) in cameras.items()}
    spec = {"made by": "tracks", "revision": REVISION, "min_frames": min_frames,
            "cameras": {camera.name: [source_content(camera.source, progress), file_content(tracks[camera.name])]
                        for camera in planned},
            "identities": None if identities is None else file_content(identities)}
    dropped: Counter[str] = Counter()
    with _writer(out, size, spec) as writer:
        if writer.complete:
            return _opened(writer, tell)
        safe = writer.done
        _say_safe(safe, tell)
        number = 0
        for camera in planned:
            what = f"Camera {plain(camera.name)}"
            for tracklet in cut(camera, size, min_frames, writer.folder.parent, dropped,
                                lambda done, total, what=what: progress(what, done, total)):
                if number >= safe:
                    writer.append(tracklet)
                number += 1
        return _finished(writer, number, dropped, progress, tell)


def folder_store(folder: str | Path, out: str | Path, *, size: tuple[int, int] = SIZE, min_frames: int = 4,
                 progress: Progress | None = None, tell: Tell | None = None) -> Store:
    """Packs a tree person/camera/*.jpg|png into the store `out`; see `own_store` and `tracklets_from_folder`.

    A person has one tracklet under each camera. Without a video nobody knows of gaps, so info holds only the names.

    Raises
    ------
    ReidError : see `own_store`; also an `out` that was made from other pictures, of the same names and sizes even.
    """
    size, min_frames = _settings(size, min_frames)
    tell, progress = tell or (lambda sentence: None), progress or (lambda what, done, total: None)
    tree = read_tree(folder, min_frames)
    tell(f"{plain(folder)}: {len(tree.persons)} persons, {len(tree.cameras)} cameras, {len(tree.sequences)} tracklets, "
         f"{tree.frames} pictures{_list(tree.dropped)}")
    spec = {"made by": "folder", "revision": REVISION, "min_frames": min_frames,
            "content": tree_content(tree, lambda done, total: progress("Checking pictures", done, total))}
    refuse_other_pictures(Path(out), spec, folder)
    with _writer(out, size, spec) as writer:
        if writer.complete:
            return _opened(writer, tell)
        safe = writer.done
        _say_safe(safe, tell)
        for tracklet in tracklets_from_folder(folder, size, min_frames, safe,
                                              lambda done, total: progress("Pictures", done, total)):
            writer.append(tracklet)
        return _finished(writer, writer.done, Counter(), progress, tell)


def _planned(cameras: Mapping, identities: str | Path | None, min_frames: int, tell: Tell) -> list[Camera]:
    """Everything that can be known before a frame is cut, and most of what can be wrong."""
    names = [str(name) for name in cameras]
    if not names or len(set(names)) < len(names) or not all(names):
        raise ReidError(f"Found the cameras {', '.join(map(plain, names)) or 'none'}", "one or more, each name once",
                        "pass {1: (video, tracks), 2: (video, tracks)}")
    sources, tracks, known = {}, {}, {}
    for name, (video, file) in sorted(zip(names, cameras.values(), strict=True), key=lambda pair: natural(pair[0])):
        rows = read_rows(file)
        source = sources[name] = open_frames(video)
        tracks[name], lost = tracks_of(rows, source.height, source.width, min_frames)
        known[name] = set(np.unique(rows.ids).tolist())
        boxes = sum(len(track.frames) for track in tracks[name])
        gaps = sum(track.missing for track in tracks[name])
        tell(f"camera {plain(name)}: {source.name}, {source.height}×{source.width}, {source.count or 'unknown'} "
             f"frames, {source.fps:g} a second; {rows.file}: {len(tracks[name])} of {len(known[name])} tracks kept, "
             f"{boxes} of {len(rows) + rows.flagged} boxes, {gaps} frames missing inside tracks{_list(lost)}")
    people = assign({name: [track.id for track in each] for name, each in tracks.items()}, identities, known)
    if not people:
        raise ReidError("Found no track that can be kept", f"one with {min_frames} boxes of enough pixels in the frame",
                        "check that tracks and video belong together, or pass a smaller --min-frames")
    own = len({person.pid for person in people.values()})
    tell(f"persons: {own}" + ("" if identities else ", each track one of its own (no --identities)"))
    return [Camera(name, camid, sources[name], tracks[name], {track: person for (camera, track), person
                                                              in people.items() if camera == name})
            for camid, name in enumerate(sources)]


def _settings(size: tuple[int, int], min_frames: int) -> tuple[tuple[int, int], int]:
    try:
        height, width = (int(each) for each in size)
    except (TypeError, ValueError):
        height = width = 0
    if not 8 <= min(height, width) <= max(height, width) <= 2048:
        raise ReidError(f"Found the size {size}", "height and width of the tracklets, 8 to 2048 pixels each",
                        "pass size=(128, 64)")
    if min_frames < 1:
        raise ReidError(f"Found min_frames {min_frames}", "1 or more", "pass min_frames=4")
    return (height, width), int(min_frames)


def _writer(out: str | Path, size: tuple[int, int], spec: Mapping) -> StoreWriter:
    folder = Path(out).absolute()
    if not folder.name:
        raise ReidError(f"Found the place {plain(out)} for a store", "a folder's name", "pass --out mine")
    return StoreWriter(folder, name=folder.name, version="1", height=size[0], width=size[1], spec=spec)


def _list(dropped: Mapping[str, int]) -> str:
    lost = ", ".join(f"{count} {reason}" for reason, count in sorted(dropped.items()) if count)
    return f"; dropped: {lost}" if lost else ""


def _say_safe(safe: int, tell: Tell) -> None:
    if safe:
        tell(f"{safe} tracklets were safe from before")


def _opened(writer: StoreWriter, tell: Tell) -> Store:
    tell("complete: was built before")
    return writer.finish()


def _finished(writer: StoreWriter, count: int, dropped: Mapping[str, int], progress: Progress, tell: Tell) -> Store:
    if lost := _list(dropped):
        tell(lost.removeprefix("; "))
    if not count:
        raise ReidError(f"Found no tracklet that can be kept{lost}", "tracks inside the video, in frames that it has",
                        "check that tracks and video belong together, or pass a smaller --min-frames")
    return writer.finish(lambda done, total: progress("Sealing", done, total))

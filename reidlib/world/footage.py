"""Footage: a camera that stands still, several people before it, and the boxes that a faultless tracker would write.

A rendered tracklet is already what a tracker cuts from a wide picture; here the wide picture itself is put together, so
that the way from somebody's video to tracklets can be walked without anybody's video. People hide each other; other
occluders, lens, light drift and noise are left out. All of it is `ours`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from reidlib.data.files import write_whole
from reidlib.errors import ReidError
from reidlib.world.render import painted
from reidlib.world.scene import Scene, scene
from reidlib.world.scenery import WIDTH
from reidlib.world.stills import moments_of
from reidlib.world.versions import Spec

HEIGHT, TOP = 176, -24  # rows of the picture, and its first one on the panorama
SIDE, APART = 96, 32  # columns beside the first and last person, and between two people in the middle of their walks
_EDGE = 16  # columns of the panorama left of the picture
MOST = 15


@dataclass(frozen=True, eq=False)
class Footage:
    """What one camera saw.

    pictures : (F, 176, W, 3) uint8.
    boxes : (n, 6) int64, a row for each person and frame, by frame: frame from 1, track from 1, left, top, width,
        height in pixels from 0; parts may lie outside the picture.
    pids : (tracks,) int64, who track k + 1 is. visibility : for each track (T,) in [0, 1], in order of its frames.
    """

    pictures: np.ndarray
    boxes: np.ndarray
    pids: np.ndarray
    visibility: tuple[np.ndarray, ...]

    def save(self, folder: str | Path, name: str, rate: int = 12) -> tuple[Path, Path]:
        """Writes name.mp4 (H.264) and name.txt (MOTChallenge), as `reidlib.data.own.build.own_store` reads them."""
        video, tracks = (Path(folder) / f"{name}.{suffix}" for suffix in ("mp4", "txt"))
        write_video(video, self.pictures, rate)
        write_tracks(tracks, self.boxes)
        return video, tracks


def footage(spec: Spec, pids: Sequence[int], camid: int, longest: int = 40, delay: int = 5,
            empty: int = 0) -> Footage:
    """People `pids` of a rendered street before camera `camid`, person k from frame 1 + k·`delay` on.

    They stand side by side in the order given, so that neighbours cross; who comes earlier in the list is in front.
    Walks keep their speed and heading and are cut to `longest` frames; boxes jitter as in the rendered tracklets. After
    the last walk `empty` frames show nobody.

    Raises
    ------
    ReidError : nobody, more than 15 people, somebody twice; fewer than one frame.
    """
    if not 1 <= len(pids) <= MOST or len(set(pids)) < len(pids) or longest < 1 or min(delay, empty) < 0:
        raise ReidError(f"Found {len(pids)} people, {len(set(pids))} of them different, longest={longest}, "
                        f"delay={delay}, empty={empty}", f"1 to {MOST} different people, a frame or more, nothing "
                        "below 0", "pass pids=[0, 2, 4, 5], longest=40, delay=5, empty=0")
    width = 2 * SIDE + APART * (len(pids) - 1)
    walks = [_walk(scene(spec, pid, camid), longest, _EDGE + SIDE + APART * k) for k, pid in enumerate(pids)]
    starts = [k * delay for k in range(len(walks))]
    total = max(start + walk.length for start, walk in zip(starts, walks, strict=True)) + empty
    pictures = np.repeat(_street(walks[0], spec, width)[None], total, 0)
    owner = np.zeros(pictures.shape[:3], np.uint8)  # the track that a pixel shows
    drawn = [painted(walk, spec.height, spec.width, clean=True) for walk in walks]
    boxes = []
    for track, (walk, start, (frames, parts, _)) in enumerate(zip(walks, starts, drawn, strict=True), 1):
        for t in range(walk.length):
            left, top = int(walk.pan[t]) - _EDGE, int(walk.tilt[t]) - TOP
            boxes.append((start + t + 1, track, left, top, spec.width, spec.height))
            _paste(pictures[start + t], owner[start + t], frames[t], parts[t] > 0, left, top, track)
    seen = [np.array([np.count_nonzero(owner[start + t] == track) / max(1, np.count_nonzero(parts[t]))
                      for t in range(len(parts))], np.float32) * whole
            for track, (start, (_, parts, whole)) in enumerate(zip(starts, drawn, strict=True), 1)]
    order = sorted(boxes)
    return Footage(pictures, np.array(order, np.int64), np.array(pids, np.int64), tuple(seen))


def _walk(place: Scene, longest: int, middle: int) -> Scene:
    """The first frames of a scene without occluders, moved along the street so that its walk is around `middle`."""
    place = replace(place, occluders=[])
    if place.length > longest:
        place = moments_of(place, np.arange(longest))
    centre = (int(place.pan.min()) + int(place.pan.max())) // 2
    return replace(place, pan=np.clip(place.pan - centre + middle - 32, 0, WIDTH))


def _street(place: Scene, spec: Spec, width: int) -> np.ndarray:
    """The camera's picture of nobody, (176, width, 3), put together from tiles of a tracklet's size."""
    rows, columns = (np.minimum(np.arange(0, whole, part), whole - part)
                     for whole, part in ((HEIGHT, spec.height), (width, spec.width)))
    tops, lefts = (each.ravel() for each in np.meshgrid(rows, columns, indexing="ij"))
    n = len(tops)
    nobody = replace(place, length=n, walker=[], shadows=[], pan=lefts + _EDGE, tilt=tops + TOP, light=np.ones(n),
                     noise=np.zeros((n, 3)))
    picture = np.empty((HEIGHT, width, 3), np.uint8)
    for tile, top, left in zip(painted(nobody, spec.height, spec.width, clean=True)[0], tops, lefts, strict=True):
        picture[top:top + spec.height, left:left + spec.width] = tile
    return picture


def _paste(picture: np.ndarray, owner: np.ndarray, crop: np.ndarray, person: np.ndarray, left: int, top: int,
           track: int) -> None:
    """Puts a crop where it was seen, behind whoever is there already; in place."""
    rows = slice(max(0, top), min(picture.shape[0], top + crop.shape[0]))
    columns = slice(max(0, left), min(picture.shape[1], left + crop.shape[1]))
    inside = (slice(rows.start - top, rows.stop - top), slice(columns.start - left, columns.stop - left))
    here, person = owner[rows, columns], person[inside]
    free, street = (here == 0) & person, (here == 0) & ~person
    here[free] = track
    picture[rows, columns][free] = crop[inside][free]
    # Around the person the crop shows the same street, darker at most by a shadow: shadows of others stay.
    picture[rows, columns][street] = np.minimum(picture[rows, columns], crop[inside])[street]


def write_video(path: str | Path, pictures: np.ndarray, rate: int = 12) -> None:
    """(F, H, W, 3) uint8 of even height and width -> H.264 in .mp4, as a camera would: lossy, colour at half size."""
    try:
        import av
    except ImportError as error:
        raise ReidError("PyAV, which writes videos, is not installed", "the package av",
                        'type pip install "reidlib[data]"') from error
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=rate)
        stream.height, stream.width, stream.pix_fmt = *pictures.shape[1:3], "yuv420p"
        stream.options = {"preset": "veryfast", "crf": "20"}
        for picture in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")))
        container.mux(stream.encode())


def write_tracks(path: str | Path, boxes: np.ndarray) -> None:
    """Rows (n, 6) as MOTChallenge text: frame, id, left, top, width, height, confidence 1, and three times -1."""
    lines = [",".join(map(str, row)) + ",1,-1,-1,-1\n" for row in np.asarray(boxes).tolist()]
    write_whole(Path(path), "".join(lines).encode())

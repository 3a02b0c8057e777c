"""Frames one after the other, from a video by PyAV or from a folder of numbered pictures, upright and RGB."""

from __future__ import annotations

from collections.abc import Container, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from reidlib.data.files import explained, kind_of, plain
from reidlib.data.images import SUFFIXES, read_picture
from reidlib.data.own.natural import natural
from reidlib.errors import ReidError

MOST_PIXELS = 1 << 26  # of one frame; 8K has half of that
AGAIN = "write it anew: ffmpeg -i IN -c:v libx264 OUT.mp4"
Frame = tuple[int, np.ndarray | None]


class Video:
    """A video file. height, width : of its frames, upright; fps : 0 where the file does not say; count : frames as the
    file claims, 0 where it does not."""

    def __init__(self, path: str | Path) -> None:
        self.path, self.name = Path(path), plain(path)
        if kind_of(self.path) != "file":
            raise ReidError(f"Found no file {self.name}", "a video, or a folder of numbered pictures", "check the path")
        _pyav()
        with self._opened() as (_, stream):
            self.fps = float(stream.average_rate or 0)
            self.count = max(0, stream.frames or 0)
        picture = next((picture for _, picture in self._decoded({1})), None)
        if picture is None:
            raise ReidError(f"The video {self.name} holds no frame", "a video with pictures", AGAIN)
        self.height, self.width = picture.shape[:2]

    def frames(self, wanted: Container[int]) -> Iterator[Frame]:
        """(number from 1, picture (H, W, 3) uint8, or None where it is not `wanted`), in order of showing, one pass."""
        for number, picture in self._decoded(wanted):
            if picture is not None and picture.shape[:2] != (self.height, self.width):
                raise ReidError(f"Frame {number} of {self.name} is {picture.shape[0]}×{picture.shape[1]}, the first "
                                f"one {self.height}×{self.width}", "frames of one size", AGAIN)
            yield number, picture

    def _decoded(self, wanted: Container[int]) -> Iterator[Frame]:
        number = 0
        with self._opened() as (container, stream), self._understood(lambda: number):
            stream.thread_type = "AUTO"
            for frame in container.decode(stream):
                number += 1
                yield number, _upright(frame) if number in wanted else None

    @contextmanager
    def _opened(self) -> Iterator[tuple]:
        import av

        with self._understood(lambda: 0):
            # An absolute path of a plain file: no other protocol, no network, whatever the name looks like.
            container = av.open(str(self.path.resolve()), options={"protocol_whitelist": "file"})
        with container:
            if not container.streams.video:
                kinds = sorted({stream.type for stream in container.streams}) or ["nothing"]
                raise ReidError(f"{self.name} holds {', '.join(kinds)} and no pictures", "a video", "check the path")
            stream = container.streams.video[0]
            if stream.codec_context is None:
                raise ReidError(f"The pictures of {self.name} are of a kind that cannot be decoded here",
                                "a common video, such as H.264 in .mp4", AGAIN)
            if stream.codec_context.width * stream.codec_context.height > MOST_PIXELS:
                raise ReidError(f"Frames of {self.name} are {stream.codec_context.height}×{stream.codec_context.width}",
                                f"at most {MOST_PIXELS:,} pixels",
                                "make it smaller: ffmpeg -i IN -vf scale=1920:-2 OUT.mp4")
            yield container, stream

    @contextmanager
    def _understood(self, number) -> Iterator[None]:
        import av

        try:
            yield
        except (av.FFmpegError, ValueError, EOFError, UnicodeError) as error:
            reason = plain(getattr(error, "strerror", None) or error)
            where = f"breaks off after frame {number()}" if number() else "cannot be read"
            # Going on behind the gap would give every later box the picture of another moment.
            raise ReidError(f"The video {self.name} {where} ({reason})",
                            "one that plays from the first frame to the last", AGAIN) from error


class FrameFolder:
    """A folder of pictures in the place of a video: frame 1 is the first in the order of the numbers in the names."""

    fps = 0.0

    def __init__(self, folder: str | Path) -> None:
        self.path, self.name = Path(folder), plain(folder)
        with explained(self.path):
            there = [each for each in self.path.iterdir() if not each.name.startswith(".")]
        self.files = sorted((each for each in there if each.suffix.lower() in SUFFIXES and each.is_file()),
                            key=lambda each: natural(each.name))
        if not self.files:
            raise ReidError(f"Found no picture in {self.name} ({len(there)} other files and folders)",
                            "numbered .jpg or .png files", "pass the folder that holds the frames themselves")
        kinds = sorted({each.suffix.lower().replace("jpeg", "jpg") for each in self.files})
        if len(kinds) > 1:
            raise ReidError(f"Found pictures of several kinds in {self.name}: {', '.join(kinds)}",
                            "the frames of one video and nothing else", "move the others to another folder")
        self.count = len(self.files)
        self.height, self.width = read_picture(self.files[0]).shape[:2]

    def frames(self, wanted: Container[int]) -> Iterator[Frame]:
        """As `Video.frames`."""
        for number, file in enumerate(self.files, 1):
            picture = read_picture(file) if number in wanted else None
            if picture is not None and picture.shape[:2] != (self.height, self.width):
                raise ReidError(f"{plain(file)} is {picture.shape[0]}×{picture.shape[1]}, the first frame "
                                f"{self.height}×{self.width}", "frames of one size", "take it away, or resize it")
            yield number, picture


def open_frames(path: str | Path) -> Video | FrameFolder:
    """Whatever holds the frames of a camera."""
    return FrameFolder(path) if kind_of(path) == "folder" else Video(path)


def _pyav() -> None:
    try:
        import av  # noqa: F401
    except ImportError as error:
        raise ReidError("PyAV, which reads videos, is not installed", "the package av, or a folder of frames in place "
                        "of the video", 'type pip install "reidlib[data]"') from error


def _upright(frame) -> np.ndarray:
    """RGB, turned and mirrored as the file's display matrix says; telephones write one instead of turning pixels.

    (p, q) of the stored picture is shown at (a p + c q, b p + d q), y down; only quarter turns are followed.
    """
    picture = frame.to_ndarray(format="rgb24")
    matrix = frame.side_data.get("DISPLAYMATRIX")
    if matrix is None:
        return picture
    a, b, _, c, d = (np.sign(value) for value in np.frombuffer(bytes(matrix), np.int32)[:5].tolist())
    if b and c and not (a or d):  # x and y change places
        picture, a, d = picture.transpose(1, 0, 2), c, b
    elif not (a and d) or b or c:
        return picture
    return np.ascontiguousarray(picture[::int(d), ::int(a)])
